"""The book of orders as the store tells them. Their lines and fulfillment orders have books of their own (``whole_orders``)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Connection, Row, String, Table, Text, select

from backorder.db.arrays import among, update_rows
from backorder.db.columns import SHOP, Instant, StoreId, Words, metadata
from backorder.db.sealed import Sealer
from backorder.db.upsert import upsert
from backorder.rules.mixed import Way
from backorder.rules.seen import OrderSeen

PAGE = "order page"

orders = Table(
    "orders",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, primary_key=True, autoincrement=False),
    Column("name", Words(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("cancelled_at", Instant),
    Column("closed", Boolean, nullable=False, default=False),
    Column("test", Boolean, nullable=False, default=False),
    Column("financial_status", String(32), nullable=False),
    # When the shop's payment rule was first met, by the store's time; stored once (domain §3).
    Column("ready_at", Instant),
    Column("currency", String(3), nullable=False),
    Column("country", String(2)),
    Column("source", Words(64)),
    # The store's number of who ordered, and nothing else of them: by it what one customer may have is counted, and a policy
    # tells whose an order is. Forgotten with them.
    Column("customer_id", StoreId),
    # Whoever has this link sees the order and the customer: it rests sealed (``seal_page``).
    Column("status_url", Text),
    Column("tags", JSON, nullable=False, default=list),
    Column("promise_digest", String(128)),
    Column("annotated", Text),
    # How it leaves if some of it waits (rules.mixed), where somebody or the shop's settings said so.
    Column("way", String(16)),
    # When the reading that this row comes from began: a reading that began earlier never overwrites it.
    Column("read_at", Instant, nullable=False),
)


@dataclass(frozen=True)
class Whose:
    """What an order says of itself and of who ordered: its tags, its channel, the store's number of the customer."""

    order_id: int
    tags: frozenset[str]
    channel: str | None
    customer_id: int | None


@dataclass(frozen=True)
class Order:
    """An order as last read. ``annotated`` is what our metafield on it says, as JSON text; ``status_url`` is sealed.

    ``way``: how it leaves if some of it waits (rules.mixed); None: part by part, without that anybody said so.
    """

    order_id: int
    name: str
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    closed: bool
    test: bool
    financial_status: str
    ready_at: datetime | None
    currency: str
    country: str | None
    source: str | None
    status_url: str | None
    tags: frozenset[str]
    promise_digest: str | None
    annotated: str | None
    read_at: datetime
    way: Way | None = None
    customer_id: int | None = None


@dataclass(frozen=True)
class Saying:
    """What is to be kept of an order: as it was seen, when the payment rule was first met, when the reading began."""

    seen: OrderSeen
    ready_at: datetime | None
    read_at: datetime


def keep(tx: Connection, shop_id: int, sayings: Iterable[Saying], known: Mapping[int, Order]) -> None:
    """Keep orders, where ``known`` is what is stored of them; of one that is as it was only when it was read."""
    unread, moved = [], []
    for saying in sayings:
        before = known.get(saying.seen.order_id)
        if before is not None and _says(saying) == replace(
            before, status_url=None, annotated=None, way=None, read_at=saying.read_at
        ):
            unread.append((before.order_id, saying.read_at))
        else:
            moved.append(_order_row(shop_id, saying))
    update_rows(tx, orders, {"shop_id": shop_id}, ("order_id",), ("read_at",), unread)
    upsert(tx, orders, moved)


def _says(saying: Saying) -> Order:
    """An order as it would be found again, but for what the books add."""
    seen = saying.seen
    return Order(
        order_id=seen.order_id,
        name=seen.name,
        created_at=seen.created_at,
        updated_at=seen.updated_at,
        cancelled_at=seen.cancelled_at,
        closed=seen.closed,
        test=seen.test,
        financial_status=seen.financial_status,
        ready_at=saying.ready_at,
        currency=seen.currency,
        country=seen.country,
        source=seen.source,
        status_url=None,
        tags=seen.tags,
        promise_digest=seen.promise_digest,
        annotated=None,
        read_at=saying.read_at,
        customer_id=seen.customer_id,
    )


def _order_row(shop_id: int, saying: Saying) -> dict[str, Any]:
    seen = saying.seen
    return {
        "shop_id": shop_id,
        "order_id": seen.order_id,
        "name": seen.name,
        "created_at": seen.created_at,
        "updated_at": seen.updated_at,
        "cancelled_at": seen.cancelled_at,
        "closed": seen.closed,
        "test": seen.test,
        "financial_status": seen.financial_status,
        "ready_at": saying.ready_at,
        "currency": seen.currency,
        "country": seen.country,
        "source": seen.source,
        "customer_id": seen.customer_id,
        "status_url": seen.status_url,
        "tags": sorted(seen.tags),
        "promise_digest": seen.promise_digest,
        "read_at": saying.read_at,
    }


def seal_page(sealer: Sealer, seen: OrderSeen) -> OrderSeen:
    """The order with the link to its page sealed, as the books keep it."""
    return replace(seen, status_url=sealer.seal_text(PAGE, seen.status_url) if seen.status_url else None)


def page_of(sealer: Sealer, order: Order) -> str | None:
    """The link to the order's page, for its customer. Raises CannotOpen."""
    return sealer.open_text(PAGE, order.status_url) if order.status_url else None


def forget_customers(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """Forget whose these orders are, and the links to their pages: their customer asked to be forgotten."""
    wanted = sorted(set(order_ids))
    asked = orders.update().where(orders.c.shop_id == shop_id, orders.c.order_id.in_(wanted))
    tx.execute(asked.values(status_url=None, customer_id=None))


def customers(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, int]:
    """Who placed each of these orders, by the store's number, where somebody is known to have."""
    rows = tx.execute(
        select(orders.c.order_id, orders.c.customer_id).where(
            orders.c.shop_id == shop_id, among(orders.c.order_id, order_ids), orders.c.customer_id.is_not(None)
        )
    )
    return {row.order_id: row.customer_id for row in rows}


def who(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> tuple[Whose, ...]:
    """What these orders say of themselves and of who ordered."""
    rows = tx.execute(
        select(orders.c.order_id, orders.c.tags, orders.c.source, orders.c.customer_id).where(
            orders.c.shop_id == shop_id, among(orders.c.order_id, order_ids)
        )
    )
    return tuple(Whose(row.order_id, frozenset(row.tags), row.source, row.customer_id) for row in rows)


_MANY = select(orders).where(orders.c.shop_id == SHOP, among(orders.c.order_id, "orders"))
_ANNOTATIONS = select(orders.c.order_id, orders.c.annotated).where(
    orders.c.shop_id == SHOP, among(orders.c.order_id, "orders")
)


def get(tx: Connection, shop_id: int, order_id: int) -> Order | None:
    row = tx.execute(_MANY, {"shop": shop_id, "orders": [order_id]}).one_or_none()
    return _order(row) if row else None


def many(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, Order]:
    rows = tx.execute(_MANY, {"shop": shop_id, "orders": order_ids})
    return {row.order_id: _order(row) for row in rows}


def annotation_written(tx: Connection, shop_id: int, order_id: int, digest: str, tags: Iterable[str]) -> None:
    """Remember what our own write left on the order: the metafield's digest and the tags."""
    tx.execute(
        orders.update()
        .where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
        .values(promise_digest=digest, tags=sorted(tags))
    )


def annotated(tx: Connection, shop_id: int, order_id: int, text: str | None) -> None:
    """Remember what our metafield on the order says now."""
    tx.execute(orders.update().where(orders.c.shop_id == shop_id, orders.c.order_id == order_id).values(annotated=text))


def annotations(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, str | None]:
    """What our metafield on each of these orders says now, of those that we know."""
    rows = tx.execute(_ANNOTATIONS, {"shop": shop_id, "orders": set(order_ids)})
    return {row.order_id: row.annotated for row in rows.all()}


def _order(row: Row[Any]) -> Order:
    return Order(
        order_id=row.order_id,
        name=row.name,
        created_at=row.created_at,
        updated_at=row.updated_at,
        cancelled_at=row.cancelled_at,
        closed=row.closed,
        test=row.test,
        financial_status=row.financial_status,
        ready_at=row.ready_at,
        currency=row.currency,
        country=row.country,
        source=row.source,
        status_url=row.status_url,
        tags=frozenset(row.tags),
        promise_digest=row.promise_digest,
        annotated=row.annotated,
        read_at=row.read_at,
        way=Way(row.way) if row.way else None,
        customer_id=row.customer_id,
    )
