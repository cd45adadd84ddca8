"""The book of shops: who installed us, under which name, with which settings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Integer,
    Row,
    String,
    Table,
    bindparam,
    false,
    select,
    update,
)

from backorder.db.columns import SHOP, Instant, OwnId, StoreId, Words, metadata
from backorder.db.upsert import insert_or_ignore
from backorder.rules.seen import ShopSeen

shops = Table(
    "shops",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("domain", String(255), nullable=False, unique=True),
    Column("store_id", StoreId),
    Column("name", Words(255), nullable=False, default=""),
    Column("email", Words(255), nullable=False, default=""),
    Column("timezone", String(64), nullable=False, default="UTC"),
    Column("currency", String(3), nullable=False, default="USD"),
    Column("installed_at", Instant, nullable=False),
    Column("uninstalled_at", Instant),
    # Counts installations, so that a late "uninstalled" of an older one does not end a newer one.
    Column("generation", Integer, nullable=False, default=1),
    # The store's own time up to which changed fulfillment orders were swept (domain §1).
    Column("swept_until", Instant),
    Column("terms", JSON, nullable=False, default=dict),
    # Of some order of the shop it was said how it leaves (``ways``): until then nobody need look.
    Column("mixes", Boolean, nullable=False, default=False, server_default=false()),
    # Since when the app is to leave nothing of ours in the store, and who said so (backorder.leave); None while it works.
    Column("left_at", Instant),
    Column("left_by", String(128)),
)


@dataclass(frozen=True)
class Shop:
    """An installed (or formerly installed) shop. ``terms`` is the merchant's settings as stored JSON.

    ``mixes``: of some order it was said how it leaves if some of it waits (rules.mixed). ``left_at``: since when the app has left,
    because ``left_by`` said so: the books are kept, and nothing of ours is put into the store.
    """

    shop_id: int
    domain: str
    name: str
    email: str
    timezone: str
    currency: str
    installed_at: datetime
    uninstalled_at: datetime | None
    generation: int
    swept_until: datetime | None
    terms: dict[str, Any]
    mixes: bool = False
    left_at: datetime | None = None
    left_by: str | None = None

    @property
    def is_installed(self) -> bool:
        return self.uninstalled_at is None

    @property
    def has_left(self) -> bool:
        """Whether the app has left the shop: it may be installed still, to give back what it had put into the store."""
        return self.left_at is not None


_BY_DOMAIN = select(shops).where(shops.c.domain == bindparam("domain_"))
_INSTALLED = select(shops).where(shops.c.uninstalled_at.is_(None)).order_by(shops.c.id)


def by_domain(tx: Connection, domain: str) -> Shop | None:
    """The shop with this myshopify domain, installed or not."""
    row = tx.execute(_BY_DOMAIN, {"domain_": domain}).one_or_none()
    return _shop(row) if row else None


_ONE = select(shops).where(shops.c.id == SHOP)


def one(tx: Connection, shop_id: int) -> Shop:
    """The shop with this id. Raises LookupError if there is none."""
    row = tx.execute(_ONE, {"shop": shop_id}).one_or_none()
    if row is None:
        raise LookupError(f"no shop {shop_id}")
    return _shop(row)


def installed(tx: Connection) -> tuple[Shop, ...]:
    """All shops that have the app now, oldest first."""
    return tuple(_shop(row) for row in tx.execute(_INSTALLED))


def every(tx: Connection) -> tuple[Shop, ...]:
    """All shops that the books know, those that have left included, oldest first."""
    return tuple(_shop(row) for row in tx.execute(select(shops).order_by(shops.c.id)))


def install(tx: Connection, domain: str, at: datetime) -> Shop:
    """Record an installation: a new shop, or the return of one that had uninstalled (a new generation), for which the app works again."""
    fresh = insert_or_ignore(tx, shops, {"domain": domain, "installed_at": at})
    known = by_domain(tx, domain)
    if not fresh and known is not None and not known.is_installed:
        tx.execute(
            update(shops)
            .where(shops.c.id == known.shop_id)
            .values(installed_at=at, uninstalled_at=None, generation=shops.c.generation + 1, swept_until=None)
        )
        come_back(tx, known.shop_id)
    shop = by_domain(tx, domain)
    assert shop is not None
    return shop


def leave(tx: Connection, shop_id: int, at: datetime) -> None:
    """Record that the shop uninstalled the app."""
    tx.execute(update(shops).where(shops.c.id == shop_id).values(uninstalled_at=at))


_LEFT = select(shops.c.left_at).where(shops.c.id == SHOP)


def has_left(tx: Connection, shop_id: int) -> bool:
    """Whether the app has left this shop."""
    return tx.execute(_LEFT, {"shop": shop_id}).scalar_one_or_none() is not None


def set_left(tx: Connection, shop_id: int, at: datetime, by: str) -> None:
    """Record that the app leaves, and who said so. Said again, the first time stands."""
    tx.execute(update(shops).where(shops.c.id == shop_id, shops.c.left_at.is_(None)).values(left_at=at, left_by=by))


def come_back(tx: Connection, shop_id: int) -> None:
    """Record that the app works for the shop again."""
    tx.execute(update(shops).where(shops.c.id == shop_id).values(left_at=None, left_by=None))


def describe(tx: Connection, shop_id: int, seen: ShopSeen) -> None:
    """Keep what the store says of itself."""
    tx.execute(
        update(shops)
        .where(shops.c.id == shop_id)
        .values(
            store_id=seen.shop_id,
            name=seen.name,
            email=seen.email,
            timezone=seen.timezone,
            currency=seen.currency,
        )
    )


def sweep_reached(tx: Connection, shop_id: int, until: datetime) -> None:
    """Move the sweep mark forward, never back."""
    tx.execute(
        update(shops)
        .where(shops.c.id == shop_id, (shops.c.swept_until.is_(None)) | (shops.c.swept_until < until))
        .values(swept_until=until)
    )


def set_terms(tx: Connection, shop_id: int, terms: dict[str, Any]) -> None:
    """Replace the merchant's settings."""
    tx.execute(update(shops).where(shops.c.id == shop_id).values(terms=terms))


def _shop(row: Row[Any]) -> Shop:
    return Shop(
        shop_id=row.id,
        domain=row.domain,
        name=row.name or row.domain,
        email=row.email,
        timezone=row.timezone,
        currency=row.currency,
        installed_at=row.installed_at,
        uninstalled_at=row.uninstalled_at,
        generation=row.generation,
        swept_until=row.swept_until,
        terms=dict(row.terms or {}),
        mixes=row.mixes,
        left_at=row.left_at,
        left_by=row.left_by,
    )
