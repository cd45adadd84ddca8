"""The promise ledger: append-only; what was promised to whom, why, and when it was told."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Date, Float, Index, Integer, Row, String, Table, func, select, update

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import SHOP, Instant, StoreId, Words, metadata
from backorder.rules.promises import Basis, Promise
from backorder.rules.silent import SILENT_RULE

promises = Table(
    "promises",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("line_id", StoreId, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("order_id", StoreId, nullable=False),
    Column("ship_by", Date),
    Column("basis", String(16), nullable=False),
    Column("source", Words(255), nullable=False, default=""),
    Column("rule", String(64), nullable=False),
    Column("confidence", Float),
    Column("reason", Words(500), nullable=False),
    Column("actor", Words(128), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("told_at", Instant),
    Column("previous", Date),
    Column("stated_on", Date),
    # The first day of the range that was told, where one was; ``ship_by`` is its last.
    Column("ship_from", Date),
    Index("ix_promises_shop_id_order_id", "shop_id", "order_id"),
)


def add(tx: Connection, shop_id: int, promise: Promise) -> None:
    """Append a version. Raises IntegrityError if this version was written before."""
    add_all(tx, shop_id, [promise])


def add_all(tx: Connection, shop_id: int, fresh: Iterable[Promise]) -> None:
    """Append versions. Raises IntegrityError if one of them was written before."""
    insert_rows(tx, promises, {"shop_id": shop_id}, _NAMES, [_row(promise) for promise in fresh])


def tell(tx: Connection, shop_id: int, line_id: int, version: int, at: datetime) -> None:
    """Record that this version reached the customer's mail server. The first telling stands."""
    tx.execute(
        update(promises)
        .where(
            promises.c.shop_id == shop_id,
            promises.c.line_id == line_id,
            promises.c.version == version,
            promises.c.told_at.is_(None),
        )
        .values(told_at=at)
    )


_IN_ORDER = (promises.c.line_id, promises.c.version)
_OF_LINES = select(promises).where(promises.c.shop_id == SHOP, among(promises.c.line_id, "lines")).order_by(*_IN_ORDER)
_OF_ORDERS = (
    select(promises).where(promises.c.shop_id == SHOP, among(promises.c.order_id, "orders")).order_by(*_IN_ORDER)
)
_DAYS = (
    select(*(promises.c[name] for name in ("order_id", "line_id", "ship_by", "ship_from", "rule", "basis")))
    .where(promises.c.shop_id == SHOP, among(promises.c.order_id, "orders"))
    .order_by(*_IN_ORDER)
)


def latest(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> dict[int, Promise]:
    """The newest version of each of these lines."""
    return {promise.line_id: promise for promise in history(tx, shop_id, line_ids)}


def history(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[Promise, ...]:
    """All versions of these lines, by line and version."""
    rows = tx.execute(_OF_LINES, {"shop": shop_id, "lines": set(line_ids)})
    return tuple([_promise(row) for row in rows.all()])


def numbers(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> dict[int, int]:
    """The number of the newest version of each of these lines."""
    rows = tx.execute(
        select(promises.c.line_id, func.max(promises.c.version))
        .where(promises.c.shop_id == shop_id, among(promises.c.line_id, line_ids))
        .group_by(promises.c.line_id)
    )
    return dict(rows.all())


def of_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> tuple[Promise, ...]:
    """All versions of these orders' lines, by line and version."""
    rows = tx.execute(_OF_ORDERS, {"shop": shop_id, "orders": set(order_ids)})
    return tuple([_promise(row) for row in rows.all()])


def of_lines_after(tx: Connection, shop_id: int, line_id: int, lines: int) -> tuple[Promise, ...]:
    """All versions of the next so many lines after this one, by line and version."""
    mine = promises.c.shop_id == shop_id
    following = select(promises.c.line_id).where(mine, promises.c.line_id > line_id).distinct()
    chosen = following.order_by(promises.c.line_id).limit(lines)
    rows = tx.execute(select(promises).where(mine, promises.c.line_id.in_(chosen)).order_by(*_IN_ORDER))
    return tuple([_promise(row) for row in rows.all()])


def with_promises(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> frozenset[int]:
    """Those of these orders of which something was promised, told or not."""
    asked = select(promises.c.order_id).where(promises.c.shop_id == shop_id, among(promises.c.order_id, order_ids))
    return frozenset(tx.scalars(asked.distinct()))


class Latest(NamedTuple):
    """What the newest version of a line says: the promised day, and the first day of the range that is told with it.

    ``together``: the line itself need not wait, but another of its order does.
    """

    ship_by: date | None
    ship_from: date | None
    together: bool


def latest_days(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> dict[int, dict[int, Latest]]:
    """What the newest version of each line says, by order and line, but for lines whose wait is nobody's news (silent)."""
    rows = tx.execute(_DAYS, {"shop": shop_id, "orders": set(order_ids)})
    found: dict[int, dict[int, Latest]] = {}
    for order_id, line_id, ship_by, ship_from, rule, basis in rows.all():
        if rule == SILENT_RULE:  # who was told once is never silent again
            continue
        found.setdefault(order_id, {})[line_id] = Latest(ship_by, ship_from, basis == Basis.TOGETHER.value)
    return found


_NAMES = (
    "line_id",
    "version",
    "order_id",
    "ship_by",
    "basis",
    "source",
    "rule",
    "confidence",
    "reason",
    "actor",
    "made_at",
    "told_at",
    "previous",
    "stated_on",
    "ship_from",
)


def _row(promise: Promise) -> tuple[Any, ...]:
    return tuple(getattr(promise, name) for name in _NAMES)


def _promise(row: Row[Any]) -> Promise:
    day: date | None = row.ship_by
    return Promise(
        line_id=row.line_id,
        order_id=row.order_id,
        version=row.version,
        ship_by=day,
        basis=Basis(row.basis),
        source=row.source,
        rule=row.rule,
        confidence=row.confidence,
        reason=row.reason,
        actor=row.actor,
        made_at=row.made_at,
        told_at=row.told_at,
        previous=row.previous,
        stated_on=row.stated_on,
        ship_from=row.ship_from,
    )
