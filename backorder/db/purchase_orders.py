"""The book of purchase orders: what was ordered from suppliers, when it is due, how much of it has come."""

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
    and_,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from backorder.db.arrays import among, insert_rows, update_rows
from backorder.db.catalogue import variants
from backorder.db.columns import SHOP, Instant, OwnId, StoreId, Words, metadata
from backorder.db.searching import says
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
    # Units that came and cannot be sold; they are no part of ``received``.
    Column("damaged", Integer, nullable=False, default=0, server_default="0"),
    Column("due_on", Date, nullable=False),
    # The day that was stated first, where it is another now: from it a supplier's lateness is counted.
    Column("first_due_on", Date),
    CheckConstraint("ordered > 0", name="ordered_positive"),
    CheckConstraint("received >= 0 AND cancelled >= 0", name="counts_not_negative"),
    CheckConstraint("at_dock >= 0 AND at_dock <= received", name="dock_within_received"),
    CheckConstraint("damaged >= 0", name="damaged_not_negative"),
    Index("ix_purchase_order_lines_shop_id_item_id", "shop_id", "item_id"),
    Index("ix_purchase_order_lines_shop_id_po", "shop_id", "purchase_order_id"),
)

OF_THE_LINE = (purchase_orders.c.shop_id == purchase_order_lines.c.shop_id) & (
    purchase_orders.c.id == purchase_order_lines.c.purchase_order_id
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
    first_due_on: date | None = None
    damaged: int = 0

    @property
    def stated_first(self) -> date:
        """The day that was stated first."""
        return self.first_due_on or self.due_on

    @property
    def settled(self) -> int:
        """Units that have come, whole or damaged, or are known not to come."""
        return self.received + self.damaged + self.cancelled

    @property
    def outstanding(self) -> int:
        """Units still to come; an over-receipt leaves none."""
        return max(0, self.ordered - self.settled)


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
        return "partly received" if any(line.received or line.damaged for line in self.lines) else "open"


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


def add_lines(
    tx: Connection, shop_id: int, purchase_order_id: int, lines: Iterable[tuple[int, int, int, date]]
) -> None:
    """Lines of a purchase order in their order, each a variant, its item, units and day."""
    same = {"shop_id": shop_id, "purchase_order_id": purchase_order_id}
    insert_rows(tx, purchase_order_lines, same, ("variant_id", "item_id", "ordered", "due_on"), list(lines))


def change_lines(tx: Connection, shop_id: int, lines: Iterable[tuple[int, int, date]]) -> None:
    """Set units and day of lines, by line id."""
    update_rows(tx, purchase_order_lines, {"shop_id": shop_id}, ("id",), ("ordered", "due_on"), list(lines))


def change_line(tx: Connection, shop_id: int, line_id: int, **values: Any) -> None:
    """Set columns of one line: ``due_on``, ``received``, ``damaged``, ``cancelled``, ``at_dock``, ``ordered``.

    The day that was stated first is remembered, unless ``first_due_on`` is given too.
    """
    if "due_on" in values:
        first = func.coalesce(purchase_order_lines.c.first_due_on, purchase_order_lines.c.due_on)
        values = {"first_due_on": first, **values}
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


def remove_line(tx: Connection, shop_id: int, line_id: int) -> None:
    """Take a line out of its purchase order; nobody has booked anything in on it."""
    line = purchase_order_lines.c
    tx.execute(delete(purchase_order_lines).where(line.shop_id == shop_id, line.id == line_id))


def open_again(tx: Connection, shop_id: int, purchase_order_id: int) -> None:
    """A purchase order was cancelled by mistake."""
    tx.execute(
        update(purchase_orders)
        .where(purchase_orders.c.shop_id == shop_id, purchase_orders.c.id == purchase_order_id)
        .values(cancelled_at=None)
    )


def variants_on(tx: Connection, shop_id: int, purchase_order_ids: Iterable[int]) -> tuple[int, ...]:
    """The variants on these purchase orders."""
    lines = purchase_order_lines.c
    asked = select(lines.variant_id).where(
        lines.shop_id == shop_id, among(lines.purchase_order_id, set(purchase_order_ids))
    )
    return tuple(tx.scalars(asked.distinct().order_by(lines.variant_id)))


def line(tx: Connection, shop_id: int, line_id: int) -> PurchaseOrderLine | None:
    row = tx.execute(_lines().where(purchase_order_lines.c.shop_id == shop_id, purchase_order_lines.c.id == line_id))
    found = row.one_or_none()
    return _line(found) if found else None


def lines(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[PurchaseOrderLine, ...]:
    """These lines, of cancelled purchase orders too."""
    wanted = _lines().where(purchase_order_lines.c.shop_id == shop_id, among(purchase_order_lines.c.id, line_ids))
    return tuple(_line(row) for row in tx.execute(wanted))


def lines_of_items(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> tuple[PurchaseOrderLine, ...]:
    """Lines of purchase orders that are not cancelled, soonest due first."""
    asked = {"shop": shop_id, "items": set(item_ids)}
    return tuple(_line(row) for row in tx.execute(_lines_of_items(), asked).all())


def cancelled_goods(tx: Connection, shop_id: int, purchase_order_ids: Iterable[int]) -> frozenset[tuple[int, int]]:
    """What is on those of these purchase orders that are cancelled, as (purchase order, item)."""
    lines = purchase_order_lines.c
    rows = tx.execute(
        select(lines.purchase_order_id, lines.item_id)
        .join(purchase_orders, OF_THE_LINE)
        .where(
            lines.shop_id == shop_id,
            among(lines.purchase_order_id, set(purchase_order_ids)),
            purchase_orders.c.cancelled_at.is_not(None),
        )
    )
    return frozenset((row.purchase_order_id, row.item_id) for row in rows)


def ever_ordered(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> frozenset[int]:
    """Those of these items that ever were on a purchase order."""
    lines = purchase_order_lines.c
    asked = select(lines.item_id).where(lines.shop_id == shop_id, among(lines.item_id, set(item_ids)))
    return frozenset(tx.scalars(asked.distinct()))


@cache
def _lines_of_items() -> Any:
    return (
        _lines()
        .where(
            purchase_order_lines.c.shop_id == SHOP,
            among(purchase_order_lines.c.item_id, "items"),
            or_(purchase_orders.c.cancelled_at.is_(None), purchase_order_lines.c.at_dock > 0),
        )
        .order_by(purchase_order_lines.c.due_on, purchase_order_lines.c.id)
    )


def open_numbered(tx: Connection, shop_id: int, numbers: Iterable[str]) -> tuple[int, ...]:
    """Ids of purchase orders that have one of these numbers, in small letters, and are not cancelled."""
    same = (purchase_orders.c.shop_id == shop_id, purchase_orders.c.cancelled_at.is_(None))
    wanted = among(func.lower(purchase_orders.c.number, type_=String()), set(numbers))
    return tuple(tx.scalars(select(purchase_orders.c.id).where(*same, wanted).order_by(purchase_orders.c.id)))


def one(tx: Connection, shop_id: int, purchase_order_id: int) -> PurchaseOrder | None:
    found = _orders(tx, shop_id, purchase_orders.c.id == purchase_order_id)
    return found[0] if found else None


def page(
    tx: Connection,
    shop_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
    search: str = "",
    to_come: bool = False,
) -> tuple[PurchaseOrder, ...]:
    """Purchase orders, newest first, before the one with id ``before``; ``search``: in numbers, suppliers, titles and SKU.

    ``to_come``: only those of which something is still to come.
    """
    wanted = [purchase_orders.c.id < before] if before else []
    if to_come:
        lines = purchase_order_lines.c
        settled = lines.received + lines.damaged + lines.cancelled
        awaited = select(lines.purchase_order_id).where(lines.shop_id == shop_id, lines.ordered > settled)
        wanted += [purchase_orders.c.cancelled_at.is_(None), purchase_orders.c.id.in_(awaited)]
    if search:
        wanted.append(_mentions(shop_id, search))
    return _orders(tx, shop_id, and_(*wanted) if wanted else None, limit)


def _mentions(shop_id: int, search: str) -> Any:
    """Whether a purchase order has a text in its number, its supplier, or the title or SKU of its goods."""
    goods = (
        select(purchase_order_lines.c.purchase_order_id)
        .join(
            variants,
            (variants.c.shop_id == purchase_order_lines.c.shop_id)
            & (variants.c.variant_id == purchase_order_lines.c.variant_id),
        )
        .where(
            purchase_order_lines.c.shop_id == shop_id,
            says(search, variants.c.product_title, variants.c.title, variants.c.sku),
        )
    )
    return or_(says(search, purchase_orders.c.number, purchase_orders.c.supplier), purchase_orders.c.id.in_(goods))


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


def set_location(tx: Connection, shop_id: int, purchase_order_id: int, location_id: int) -> None:
    """Say where a purchase order comes to."""
    tx.execute(
        update(purchase_orders)
        .where(purchase_orders.c.shop_id == shop_id, purchase_orders.c.id == purchase_order_id)
        .values(location_id=location_id)
    )


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
    ).join(purchase_orders, OF_THE_LINE)


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
        first_due_on=row.first_due_on,
        damaged=row.damaged,
    )
