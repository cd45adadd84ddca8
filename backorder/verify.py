"""Verify: prove the invariants on a live database, and say what was checked, with the first counter-examples."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, func, select

from backorder.db.claims import claims
from backorder.db.lots import allocation_ledger, allocations, lots
from backorder.db.outbox import Effect, State, outbox
from backorder.db.promises import promises
from backorder.db.purchase_orders import purchase_order_lines, receipts
from backorder.house import House

SHOWN = 10


@dataclass(frozen=True)
class Check:
    """One invariant: in how many places it was checked, and where it is broken."""

    name: str
    counted: int
    broken: tuple[str, ...]


@dataclass(frozen=True)
class Certificate:
    checks: tuple[Check, ...]

    @property
    def holds(self) -> bool:
        return not any(check.broken for check in self.checks)


def verify(house: House, shop_id: int | None = None) -> Certificate:
    """Check every invariant of the books, of one shop or of all, in one reading transaction."""
    with house.db.read() as tx:
        return Certificate(tuple(check(tx, shop_id) for check in CHECKS))


def _lots_add_up(tx: Connection, shop_id: int | None) -> Check:
    """Each lot's ``allocated`` is the sum of its allocation rows."""
    given = (
        select(allocations.c.shop_id, allocations.c.lot_id, func.sum(allocations.c.units).label("given"))
        .group_by(allocations.c.shop_id, allocations.c.lot_id)
        .subquery()
    )
    rows = tx.execute(
        _of(
            shop_id,
            lots,
            select(lots.c.id, lots.c.allocated, func.coalesce(given.c.given, 0).label("given")).outerjoin(
                given, and_(given.c.shop_id == lots.c.shop_id, given.c.lot_id == lots.c.id)
            ),
        )
    ).all()
    wrong = [f"lot {r.id}: {r.allocated} on the lot, {r.given} in its rows" for r in rows if r.allocated != r.given]
    return _check("every lot's allocated units are the sum of its allocations", rows, wrong)


def _never_more_than_there_is(tx: Connection, shop_id: int | None) -> Check:
    """``allocated <= units + short``."""
    rows = tx.execute(_of(shop_id, lots, select(lots))).all()
    wrong = [
        f"lot {r.id}: {r.allocated} of {r.units} + {r.short} short" for r in rows if r.allocated > r.units + r.short
    ]
    return _check("no lot gives more than it holds and is recorded short of", rows, wrong)


def _nobody_gets_more_than_they_claim(tx: Connection, shop_id: int | None) -> Check:
    """An allocation belongs to an open claim and is not larger."""
    rows = tx.execute(
        _of(
            shop_id,
            allocations,
            select(allocations.c.line_id, allocations.c.units, claims.c.units.label("claimed")).outerjoin(
                claims,
                and_(
                    claims.c.shop_id == allocations.c.shop_id,
                    claims.c.line_id == allocations.c.line_id,
                    claims.c.location_id == allocations.c.location_id,
                ),
            ),
        )
    ).all()
    wrong = [f"line {r.line_id}: given {r.units}, claims {r.claimed or 0}" for r in rows if r.units > (r.claimed or 0)]
    return _check("no claim holds more than it asks for", rows, wrong)


def _ledger_is_the_state(tx: Connection, shop_id: int | None) -> Check:
    """The sum of the ledger's rows is the state (I9)."""
    total = (
        select(
            allocation_ledger.c.shop_id,
            allocation_ledger.c.line_id,
            allocation_ledger.c.location_id,
            func.sum(allocation_ledger.c.units).label("units"),
            func.sum(allocation_ledger.c.kept).label("kept"),
        )
        .group_by(allocation_ledger.c.shop_id, allocation_ledger.c.line_id, allocation_ledger.c.location_id)
        .subquery()
    )
    rows = tx.execute(
        _of(
            shop_id,
            total,
            select(total, allocations.c.units.label("now"), allocations.c.kept.label("kept_now")).outerjoin(
                allocations,
                and_(
                    allocations.c.shop_id == total.c.shop_id,
                    allocations.c.line_id == total.c.line_id,
                    allocations.c.location_id == total.c.location_id,
                ),
            ),
        )
    ).all()
    wrong = [
        f"line {r.line_id}: the ledger says {r.units} ({r.kept} kept), the books {r.now or 0} ({r.kept_now or 0} kept)"
        for r in rows
        if (r.units, r.kept) != (r.now or 0, r.kept_now or 0)
    ]
    return _check("the allocation ledger adds up to the allocations", rows, wrong)


def _oldest_first(tx: Connection, shop_id: int | None) -> Check:
    """I2b: no unit is left on a shelf while a ready claim on a managed, settled shelf is short."""
    waiting = (
        select(
            claims.c.shop_id,
            claims.c.item_id,
            claims.c.location_id,
            func.sum(claims.c.units - func.coalesce(allocations.c.units, 0)).label("short"),
        )
        .outerjoin(
            allocations,
            and_(
                allocations.c.shop_id == claims.c.shop_id,
                allocations.c.line_id == claims.c.line_id,
                allocations.c.location_id == claims.c.location_id,
            ),
        )
        .where(claims.c.projected_on.is_not(None))
        .group_by(claims.c.shop_id, claims.c.item_id, claims.c.location_id)
        .subquery()
    )
    here = and_(
        waiting.c.shop_id == lots.c.shop_id,
        waiting.c.item_id == lots.c.item_id,
        waiting.c.location_id == lots.c.location_id,
    )
    rows = tx.execute(
        _of(
            shop_id,
            lots,
            select(lots.c.id, lots.c.units, lots.c.allocated, waiting.c.short)
            .join(waiting, here)
            .where(lots.c.kind == "on_hand"),
        )
    ).all()
    wrong = [
        f"lot {r.id}: {r.units - r.allocated} free while {r.short} units wait"
        for r in rows
        if r.units > r.allocated and r.short > 0
    ]
    return _check("no unit stays on a shelf while somebody waits for it", rows, wrong)


def _versions_have_no_gaps(tx: Connection, shop_id: int | None) -> Check:
    """Each line's promise versions count up from 1 without a gap."""
    rows = tx.execute(
        _of(
            shop_id,
            promises,
            select(promises.c.line_id, func.count().label("n"), func.max(promises.c.version).label("last")).group_by(
                promises.c.shop_id, promises.c.line_id
            ),
        )
    ).all()
    wrong = [f"line {r.line_id}: {r.n} versions, the last is {r.last}" for r in rows if r.n != r.last]
    return _check("promise versions have no gaps", rows, wrong)


def _receipts_add_up(tx: Connection, shop_id: int | None) -> Check:
    """What a purchase order line has received is the sum of its receipts."""
    booked = (
        select(receipts.c.shop_id, receipts.c.purchase_order_line_id, func.sum(receipts.c.units).label("units"))
        .group_by(receipts.c.shop_id, receipts.c.purchase_order_line_id)
        .subquery()
    )
    rows = tx.execute(
        _of(
            shop_id,
            purchase_order_lines,
            select(
                purchase_order_lines.c.id, purchase_order_lines.c.received, func.coalesce(booked.c.units, 0).label("n")
            ).outerjoin(
                booked,
                and_(
                    booked.c.shop_id == purchase_order_lines.c.shop_id,
                    booked.c.purchase_order_line_id == purchase_order_lines.c.id,
                ),
            ),
        )
    ).all()
    wrong = [f"purchase order line {r.id}: received {r.received}, receipts {r.n}" for r in rows if r.received != r.n]
    return _check("receipts add up", rows, wrong)


def _told_by_a_sent_letter(tx: Connection, shop_id: int | None) -> Check:
    """A letter that tells of a promise was sent at most once: no version stands on two delivered rows (I3)."""
    rows = tx.execute(
        _of(
            shop_id,
            outbox,
            select(outbox.c.id, outbox.c.shop_id, outbox.c.payload).where(
                outbox.c.effect == Effect.MAIL.value, outbox.c.state == State.DONE.value
            ),
        )
    ).all()
    seen: dict[tuple[Any, ...], int] = {}
    wrong = []
    for row in rows:
        for line_id, version in row.payload.get("versions", ()):
            key = (row.shop_id, line_id, version)
            if key in seen:
                wrong.append(f"line {line_id} version {version}: told by rows {seen[key]} and {row.id}")
            seen[key] = row.id
    return _check("no version of a promise was told twice", rows, wrong)


CHECKS: tuple[Callable[[Connection, int | None], Check], ...] = (
    _lots_add_up,
    _never_more_than_there_is,
    _nobody_gets_more_than_they_claim,
    _ledger_is_the_state,
    _oldest_first,
    _versions_have_no_gaps,
    _receipts_add_up,
    _told_by_a_sent_letter,
)


def _of(shop_id: int | None, table: Any, query: Any) -> Any:
    return query if shop_id is None else query.where(table.c.shop_id == shop_id)


def _check(name: str, rows: Any, wrong: list[str]) -> Check:
    return Check(name, len(rows), tuple(wrong[:SHOWN]))
