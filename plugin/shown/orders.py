"""One order as shown: its open lines, what was promised and when it was told, and why this date."""

from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime

from backorder import explain
from backorder.db import claims, drop_ships, locations, managing, order_lines, orders, promises, queue_acts
from backorder.db.engine import Connection
from backorder.db.queue_acts import Act
from backorder.db.shops import Shop
from backorder.elsewhere import lies_elsewhere
from backorder.house import House
from backorder.rules.claims import Claim
from backorder.rules.evidence import SENTENCES, Evidence
from backorder.rules.left_alone import left_alone
from backorder.rules.promises import Promise
from backorder.rules.seen import LineSeen
from backorder.rules.silent import SILENT_RULE
from plugin.shown import choice, why
from plugin.shown.choice import WaySaid
from plugin.shown.model import Money, Shown
from plugin.shown.why import Why


class PlaceInQueue(Shown):
    """Open units of a line at one location. ``held`` units are under a hold of ours; ``kept`` ones cannot be taken away.

    Of goods that the app does not ``manage`` it is not known what is covered and what waits: both are 0.
    """

    location_id: int
    location: str
    item_id: int
    moved_up: bool
    units: int
    managed: bool
    covered: int
    kept: int
    backordered: int
    held: int
    since: datetime
    ready: bool
    lost_turn: bool
    projected_on: date | None
    drop_shipped: bool


class SentBy(Shown):
    """The supplier who sends a line to the buyer directly: when it was told, by whom, and when the merchant said that it was shipped."""

    supplier: str
    told_at: datetime | None
    told_by: str | None
    shipped_at: datetime | None


class PromiseShown(Shown):
    """One version of what the buyer was told; ``told_at`` is empty while the message is on its way.

    ``silent``: it ships within the shop's ordinary time, so the buyer is told nothing. Where a range was told, ``range_from`` is its
    first day and ``ship_by``, the promise, its last. ``previous`` is the day of the version before, told or not; ``told_before`` the day
    that the buyer was last told before this one. ``replaced``: a newer version has taken its place, so it is told no more.
    """

    version: int
    ship_by: date | None
    range_from: date | None
    previous: date | None
    told_before: date | None
    replaced: bool
    basis: str
    source: str
    reason: str
    rule: str
    confidence: float | None
    stated_on: date | None
    actor: str
    made_at: datetime
    told_at: datetime | None
    silent: bool


class WhatWasShown(Shown):
    """What the order proves about the day that its buyer was shown: ``verdict`` is stable, ``sentence`` is for people."""

    verdict: str
    ship_by: date | None
    range_from: date | None
    sentence: str


class OrderLineShown(Shown):
    """A line of an order. ``why`` is said of lines with open units, ``was_shown`` once the order was read for it.

    ``sent_by``: a supplier sends it, and it stands in no queue.
    """

    line_id: int
    title: str
    sku: str | None
    quantity: int
    unfulfilled: int
    price: Money
    claims: tuple[PlaceInQueue, ...]
    promises: tuple[PromiseShown, ...]
    why: Why | None
    was_shown: WhatWasShown | None
    sent_by: SentBy | None

    @property
    def backordered(self) -> int:
        return sum(claim.backordered for claim in self.claims)


class ElsewhereShown(Shown):
    """Units of a line that wait and lie free at another location; ``movable``: the order can be sent from there."""

    line_id: int
    units: int
    location: str
    movable: bool


class ActShown(Shown):
    """What a person did with a line's place in its queue, and why."""

    act_id: int
    line_id: int
    at: datetime
    actor: str
    sentence: str
    reason: str
    undone_at: datetime | None
    can_be_undone: bool


class OrderShown(Shown):
    """An order. Who bought is not part of it.

    ``ways``: what was said about how it leaves, oldest first; empty: part by part. ``left_alone``: why the app does nothing
    about it, if so.
    """

    order_id: int
    name: str
    created_at: datetime
    cancelled_at: datetime | None
    financial_status: str
    ready_at: datetime | None
    lines: tuple[OrderLineShown, ...]
    ways: tuple[WaySaid, ...]
    elsewhere: tuple[ElsewhereShown, ...]
    by_hand: tuple[ActShown, ...]
    left_alone: str | None = None

    @property
    def may_choose(self) -> bool:
        """Whether it matters how it leaves: something waits, and it is more than one unit."""
        from_here = [claim for line in self.lines for claim in line.claims if not claim.drop_shipped]
        waits = any(claim.backordered for claim in from_here)
        return self.cancelled_at is None and waits and sum(claim.units for claim in from_here) > 1


def one(house: House, shop: Shop, order_id: int, now: datetime) -> OrderShown | None:
    """An order of the shop, or None."""
    with house.db.read() as tx:
        order = orders.get(tx, shop.shop_id, order_id)
        if order is None:
            return None
        lines = order_lines.of_orders(tx, shop.shop_id, [order_id]).get(order_id, ())
        found = claims.of_orders(tx, shop.shop_id, [order_id])
        places = _places(
            found,
            managing.managed_of(tx, shop.shop_id, {claim.item_id for claim in found}),
            {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)},
        )
        told = promises.of_orders(tx, shop.shop_id, [order_id])
        ways = choice.said(tx, shop.shop_id, order_id)
        names = {place.location_id: place.name for place in locations.all_locations(tx, shop.shop_id)}
        lies = lies_elsewhere(tx, shop.shop_id, order_id, now)
        acts = queue_acts.of_order(tx, shop.shop_id, order_id)
        sent = _sent(tx, shop.shop_id, order_id)
    return OrderShown(
        order_id=order.order_id,
        name=order.name,
        created_at=order.created_at,
        cancelled_at=order.cancelled_at,
        financial_status=order.financial_status,
        ready_at=order.ready_at,
        lines=tuple(
            _line(
                line,
                order.currency,
                places.get(line.line_id, ()),
                told,
                _why(house, shop, line, places, now),
                sent.get(line.line_id),
            )
            for line in lines
        ),
        ways=ways,
        elsewhere=tuple(
            ElsewhereShown(
                line_id=each.line_id,
                units=each.units,
                location=names.get(each.lies_at, ""),
                movable=each.movable,
            )
            for each in lies
        ),
        by_hand=tuple(_act(each) for each in acts),
        left_alone=left_alone(order.source),
    )


def _act(act: Act) -> ActShown:
    return ActShown(
        act_id=act.act_id,
        line_id=act.line_id,
        at=act.at,
        actor=act.actor,
        sentence=act.sentence,
        reason=act.reason,
        undone_at=act.undone_at,
        can_be_undone=act.change is not None and act.undone_at is None,
    )


def _places(
    found: tuple[Claim, ...], handled: Container[int], names: dict[int, str]
) -> dict[int, tuple[PlaceInQueue, ...]]:
    by_line: dict[int, tuple[PlaceInQueue, ...]] = {}
    for claim in found:
        managed = claim.drop_shipped or claim.item_id in handled
        waits = claim.backordered if managed else 0
        place = PlaceInQueue(
            location_id=claim.location_id,
            location=names.get(claim.location_id, ""),
            item_id=claim.item_id,
            moved_up=claim.rank < 0,
            units=claim.units,
            managed=managed,
            covered=claim.given,
            kept=claim.kept,
            backordered=waits,
            held=claim.units - claim.exposed,
            since=claim.since,
            ready=claim.ready,
            lost_turn=claim.lost_turn,
            projected_on=claim.projected_on if waits else None,
            drop_shipped=claim.drop_shipped,
        )
        by_line[claim.line_id] = (*by_line.get(claim.line_id, ()), place)
    return by_line


def _sent(tx: Connection, shop_id: int, order_id: int) -> dict[int, SentBy]:
    """Which lines of an order suppliers send."""
    rows = drop_ships.of_orders(tx, shop_id, [order_id])
    senders = drop_ships.senders(tx, shop_id, rows) if rows else {}
    return {
        line_id: SentBy(
            supplier=sender.supplier,
            told_at=rows[line_id].told_at,
            told_by=rows[line_id].told_by,
            shipped_at=rows[line_id].shipped_at,
        )
        for line_id, sender in senders.items()
    }


def _why(
    house: House, shop: Shop, line: LineSeen, places: dict[int, tuple[PlaceInQueue, ...]], now: datetime
) -> Why | None:
    if not any(place.managed for place in places.get(line.line_id, ())):
        return None
    return why.of(explain.why(house, shop.shop_id, line.line_id, now))


def _line(
    line: LineSeen,
    currency: str,
    places: tuple[PlaceInQueue, ...],
    told: tuple[Promise, ...],
    reason: Why | None,
    sent_by: SentBy | None,
) -> OrderLineShown:
    return OrderLineShown(
        line_id=line.line_id,
        title=line.title,
        sku=line.sku,
        quantity=line.current_quantity,
        unfulfilled=line.unfulfilled,
        price=Money(amount=line.unit_price, currency=currency),
        claims=places,
        promises=tuple(_versions([version for version in told if version.line_id == line.line_id])),
        why=reason,
        was_shown=_was_shown(line.evidence),
        sent_by=sent_by,
    )


def _was_shown(evidence: Evidence | None) -> WhatWasShown | None:
    if evidence is None:
        return None
    return WhatWasShown(
        verdict=evidence.verdict.value,
        ship_by=evidence.ship_by,
        range_from=evidence.ship_from,
        sentence=SENTENCES[evidence.verdict],
    )


def _versions(of_line: Sequence[Promise]) -> Iterator[PromiseShown]:
    """The versions of a line, which are in order."""
    told_before: date | None = None
    for version in of_line:
        yield _promise(version, told_before, replaced=version is not of_line[-1])
        if version.told_at is not None:
            told_before = version.ship_by


def _promise(version: Promise, told_before: date | None, *, replaced: bool) -> PromiseShown:
    return PromiseShown(
        version=version.version,
        ship_by=version.ship_by,
        range_from=version.ship_from,
        previous=version.previous,
        told_before=told_before,
        replaced=replaced,
        basis=version.basis.value,
        source=version.source,
        reason=version.reason,
        rule=version.rule,
        confidence=version.confidence,
        stated_on=version.stated_on,
        actor=version.actor,
        made_at=version.made_at,
        told_at=version.told_at,
        silent=version.rule == SILENT_RULE,
    )
