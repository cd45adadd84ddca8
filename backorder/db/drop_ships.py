"""The book of drop-shipped lines: which order lines a supplier sends to the buyer directly, what it was told of them, and how they left.

Of the buyer nothing stands here: where a line is sent is read from the store when the supplier is told, and is not kept.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    String,
    Table,
    exists,
    select,
    text,
    update,
)

from backorder.db.arrays import among, delete_rows, insert_rows
from backorder.db.catalogue import variants
from backorder.db.claims import claims
from backorder.db.columns import SHOP, Instant, StoreId, Words, metadata
from backorder.db.order_lines import order_lines
from backorder.db.suppliers import suppliers
from backorder.rules.drop_ship import Sender, Told
from backorder.rules.parcels import Said, Tracking
from backorder.rules.seen import LineSeen

# Of all lines that ever were sent so, those of which somebody may still have to be told something.
OPEN = text("ended_at IS NULL")

drop_ships = Table(
    "drop_ships",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("line_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    # Who sends it; nobody: somebody said by hand that it is sent from here.
    Column("supplier_id", StoreId),
    Column("by_hand", Boolean, nullable=False),
    # From when the lead time counts, if that is later than the line's own moment.
    Column("since", Instant, nullable=False),
    # What the supplier was told last: how many units, to be sent by which day, and how many of the line had left by then.
    Column("told_units", Integer, nullable=False, default=0),
    Column("told_day", Date),
    Column("told_at", Instant),
    Column("told_by", String(128)),
    Column("shipped_before", Integer, nullable=False, default=0),
    # As they were told: an order that the store has no more can still be called off.
    Column("supplier", Words(120), nullable=False, default=""),
    Column("order_name", Words(64), nullable=False, default=""),
    Column("title", Words(512), nullable=False, default=""),
    Column("sku", Words(255)),
    # Our hold was released, by staff or because it was shipped: it is not placed again.
    Column("let_go_at", Instant),
    # The merchant said that the supplier shipped it, and how it can be followed; that is forgotten with the customer.
    Column("shipped_at", Instant),
    Column("shipped_by", String(128)),
    # How many of the line will have left in all once the store was told of that; none: all that is open (said before 0025).
    Column("shipped_up_to", Integer),
    Column("carrier", Words(64)),
    Column("tracking", Words(128)),
    Column("tracking_url", Words(500)),
    # Nothing of it is open, and the supplier knows.
    Column("ended_at", Instant),
    CheckConstraint("told_units >= 0", name="told_units_not_negative"),
    Index("ix_drop_ships_shop_id_order_id", "shop_id", "order_id"),
    Index("ix_drop_ships_open", "shop_id", "supplier_id", sqlite_where=OPEN, postgresql_where=OPEN),
)


@dataclass(frozen=True)
class DropShip:
    """An order line that a supplier sends, or that is kept from being sent so (``supplier_id`` None). For the rest see the columns.

    ``told`` is what the supplier was told last; ``told_day`` by which day.
    """

    line_id: int
    order_id: int
    supplier_id: int | None
    by_hand: bool
    since: datetime
    told: Told
    told_day: date | None
    told_at: datetime | None
    told_by: str | None
    supplier: str
    order_name: str
    title: str
    sku: str | None
    let_go_at: datetime | None
    shipped_at: datetime | None
    shipped_up_to: int | None
    carrier: str | None
    tracking: str | None
    tracking_url: str | None
    ended_at: datetime | None

    def unsaid(self, shipped: int) -> int | None:
        """Units that were said to be shipped and that the store was not told of, now that ``shipped`` of the line have left; None: all."""
        return None if self.shipped_up_to is None else max(0, self.shipped_up_to - shipped)


def of_lines(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> dict[int, DropShip]:
    """What is known of these order lines, by line."""
    asked = select(drop_ships).where(drop_ships.c.shop_id == shop_id, among(drop_ships.c.line_id, line_ids))
    return {row.line_id: _drop_ship(row) for row in tx.execute(asked)}


def said_of(rows: Mapping[int, DropShip], lines: Iterable[LineSeen]) -> dict[int, Said]:
    """What suppliers have shipped, as the merchant said, by line; ``lines`` tell how much of it the store knows."""
    shipped = {line.line_id: line.shipped for line in lines}
    return {
        line_id: Said(Tracking(row.carrier, row.tracking, row.tracking_url), row.unsaid(shipped.get(line_id, 0)))
        for line_id, row in rows.items()
        if row.shipped_at is not None and row.supplier_id is not None
    }


_OF_ORDERS = select(drop_ships).where(drop_ships.c.shop_id == SHOP, among(drop_ships.c.order_id, "orders"))


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, DropShip]:
    """What is known of the lines of these orders, by line."""
    rows = tx.execute(_OF_ORDERS, {"shop": shop_id, "orders": set(order_ids)})
    return {row.line_id: _drop_ship(row) for row in rows}


def not_ended(tx: Connection, shop_id: int) -> dict[int, DropShip]:
    """The lines of a shop that are sent by suppliers and of which something is open or has to be told, by line."""
    asked = select(drop_ships).where(
        drop_ships.c.shop_id == shop_id, drop_ships.c.ended_at.is_(None), drop_ships.c.supplier_id.is_not(None)
    )
    return {row.line_id: _drop_ship(row) for row in tx.execute(asked.order_by(drop_ships.c.order_id))}


def senders(
    tx: Connection, shop_id: int, line_ids: Iterable[int], lead_time_days: int | None = None
) -> dict[int, Sender]:
    """Who sends these lines, of those that a supplier sends, by line.

    The lead time: the variant's own where the supplier is the variant's, the supplier's, or else ``lead_time_days``.
    """
    its_line = (order_lines.c.shop_id == drop_ships.c.shop_id) & (order_lines.c.line_id == drop_ships.c.line_id)
    its_variant = (variants.c.shop_id == order_lines.c.shop_id) & (variants.c.variant_id == order_lines.c.variant_id)
    by = (suppliers.c.shop_id == drop_ships.c.shop_id) & (suppliers.c.id == drop_ships.c.supplier_id)
    asked = (
        select(
            drop_ships,
            suppliers.c.name.label("name"),
            suppliers.c.lead_time_days.label("days"),
            variants.c.lead_time_days.label("own_days"),
            variants.c.supplier_id.label("variants_supplier"),
            variants.c.managed,
        )
        .select_from(
            drop_ships.outerjoin(suppliers, by).outerjoin(order_lines, its_line).outerjoin(variants, its_variant)
        )
        .where(
            drop_ships.c.shop_id == shop_id,
            among(drop_ships.c.line_id, line_ids),
            drop_ships.c.supplier_id.is_not(None),
        )
    )
    found = {}
    for row in tx.execute(asked):
        own = row.own_days if row.variants_supplier == row.supplier_id else None
        days = own if own is not None else row.days if row.days is not None else lead_time_days
        name = row.name or row.supplier or "the supplier"
        found[row.line_id] = Sender(
            supplier=name,
            days=days,
            since=row.since,
            told=row.told_units > 0,
            let_go=row.let_go_at is not None,
            managed=bool(row.managed),
        )
    return found


def keep(tx: Connection, shop_id: int, rows: Iterable[DropShip]) -> None:
    """Write down who sends these lines and what was told of them. The claims are marked by ``mark``."""
    names = (
        "line_id", "order_id", "supplier_id", "by_hand", "since", "told_units", "told_day", "told_at", "told_by", "shipped_before",
        "supplier", "order_name", "title", "sku", "let_go_at", "shipped_up_to", "ended_at",
    )  # fmt: skip
    values = [
        (
            one.line_id, one.order_id, one.supplier_id, one.by_hand, one.since, one.told.units, one.told_day, one.told_at, one.told_by,
            one.told.shipped_before, one.supplier, one.order_name, one.title, one.sku, one.let_go_at,
            one.shipped_up_to, one.ended_at,
        )
        for one in rows
    ]  # fmt: skip
    insert_rows(tx, drop_ships, {"shop_id": shop_id}, names, values, "replace")


def fresh(line_id: int, order_id: int, supplier_id: int | None, since: datetime, *, by_hand: bool) -> DropShip:
    """A line of which nobody was told anything yet."""
    nothing: dict[str, Any] = dict.fromkeys(
        (
            "told_day",
            "told_at",
            "told_by",
            "sku",
            "let_go_at",
            "shipped_at",
            "shipped_up_to",
            "carrier",
            "tracking",
            "tracking_url",
            "ended_at",
        )
    )
    return DropShip(
        line_id, order_id, supplier_id, by_hand, since, Told(), supplier="", order_name="", title="", **nothing
    )


def forget(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> None:
    """These lines are sent by nobody but us."""
    rows = [(line_id,) for line_id in sorted(set(line_ids))]
    delete_rows(tx, drop_ships, {"shop_id": shop_id}, ("line_id",), rows)


def mark(tx: Connection, shop_id: int, line_ids: Iterable[int], *, drop_shipped: bool) -> None:
    """Take the claims of these lines out of their queues, or put them back; what was worked out for them counts no more."""
    wanted = sorted(set(line_ids))
    if wanted:
        tx.execute(
            update(claims)
            .where(claims.c.shop_id == shop_id, among(claims.c.line_id, wanted))
            .values(drop_shipped=drop_shipped, run=None)
        )


def let_go(tx: Connection, shop_id: int, line_ids: Iterable[int], at: datetime) -> None:
    """Our hold on these lines is gone and is not placed again."""
    _set(tx, shop_id, line_ids, {"let_go_at": at})


def shipped(
    tx: Connection, shop_id: int, line_id: int, up_to: int, at: datetime, by: str, tracking: Mapping[str, str | None]
) -> None:
    """The merchant says that the supplier shipped a line, ``up_to`` so many units of it in all; ``tracking`` by the names of its columns."""
    said = {"shipped_at": at, "shipped_by": by[:128], "shipped_up_to": up_to, "let_go_at": at}
    _set(tx, shop_id, [line_id], said | dict(tracking))


def end(tx: Connection, shop_id: int, line_ids: Iterable[int], at: datetime) -> None:
    """Nothing of these lines is open and their supplier knows."""
    _set(tx, shop_id, line_ids, {"ended_at": at})


def begin_again(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> None:
    """Something of these lines is open that nobody shipped: a parcel did not leave, or units were added. It is held."""
    said = ("shipped_at", "shipped_by", "shipped_up_to", "carrier", "tracking", "tracking_url")
    _set(tx, shop_id, line_ids, dict.fromkeys(("ended_at", "let_go_at", *said)))


def forget_parcels(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """Forget how the parcels of these orders can be followed: their customer asked to be forgotten."""
    tx.execute(
        update(drop_ships)
        .where(drop_ships.c.shop_id == shop_id, among(drop_ships.c.order_id, order_ids))
        .values(carrier=None, tracking=None, tracking_url=None)
    )


def lines_of_variants(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> dict[int, int]:
    """The order lines of these variants of which something is open: the variant of each."""
    its_line = (order_lines.c.shop_id == claims.c.shop_id) & (order_lines.c.line_id == claims.c.line_id)
    asked = (
        select(claims.c.line_id, order_lines.c.variant_id)
        .join(order_lines, its_line)
        .where(claims.c.shop_id == shop_id, among(order_lines.c.variant_id, variant_ids))
        .distinct()
    )
    return {row.line_id: row.variant_id for row in tx.execute(asked)}


def waiting_for(tx: Connection, shop_id: int, supplier_id: int) -> bool:
    """Whether a supplier has lines to send of which it was told."""
    asked = select(
        exists().where(
            drop_ships.c.shop_id == shop_id,
            drop_ships.c.supplier_id == supplier_id,
            drop_ships.c.ended_at.is_(None),
            drop_ships.c.told_units > 0,
        )
    )
    return bool(tx.execute(asked).scalar_one())


def of_supplier(tx: Connection, shop_id: int, supplier_id: int) -> tuple[int, ...]:
    """The lines that a supplier is to send and was told nothing of yet."""
    asked = select(drop_ships.c.line_id).where(
        drop_ships.c.shop_id == shop_id,
        drop_ships.c.supplier_id == supplier_id,
        drop_ships.c.ended_at.is_(None),
        drop_ships.c.told_units == 0,
    )
    return tuple(tx.scalars(asked.order_by(drop_ships.c.line_id)))


def _set(tx: Connection, shop_id: int, line_ids: Iterable[int], values: Mapping[str, Any]) -> None:
    wanted = sorted(set(line_ids))
    if wanted:
        tx.execute(
            update(drop_ships)
            .where(drop_ships.c.shop_id == shop_id, among(drop_ships.c.line_id, wanted))
            .values(**values)
        )


def _drop_ship(row: Row[Any]) -> DropShip:
    return DropShip(
        line_id=row.line_id,
        order_id=row.order_id,
        supplier_id=row.supplier_id,
        by_hand=row.by_hand,
        since=row.since,
        told=Told(row.told_units, row.shipped_before),
        told_day=row.told_day,
        told_at=row.told_at,
        told_by=row.told_by,
        supplier=row.supplier,
        order_name=row.order_name,
        title=row.title,
        sku=row.sku,
        let_go_at=row.let_go_at,
        shipped_at=row.shipped_at,
        shipped_up_to=row.shipped_up_to,
        carrier=row.carrier,
        tracking=row.tracking,
        tracking_url=row.tracking_url,
        ended_at=row.ended_at,
    )
