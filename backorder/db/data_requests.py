"""The book of customers who asked what is kept about them, for the merchant to answer: whose orders, and when. Nothing of the person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, Row, String, Table, delete, select, update

from backorder.db.arrays import among
from backorder.db.columns import SHOP, Instant, StoreId, metadata
from backorder.db.upsert import insert_or_ignore

data_requests = Table(
    "data_requests",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    # The store's own number of it.
    Column("request_id", StoreId, primary_key=True, autoincrement=False),
    Column("order_ids", JSON, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("answered_at", Instant),
    Column("answered_by", String(128)),
)

# The law gives a month to answer; whoever is asked again what they answered finds it for two more.
KEPT = timedelta(days=90)


@dataclass(frozen=True)
class DataRequest:
    """A customer's question about these orders. ``answered_at``: the merchant said that they answered it."""

    request_id: int
    order_ids: tuple[int, ...]
    asked_at: datetime
    answered_at: datetime | None
    answered_by: str | None


def note(tx: Connection, shop_id: int, request_id: int, order_ids: Iterable[int], at: datetime) -> bool:
    """Keep a question; False if it is known already."""
    row = {"shop_id": shop_id, "request_id": request_id, "order_ids": sorted(set(order_ids)), "asked_at": at}
    return insert_or_ignore(tx, data_requests, row)


def answered(tx: Connection, shop_id: int, request_id: int, at: datetime, actor: str) -> None:
    """Enter, once, that it was answered."""
    tx.execute(
        update(data_requests)
        .where(data_requests.c.shop_id == shop_id, data_requests.c.request_id == request_id)
        .where(data_requests.c.answered_at.is_(None))
        .values(answered_at=at, answered_by=actor[:128])
    )


def one(tx: Connection, shop_id: int, request_id: int) -> DataRequest | None:
    asked = select(data_requests).where(data_requests.c.shop_id == shop_id, data_requests.c.request_id == request_id)
    row = tx.execute(asked).one_or_none()
    return _request(row) if row else None


def of_shop(tx: Connection, shop_id: int) -> tuple[DataRequest, ...]:
    """All that are kept, the newest first."""
    asked = select(data_requests).where(data_requests.c.shop_id == shop_id)
    rows = tx.execute(asked.order_by(data_requests.c.asked_at.desc(), data_requests.c.request_id.desc()))
    return tuple(_request(row) for row in rows)


def forget_orders(tx: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """Forget the questions about these orders, which say that they are one customer's."""
    gone = set(order_ids)
    _delete(tx, shop_id, [row.request_id for row in of_shop(tx, shop_id) if gone & set(row.order_ids)])


def drop(tx: Connection, shop_id: int, before: datetime, most: int) -> int:
    """Forget questions that were asked before this instant, so many at most; how many."""
    old = select(data_requests.c.request_id).where(
        data_requests.c.shop_id == shop_id, data_requests.c.asked_at < before
    )
    numbers = tx.scalars(old.limit(most)).all()
    _delete(tx, shop_id, numbers)
    return len(numbers)


def _delete(tx: Connection, shop_id: int, numbers: Iterable[int]) -> None:
    these = delete(data_requests).where(data_requests.c.shop_id == SHOP, among(data_requests.c.request_id, "numbers"))
    if found := list(numbers):
        tx.execute(these, {"shop": shop_id, "numbers": found})


def _request(row: Row[Any]) -> DataRequest:
    return DataRequest(row.request_id, tuple(row.order_ids), row.asked_at, row.answered_at, row.answered_by)
