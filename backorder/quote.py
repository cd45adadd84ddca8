"""Quote: what the next buyer may be told, for the quantity asked. The same rules as for those who already wait."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from backorder.db import catalogue, offers, shops
from backorder.db.catalogue import Variant
from backorder.db.engine import Connection
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.keys import signing_key
from backorder.rules import evidence
from backorder.rules.offer import Reading, read, steps
from backorder.rules.promises import Basis
from backorder.rules.seen import Policy
from backorder.rules.selling import SellingState, decide
from backorder.rules.wording import day as in_words
from backorder.scene import load
from backorder.sell import NextBuyer, next_buyer

MOST_UNITS = 10_000
_WITHOUT_A_WORD = frozenset({SellingState.IN_STOCK.value, SellingState.SILENT.value})


@dataclass(frozen=True)
class Quote:
    """State, day and reason for the next ``units``; ``steps`` tell how the day moves with the quantity.

    Where a range is told, ``ship_from`` is its first day and ``ship_by``, the promise, its last.
    """

    state: SellingState
    ship_by: date | None
    basis: Basis | None
    reason: str
    steps: tuple[dict[str, Any], ...]
    sentence: str
    ship_from: date | None = None


def quote(house: House, shop_id: int, variant_id: int, units: int, now: datetime) -> Quote:
    """What the next buyer of ``units`` may be told. Raises Unknown, Refused."""
    if not 0 < units <= MOST_UNITS:
        raise Refused("units", f"Ask for 1 to {MOST_UNITS} units.")
    with house.db.read() as tx:
        found = catalogue.by_ids(tx, shop_id, [variant_id])
        if not found or found[0].gone:
            raise Unknown("variant_id", "The shop has no such variant.")
        first = _buyer(tx, shop_id, found[0], 1, now)
        free = first.situation.at_once
        buyer = first if units <= free + 1 else _buyer(tx, shop_id, found[0], units - free, now)
    if units <= free or not found[0].managed:
        return Quote(SellingState.IN_STOCK, None, None, first.decision.reason, (), _in_stock(units))
    if buyer.decision.state is SellingState.SILENT:
        return Quote(SellingState.SILENT, None, Basis.LOT, buyer.decision.reason, (), _in_stock(units))
    # Whoever wants more than lies there is told of the rest.
    decision = decide(replace(buyer.situation, free=min(0, buyer.situation.free), lies_free=0))
    left = buyer.situation.left
    by_hand = buyer.situation.set_by_hand is Policy.CONTINUE
    if buyer.situation.next_place.basis is Basis.LOT and units > left and not by_hand:
        return Quote(
            SellingState.WAITLIST, None, None, f"Only {left} may still be sold.", (), f"Only {left} left to sell."
        )
    place = buyer.situation.next_place
    return Quote(
        state=decision.state,
        ship_by=place.ship_by if decision.policy is not None else None,
        basis=place.basis,
        reason=decision.reason,
        steps=tuple(steps(buyer.queue, buyer.future, buyer.situation.left - free)),
        sentence=_in_a_sentence(decision.state, place.ship_by, place.ship_from),
        ship_from=place.ship_from if decision.policy is not None else None,
    )


@dataclass(frozen=True)
class LiveQuote:
    """What a storefront may show for some units now, and the ``properties`` with which it goes into the cart to be our promise."""

    state: str
    ship_by: date | None
    sentence: str
    valid_until: str
    properties: dict[str, str]
    ship_from: date | None = None


def live(house: House, domain: str, variant_id: int, units: int, now: datetime) -> LiveQuote:
    """What the storefront of a shop may show for ``units`` now: what was decided last, read in two short questions to the books.

    Raises Unknown for a shop that has not installed the app and for a variant of which we promise nothing.
    """
    with house.db.read() as tx:
        shop = shops.by_domain(tx, domain)
        if shop is None or not shop.is_installed:
            raise Unknown("shop", "The app is not installed in this shop.")
        offer = offers.get(tx, shop.shop_id, [variant_id]).get(variant_id)
    reading = read(offer.wanted, units, now) if offer is not None and offer.wanted else None
    if offer is None or reading is None:
        raise Unknown("variant", "The app promises nothing about this variant.")
    if reading.state in _WITHOUT_A_WORD and units > max(1, offer.wanted.get("free", 0)):
        # How much is free is not in the metafield; where something is, few wait, so it costs little to look.
        exact = quote(house, shop.shop_id, variant_id, units, now)
        return LiveQuote(exact.state.value, None, exact.sentence, offer.wanted["valid_until"], {})
    proof = evidence.issue(signing_key(house.settings, evidence.PURPOSE), domain, variant_id, offer.wanted, now)
    properties = {evidence.TOKEN: proof} if reading.promised and proof else {}
    if properties and reading.ship_by is not None:
        properties[evidence.DAY] = reading.ship_by.isoformat()
    return LiveQuote(
        state=reading.state,
        ship_by=reading.ship_by if reading.promised else None,
        sentence=_says(reading),
        valid_until=offer.wanted["valid_until"],
        properties=properties,
        ship_from=reading.ship_from if reading.promised else None,
    )


def _says(reading: Reading) -> str:
    if reading.most is not None and reading.ship_by is not None:
        return f"There is a ship date for {reading.most} at most: {_days(reading.ship_by, reading.ship_from)}."
    if reading.state in _WITHOUT_A_WORD:
        return "In stock."
    return _in_a_sentence(SellingState(reading.state), reading.ship_by, reading.ship_from)


def _buyer(tx: Connection, shop_id: int, variant: Variant, units: int, now: datetime) -> NextBuyer:
    scene = load(tx, shop_id, [variant.item_id], now)
    goods = scene.goods[0]
    queues = {place.location.location_id: scene.queue(goods, place) for place in goods.places}
    lease = offers.leases(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
    before = offers.get(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
    return next_buyer(scene, goods, queues, variant, lease, units, closed=before.closed if before else None)


def _in_stock(units: int) -> str:
    return "In stock." if units == 1 else f"{units} are in stock."


def _in_a_sentence(state: SellingState, day: date | None, first: date | None) -> str:
    if state is SellingState.BACKORDER and day is not None:
        return f"Available on backorder, ships {_days(day, first) if first else f'by {in_words(day)}'}."
    if state is SellingState.ASAP:
        return "Available on backorder, ships as soon as it arrives."
    return "Not for sale at the moment."


def _days(day: date, first: date | None) -> str:
    return f"between {in_words(first)} and {in_words(day)}" if first else in_words(day)
