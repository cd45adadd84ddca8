"""The book of lots and allocations: what supply there is, and which claims hold the shelf.

``allocated <= units + short`` is a constraint of the database: over-allocation is impossible even for wrong code. Only
the verb that reads the shelf may raise ``short``, so that stock lost under kept units is a recorded shortage.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

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
    case,
    delete,
    func,
    select,
    text,
    update,
)

from backorder.db.arrays import among, delete_rows, insert_columns, insert_rows, update_rows
from backorder.db.columns import SHOP, Instant, OwnId, StoreId, Words, metadata
from backorder.rules.claims import Claim
from backorder.rules.head import Served
from backorder.rules.lots import Lot, LotKind

lots = Table(
    "lots",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("location_id", StoreId, nullable=False),
    Column("kind", String(16), nullable=False),
    # The purchase order line or part of a transfer it comes from; 0 for the shelf, so that each source is one lot.
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
    # Only of units that are let go, of which there are few: a policy may count them by the day.
    Index(
        "ix_allocation_ledger_let_go",
        "shop_id",
        "item_id",
        "at",
        sqlite_where=text("kept > 0"),
        postgresql_where=text("kept > 0"),
    ),
)


# Whose source is a part of a transfer; of all others but the shelf it is a line of a purchase order.
OF_TRANSFERS = (LotKind.SHIPMENT, LotKind.TRANSFER)

Place = tuple[int, int]  # (item, location)


class Change(NamedTuple):
    """New totals for one claim: ``units`` given, ``kept`` of them; ``was_*`` before."""

    line_id: int
    location_id: int
    item_id: int
    units: int
    kept: int
    was_units: int
    was_kept: int


_OF_ITEMS = select(lots).where(lots.c.shop_id == SHOP, among(lots.c.item_id, "items")).order_by(lots.c.id)


def of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[Lot, ...]:
    """All lots of these items."""
    return tuple(_lot(row) for row in tx.execute(_OF_ITEMS, {"shop": shop_id, "items": item_ids}).all())


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


def change(tx: Connection, shop_id: int, coming: Iterable[tuple[int, int, date | None, str]]) -> None:
    """Set units, day and label of lots that are to come and have some left, by lot id."""
    update_rows(tx, lots, {"shop_id": shop_id}, ("id",), ("units", "due_on", "label"), list(coming))


def shelf(tx: Connection, shop_id: int, item_id: int, location_id: int, *, units: int, allocated: int) -> int:
    """Write the lot on hand: its units, how many are given away, and the shortage that follows. Returns the lot id."""
    place = (item_id, location_id)
    return shelve(tx, shop_id, {place: (units, allocated)}, of_items(tx, shop_id, [item_id]))[place]


def shelve(
    tx: Connection, shop_id: int, shelves: Mapping[Place, tuple[int, int]], known: Iterable[Lot]
) -> dict[Place, int]:
    """Write the lots on hand: (units, given away) by (item, location), and the shortage that follows. Returns the lot ids.

    Of the ``known`` lots of these items, read under their lock, those that say so already are left alone.
    """
    on_hand = {(lot.item_id, lot.location_id): lot for lot in known if lot.kind is LotKind.ON_HAND}
    same = {"shop_id": shop_id, "kind": LotKind.ON_HAND.value, "source_id": 0}
    wanted = {place: (units, given, max(0, given - units)) for place, (units, given) in sorted(shelves.items())}
    changed = [
        (*place, *counts) for place, counts in wanted.items() if place in on_hand and _counts(on_hand[place]) != counts
    ]
    fresh = [(*place, *counts, "") for place, counts in wanted.items() if place not in on_hand]
    counted = ("units", "allocated", "short")
    update_rows(tx, lots, same, ("item_id", "location_id"), counted, changed)
    insert_rows(tx, lots, same, ("item_id", "location_id", *counted, "label"), fresh)
    ids = {place: on_hand[place].lot_id for place in wanted if place in on_hand}
    if fresh:
        written = of_items(tx, shop_id, {item_id for item_id, *_ in fresh})
        ids |= {(lot.item_id, lot.location_id): lot.lot_id for lot in written if lot.kind is LotKind.ON_HAND}
    return ids


def _counts(lot: Lot) -> tuple[int, int, int]:
    return lot.units, lot.allocated, lot.short


def apply(
    tx: Connection, shop_id: int, lot_id: int, changes: Iterable[Change], *, cause: str, actor: str, at: datetime
) -> None:
    """Write new allocations of one lot and the ledger rows that tell why."""
    apply_all(tx, shop_id, {lot_id: tuple(changes)}, cause=cause, actor=actor, at=at)


def apply_all(
    tx: Connection,
    shop_id: int,
    changes: Mapping[int, Sequence[Change]],
    served: Mapping[int, Served] | None = None,
    *,
    cause: str,
    actor: str,
    at: datetime,
) -> None:
    """Write new allocations, by lot, and the ledger rows that tell why. ``served``: heads of queues that got something of a lot, too."""
    gone: list[tuple[int, int]] = []
    fresh: list[tuple[int, int, int, int, int]] = []
    held: list[tuple[int, int, int, int, int]] = []
    for lot_id, of_lot in changes.items():
        for line_id, location_id, _, units, kept, was_units, _ in of_lot:
            if units == 0:
                gone.append((line_id, location_id))
            else:
                (held if was_units else fresh).append((line_id, location_id, lot_id, units, kept))
    same = {"shop_id": shop_id}
    names = ("line_id", "location_id", "lot_id", "units", "kept")
    delete_rows(tx, allocations, same, ("line_id", "location_id"), gone)
    insert_rows(tx, allocations, same, names, fresh)
    insert_rows(tx, allocations, same, names, held, "replace")
    _enter(tx, shop_id, [change for of_lot in changes.values() for change in of_lot], cause=cause, actor=actor, at=at)
    if served:
        _apply_to_heads(tx, shop_id, served, cause=cause, actor=actor, at=at)


def _apply_to_heads(
    tx: Connection, shop_id: int, served: Mapping[int, Served], *, cause: str, actor: str, at: datetime
) -> None:
    """The same for those who had nothing, column by column."""
    columns: dict[str, list[int]] = {name: [] for name in ("line_id", "location_id", "lot_id", "item_id", "units")}
    for lot_id, one in served.items():
        columns["line_id"] += one.line_ids
        columns["units"] += one.given
        for name, value in (("location_id", one.head.location_id), ("lot_id", lot_id), ("item_id", one.head.item_id)):
            columns[name] += [value] * len(one.given)
    same: dict[str, Any] = {"shop_id": shop_id, "kept": 0}
    item_ids, lot_ids = {"item_id": columns.pop("item_id")}, {"lot_id": columns.pop("lot_id")}
    insert_columns(tx, allocations, same, columns | lot_ids)
    insert_columns(tx, allocation_ledger, same | {"cause": cause, "actor": actor, "at": at}, columns | item_ids)


def lessen(tx: Connection, shop_id: int, changes: Sequence[Change], *, cause: str, actor: str, at: datetime) -> None:
    """Take units back from claims, which lie free on their shelves then, with the ledger rows that tell why."""
    if not changes:
        return
    spots = {(change.line_id, change.location_id): change for change in changes}
    by_lot: dict[int, list[Change]] = defaultdict(list)
    of_lines = (allocations.c.shop_id == shop_id, among(allocations.c.line_id, {line_id for line_id, _ in spots}))
    for row in tx.execute(select(allocations).where(*of_lines)):
        if (row.line_id, row.location_id) in spots:
            by_lot[row.lot_id].append(spots[row.line_id, row.location_id])
    for lot_id, of_lot in by_lot.items():
        freed = sum(change.was_units - change.units for change in of_lot)
        short = case((lots.c.short > freed, lots.c.short - freed), else_=0)
        same = (lots.c.shop_id == shop_id, lots.c.id == lot_id)
        tx.execute(update(lots).where(*same).values(allocated=lots.c.allocated - freed, short=short))
    apply_all(tx, shop_id, by_lot, cause=cause, actor=actor, at=at)


def _enter(tx: Connection, shop_id: int, rows: Iterable[Change], *, cause: str, actor: str, at: datetime) -> None:
    """Enter what changed, why and by whom into the ledger."""
    insert_rows(
        tx,
        allocation_ledger,
        {"shop_id": shop_id, "cause": cause, "actor": actor, "at": at},
        ("line_id", "location_id", "item_id", "units", "kept"),
        [
            (line_id, location_id, item_id, units - was_units, kept - was_kept)
            for line_id, location_id, item_id, units, kept, was_units, was_kept in rows
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


def loosen(tx: Connection, shop_id: int, claim: Claim, kept: int, *, cause: str, actor: str, at: datetime) -> None:
    """Let a claim keep no more than ``kept`` of what it was given, with its ledger row: a person said so. Never raises."""
    if kept >= claim.kept:
        return
    same = (allocations.c.line_id == claim.line_id, allocations.c.location_id == claim.location_id)
    tx.execute(update(allocations).where(allocations.c.shop_id == shop_id, *same).values(kept=kept))
    changed = Change(claim.line_id, claim.location_id, claim.item_id, claim.given, kept, claim.given, claim.kept)
    _enter(tx, shop_id, (changed,), cause=cause, actor=actor, at=at)


def history(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[Mapping[str, Any], ...]:
    """The allocation ledger of these lines, oldest first."""
    rows = tx.execute(
        select(allocation_ledger)
        .where(allocation_ledger.c.shop_id == shop_id, among(allocation_ledger.c.line_id, line_ids))
        .order_by(allocation_ledger.c.id)
    )
    return tuple(dict(row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping


def arrivals(tx: Connection, shop_id: int) -> tuple[Lot, ...]:
    """Everything that is still to come: what is at the dock, then soonest first, then what has no day."""
    rows = tx.execute(
        select(lots).where(lots.c.shop_id == shop_id, lots.c.kind != LotKind.ON_HAND.value, lots.c.units > 0)
    )
    return tuple(sorted((_lot(row) for row in rows), key=lambda lot: (lot.due(date.min), lot.lot_id)))


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
    kind = LotKind(row.kind)
    of_transfer = kind in OF_TRANSFERS
    return Lot(
        lot_id=row.id,
        item_id=row.item_id,
        location_id=row.location_id,
        kind=kind,
        units=row.units,
        due_on=row.due_on,
        allocated=row.allocated,
        short=row.short,
        label=row.label,
        purchase_order_line_id=None if of_transfer else row.source_id or None,
        transfer_part_id=(row.source_id or None) if of_transfer else None,
    )
