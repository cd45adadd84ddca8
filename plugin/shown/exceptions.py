"""What a person has to look at: late shipments, shelves that are short, policies that somebody changed by hand."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from backorder import pass_on
from backorder.clock import transport_now
from backorder.db import catalogue, claims, dirty, locations, lots, managing, offers, orders, purchase_orders
from backorder.db.shops import Shop
from backorder.house import House
from backorder.pass_on import Desk
from backorder.rules.customer_limit import beyond_customer_limit
from backorder.rules.drop_ship import Tell
from backorder.rules.lease import LeaseState
from backorder.rules.lots import LotKind
from backorder.rules.order_limit import beyond_order_limit
from plugin.shown import counts, transfers
from plugin.shown.counts import AsideShown, LocationAsked, Lost
from plugin.shown.model import Shown, in_portions
from plugin.shown.today import today
from plugin.shown.transfers import Double, LateShipment

PASSING = timedelta(minutes=5)
# So many of those who could do without are named; each that is taken from leaves room for the next.
NEWEST = 5


class Overdue(Shown):
    """A line of a purchase order that should have been here."""

    purchase_order_id: int
    number: str
    supplier: str
    title: str
    units: int
    due_on: date


class Keeping(Shown):
    """An order line that keeps ``units`` which nobody has begun to pack: a person may take them back, for the queue to decide about."""

    order_id: int
    order_name: str
    line_id: int
    location_id: int
    units: int


class ShortShelf(Shown):
    """Units that were given away for good and are not on the shelf: somebody has to decide who does without.

    ``newest``: who keeps some that are not being packed, as far as is known, the newest first (domain §4); a few of them.
    """

    title: str
    location: str
    units: int
    newest: tuple[Keeping, ...]


class Yielded(Shown):
    """A variant whose selling policy somebody changed after us; it stays as they set it until it is re-armed."""

    variant_id: int
    title: str
    policy: str


class Oversold(Shown):
    """Units that were ordered beyond what may be sold: accepted, in the queue, with the date that is true for them."""

    variant_id: int
    title: str
    units: int
    why: str


class OverOrderLimit(Shown):
    """An order that has more of a variant than one order may."""

    order_id: int
    order_name: str
    title: str
    units: int
    limit: int


class OrderNamed(Shown):
    """An order by its number and its name."""

    order_id: int
    order_name: str


class OverCustomerLimit(Shown):
    """A customer for whom more units of a variant wait than may, and the orders that they wait in."""

    title: str
    units: int
    limit: int
    orders: tuple[OrderNamed, ...]


class ToPassOn(Shown):
    """Order lines of which a supplier who sends them is to be told, ``cancelled`` ones among them."""

    supplier: str
    lines: int
    cancelled: int


class Unread(Shown):
    """What happened in the store since then could not be looked at; the reason names who has to act, if anybody."""

    since: datetime
    why: str


class Exceptions(Shown):
    """Everything that waits for a person."""

    unread: tuple[Unread, ...]
    overdue: tuple[Overdue, ...]
    short: tuple[ShortShelf, ...]
    yielded: tuple[Yielded, ...]
    late_shipments: tuple[LateShipment, ...]
    doubles: tuple[Double, ...]
    oversold: tuple[Oversold, ...]
    over_order_limit: tuple[OverOrderLimit, ...]
    over_customer_limit: tuple[OverCustomerLimit, ...]
    lost: tuple[Lost, ...]
    aside: tuple[AsideShown, ...]
    overwritten: tuple[LocationAsked, ...]
    to_pass_on: tuple[ToPassOn, ...]

    @property
    def any(self) -> bool:
        shown = (self.unread, self.overdue, self.short, self.yielded, self.late_shipments, self.doubles, self.oversold)
        more = (self.over_order_limit, self.over_customer_limit, self.lost, self.aside, self.overwritten)
        return any(shown) or any(more) or bool(self.to_pass_on)


def of_shop(house: House, shop: Shop, now: datetime) -> Exceptions:
    """What waits for a person in a shop."""
    short: list[ShortShelf] = []
    yielded: list[Yielded] = []
    with house.db.read() as tx:
        items = managing.managed_items(tx, shop.shop_id)
    for portion in in_portions(items):
        short.extend(_short(house, shop, portion))
        yielded.extend(_yielded(house, shop, portion))
    return Exceptions(
        unread=_unread(house, shop),
        overdue=_overdue(house, shop, today(shop, now)),
        short=tuple(short),
        yielded=tuple(yielded),
        late_shipments=transfers.late(house, shop, now),
        doubles=transfers.doubles(house, shop),
        oversold=_oversold(house, shop),
        over_order_limit=_over_order_limit(house, shop),
        over_customer_limit=_over_customer_limit(house, shop),
        lost=counts.lost(house, shop, now),
        aside=counts.questions(house, shop, now),
        overwritten=counts.overwritten(house, shop),
        to_pass_on=tuple(
            ToPassOn(supplier=desk.supplier, lines=len(desk.to_pass_on), cancelled=_cancelled(desk))
            for desk in pass_on.desks(house, shop.shop_id)
            if desk.to_pass_on
        ),
    )


def _cancelled(desk: Desk) -> int:
    return sum(line.tell is Tell.CANCELLED for line in desk.to_pass_on)


def _over_order_limit(house: House, shop: Shop) -> tuple[OverOrderLimit, ...]:
    with house.db.read() as tx:
        limits = managing.order_limits(tx, shop.shop_id)
        beyond = beyond_order_limit(claims.of_items(tx, shop.shop_id, limits), limits)
        known = orders.many(tx, shop.shop_id, {order_id for order_id, _ in beyond})
        titles = {v.item_id: v.full_title for v in catalogue.variants_of_items(tx, shop.shop_id, limits)}
    return tuple(
        OverOrderLimit(
            order_id=order_id,
            order_name=known[order_id].name,
            title=titles[item_id],
            units=units,
            limit=limits[item_id],
        )
        for (order_id, item_id), units in beyond.items()
        if order_id in known
    )


def _over_customer_limit(house: House, shop: Shop) -> tuple[OverCustomerLimit, ...]:
    with house.db.read() as tx:
        limits = managing.customer_limits(tx, shop.shop_id)
        if not limits:
            return ()
        waiting = claims.of_items(tx, shop.shop_id, limits)
        whose = orders.customers(tx, shop.shop_id, {claim.order_id for claim in waiting})
        beyond = beyond_customer_limit(waiting, whose, limits)
        known = orders.many(tx, shop.shop_id, {order_id for one in beyond for order_id in one.orders})
        titles = {v.item_id: v.full_title for v in catalogue.variants_of_items(tx, shop.shop_id, limits)}
    return tuple(
        OverCustomerLimit(
            title=titles[one.item_id],
            units=one.units,
            limit=limits[one.item_id],
            orders=tuple(OrderNamed(order_id=number, order_name=known[number].name) for number in one.orders),
        )
        for one in beyond
    )


def _oversold(house: House, shop: Shop) -> tuple[Oversold, ...]:
    with house.db.read() as tx:
        over = offers.oversold(tx, shop.shop_id)
        sold = [v for v in catalogue.by_ids(tx, shop.shop_id, over) if v.managed and not v.gone]
        reasons = offers.get(tx, shop.shop_id, [v.variant_id for v in sold])
    return tuple(
        Oversold(
            variant_id=v.variant_id, title=v.full_title, units=over[v.variant_id], why=reasons[v.variant_id].reason
        )
        for v in sold
    )


def _unread(house: House, shop: Shop) -> tuple[Unread, ...]:
    """Why the store could not be looked at for a while now; what heals within minutes is nobody's work."""
    with house.db.read() as tx:
        found = dirty.unread(tx, shop.shop_id, transport_now() - PASSING)
    return tuple(Unread(since=since, why=why) for why, since in found)


def _overdue(house: House, shop: Shop, day: date) -> tuple[Overdue, ...]:
    with house.db.read() as tx:
        arrivals = lots.arrivals(tx, shop.shop_id)
        # What a shipment carries is late by the shipment's day, not by the order's.
        overdue = {lot.purchase_order_line_id: lot.item_id for lot in arrivals if lot.overdue(day)}
        late = [
            line
            for portion in in_portions(sorted(set(overdue.values())))
            for line in purchase_orders.lines_of_items(tx, shop.shop_id, portion)
            if line.line_id in overdue
        ]
        titles = {
            variant.variant_id: variant.full_title
            for portion in in_portions(sorted({line.variant_id for line in late}))
            for variant in catalogue.by_ids(tx, shop.shop_id, portion)
        }
    return tuple(
        Overdue(
            purchase_order_id=line.purchase_order_id,
            number=line.number,
            supplier=line.supplier,
            title=titles.get(line.variant_id, "A variant that is gone"),
            units=line.outstanding,
            due_on=line.due_on,
        )
        for line in late
    )


def _short(house: House, shop: Shop, items: Sequence[int]) -> tuple[ShortShelf, ...]:
    with house.db.read() as tx:
        shelves = [
            lot for lot in lots.of_items(tx, shop.shop_id, items) if lot.kind is LotKind.ON_HAND and lot.short > 0
        ]
        titles = {v.item_id: v.full_title for v in catalogue.variants_of_items(tx, shop.shop_id, items)}
        names = {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)}
        queue = claims.of_items(tx, shop.shop_id, {lot.item_id for lot in shelves})
        keep = sorted(
            (c for c in queue if c.exposed and c.kept > c.in_works), key=lambda claim: claim.age, reverse=True
        )
        known = orders.many(tx, shop.shop_id, {claim.order_id for claim in keep})
    return tuple(
        ShortShelf(
            title=titles[lot.item_id],
            location=names.get(lot.location_id, ""),
            units=lot.short,
            newest=tuple(
                Keeping(
                    order_id=claim.order_id,
                    order_name=known[claim.order_id].name,
                    line_id=claim.line_id,
                    location_id=claim.location_id,
                    units=claim.kept - claim.in_works,
                )
                for claim in keep
                if (claim.item_id, claim.location_id) == (lot.item_id, lot.location_id) and claim.order_id in known
            )[:NEWEST],
        )
        for lot in shelves
    )


def _yielded(house: House, shop: Shop, items: Sequence[int]) -> tuple[Yielded, ...]:
    with house.db.read() as tx:
        sold = [v for v in catalogue.variants_of_items(tx, shop.shop_id, items) if v.managed and not v.gone]
        leases = offers.leases(tx, shop.shop_id, [v.variant_id for v in sold])
    hands_off = {lease.variant_id for lease in leases.values() if lease.state is LeaseState.YIELDED}
    return tuple(
        Yielded(variant_id=v.variant_id, title=v.full_title, policy=v.policy.value)
        for v in sold
        if v.variant_id in hands_off
    )
