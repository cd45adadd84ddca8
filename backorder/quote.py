"""Quote: what the next buyer may be told, for the quantity asked. The same rules as for those who already wait."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backorder.db import catalogue, offers
from backorder.db.catalogue import Variant
from backorder.db.engine import Connection
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.offer import steps
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.selling import SellingState
from backorder.rules.wording import day as in_words
from backorder.scene import load
from backorder.sell import NextBuyer, next_buyer

MOST_UNITS = 10_000


@dataclass(frozen=True)
class Quote:
    """State, day and reason for the next ``units``; ``steps`` tell how the day moves with the quantity."""

    state: SellingState
    ship_by: date | None
    basis: Basis | None
    reason: str
    steps: tuple[dict[str, Any], ...]
    sentence: str


def quote(house: House, shop_id: int, variant_id: int, units: int, now: datetime) -> Quote:
    """What the next buyer of ``units`` may be told. Raises Unknown, Refused."""
    if not 0 < units <= MOST_UNITS:
        raise Refused("units", f"Ask for 1 to {MOST_UNITS} units.")
    with house.db.read() as tx:
        found = catalogue.by_ids(tx, shop_id, [variant_id])
        if not found or found[0].gone:
            raise Unknown("variant_id", "The shop has no such variant.")
        first = _buyer(tx, shop_id, found[0], 1, now)
        free = max(0, first.situation.free)
        buyer = first if units <= free + 1 else _buyer(tx, shop_id, found[0], units - free, now)
    if units <= free or not found[0].managed:
        return Quote(SellingState.IN_STOCK, None, None, first.decision.reason, (), _in_stock(units))
    decision = buyer.decision
    left = max(0, buyer.situation.room)
    by_hand = buyer.situation.set_by_hand is Policy.CONTINUE
    if buyer.situation.next_place.basis is Basis.LOT and units > left and not by_hand:
        return Quote(
            SellingState.WAITLIST, None, None, f"Only {left} may still be sold.", (), f"Only {left} left to sell."
        )
    return Quote(
        state=decision.state,
        ship_by=buyer.situation.next_place.ship_by if decision.policy is not None else None,
        basis=buyer.situation.next_place.basis,
        reason=decision.reason,
        steps=tuple(steps(buyer.queue.left, buyer.future, buyer.situation.room - free, buyer.queue.slots)),
        sentence=_sentence(decision.state, buyer),
    )


def _buyer(tx: Connection, shop_id: int, variant: Variant, units: int, now: datetime) -> NextBuyer:
    scene = load(tx, shop_id, [variant.item_id], now)
    goods = scene.goods[0]
    queues = {place.location.location_id: scene.queue(goods, place) for place in goods.places}
    lease = offers.leases(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
    return next_buyer(scene, goods, queues, variant, lease, units)


def _in_stock(units: int) -> str:
    return "In stock." if units == 1 else f"{units} are in stock."


def _sentence(state: SellingState, buyer: NextBuyer) -> str:
    day = buyer.situation.next_place.ship_by
    if state is SellingState.BACKORDER and day is not None:
        return f"Available on backorder, ships by {in_words(day)}."
    if state is SellingState.ASAP:
        return "Available on backorder, ships as soon as it arrives."
    return "Not for sale at the moment."
