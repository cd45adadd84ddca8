"""The book of purchase orders: what was ordered from suppliers, when it is due, what was booked in."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
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
    UniqueConstraint,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from backorder.db.arrays import among
from backorder.db.columns import SHOP, Instant, OwnId, StoreId, Words, metadata
from backorder.db.upsert import insert_or_ignore

purchase_orders = Table(
    "purchase_orders",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("number", Words(64), nullable=False),
    Column("supplier", Words(255), nullable=False, default=""),
    Column("location_id", StoreId, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    UniqueConstraint("shop_id", "number"),
)

purchase_order_lines = Table(
    "purchase_order_lines",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("purchase_order_id", StoreId, nullable=False),
    Column("variant_id", StoreId, nullable=False),
    Column("item_id", StoreId, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("received", Integer, nullable=False, default=0),
    Column("cancelled", Integer, nullable=False, default=0),
    # Units booked in that the store has not counted in yet.
    Column("at_dock", Integer, nullable=False, default=0),
    Column("due_on", Date, nullable=False),
    CheckConstraint("ordered > 0", name="ordered_positive"),
    CheckConstraint("received >= 0 AND cancelled >= 0", name="counts_not_negative"),
    CheckConstraint("at_dock >= 0 AND at_dock <= received", name="dock_within_received"),
    Index("ix_purchase_order_lines_shop_id_item_id", "shop_id", "item_id"),
    Index("ix_purchase_order_lines_shop_id_po", "shop_id", "purchase_order_id"),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("purchase_order_line_id", StoreId, nullable=False),
    Column("key", String(128), nullable=False),
    Column("units", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    CheckConstraint("units > 0", name="units_positive"),
    UniqueConstraint("shop_id", "key"),
)


@dataclass(frozen=True)
class PurchaseOrderLine:
    line_id: int
    purchase_order_id: int
    number: str
    supplier: str
    location_id: int
    variant_id: int
    item_id: int
    ordered: int
    received: int
    cancelled: int
    at_dock: int
    due_on: date

    @property
    def outstanding(self) -> int:
        """Units still to come; an over-receipt leaves none."""
        return max(0, self.ordered - self.received - self.cancelled)


@dataclass(frozen=True)
class PurchaseOrder:
    purchase_order_id: int
    number: str
    supplier: str
    location_id: int
    created_at: datetime
    cancelled_at: datetime | None
    lines: tuple[PurchaseOrderLine, ...]

    @property
    def status(self) -> str:
        """open, partly received, received or cancelled."""
        if self.cancelled_at:
            return "cancelled"
        if all(line.outstanding == 0 for line in self.lines):
            return "received"
        return "partly received" if any(line.received for line in self.lines) else "open"


def create(tx: Connection, shop_id: int, number: str, supplier: str, location_id: int, at: datetime) -> int | None:
    """A new purchase order; its id, or None if the shop already has one of this number."""
    values = {
        "shop_id": shop_id,
        "number": number,
        "supplier": supplier,
        "location_id": location_id,
        "created_at": at,
    }
    if not insert_or_ignore(tx, purchase_orders, values):
        return None
    found = select(purchase_orders.c.id).where(purchase_orders.c.shop_id == shop_id, purchase_orders.c.number == number)
    return int(tx.execute(found).scalar_one())


def add_line(
    tx: Connection, shop_id: int, purchase_order_id: int, variant_id: int, item_id: int, units: int, due_on: date
) -> int:
    """A line of a purchase order; its id."""
    result = tx.execute(
        purchase_order_lines.insert().values(
            shop_id=shop_id,
            purchase_order_id=purchase_order_id,
            variant_id=variant_id,
            item_id=item_id,
            ordered=units,
            due_on=due_on,
        )
    )
    key = result.inserted_primary_key
    assert key is not None
    return int(key[0])


def change_line(tx: Connection, shop_id: int, line_id: int, **values: Any) -> None:
    """Set columns of one line: ``due_on``, ``received``, ``cancelled``, ``at_dock``, ``ordered``."""
    tx.execute(
        update(purchase_order_lines)
        .where(purchase_order_lines.c.shop_id == shop_id, purchase_order_lines.c.id == line_id)
        .values(**values)
    )


def cancel(tx: Connection, shop_id: int, purchase_order_id: int, at: datetime) -> None:
    """Record that nothing more of this purchase order will come."""
    tx.execute(
        update(purchase_orders)
        .where(purchase_orders.c.shop_id == shop_id, purchase_orders.c.id == purchase_order_id)
        .values(cancelled_at=at)
    )


def receive(tx: Connection, shop_id: int, line_id: int, key: str, units: int, at: datetime, actor: str) -> bool:
    """Record a receipt under its key. False if this key was recorded before."""
    return insert_or_ignore(
        tx,
        receipts,
        {
            "shop_id": shop_id,
            "purchase_order_line_id": line_id,
            "key": key,
            "units": units,
            "at": at,
            "actor": actor,
        },
    )


def line(tx: Connection, shop_id: int, line_id: int) -> PurchaseOrderLine | None:
    row = tx.execute(_lines().where(purchase_order_lines.c.shop_id == shop_id, purchase_order_lines.c.id == line_id))
    found = row.one_or_none()
    return _line(found) if found else None


def lines_of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[PurchaseOrderLine, ...]:
    """Lines of purchase orders that are not cancelled, soonest due first."""
    return tuple(_line(row) for row in tx.execute(_lines_of_items(), {"shop": shop_id, "items": set(item_ids)}))


@cache
def _lines_of_items() -> Any:
    return (
        _lines()
        .where(
            purchase_order_lines.c.shop_id == SHOP,
            among(purchase_order_lines.c.item_id, "items"),
            purchase_orders.c.cancelled_at.is_(None),
        )
        .order_by(purchase_order_lines.c.due_on, purchase_order_lines.c.id)
    )


def one(tx: Connection, shop_id: int, purchase_order_id: int) -> PurchaseOrder | None:
    found = _orders(tx, shop_id, purchase_orders.c.id == purchase_order_id)
    return found[0] if found else None


def page(tx: Connection, shop_id: int, *, before: int | None = None, limit: int = 50) -> tuple[PurchaseOrder, ...]:
    """Purchase orders, newest first, before the one with id ``before``."""
    return _orders(tx, shop_id, purchase_orders.c.id < before if before else None, limit)


def every(tx: Connection, shop_id: int) -> tuple[PurchaseOrder, ...]:
    """All purchase orders of a shop, oldest first."""
    return _orders(tx, shop_id, None, None)[::-1]


def numbered(tx: Connection, shop_id: int, numbers: Iterable[str]) -> tuple[PurchaseOrder, ...]:
    """The purchase orders with these numbers, and those whose number differs only in small and capital letters."""
    wanted = set(numbers)
    spelled = {number.lower() for number in wanted}
    alike = or_(
        among(purchase_orders.c.number, wanted),
        among(type_coerce(func.lower(purchase_orders.c.number), String()), spelled),
    )
    return _orders(tx, shop_id, alike, None)


def set_supplier(tx: Connection, shop_id: int, purchase_order_id: int, supplier: str) -> None:
    """Say who delivers a purchase order."""
    tx.execute(
        update(purchase_orders)
        .where(purchase_orders.c.shop_id == shop_id, purchase_orders.c.id == purchase_order_id)
        .values(supplier=supplier)
    )


def _orders(tx: Connection, shop_id: int, which: Any, limit: int | None = 1) -> tuple[PurchaseOrder, ...]:
    asked = select(purchase_orders).where(purchase_orders.c.shop_id == shop_id)
    if which is not None:
        asked = asked.where(which)
    heads = tx.execute(asked.order_by(purchase_orders.c.id.desc()).limit(limit)).all()
    rows = tx.execute(
        _lines()
        .where(
            purchase_order_lines.c.shop_id == shop_id,
            among(purchase_order_lines.c.purchase_order_id, [head.id for head in heads]),
        )
        .order_by(purchase_order_lines.c.id)
    )
    lines: dict[int, list[PurchaseOrderLine]] = defaultdict(list)
    for row in rows:
        lines[row.purchase_order_id].append(_line(row))
    return tuple(
        PurchaseOrder(
            purchase_order_id=head.id,
            number=head.number,
            supplier=head.supplier,
            location_id=head.location_id,
            created_at=head.created_at,
            cancelled_at=head.cancelled_at,
            lines=tuple(lines[head.id]),
        )
        for head in heads
    )


def _lines() -> Any:
    return select(
        purchase_order_lines,
        purchase_orders.c.number,
        purchase_orders.c.supplier,
        purchase_orders.c.location_id,
    ).join(
        purchase_orders,
        (purchase_orders.c.shop_id == purchase_order_lines.c.shop_id)
        & (purchase_orders.c.id == purchase_order_lines.c.purchase_order_id),
    )


def _line(row: Row[Any]) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        line_id=row.id,
        purchase_order_id=row.purchase_order_id,
        number=row.number,
        supplier=row.supplier,
        location_id=row.location_id,
        variant_id=row.variant_id,
        item_id=row.item_id,
        ordered=row.ordered,
        received=row.received,
        cancelled=row.cancelled,
        at_dock=row.at_dock,
        due_on=row.due_on,
    )
