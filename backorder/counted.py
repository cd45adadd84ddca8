"""Counted: tell what changed on the shelves between two settled reads, and what each change is taken for (rules.rises).

Nothing is asked of the books for it but where something rose that nothing explains.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backorder.clock import transport_now
from backorder.db import counts, dirty, levels, managing, overwriting, purchase_orders, shops, transfers
from backorder.db.counts import Counted
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.levels import Level
from backorder.rules.rises import (
    A_SLIP,
    Change,
    Counts,
    Do,
    Evidence,
    Left,
    Row,
    after,
    booked,
    change,
    judge,
    needs_evidence,
    not_taken_back,
)
from backorder.rules.seen import LevelSeen
from backorder.rules.terms import Terms
from backorder.rules.working_calendar import WorkingCalendar
from backorder.supply import Expected, awaited

Place = tuple[int, int]  # (item, location)
ACTOR = "promised"


@dataclass(frozen=True)
class Pair:
    """A level as it was and as it is now, and what is expected there."""

    before: Level
    now: LevelSeen
    here: Expected

    @property
    def place(self) -> Place:
        return self.now.item_id, self.now.location_id

    @property
    def change(self) -> Change:
        """What changed, less what explains it."""
        found = Counts(self.now.available, self.now.on_hand, self.now.shippable)
        was = self.before
        return change(
            was.counts, found, shipped=was.shipped_since, docked=self.here.docked, returned=was.returned_since
        )


@dataclass(frozen=True)
class Outcome:
    """What a change means: what is aside and presumed after it, how many came off the dock, and its row for the book.

    ``put_right`` units lay there all the time, and the count has them again.
    """

    left: Left
    received: int
    asked: bool
    entry: Counted | None
    put_right: int = 0


def judge_all(tx: Connection, shop_id: int, pairs: Sequence[Pair], now: datetime) -> dict[Place, Outcome]:
    """Judge what changed at each place, and write it down. The caller keeps what is left aside and presumed."""
    changes = {pair.place: pair.change for pair in pairs}
    risen = [pair for pair in pairs if needs_evidence(changes[pair.place])]
    evidence = _evidence(tx, shop_id, risen, now) if risen else {}
    nothing = Evidence(date.min)
    found = {pair.place: _judged(pair, changes[pair.place], evidence.get(pair.place, nothing), now) for pair in pairs}
    counts.enter(tx, shop_id, [one.entry for one in found.values() if one.entry is not None])
    landed = [place for place, one in found.items() if one.entry is not None and one.entry.row == Row.EXACTLY_ZERO]
    overwriting.landed(tx, shop_id, [location_id for _, location_id in landed])
    return found


def _judged(pair: Pair, what: Change, evidence: Evidence, now: datetime) -> Outcome:
    row, do = judge(what, evidence)
    left = after(
        pair.before.left,
        what,
        row,
        do,
        evidence,
        outstanding=pair.here.outstanding,
        supply=pair.now.shippable + pair.before.counted_off,
        now=now,
    )
    entry = _entry(pair, what, row, left, now) if what.seen or row is not Row.EXPLAINED else None
    put_right = what.risen if do is Do.PUT_RIGHT else 0
    return Outcome(left, what.received, asked=do in {Do.ASK, Do.RECEIVE}, entry=entry, put_right=put_right)


def _entry(pair: Pair, what: Change, row: Row, left: Left, now: datetime) -> Counted:
    return Counted(
        item_id=pair.now.item_id,
        location_id=pair.now.location_id,
        at=now,
        on_hand=pair.now.on_hand,
        supply=pair.now.shippable,
        by=what.by,
        supply_by=what.supply_by,
        shipped=what.shipped,
        received=what.received,
        returned=what.returned,
        unexplained=what.on_hand,
        row=row.value,
        aside=left.aside.units,
        aside_by=left.aside.units - pair.before.aside.units,
        presumed_by=left.presumed - pair.before.presumed,
        actor=ACTOR,
    )


def _evidence(tx: Connection, shop_id: int, risen: Sequence[Pair], now: datetime) -> dict[Place, Evidence]:
    """What is known beside the counts, where something rose that nothing explains."""
    items = sorted({item_id for item_id, _ in (pair.place for pair in risen)})
    shop = shops.one(tx, shop_id)
    calendar = WorkingCalendar(timezone=shop.timezone)
    believes = Terms.from_json(shop.terms).believe_unannounced
    ours = managing.managed_of(tx, shop_id, items)
    suspected = overwriting.overwritten(tx, shop_id)
    latest = counts.since(tx, shop_id, items, now - A_SLIP)
    ever = _ever_ordered(tx, shop_id, risen)
    found = {}
    for pair in risen:
        item_id, location_id = pair.place
        found[pair.place] = Evidence(
            today=calendar.day(now),
            ours=item_id in ours,
            fell=not_taken_back((Row(c.row), c.unexplained, c.aside_by, c.presumed_by) for c in _read(latest, pair)),
            overwritten=location_id in suspected,
            awaited=awaited(pair.here, pair.before.presumed, calendar),
            ever_ordered=item_id in ever,
            believes_unannounced=believes,
            counted_off=pair.before.counted_off,
        )
    return found


def _ever_ordered(tx: Connection, shop_id: int, risen: Iterable[Pair]) -> frozenset[int]:
    """The items of which anything was ever on order; where something is, nobody need look."""
    pairs = tuple(risen)
    on_order = frozenset(pair.now.item_id for pair in pairs if pair.here.lines or pair.here.parts)
    others = {pair.now.item_id for pair in pairs} - on_order
    if not others:
        return on_order
    return on_order | purchase_orders.ever_ordered(tx, shop_id, others) | transfers.ever_sent(tx, shop_id, others)


def _read(latest: Mapping[Place, Iterable[Counted]], pair: Pair) -> Iterator[Counted]:
    """The changes of a place that readings found, without the words of people."""
    rows = set(Row)
    return (one for one in latest.get(pair.place, ()) if one.row in rows)


def book(
    tx: Connection,
    shop_id: int,
    item_id: int,
    location_id: int,
    units: int,
    *,
    actor: str,
    now: datetime,
    aside_first: bool = False,
) -> int:
    """A receipt of ``units``: what rose before it is explained by it. How many are at the dock then.

    The caller holds the item's lock.
    """
    level = levels.one(tx, shop_id, item_id, location_id)
    if level is None:
        return units
    to_dock, left = booked(level.left, units, aside_first=aside_first)
    if left != level.left:
        keep(tx, shop_id, level, left, counts.BOOKED_IN, actor=actor, now=now)
    return to_dock


def keep(tx: Connection, shop_id: int, level: Level, left: Left, said: str, *, actor: str, now: datetime) -> None:
    """Keep what is aside and presumed after somebody ``said`` something, with its row if that freed or set aside anything."""
    levels.set_left(tx, shop_id, level.item_id, level.location_id, left)
    if left.aside == level.aside:
        return
    word = Counted(
        item_id=level.item_id,
        location_id=level.location_id,
        at=now,
        on_hand=level.on_hand,
        supply=level.shippable,
        by=0,
        supply_by=0,
        shipped=0,
        received=0,
        returned=0,
        unexplained=0,
        row=said,
        aside=left.aside.units,
        aside_by=left.aside.units - level.aside.units,
        presumed_by=left.presumed - level.presumed,
        actor=actor,
    )
    counts.enter(tx, shop_id, [word])


def came_back(tx: Connection, shop_id: int, units: Mapping[Place, int], now: datetime) -> None:
    """Units that had been shipped were refunded: where something is aside it is they, else what rises next is.

    What is no longer aside is for the queue, which is looked at again: often nothing else of the order asks for that.
    """
    for (item_id, location_id), count in sorted(units.items()):
        level = levels.one(tx, shop_id, item_id, location_id)
        if level is None:
            continue
        freed = min(count, level.aside.units)
        if freed:
            left = Left(level.aside.less(freed), level.presumed)
            keep(tx, shop_id, level, left, counts.RETURNED, actor=ACTOR, now=now)
            dirty.mark(tx, shop_id, Kind.ITEM, [item_id], transport_now())
        if count > freed:
            levels.returned(tx, shop_id, item_id, location_id, count - freed)
