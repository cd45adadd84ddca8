"""The book of letters to suppliers: what was passed on to whom, when and by whom. Where it is to be sent stands in no book.

A letter is mailed by a row of the outbox, once each time that somebody says so; without an address it was passed on some other way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Index, Integer, Row, String, Table, select, update

from backorder.db.columns import Instant, OwnId, StoreId, Words, metadata
from backorder.rules.drop_ship import Tell

supplier_letters = Table(
    "supplier_letters",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("supplier_id", StoreId),
    Column("supplier", Words(120), nullable=False),
    # Empty: the merchant passed it on themselves.
    Column("email", Words(254), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("note", Words(500), nullable=False),
    Column("lines", JSON, nullable=False),
    # How often it was given to the outbox.
    Column("times", Integer, nullable=False),
    Index("ix_supplier_letters_shop_id_id", "shop_id", "id"),
)


@dataclass(frozen=True)
class Passed:
    """One line of a letter: ``units`` to be sent by a day (None: no day is known), instead of ``was`` units where that changed."""

    line_id: int
    order_id: int
    order_name: str
    title: str
    sku: str | None
    tell: Tell
    units: int
    was: int
    ship_by: date | None


@dataclass(frozen=True)
class SupplierLetter:
    """What was passed on to a supplier at one time; without an ``email`` the merchant did it themselves."""

    letter_id: int
    supplier_id: int | None
    supplier: str
    email: str
    at: datetime
    actor: str
    note: str
    lines: tuple[Passed, ...]
    times: int

    @property
    def key(self) -> str:
        """Under what its last mailing stands in the outbox."""
        return f"supplier/{self.letter_id}/{self.times}"


def add(
    tx: Connection,
    shop_id: int,
    supplier_id: int,
    supplier: str,
    email: str,
    note: str,
    lines: Sequence[Passed],
    *,
    actor: str,
    at: datetime,
) -> int:
    """Write a letter down; its number."""
    said = {"supplier_id": supplier_id, "supplier": supplier, "email": email, "note": note, "times": 1 if email else 0}
    written = tx.execute(
        supplier_letters.insert()
        .values(shop_id=shop_id, at=at, actor=actor[:128], lines=[_written(line) for line in lines], **said)
        .returning(supplier_letters.c.id)
    )
    number: int = written.scalar_one()
    return number


def once_more(tx: Connection, shop_id: int, letter_id: int) -> None:
    """It is mailed once more."""
    tx.execute(
        update(supplier_letters)
        .where(supplier_letters.c.shop_id == shop_id, supplier_letters.c.id == letter_id)
        .values(times=supplier_letters.c.times + 1)
    )


def one(tx: Connection, shop_id: int, letter_id: int) -> SupplierLetter | None:
    row = tx.execute(
        select(supplier_letters).where(supplier_letters.c.shop_id == shop_id, supplier_letters.c.id == letter_id)
    ).one_or_none()
    return _letter(row) if row else None


def latest(tx: Connection, shop_id: int, limit: int = 20) -> tuple[SupplierLetter, ...]:
    """The letters that were written last, newest first."""
    asked = select(supplier_letters).where(supplier_letters.c.shop_id == shop_id)
    return tuple(_letter(row) for row in tx.execute(asked.order_by(supplier_letters.c.id.desc()).limit(limit)))


def _written(line: Passed) -> dict[str, Any]:
    return {
        "line": line.line_id,
        "order": line.order_id,
        "order_name": line.order_name,
        "title": line.title,
        "sku": line.sku,
        "tell": line.tell.value,
        "units": line.units,
        "was": line.was,
        "ship_by": line.ship_by.isoformat() if line.ship_by else None,
    }


def _passed(said: dict[str, Any]) -> Passed:
    return Passed(
        line_id=said["line"],
        order_id=said["order"],
        order_name=said["order_name"],
        title=said["title"],
        sku=said["sku"],
        tell=Tell(said["tell"]),
        units=said["units"],
        was=said["was"],
        ship_by=date.fromisoformat(said["ship_by"]) if said["ship_by"] else None,
    )


def _letter(row: Row[Any]) -> SupplierLetter:
    return SupplierLetter(
        letter_id=row.id,
        supplier_id=row.supplier_id,
        supplier=row.supplier,
        email=row.email,
        at=row.at,
        actor=row.actor,
        note=row.note,
        lines=tuple(map(_passed, row.lines)),
        times=row.times,
    )
