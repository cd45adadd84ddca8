"""The book of lots and allocations: what supply there is, and which claims hold the shelf.

``allocated <= units + short`` is a constraint of the database: over-allocation is impossible even for wrong code. Only
the verb that reads the shelf may raise ``short``, so that stock lost under kept units is a recorded shortage.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    String,
    Table,
    delete,
    func,
    select,
    update,
)

from backorder.db.columns import Instant, OwnId, StoreId, Words, metadata
from backorder.db.upsert import upsert
from backorder.rules.claims import Claim
from backorder.rules.lots import Lot, LotKind

lots = Table(
    "lots",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("kind", String(16), nullable=False),
    # The purchase order line it comes from; 0 for the shelf, so that each source is one lot.
    Column("source_id", StoreId, nullable=False, default=0),
    Column("label", Words(128), nullable=False, default=""),
    Column("due_on", Date),
    Column("units", Integer, nullable=False),
    Column("allocated", Integer, nullable=False, default=0),
    Column("short", Integer, nullable=False, default=0),
    CheckConstraint("units >= 0", name="units_not_negative"),
    CheckConstraint("allocated >= 0 AND short >= 0", name="counts_not_negative"),
    CheckConstraint("allocated <= units + short", name="never_over_allocated"),
    Index("uq_lots_source", "shop_id", "item_id", "location_id", "kind", "source_id", unique=True),
)

allocations = Table(
    "allocations",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("line_id", StoreId, primary_key=True, autoincrement=False),
    Column("location_id", StoreId, primary_key=True, autoincrement=False),
    Column("lot_id", StoreId, nullable=False),
    Column("units", Integer, nullable=False),
    Column("kept", Integer, nullable=False, default=0),
    CheckConstraint("units > 0", name="units_positive"),
    CheckConstraint("kept >= 0 AND kept <= units", name="kept_within_units"),
    Index("ix_allocations_shop_id_lot_id", "shop_id", "lot_id"),
)

# Append-only: the sum of its rows is the state of the book above (I9).
allocation_ledger = Table(
    "allocation_ledger",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("line_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("units", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("cause", String(64), nullable=False),
    Column("actor", Words(128), nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_allocation_ledger_shop_id_line_id", "shop_id", "line_id"),
)


@dataclass(frozen=True)
class Change:
    """New totals for one claim: ``units`` given, ``kept`` of them; ``was_*`` before."""

    line_id: int
    location_id: int
    item_id: int
    units: int
    kept: int
    was_units: int
    was_kept: int


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Lot, ...]:
    """All lots of these items."""
    rows = tx.execute(
        select(lots).where(lots.c.shop_id == shop_id, lots.c.item_id.in_(sorted(set(item_ids)))).order_by(lots.c.id)
    )
    return tuple(_lot(row) for row in rows)


def set_supply(  # the natural key and the values of one lot
    tx: Connection,
    shop_id: int,
    item_id: int,
    location_id: int,
    kind: LotKind,
    *,
    source_id: int = 0,
    units: int,
    due_on: date | None = None,
    label: str = "",
) -> None:
    """Make the lot of this source hold ``units``. A lot that is to come and has none left is removed."""
    where = _same(shop_id, item_id, location_id, kind, source_id)
    if units == 0 and kind is not LotKind.ON_HAND:
        tx.execute(delete(lots).where(*where))
        return
    values = {"units": units, "due_on": due_on, "label": label}
    if tx.execute(update(lots).where(*where).values(**values)).rowcount == 0:
        tx.execute(
            lots.insert().values(
                shop_id=shop_id,
                item_id=item_id,
                location_id=location_id,
                kind=kind.value,
                source_id=source_id,
                **values,
            )
        )


def shelf(tx: Connection, shop_id: int, item_id: int, location_id: int, *, units: int, allocated: int) -> int:
    """Write the lot on hand: its units, how many are given away, and the shortage that follows. Returns the lot id."""
    where = _same(shop_id, item_id, location_id, LotKind.ON_HAND, 0)
    values = {"units": units, "allocated": allocated, "short": max(0, allocated - units)}
    if tx.execute(update(lots).where(*where).values(**values)).rowcount == 0:
        tx.execute(
            lots.insert().values(
                shop_id=shop_id,
                item_id=item_id,
                location_id=location_id,
                kind=LotKind.ON_HAND.value,
                source_id=0,
                **values,
            )
        )
    return int(tx.execute(select(lots.c.id).where(*where)).scalar_one())


def apply(
    tx: Connection, shop_id: int, lot_id: int, changes: Iterable[Change], *, cause: str, actor: str, at: datetime
) -> None:
    """Write new allocations of one lot and the ledger rows that tell why."""
    rows = tuple(changes)
    for change in rows:
        key = (
            allocations.c.shop_id == shop_id,
            allocations.c.line_id == change.line_id,
            allocations.c.location_id == change.location_id,
        )
        if change.units == 0:
            tx.execute(delete(allocations).where(*key))
        else:
            upsert(
                tx,
                allocations,
                {
                    "shop_id": shop_id,
                    "line_id": change.line_id,
                    "location_id": change.location_id,
                    "lot_id": lot_id,
                    "units": change.units,
                    "kept": change.kept,
                },
            )
    _enter(tx, shop_id, rows, cause=cause, actor=actor, at=at)


def _enter(tx: Connection, shop_id: int, rows: tuple[Change, ...], *, cause: str, actor: str, at: datetime) -> None:
    """Enter what changed, why and by whom into the ledger."""
    if rows:
        tx.execute(
            allocation_ledger.insert(),
            [
                {
                    "shop_id": shop_id,
                    "line_id": change.line_id,
                    "location_id": change.location_id,
                    "item_id": change.item_id,
                    "units": change.units - change.was_units,
                    "kept": change.kept - change.was_kept,
                    "cause": cause,
                    "actor": actor,
                    "at": at,
                }
                for change in rows
            ],
        )


def keep(tx: Connection, shop_id: int, claim: Claim, kept: int, *, cause: str, actor: str, at: datetime) -> None:
    """Raise how many of a claim's given units are kept for good, with its ledger row. Never lowers."""
    if kept <= claim.kept:
        return
    tx.execute(
        update(allocations)
        .where(
            allocations.c.shop_id == shop_id,
            allocations.c.line_id == claim.line_id,
            allocations.c.location_id == claim.location_id,
        )
        .values(kept=kept)
    )
    _enter(
        tx,
        shop_id,
        (Change(claim.line_id, claim.location_id, claim.item_id, claim.given, kept, claim.given, claim.kept),),
        cause=cause,
        actor=actor,
        at=at,
    )


def orphans(tx: Connection, shop_id: int, lot_id: int, lines: Iterable[int]) -> tuple[Row[Any], ...]:
    """Allocations of a lot whose order line is not among ``lines``: the claim is gone, the units are free again."""
    known = set(lines)
    rows = tx.execute(select(allocations).where(allocations.c.shop_id == shop_id, allocations.c.lot_id == lot_id))
    return tuple(row for row in rows if row.line_id not in known)


def history(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[Mapping[str, Any], ...]:
    """The allocation ledger of these lines, oldest first."""
    rows = tx.execute(
        select(allocation_ledger)
        .where(allocation_ledger.c.shop_id == shop_id, allocation_ledger.c.line_id.in_(sorted(set(line_ids))))
        .order_by(allocation_ledger.c.id)
    )
    return tuple(dict(row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def arrivals(tx: Connection, shop_id: int) -> tuple[Lot, ...]:
    """Everything that is still to come, soonest first."""
    rows = tx.execute(
        select(lots)
        .where(lots.c.shop_id == shop_id, lots.c.kind != LotKind.ON_HAND.value, lots.c.units > 0)
        .order_by(lots.c.due_on, lots.c.id)
    )
    return tuple(_lot(row) for row in rows)


def total_allocated(tx: Connection, shop_id: int, lot_id: int) -> int:
    given = select(func.coalesce(func.sum(allocations.c.units), 0)).where(
        allocations.c.shop_id == shop_id, allocations.c.lot_id == lot_id
    )
    return int(tx.execute(given).scalar_one())


def _same(shop_id: int, item_id: int, location_id: int, kind: LotKind, source_id: int) -> tuple[Any, ...]:
    return (
        lots.c.shop_id == shop_id,
        lots.c.item_id == item_id,
        lots.c.location_id == location_id,
        lots.c.kind == kind.value,
        lots.c.source_id == source_id,
    )


def _lot(row: Row[Any]) -> Lot:
    return Lot(
        lot_id=row.id,
        item_id=row.item_id,
        location_id=row.location_id,
        kind=LotKind(row.kind),
        units=row.units,
        due_on=row.due_on,
        allocated=row.allocated,
        short=row.short,
        purchase_order_line_id=row.source_id or None,
        label=row.label,
    )
