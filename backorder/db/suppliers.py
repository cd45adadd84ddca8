"""The book of suppliers: who delivers, how many days they need, where they are reached. A name is used once in a shop."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    delete,
    select,
    update,
)

from backorder.db.arrays import among
from backorder.db.columns import OwnId, StoreId, Words, metadata
from backorder.db.upsert import insert_or_ignore

suppliers = Table(
    "suppliers",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("name", Words(120), nullable=False),
    # The name as ``key_of`` writes it: "GLOW & sons" is who "Glow & Sons" is.
    Column("key", String(400), nullable=False),
    Column("lead_time_days", Integer),
    Column("email", Words(254), nullable=False, default=""),
    Column("note", Words(1000), nullable=False, default=""),
    CheckConstraint("lead_time_days >= 0", name="lead_time_not_negative"),
    UniqueConstraint("shop_id", "key"),
)


@dataclass(frozen=True)
class Supplier:
    """``lead_time_days``: calendar days from the order to the goods; None: not known."""

    supplier_id: int
    name: str
    lead_time_days: int | None
    email: str
    note: str


def key_of(name: str) -> str:
    """What a name is known by, whatever its capital letters and blanks."""
    return " ".join(name.split()).casefold()


def add(
    tx: Connection, shop_id: int, name: str, *, lead_time_days: int | None, email: str = "", note: str = ""
) -> int | None:
    """A new supplier; its id, or None if the shop has one of this name."""
    said = {"name": name, "key": key_of(name), "lead_time_days": lead_time_days, "email": email, "note": note}
    if not insert_or_ignore(tx, suppliers, {"shop_id": shop_id, **said}):
        return None
    found = named(tx, shop_id, [name])
    return found[key_of(name)].supplier_id


def change(tx: Connection, shop_id: int, supplier_id: int, **values: Any) -> None:
    """Set ``name``, ``lead_time_days``, ``email``, ``note``; whoever renames sees to it that the name is free."""
    if "name" in values:
        values["key"] = key_of(values["name"])
    tx.execute(update(suppliers).where(suppliers.c.shop_id == shop_id, suppliers.c.id == supplier_id).values(**values))


def remove(tx: Connection, shop_id: int, supplier_id: int) -> None:
    """Forget a supplier."""
    tx.execute(delete(suppliers).where(suppliers.c.shop_id == shop_id, suppliers.c.id == supplier_id))


def one(tx: Connection, shop_id: int, supplier_id: int) -> Supplier | None:
    row = tx.execute(
        select(suppliers).where(suppliers.c.shop_id == shop_id, suppliers.c.id == supplier_id)
    ).one_or_none()
    return _supplier(row) if row else None


def every(tx: Connection, shop_id: int) -> tuple[Supplier, ...]:
    """All suppliers of a shop, by name."""
    rows = tx.execute(select(suppliers).where(suppliers.c.shop_id == shop_id).order_by(suppliers.c.key))
    return tuple(_supplier(row) for row in rows)


def named(tx: Connection, shop_id: int, names: Iterable[str]) -> dict[str, Supplier]:
    """The suppliers that are called so, by the key of their name."""
    keys = {key_of(name) for name in names}
    rows = tx.execute(select(suppliers).where(suppliers.c.shop_id == shop_id, among(suppliers.c.key, keys)))
    return {row.key: _supplier(row) for row in rows}


def _supplier(row: Row[Any]) -> Supplier:
    return Supplier(row.id, row.name, row.lead_time_days, row.email, row.note)
