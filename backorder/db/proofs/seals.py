"""The proof that what must be sealed is sealed, and that no key has slipped into a text (I13)."""

import re
from typing import Any

from sqlalchemy import Column, Connection, Select, or_, select

from backorder.db.contacts import contacts
from backorder.db.dirty import dirty
from backorder.db.imports import imports
from backorder.db.inbox import inbox
from backorder.db.orders import orders
from backorder.db.outbox import outbox
from backorder.db.proofs.check import Check
from backorder.db.shops import shops
from backorder.db.tokens import tokens

SHOWN = 10
SEALED = (
    tokens.c.access_sealed,
    tokens.c.refresh_sealed,
    contacts.c.email_sealed,
    contacts.c.first_name_sealed,
    inbox.c.body_sealed,
    orders.c.status_url,
)
# Where errors and answers of others are kept.
SAID = (outbox.c.error, outbox.c.reply, inbox.c.error, dirty.c.error, imports.c.error)
# A Fernet token: version 0x80, eight bytes of time whose first are zero for a long while yet, and at least 65 bytes more.
# Or bytes under AES-GCM: their first byte, a nonce of twelve and a tag of sixteen around what is sealed (backorder/db/sealed.py).
_SEAL = re.compile(rb"gAAAAA[A-Za-z0-9_-]{90,}={0,2}|\x01.{28,}", re.DOTALL)
_KEYS = ("shpat\\_", "shprt\\_", "shpca\\_", "shpss\\_")


def sealed_values_are_sealed(tx: Connection, shop_id: int | None) -> Check:
    """I13: tokens, addresses, names, order links and bodies are sealed values; no key of the store stands in an error or a reply."""
    counted, wrong = 0, []
    for column in SEALED:
        rows = tx.execute(_asked(shop_id, column).where(column.is_not(None))).all()
        counted += len(rows)
        clear = sum(1 for row in rows if not _SEAL.fullmatch(_bytes(row.value)))
        if clear:
            wrong.append(f"{column.table.name}.{column.name}: {clear} values are not sealed")
    for column in SAID:
        keys = or_(*(column.like(f"%{key}%", escape="\\") for key in _KEYS))
        found = tx.execute(_asked(shop_id, column).where(keys)).all()
        if found:
            wrong.append(f"{column.table.name}.{column.name}: {len(found)} texts hold a key")
    return Check("what must be sealed is sealed", counted, tuple(wrong[:SHOWN]))


def _asked(shop_id: int | None, column: Column[Any]) -> Select[Any]:
    table = column.table
    query = select(column.label("value"))
    if shop_id is None:
        return query
    if "shop_id" in table.c:
        return query.where(table.c.shop_id == shop_id)
    return query.join(shops, shops.c.domain == table.c.shop_domain).where(shops.c.id == shop_id)


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)
