"""The canary: whether this ENCRYPTION_KEY opens what was sealed in these books."""

from sqlalchemy import Connection, select

from backorder.db.inbox import BODY_PURPOSE, inbox
from backorder.db.sealed import CannotOpen, Sealer
from backorder.db.tokens import tokens

TRIED = 3


def opens(tx: Connection, sealer: Sealer) -> bool | None:
    """Whether any of a few sealed values opens: one damaged row is no foreign key. None: nothing is sealed here yet."""
    access = select(tokens.c.access_sealed).order_by(tokens.c.shop_id.desc()).limit(TRIED)
    bodies = select(inbox.c.body_sealed).order_by(inbox.c.id.desc()).limit(TRIED)
    sealed = [
        *(("access token", value.encode()) for value in tx.scalars(access)),
        *((BODY_PURPOSE, value) for value in tx.scalars(bodies) if value is not None),
    ]
    return any(_opens(sealer, purpose, value) for purpose, value in sealed) if sealed else None


def _opens(sealer: Sealer, purpose: str, value: bytes) -> bool:
    try:
        sealer.open(purpose, value)
    except CannotOpen:
        return False
    return True
