"""The book of contacts: whom letters went to, only of orders that wait or are owed a letter; sealed. What they read stays.

A language alone is nobody's, and the page of an order is asked for as long as its link is kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Row,
    String,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    exists,
    literal,
    select,
    text,
    update,
)

from backorder.db.arrays import among
from backorder.db.claims import claims
from backorder.db.columns import SHOP, StoreId, Words, metadata
from backorder.db.outbox import OPEN_STATES, Effect, outbox
from backorder.db.sealed import Sealer
from backorder.db.upsert import upsert
from backorder.rules.seen import ContactSeen

EMAIL, NAME = "customer e-mail", "customer name"
_ADDRESSED = text("email_sealed IS NOT NULL")

contacts = Table(
    "contacts",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, primary_key=True, autoincrement=False),
    Column("email_sealed", Text),
    Column("first_name_sealed", Text),
    Column("locale", Words(16)),
    Index("ix_contacts_addressed", "shop_id", "order_id", sqlite_where=_ADDRESSED, postgresql_where=_ADDRESSED),
)


@dataclass(frozen=True)
class Contact:
    email: str | None
    first_name: str | None
    locale: str | None


def put(tx: Connection, sealer: Sealer, shop_id: int, seen: ContactSeen) -> None:
    """Keep whom to write to about an order."""
    upsert(
        tx,
        contacts,
        {
            "shop_id": shop_id,
            "order_id": seen.order_id,
            "email_sealed": sealer.seal_text(EMAIL, seen.email) if seen.email else None,
            "first_name_sealed": sealer.seal_text(NAME, seen.first_name) if seen.first_name else None,
            "locale": seen.locale,
        },
    )


def language(tx: Connection, shop_id: int, order_id: int) -> str | None:
    """What the customer of an order reads, as the store names it; None where nothing is known of them."""
    asked = select(contacts.c.locale).where(contacts.c.shop_id == shop_id, contacts.c.order_id == order_id)
    return tx.execute(asked).scalar_one_or_none()


_OF_ORDER = select(contacts).where(contacts.c.shop_id == SHOP, contacts.c.order_id == bindparam("of"))


def get(tx: Connection, sealer: Sealer, shop_id: int, order_id: int) -> Contact | None:
    """What is kept of an order's customer, which may be what they read alone; None where nothing is. Raises CannotOpen."""
    row = tx.execute(_OF_ORDER, {"shop": shop_id, "of": order_id}).one_or_none()
    return None if row is None else _contact(sealer, row)


def many(tx: Connection, sealer: Sealer, shop_id: int, order_ids: Iterable[int]) -> dict[int, Contact]:
    """Whom to write to about each of these orders, of those of whom something is kept. Raises CannotOpen."""
    rows = tx.execute(select(contacts).where(contacts.c.shop_id == shop_id, among(contacts.c.order_id, order_ids)))
    return {row.order_id: _contact(sealer, row) for row in rows}


def _contact(sealer: Sealer, row: Row[Any]) -> Contact:
    return Contact(
        email=sealer.open_text(EMAIL, row.email_sealed) if row.email_sealed else None,
        first_name=sealer.open_text(NAME, row.first_name_sealed) if row.first_name_sealed else None,
        locale=row.locale,
    )


def erase(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> int:
    """Forget the customers of these orders, and what they read."""
    return tx.execute(
        delete(contacts).where(contacts.c.shop_id == shop_id, contacts.c.order_id.in_(sorted(set(order_ids))))
    ).rowcount


_WAITS = exists().where(claims.c.shop_id == contacts.c.shop_id, claims.c.order_id == contacts.c.order_id)
_IS_OWED_A_LETTER = exists().where(
    outbox.c.shop_id == contacts.c.shop_id,
    outbox.c.lane == literal("order/") + cast(contacts.c.order_id, String),  # as order_lane says it
    outbox.c.effect == Effect.MAIL.value,
    outbox.c.state.in_([state.value for state in OPEN_STATES]),
)


def drop(tx: Connection, shop_id: int, most: int) -> int:
    """Forget address and name where nothing of an order is open any more and no letter may leave, of so many at most; how many."""
    of_shop = contacts.c.shop_id == shop_id
    addressed = contacts.c.email_sealed.is_not(None)
    over = select(contacts.c.order_id).where(of_shop, addressed, ~_WAITS, ~_IS_OWED_A_LETTER).limit(most)
    forgotten = update(contacts).where(of_shop, contacts.c.order_id.in_(over.scalar_subquery()))
    return tx.execute(forgotten.values(email_sealed=None, first_name_sealed=None)).rowcount
