"""The book of orders as the store tells them: orders, their lines, fulfillment orders with parts and holds."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    exists,
    select,
)

from backorder.db.arrays import among, delete_rows, update_rows
from backorder.db.columns import SHOP, Instant, Money, StoreId, Words, metadata
from backorder.db.sealed import Sealer
from backorder.db.upsert import upsert
from backorder.rules.evidence import Evidence, Verdict
from backorder.rules.mixed import Way
from backorder.rules.seen import FulfillmentOrderSeen, HoldSeen, LineSeen, OrderSeen, PartSeen

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

order_lines = Table(
    "order_lines",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("line_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    Column("variant_id", StoreId),
    Column("item_id", StoreId),
    Column("title", Words(512), nullable=False),
    Column("sku", Words(255)),
    Column("quantity", Integer, nullable=False),
    Column("current_quantity", Integer, nullable=False),
    Column("unfulfilled", Integer, nullable=False),
    Column("requires_shipping", Boolean, nullable=False),
    Column("unit_price", Money, nullable=False),
    Column("shown", Words(255)),
    # What that proves (``rules.evidence``), judged when the order was read.
    Column("evidence", String(16)),
    Column("shown_by", Date),
    Column("shown_rule", String(64)),
    Column("shown_from", Date),
    Index("ix_order_lines_shop_id_order_id", "shop_id", "order_id"),
)

# Fulfillment orders change identity on split, move and merge, so they are kept as the store last told them, whole.
fulfillment_orders = Table(
    "fulfillment_orders",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("fulfillment_order_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    Column("location_id", StoreId),
    Column("status", String(32), nullable=False),
    Column("request_status", String(32), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("is_service", Boolean, nullable=False, default=False),
    Column("actions", JSON, nullable=False, default=list),
    Column("holds", JSON, nullable=False, default=list),
    Column("parts", JSON, nullable=False, default=list),
    # The deadline that it has in the store, whoever set it.
    Column("fulfill_by", Instant),
    # The deadline that the store would not take for it (``refused_deadlines``).
    Column("refused_deadline", Instant),
    Index("ix_fulfillment_orders_shop_id_order_id", "shop_id", "order_id"),
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
class ShownLine:
    """What the buyer of a line was shown, and when they bought."""

    evidence: Evidence
    bought_at: datetime


@dataclass(frozen=True)
class Saying:
    """What is to be kept of an order: as it was seen, when the payment rule was first met, when the reading began."""

    seen: OrderSeen
    ready_at: datetime | None
    read_at: datetime


@dataclass(frozen=True)
class Stored:
    """What the books say of some orders, by order id."""

    orders: dict[int, Order]
    lines: dict[int, tuple[LineSeen, ...]]
    parts: dict[int, tuple[FulfillmentOrderSeen, ...]]


def stored(tx: Connection, shop_id: int, order_ids: Collection[int]) -> Stored:
    """These orders whole, as far as they are known."""
    return Stored(many(tx, shop_id, order_ids), lines(tx, shop_id, order_ids), parts(tx, shop_id, order_ids))


def save(tx: Connection, shop_id: int, seen: OrderSeen, ready_at: datetime | None, read_at: datetime) -> None:
    """Keep an order whole, replacing what was known of its lines and fulfillment orders."""
    save_all(tx, shop_id, [Saying(seen, ready_at, read_at)], stored(tx, shop_id, [seen.order_id]))


def save_all(tx: Connection, shop_id: int, sayings: Sequence[Saying], known: Stored) -> None:
    """Keep orders whole, where ``known`` is what is stored of them; of one that is as it was only when it was read."""
    unread, moved = [], []
    for saying in sayings:
        before = known.orders.get(saying.seen.order_id)
        if before is not None and _says(saying) == replace(
            before, status_url=None, annotated=None, way=None, read_at=saying.read_at
        ):
            unread.append((before.order_id, saying.read_at))
        else:
            moved.append(_order_row(shop_id, saying))
    update_rows(tx, orders, {"shop_id": shop_id}, ("order_id",), ("read_at",), unread)
    upsert(tx, orders, moved)
    seen_lines = ((seen.order_id, line) for seen in (saying.seen for saying in sayings) for line in seen.lines)
    fresh_lines = [(order_id, line) for order_id, line in seen_lines if line not in known.lines.get(order_id, ())]
    upsert(tx, order_lines, [_line_row(shop_id, order_id, line) for order_id, line in fresh_lines])
    there = {fo.fulfillment_order_id: fo for saying in sayings for fo in saying.seen.fulfillment_orders}
    stood = {fo.fulfillment_order_id: fo for saying in sayings for fo in known.parts.get(saying.seen.order_id, ())}
    gone = [(number,) for number in sorted(stood.keys() - there.keys())]
    delete_rows(tx, fulfillment_orders, {"shop_id": shop_id}, ("fulfillment_order_id",), gone)
    changed = [fo for number, fo in there.items() if stood.get(number) != fo]
    upsert(tx, fulfillment_orders, [_part_row(shop_id, fo) for fo in changed])


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
_LINES = (
    select(order_lines)
    .where(order_lines.c.shop_id == SHOP, among(order_lines.c.order_id, "orders"))
    .order_by(order_lines.c.line_id)
)
_PARTS = (
    select(fulfillment_orders)
    .where(fulfillment_orders.c.shop_id == SHOP, among(fulfillment_orders.c.order_id, "orders"))
    .order_by(fulfillment_orders.c.fulfillment_order_id)
)
_OF_PARTS = (
    fulfillment_orders.c.shop_id == SHOP,
    among(fulfillment_orders.c.fulfillment_order_id, "parts"),
)
_ORDERS_OF = select(fulfillment_orders.c.fulfillment_order_id, fulfillment_orders.c.order_id).where(*_OF_PARTS)
_SWEPT = (
    select(fulfillment_orders.c.fulfillment_order_id, fulfillment_orders.c.updated_at, orders.c.read_at)
    .join(
        orders,
        (orders.c.shop_id == fulfillment_orders.c.shop_id) & (orders.c.order_id == fulfillment_orders.c.order_id),
    )
    .where(*_OF_PARTS)
)
_VARIANTS = select(order_lines.c.line_id, order_lines.c.variant_id).where(
    order_lines.c.shop_id == SHOP, among(order_lines.c.order_id, "orders")
)
_ANNOTATIONS = select(orders.c.order_id, orders.c.annotated).where(
    orders.c.shop_id == SHOP, among(orders.c.order_id, "orders")
)
_ROUTED = exists().where(
    fulfillment_orders.c.shop_id == orders.c.shop_id, fulfillment_orders.c.order_id == orders.c.order_id
)
_READ_AT = select(orders.c.order_id, orders.c.read_at).where(
    orders.c.shop_id == SHOP, among(orders.c.order_id, "orders"), _ROUTED
)


def get(tx: Connection, shop_id: int, order_id: int) -> Order | None:
    row = tx.execute(_MANY, {"shop": shop_id, "orders": [order_id]}).one_or_none()
    return _order(row) if row else None


def many(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, Order]:
    rows = tx.execute(_MANY, {"shop": shop_id, "orders": order_ids})
    return {row.order_id: _order(row) for row in rows}


def lines(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, tuple[LineSeen, ...]]:
    """The lines of each of these orders, by line id."""
    found: dict[int, tuple[LineSeen, ...]] = {}
    for row in tx.execute(_LINES, {"shop": shop_id, "orders": order_ids}):
        found[row.order_id] = (*found.get(row.order_id, ()), _line(row))
    return found


def variants(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, int | None]:
    """The variant of each line of these orders, by line; None where the store has deleted it."""
    rows = tx.execute(_VARIANTS, {"shop": shop_id, "orders": set(order_ids)})
    return {row.line_id: row.variant_id for row in rows.all()}


def shown(tx: Connection, shop_id: int, line_ids: Collection[int]) -> dict[int, ShownLine]:
    """What the buyers of these lines were shown, of those whose order proves it."""
    if not line_ids:
        return {}
    rows = tx.execute(
        select(
            *(order_lines.c[name] for name in ("line_id", "evidence", "shown_by", "shown_rule", "shown_from")),
            orders.c.created_at,
        )
        .join(orders, (orders.c.shop_id == order_lines.c.shop_id) & (orders.c.order_id == order_lines.c.order_id))
        .where(
            order_lines.c.shop_id == shop_id,
            among(order_lines.c.line_id, line_ids),
            order_lines.c.evidence == Verdict.VALID.value,
        )
    )
    return {
        row.line_id: ShownLine(Evidence(Verdict.VALID, row.shown_by, row.shown_rule, row.shown_from), row.created_at)
        for row in rows
    }


def parts(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, tuple[FulfillmentOrderSeen, ...]]:
    """The fulfillment orders of each of these orders, by id."""
    found: dict[int, tuple[FulfillmentOrderSeen, ...]] = {}
    for row in tx.execute(_PARTS, {"shop": shop_id, "orders": order_ids}):
        found[row.order_id] = (*found.get(row.order_id, ()), _fulfillment_order(row))
    return found


def swept(tx: Connection, shop_id: int, fulfillment_order_ids: Iterable[int]) -> dict[int, tuple[datetime, datetime]]:
    """When each of these fulfillment orders last changed, as far as we know, and when that reading began."""
    rows = tx.execute(_SWEPT, {"shop": shop_id, "parts": set(fulfillment_order_ids)})
    return {row.fulfillment_order_id: (row.updated_at, row.read_at) for row in rows}


def read_at(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, datetime]:
    """When the last reading of each of these orders began; only of those that the store has routed."""
    rows = tx.execute(_READ_AT, {"shop": shop_id, "orders": order_ids})
    return {row.order_id: row.read_at for row in rows}


def annotation_written(tx: Connection, shop_id: int, order_id: int, digest: str, tags: Iterable[str]) -> None:
    """Remember what our own write left on the order: the metafield's digest and the tags."""
    tx.execute(
        orders.update()
        .where(orders.c.shop_id == shop_id, orders.c.order_id == order_id)
        .values(promise_digest=digest, tags=sorted(tags))
    )


def orders_of(tx: Connection, shop_id: int, fulfillment_order_ids: Iterable[int]) -> dict[int, int]:
    """The orders that fulfillment orders belong to, as far as we know them."""
    rows = tx.execute(_ORDERS_OF, {"shop": shop_id, "parts": set(fulfillment_order_ids)})
    return {row.fulfillment_order_id: row.order_id for row in rows}


def annotated(tx: Connection, shop_id: int, order_id: int, text: str | None) -> None:
    """Remember what our metafield on the order says now."""
    tx.execute(orders.update().where(orders.c.shop_id == shop_id, orders.c.order_id == order_id).values(annotated=text))


def annotations(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, str | None]:
    """What our metafield on each of these orders says now, of those that we know."""
    rows = tx.execute(_ANNOTATIONS, {"shop": shop_id, "orders": set(order_ids)})
    return {row.order_id: row.annotated for row in rows.all()}


def fingerprint(tx: Connection, shop_id: int, order_id: int) -> tuple[object, ...] | None:
    """What matters of an order, so that two readings can be compared; None if it is not known."""
    found = get(tx, shop_id, order_id)
    if found is None:
        return None
    ours = lines(tx, shop_id, [order_id]).get(order_id, ())
    shipping = parts(tx, shop_id, [order_id]).get(order_id, ())
    return (
        found.cancelled_at,
        found.financial_status,
        tuple((line.line_id, line.current_quantity, line.unfulfilled) for line in ours),
        tuple((fo.fulfillment_order_id, fo.status, fo.location_id, fo.holds, fo.parts) for fo in shipping),
    )


def open_order_ids(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Orders with something left to ship, oldest first."""
    rows = tx.execute(
        select(order_lines.c.order_id)
        .join(
            orders,
            (orders.c.shop_id == order_lines.c.shop_id) & (orders.c.order_id == order_lines.c.order_id),
        )
        .where(order_lines.c.shop_id == shop_id, order_lines.c.unfulfilled > 0, orders.c.cancelled_at.is_(None))
        .distinct()
        .order_by(order_lines.c.order_id)
    )
    return tuple(row.order_id for row in rows)


def forget(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """The store no longer knows these orders."""
    gone = sorted(set(order_ids))
    _forget_parts(tx, shop_id, gone)
    for table in (order_lines, orders):
        tx.execute(delete(table).where(table.c.shop_id == shop_id, table.c.order_id.in_(gone)))


def _forget_parts(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    tx.execute(
        delete(fulfillment_orders).where(
            fulfillment_orders.c.shop_id == shop_id, fulfillment_orders.c.order_id.in_(sorted(order_ids))
        )
    )


def _line_row(shop_id: int, order_id: int, line: LineSeen) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "line_id": line.line_id,
        "order_id": order_id,
        "variant_id": line.variant_id,
        "item_id": line.item_id,
        "title": line.title,
        "sku": line.sku,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "unfulfilled": line.unfulfilled,
        "requires_shipping": line.requires_shipping,
        "unit_price": line.unit_price,
        "shown": line.shown[:255] if line.shown else None,
        "evidence": line.evidence.verdict.value if line.evidence else None,
        "shown_by": line.evidence.ship_by if line.evidence else None,
        "shown_rule": line.evidence.rule if line.evidence else None,
        "shown_from": line.evidence.ship_from if line.evidence else None,
    }


def _part_row(shop_id: int, seen: FulfillmentOrderSeen) -> dict[str, Any]:
    return {
        "shop_id": shop_id,
        "fulfillment_order_id": seen.fulfillment_order_id,
        "order_id": seen.order_id,
        "location_id": seen.location_id,
        "status": seen.status,
        "request_status": seen.request_status,
        "updated_at": seen.updated_at,
        "is_service": seen.is_service,
        "actions": sorted(seen.actions),
        "holds": [_held(hold) for hold in seen.holds],
        "fulfill_by": seen.fulfill_by,
        "parts": [[p.part_id, p.line_id, p.item_id, p.remaining, p.requires_shipping] for p in seen.parts],
    }


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


def _line(row: Row[Any]) -> LineSeen:
    price: Decimal = row.unit_price
    return LineSeen(
        line_id=row.line_id,
        variant_id=row.variant_id,
        item_id=row.item_id,
        title=row.title,
        sku=row.sku,
        quantity=row.quantity,
        current_quantity=row.current_quantity,
        unfulfilled=row.unfulfilled,
        requires_shipping=row.requires_shipping,
        unit_price=price,
        shown=row.shown,
        evidence=Evidence(Verdict(row.evidence), row.shown_by, row.shown_rule, row.shown_from)
        if row.evidence
        else None,
    )


def _fulfillment_order(row: Row[Any]) -> FulfillmentOrderSeen:
    return FulfillmentOrderSeen(
        fulfillment_order_id=row.fulfillment_order_id,
        order_id=row.order_id,
        location_id=row.location_id,
        status=row.status,
        request_status=row.request_status,
        updated_at=row.updated_at,
        is_service=row.is_service,
        actions=frozenset(row.actions),
        holds=tuple(_hold(*hold) for hold in row.holds),
        parts=tuple(PartSeen(*part) for part in row.parts),
        fulfill_by=row.fulfill_by,
    )


def _held(hold: HoldSeen) -> list[Any]:
    """A hold as it is written: since when it was seen stands beside those of others only."""
    told: list[Any] = [hold.hold_id, hold.handle, hold.reason, hold.ours]
    return [*told, hold.since.isoformat()] if hold.since else told


def _hold(hold_id: int, handle: str | None, reason: str, ours: bool, since: str | None = None) -> HoldSeen:  # noqa: FBT001 - as it stands in the row
    return HoldSeen(hold_id, handle, reason, ours, datetime.fromisoformat(since) if since else None)
