"""Quote: what the next buyer may be told, for the quantity asked. The same rules as for those who already wait."""

from collections.abc import Sequence
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
from backorder.rules.terms import Terms
from backorder.rules.wording import day as in_words
from backorder.scene import load
from backorder.sell import NextBuyer, next_buyer, sells_beyond

MOST_UNITS = 10_000
_WITHOUT_A_WORD = frozenset({SellingState.IN_STOCK.value, SellingState.SILENT.value})
_NOT_FOR_SALE = frozenset({SellingState.WAITLIST, SellingState.ENDED})
_NO_SALE = "Not for sale at the moment."


@dataclass(frozen=True)
class Quote:
    """State, day and reason for the next ``units``; ``steps`` tell how the day moves with the quantity, behind ``free`` units that ship at once.

    Where a range is told, ``ship_from`` is its first day and ``ship_by``, the promise, its last. Of so many as cannot be had, or have
    no day, the state is *waitlist*, and ``most`` says how many there may be.
    """

    state: SellingState
    ship_by: date | None
    basis: Basis | None
    reason: str
    steps: tuple[dict[str, Any], ...]
    sentence: str
    ship_from: date | None = None
    free: int = 0
    most: int | None = None


def quote(house: House, shop_id: int, variant_id: int, units: int, now: datetime) -> Quote:
    """What the next buyer of ``units`` may be told. Raises Refused, and Unknown also for more than is in stock of what we do not sell on backorder."""
    if not 0 < units <= MOST_UNITS:
        raise Refused("units", f"Ask for 1 to {MOST_UNITS} units.")
    with house.db.read() as tx:
        found = catalogue.by_ids(tx, shop_id, [variant_id])
        if not found or found[0].gone:
            raise Unknown("variant_id", "The shop has no such variant.")
        variant = found[0]
        ours = variant.managed and Terms.from_json(shops.one(tx, shop_id).terms).selling
        lease = offers.leases(tx, shop_id, [variant_id]).get(variant_id)
        first = _buyer(tx, shop_id, variant, 1, now)
        free = first.situation.at_once
        buyer = first if units <= free + 1 else _buyer(tx, shop_id, variant, units - free, now)
    sold = first.decision
    if ours and sold.state in _NOT_FOR_SALE:
        return Quote(sold.state, None, first.situation.next_place.basis, sold.reason, (), _NO_SALE)
    if units <= free or (ours and not first.situation.tracked):
        return Quote(SellingState.IN_STOCK, None, None, sold.reason, (), _in_stock(units))
    if not ours:
        raise Unknown("variant_id", "The app does not sell this variant on backorder.")
    if not sells_beyond(sold, variant, lease):
        return _at_most(free, "The store sells what is in stock, and nothing beyond it.")
    return _beyond_stock(buyer, first, units, free)


def _beyond_stock(buyer: NextBuyer, first: NextBuyer, units: int, free: int) -> Quote:
    """What is said to whoever wants more than is ``free``: they are told of the rest, for which they are the next ``buyer``."""
    if buyer.decision.state is SellingState.SILENT:
        return Quote(SellingState.SILENT, None, Basis.LOT, buyer.decision.reason, (), _in_stock(units))
    stepped = steps(first.queue, first.future, first.situation.left - free)
    decision = decide(replace(buyer.situation, free=min(0, buyer.situation.free), lies_free=0))
    place, left = buyer.situation.next_place, buyer.situation.left
    by_hand = buyer.situation.set_by_hand is Policy.CONTINUE
    if place.basis is Basis.LOT and units > left and not by_hand:
        return _at_most(free, f"Only {left} may still be sold.", stepped)
    if decision.policy is not Policy.CONTINUE:
        return _at_most(free, decision.reason, stepped)
    return Quote(
        state=decision.state,
        ship_by=place.ship_by,
        basis=place.basis,
        reason=decision.reason,
        steps=tuple(stepped),
        sentence=_in_a_sentence(decision.state, place.ship_by, place.ship_from, sent_directly=bool(place.sent_by)),
        ship_from=place.ship_from,
        free=free,
    )


def _at_most(free: int, reason: str, stepped: Sequence[dict[str, Any]] = ()) -> Quote:
    """That there are not so many: only those that ship at once, or that have one of these days."""
    most = free + sum(step["units"] for step in stepped)
    if not stepped:
        sentence = f"Only {free} {'is' if free == 1 else 'are'} in stock." if free else _NO_SALE
        return Quote(SellingState.WAITLIST, None, None, reason, (), sentence, most=most)
    last = stepped[-1]
    first = date.fromisoformat(last["range_from"]) if "range_from" in last else None
    sentence = _for_at_most(most, date.fromisoformat(last["ship_by"]), first)
    return Quote(SellingState.WAITLIST, None, None, reason, tuple(stepped), sentence, free=free, most=most)


@dataclass(frozen=True)
class LiveQuote:
    """What a storefront may show for some units now, and the ``properties`` with which it goes into the cart to be our promise.

    Of so many as cannot be had, or have no day, the state is *waitlist*, and ``most`` says how many there may be. ``sent_directly``: there
    is no day, and the supplier sends it, so that nothing arrives here first.
    """

    state: str
    ship_by: date | None
    sentence: str
    valid_until: str
    properties: dict[str, str]
    ship_from: date | None = None
    most: int | None = None
    sent_directly: bool = False


def live(house: House, domain: str, variant_id: int, units: int, now: datetime) -> LiveQuote:
    """What the storefront of a shop may show for ``units`` now: what was decided last, read in a few short questions to the books.

    Raises Unknown for a shop that has not installed the app and for a variant of which we promise nothing.
    """
    with house.db.read() as tx:
        shop = shops.by_domain(tx, domain)
        if shop is None or not shop.is_installed:
            raise Unknown("shop", "The app is not installed in this shop.")
        offer = offers.get(tx, shop.shop_id, [variant_id]).get(variant_id)
        ours = Terms.from_json(shop.terms).selling and any(
            variant.managed for variant in catalogue.by_ids(tx, shop.shop_id, [variant_id])
        )
    shown = offer.wanted if offer is not None and ours else {}
    reading = read(shown, units, now) if shown else None
    if reading is None:
        raise Unknown("variant", "The app promises nothing about this variant.")
    if reading.state in _WITHOUT_A_WORD and units > max(1, shown.get("free", 0)):
        # How much is free is not in the metafield; where something is, few wait, so it costs little to look.
        exact = quote(house, shop.shop_id, variant_id, units, now)
        if exact.state.value not in evidence.SHOWN_STATES:
            return LiveQuote(exact.state.value, None, exact.sentence, shown["valid_until"], {}, most=exact.most)
        shown = _as_if_few(exact, shown["valid_until"])
        reading = read(shown, units, now) or reading
    if not reading.promised:
        state = SellingState.WAITLIST.value if reading.most is not None else reading.state
        return LiveQuote(state, None, _says(reading, units), shown["valid_until"], {}, most=reading.most)
    proof = evidence.issue(signing_key(house.settings, evidence.PURPOSE), domain, variant_id, shown, now)
    properties = {evidence.TOKEN: proof} if proof else {}
    if properties and reading.ship_by is not None:
        properties[evidence.DAY] = reading.ship_by.isoformat()
    return LiveQuote(
        state=reading.state,
        ship_by=reading.ship_by,
        sentence=_says(reading, units),
        valid_until=shown["valid_until"],
        properties=properties,
        ship_from=reading.ship_from,
        sent_directly=reading.sent_directly,
    )


def _as_if_few(exact: Quote, valid_until: str) -> dict[str, Any]:
    """What the metafield would say of a full shelf, were it told anew with each sale as that of a shelf with few units is."""
    return {
        "state": exact.state.value,
        "ship_by": exact.ship_by.isoformat() if exact.ship_by else None,
        **({"range_from": exact.ship_from.isoformat()} if exact.ship_from else {}),
        "steps": list(exact.steps),
        "free": exact.free,
        "valid_until": valid_until,
    }


def _says(reading: Reading, units: int) -> str:
    if reading.most is not None and reading.ship_by is not None:
        return _for_at_most(reading.most, reading.ship_by, reading.ship_from)
    if reading.state in _WITHOUT_A_WORD:
        return _in_stock(units)
    state = SellingState(reading.state)
    return _in_a_sentence(state, reading.ship_by, reading.ship_from, sent_directly=reading.sent_directly)


def _buyer(tx: Connection, shop_id: int, variant: Variant, units: int, now: datetime) -> NextBuyer:
    scene = load(tx, shop_id, [variant.item_id], now)
    goods = scene.goods[0]
    queues = {place.location.location_id: scene.queue(goods, place) for place in goods.places}
    lease = offers.leases(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
    before = offers.get(tx, shop_id, [variant.variant_id]).get(variant.variant_id)
    return next_buyer(scene, goods, queues, variant, lease, units, closed=before.closed if before else None)


def _in_stock(units: int) -> str:
    return "In stock." if units == 1 else f"{units} are in stock."


def _in_a_sentence(state: SellingState, day: date | None, first: date | None, *, sent_directly: bool) -> str:
    if state is SellingState.BACKORDER and day is not None:
        return f"Available on backorder, ships {_days(day, first) if first else f'by {in_words(day)}'}."
    if state is SellingState.ASAP and sent_directly:
        return "Ships directly from our supplier; no date is known yet."
    if state is SellingState.ASAP:
        return "Available on backorder, ships as soon as it arrives."
    return _NO_SALE


def _for_at_most(most: int, day: date, first: date | None) -> str:
    return f"There is a ship date for {most} at most: {_days(day, first)}."


def _days(day: date, first: date | None) -> str:
    return f"between {in_words(first)} and {in_words(day)}" if first else in_words(day)
