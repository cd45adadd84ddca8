"""The book of access: one expiring token pair a shop, sealed; one refresher at a time by lease."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, String, Table, Text, delete, select, update

from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.sealed import Sealer
from backorder.db.upsert import upsert

ACCESS, REFRESH = "access token", "refresh token"  # what each is sealed for

tokens = Table(
    "tokens",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("access_sealed", Text, nullable=False),
    Column("access_until", Instant, nullable=False),
    Column("refresh_sealed", Text),
    Column("refresh_until", Instant),
    Column("scopes", String(2000), nullable=False, default=""),
    Column("version", Integer, nullable=False, default=1),
    Column("refreshing_until", Instant),
)


@dataclass(frozen=True)
class TokenPair:
    """A shop's offline token and what renews it. ``version`` counts renewals."""

    access: str
    access_until: datetime
    refresh: str | None
    refresh_until: datetime | None
    scopes: frozenset[str]
    version: int = 1


_OF_SHOP = select(tokens).where(tokens.c.shop_id == SHOP)


def get(tx: Connection, sealer: Sealer, shop_id: int) -> TokenPair | None:
    """The shop's tokens, opened; None when the shop has given us none."""
    row = tx.execute(_OF_SHOP, {"shop": shop_id}).one_or_none()
    return _pair(row, sealer) if row else None


def put(tx: Connection, sealer: Sealer, shop_id: int, pair: TokenPair) -> None:
    """Keep a new pair and end any refresh lease."""
    known = tx.execute(select(tokens.c.version).where(tokens.c.shop_id == shop_id)).scalar_one_or_none()
    upsert(
        tx,
        tokens,
        {
            "shop_id": shop_id,
            "access_sealed": sealer.seal_text(ACCESS, pair.access),
            "access_until": pair.access_until,
            "refresh_sealed": sealer.seal_text(REFRESH, pair.refresh) if pair.refresh else None,
            "refresh_until": pair.refresh_until,
            "scopes": ",".join(sorted(pair.scopes)),
            "version": (known or 0) + 1,
            "refreshing_until": None,
        },
    )


def lease_refresh(tx: Connection, shop_id: int, version: int, at: datetime, seconds: int) -> bool:
    """Become the one refresher of this version, for ``seconds``. False: another is at it, or it is already renewed."""
    taken = tx.execute(
        update(tokens)
        .where(
            tokens.c.shop_id == shop_id,
            tokens.c.version == version,
            tokens.c.refreshing_until.is_(None) | (tokens.c.refreshing_until < at),
        )
        .values(refreshing_until=at + timedelta(seconds=seconds))
    )
    return taken.rowcount == 1


def give_up_refresh(tx: Connection, shop_id: int, version: int) -> None:
    """End the lease without a new pair, so that the next caller may try."""
    tx.execute(
        update(tokens).where(tokens.c.shop_id == shop_id, tokens.c.version == version).values(refreshing_until=None)
    )


def spent(tx: Connection, shop_id: int, version: int, at: datetime) -> None:
    """The store no longer takes this version's refresh token: nothing renews it."""
    tx.execute(
        update(tokens)
        .where(tokens.c.shop_id == shop_id, tokens.c.version == version)
        .values(refresh_until=at, refreshing_until=None)
    )


def expire(tx: Connection, shop_id: int, version: int, at: datetime) -> bool:
    """Count this version's access token as spent, so that it is renewed before its next use. False if it was renewed."""
    spent = tx.execute(
        update(tokens).where(tokens.c.shop_id == shop_id, tokens.c.version == version).values(access_until=at)
    )
    return spent.rowcount == 1


def forget(tx: Connection, shop_id: int) -> None:
    """Delete the shop's tokens."""
    tx.execute(delete(tokens).where(tokens.c.shop_id == shop_id))


def expiring(tx: Connection, before: datetime) -> tuple[int, ...]:
    """Shops whose refresh token ends before this instant: the idle ones that need a keep-alive."""
    return tuple(tx.scalars(select(tokens.c.shop_id).where(tokens.c.refresh_until < before)))


def _pair(row: Row[Any], sealer: Sealer) -> TokenPair:
    return TokenPair(
        access=sealer.open_text(ACCESS, row.access_sealed),
        access_until=row.access_until,
        refresh=sealer.open_text(REFRESH, row.refresh_sealed) if row.refresh_sealed else None,
        refresh_until=row.refresh_until,
        scopes=frozenset(filter(None, row.scopes.split(","))),
        version=row.version,
    )
