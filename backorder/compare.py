"""Compare: lay two readings of the store side by side, and say of each difference what likely caused it.

Nothing is mended here: to read again is what mends. The inbox is asked only about what was found to differ.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backorder.clock import transport_now
from backorder.db import (
    catalogue,
    dirty,
    levels,
    locations,
    mentions,
    offers,
    outbox,
    releases,
    shops,
    transfers,
    whole_orders,
)
from backorder.db.catalogue import Variant
from backorder.db.differences import Difference
from backorder.db.dirty import Kind as Listed
from backorder.db.engine import Connection
from backorder.db.inbox import Verdict
from backorder.db.levels import Level
from backorder.db.mentions import Mention, Mentions
from backorder.db.orders import Order
from backorder.db.whole_orders import Stored
from backorder.deliver.annotation import TAG
from backorder.house import House
from backorder.rules import facts
from backorder.rules.causes import Explained, Heard, Kind, Reading, Standing, of_reading, of_standing
from backorder.rules.facts import Differing, Facts, differing
from backorder.rules.lease import Lease, LeaseState
from backorder.rules.order_claims import is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen, Policy

# Bodies are kept so long after they were understood.
LOOKED_BACK = timedelta(days=7)
NOT_KNOWN = "not known"
NO_MORE = "the store has it no more"
SAYS = {Policy.CONTINUE: "continue selling", Policy.DENY: "stop selling"}
# By which topics the store tells of each kind of thing: what stands before their stroke.
OF_ORDERS = ("orders", "refunds", "fulfillments", "fulfillment_orders", "fulfillment_holds")
OF_ITEMS = ("inventory_levels", "inventory_items", "products", "variants")
OF_TRANSFERS = ("inventory_transfers", "inventory_shipments")

Announcements = Mapping[int, tuple[datetime, str | None]]  # what is on the list: since when, and what stood in the way


@dataclass(frozen=True)
class Spotted:
    """Something that differs, and what is known of it at once. ``numbers``: by which the store's webhooks name it.

    ``read_at``: when the books' own reading of it began (transport time); None: they did not know it.
    """

    kind: Kind
    subject: int
    name: str
    said: Differing
    numbers: frozenset[int]
    read_at: datetime | None = None
    changed_at: datetime | None = None
    by_hand: bool = False
    with_orders: bool = False


@dataclass(frozen=True)
class ItemsBefore:
    """What the books said of some items before they were read again."""

    levels: Mapping[tuple[int, int], Level]
    variants: Mapping[int, Variant]
    leases: Mapping[int, Lease]
    listed: Announcements


def announced(tx: Connection, shop_id: int, order_ids: Collection[int]) -> Announcements:
    """Which of these orders are on the list of what is to be looked at."""
    return dirty.announced(tx, shop_id, Listed.ORDER, order_ids)


def order_spotted(tx: Connection, shop_id: int, before: Stored, order_id: int) -> tuple[Spotted, ...]:
    """What the books say otherwise of an order since ``before``, when it was read in between."""
    after = whole_orders.stored(tx, shop_id, [order_id])
    return tuple(_of_order(tx, shop_id, before, after, order_id))


def orders_explained(
    house: House, shop_id: int, spotted: Collection[Spotted], listed: Announcements, now: datetime
) -> tuple[Difference, ...]:
    """The differences of orders, each with its likely cause."""
    return _explained(house, shop_id, OF_ORDERS, spotted, listed, now)


def items_before(tx: Connection, shop_id: int, item_ids: Collection[int], began_at: datetime | None) -> ItemsBefore:
    """What the books say of these items now, and which of them were to be looked at before the comparison began to read."""
    listed = dirty.announced(tx, shop_id, Listed.ITEM, item_ids)
    old = {item_id: said for item_id, said in listed.items() if began_at is None or said[0] < began_at}
    variants = {v.variant_id: v for v in catalogue.variants_of_items(tx, shop_id, item_ids)}
    return ItemsBefore(_levels(tx, shop_id, item_ids), variants, offers.leases(tx, shop_id, variants), old)


def items_differ(
    house: House, shop_id: int, before: ItemsBefore, item_ids: Collection[int], now: datetime, *, orders_differed: bool
) -> tuple[Difference, ...]:
    """What reading these items changed of their levels and policies. ``orders_differed``: earlier in the same comparison."""
    with house.db.read() as tx:
        after, places = _levels(tx, shop_id, item_ids), _places(tx, shop_id)
        variants = {v.variant_id: v for v in catalogue.variants_of_items(tx, shop_id, item_ids)}
        leases = offers.leases(tx, shop_id, variants)
    titles = {v.item_id: v.full_title for v in (*before.variants.values(), *variants.values())}
    spotted = []
    for key in sorted({*before.levels, *after}):
        was, level = before.levels.get(key), after.get(key)
        said = differing(_counted(level, NO_MORE), _counted(was, NOT_KNOWN))
        if said is not None:
            same = was is not None and level is not None and was.shippable == level.shippable
            spotted.append(
                Spotted(
                    Kind.LEVEL,
                    key[0],
                    f"{titles.get(key[0], 'An item')} at {places.get(key[1], 'an unknown place')}",
                    said,
                    frozenset({key[0]}),
                    was.read_at if was else None,
                    level.updated_at if level else None,
                    with_orders=same and orders_differed,
                )
            )
    spotted += [
        Spotted(
            Kind.POLICY,
            variant_id,
            variant.full_title,
            Differing(SAYS[variant.policy], SAYS[known.policy] if known else NOT_KNOWN),
            frozenset({variant_id, variant.product_id}),
            changed_at=variant.updated_at,
            by_hand=_yielded(leases.get(variant_id)) and not _yielded(before.leases.get(variant_id)),
        )
        for variant_id, variant in sorted(variants.items())
        if (known := before.variants.get(variant_id)) is None or known.policy != variant.policy
    ]
    return _explained(house, shop_id, OF_ITEMS, spotted, before.listed, now)


def transfers_before(tx: Connection, shop_id: int, transfer_ids: Collection[int]) -> Mapping[int, str]:
    """What the books say of these transfers, in words."""
    known = transfers.many(tx, shop_id, transfer_ids)
    told = {number: f"{one.status.lower().replace('_', ' ')}" for number, one in known.items()}
    for part in transfers.parts(tx, shop_id, known):
        by = f" by {part.arrives_at:%Y-%m-%d}" if part.arrives_at and part.to_come else ""
        carried = f"shipment {part.shipment_id}" if part.shipped else "not shipped"
        told[part.transfer_id] += (
            f"; {carried}: item {part.item_id}, {part.accepted} of {part.units} accepted, {part.to_come} to come{by}"
        )
    return told


def transfers_differ(
    house: House, shop_id: int, before: Mapping[int, str], transfer_ids: Collection[int], now: datetime
) -> tuple[Difference, ...]:
    """What reading these transfers changed."""
    with house.db.read() as tx:
        after = transfers_before(tx, shop_id, transfer_ids)
        known = transfers.many(tx, shop_id, transfer_ids)
        shipments = {
            number: {part.shipment_id for part in transfers.parts(tx, shop_id, [number]) if part.shipped}
            for number in transfer_ids
            if before.get(number) != after.get(number)
        }
        listed = dirty.announced(tx, shop_id, Listed.TRANSFER, shipments)
    spotted = [
        Spotted(
            Kind.TRANSFER,
            number,
            known[number].name if number in known else f"Transfer {number}",
            Differing(after.get(number, NO_MORE), before.get(number, NOT_KNOWN)),
            frozenset({number, *of_it}),
        )
        for number, of_it in shipments.items()
    ]
    return _explained(house, shop_id, OF_TRANSFERS, spotted, listed, now)


def _of_order(tx: Connection, shop_id: int, before: Stored, after: Stored, order_id: int) -> Iterator[Spotted]:
    was, order = before.orders.get(order_id), after.orders.get(order_id)
    stood, parts = before.parts.get(order_id, ()), after.parts.get(order_id, ())
    if was is None and order is None:
        return
    known = was or order
    assert known is not None
    base = Spotted(
        Kind.ORDER,
        order_id,
        known.name,
        Differing(NO_MORE, "open"),
        frozenset({order_id, *(fo.fulfillment_order_id for fo in (*stood, *parts))}),
        was.read_at if was else None,
        order.updated_at if order else None,
    )
    if order is None:
        yield base
        return
    lines = after.lines.get(order_id, ())
    if was is None:
        open_units = sum(line.unfulfilled for line in lines)
        yield replace(base, said=Differing(f"{open_units} to ship", NOT_KNOWN))
        return
    if before.lines != after.lines or stood != parts or _standing(was) != _standing(order):
        places = _places(tx, shop_id)
        said = differing(
            _facts(order, lines, parts, places), _facts(was, before.lines.get(order_id, ()), stood, places)
        )
        if said is not None:
            yield replace(base, said=said)
    if (held := _holds_said(stood, parts)) is not None:
        yield replace(base, kind=Kind.HOLD, said=held, by_hand=_waived(tx, shop_id, order_id, stood, parts))
    if (TAG in was.tags) != (TAG in order.tags):
        words = {True: f"tagged {TAG}", False: f"not tagged {TAG}"}
        yield replace(base, kind=Kind.TAG, said=Differing(words[TAG in order.tags], words[TAG in was.tags]))


def _standing(order: Order) -> tuple[bool, str]:
    return order.cancelled_at is not None, order.financial_status


def _facts(
    order: Order, lines: Iterable[LineSeen], parts: Iterable[FulfillmentOrderSeen], places: Mapping[int, str]
) -> Facts:
    cancelled, paid = _standing(order)
    return facts.of_order(lines, parts, places, cancelled=cancelled, financial_status=paid)


def _holds_said(stood: Iterable[FulfillmentOrderSeen], parts: Iterable[FulfillmentOrderSeen]) -> Differing | None:
    """What differs of the holds on what is open in both readings; what came, went or moved is told by the order."""
    before, after = ({fo.fulfillment_order_id: fo for fo in some if is_open(fo)} for some in (stood, parts))
    both = [number for number in before if number in after and before[number].holds != after[number].holds]
    return differing(facts.of_holds(after[n] for n in both), facts.of_holds(before[n] for n in both))


def _waived(
    tx: Connection,
    shop_id: int,
    order_id: int,
    stood: Iterable[FulfillmentOrderSeen],
    parts: Iterable[FulfillmentOrderSeen],
) -> bool:
    """Whether a hold of ours is gone from a part that is open still, and it was not us who released it."""
    there = {fo.fulfillment_order_id: fo for fo in parts if is_open(fo)}
    released = releases.by_us(tx, shop_id, outbox.order_lane(order_id))
    return any(
        under_our_hold(was)
        and (now := there.get(was.fulfillment_order_id)) is not None
        and not under_our_hold(now)
        and not {hold.hold_id for hold in was.holds if hold.ours} & released
        for was in stood
    )


def _explained(
    house: House,
    shop_id: int,
    families: Collection[str],
    spotted: Collection[Spotted],
    listed: Announcements,
    now: datetime,
) -> tuple[Difference, ...]:
    """The differences, each with its likely cause. Nothing is asked where nothing differs."""
    if not spotted:
        return ()
    numbers = {number for one in spotted for number in one.numbers}
    with house.db.read() as tx:
        domain = shops.one(tx, shop_id).domain
        heard = mentions.of(tx, house.sealer, domain, families, numbers, transport_now() - LOOKED_BACK)
    return tuple(
        Difference(
            one.kind, one.subject, one.name, one.said.store_said, one.said.books_said, _why(one, heard, listed, now)
        )
        for one in spotted
    )


def _why(one: Spotted, heard: Mentions, listed: Announcements, now: datetime) -> Explained:
    if one.kind is Kind.TAG:
        return of_standing(Standing(Kind.TAG, written=True))
    since = one.read_at
    of_it = [m for m in heard.found if m.numbers & one.numbers and (since is None or m.received_at >= since)]
    what, error = _heard(of_it, complete=heard.complete)
    standing = listed.get(one.subject)
    return of_reading(
        Reading(
            kind=one.kind,
            heard=what,
            heard_error=error,
            listed=standing is not None,
            listed_error=standing[1] if standing else None,
            changed_at=one.changed_at,
            by_hand=one.by_hand,
            with_orders=one.with_orders,
        ),
        now,
    )


def _heard(of_it: Iterable[Mention], *, complete: bool) -> tuple[Heard, str | None]:
    """What became of the webhooks about something, and what an error said of them."""
    verdicts = {one.verdict: one.error for one in of_it}
    for verdict, what in (
        (Verdict.WAITING, Heard.WAITING),
        (Verdict.PARKED, Heard.FAILED),
        (Verdict.UNREADABLE, Heard.FAILED),
    ):
        if verdict in verdicts:
            return what, verdicts[verdict]
    if verdicts:
        return Heard.UNDERSTOOD, None
    return (Heard.NOTHING if complete else Heard.UNKNOWN), None


def _levels(tx: Connection, shop_id: int, item_ids: Collection[int]) -> dict[tuple[int, int], Level]:
    return {(level.item_id, level.location_id): level for level in levels.of_items(tx, shop_id, item_ids)}


def _places(tx: Connection, shop_id: int) -> dict[int, str]:
    return {place.location_id: place.name for place in locations.all_locations(tx, shop_id)}


def _counted(level: Level | None, otherwise: str) -> Facts:
    return {"level": otherwise} if level is None else facts.of_level(level.available, level.committed)


def _yielded(lease: Lease | None) -> bool:
    return lease is not None and lease.state is LeaseState.YIELDED
