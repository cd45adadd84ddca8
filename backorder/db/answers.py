"""The book of answers: what a write with an idempotency key was answered, so that asking again repeats the answer.

A key belongs to a shop and to one request (method, address, body). A row without a status is a request still at work; if
its process died, the key is free again after LEASE. That is safe because the verbs behind a key can be done twice: they
set values, or carry the key themselves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import Column, Connection, Index, Integer, String, Table, Text, delete, select, update

from backorder.db.columns import Instant, StoreId, metadata
from backorder.db.upsert import insert_or_ignore

LEASE = timedelta(seconds=60)
LONGEST_KEY = 100

answers = Table(
    "answers",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("status", Integer),
    Column("content_type", String(64)),
    Column("body", Text),
    Column("at", Instant, nullable=False),
    Index("ix_answers_at", "at"),
)


class Turn(Enum):
    """Why a request with a key may not be done now."""

    IN_FLIGHT = auto()  # the first one is still at work
    REUSED = auto()  # the key belongs to another request


@dataclass(frozen=True)
class Answer:
    """An HTTP answer as it was given."""

    status: int
    content_type: str
    body: str


def begin(tx: Connection, shop_id: int, key: str, fingerprint: str, at: datetime) -> Answer | Turn | None:
    """Ask to do the request of this key. None: go on, and ``finish`` or ``abandon`` it; else what to say instead."""
    values = {"shop_id": shop_id, "key": key, "fingerprint": fingerprint, "at": at}
    if insert_or_ignore(tx, answers, values):
        return None
    row = tx.execute(select(answers).where(answers.c.shop_id == shop_id, answers.c.key == key).with_for_update()).one()
    if row.fingerprint != fingerprint:
        return Turn.REUSED
    if row.status is not None:
        return Answer(row.status, row.content_type, row.body)
    if row.at > at - LEASE:
        return Turn.IN_FLIGHT
    tx.execute(update(answers).where(answers.c.shop_id == shop_id, answers.c.key == key).values(at=at))
    return None


def finish(tx: Connection, shop_id: int, key: str, answer: Answer) -> None:
    """Keep the answer of the request that ``begin`` let through."""
    tx.execute(
        update(answers)
        .where(answers.c.shop_id == shop_id, answers.c.key == key)
        .values(status=answer.status, content_type=answer.content_type, body=answer.body)
    )


def abandon(tx: Connection, shop_id: int, key: str) -> None:
    """The request failed on our side and has no answer worth keeping: the key may be tried again."""
    tx.execute(delete(answers).where(answers.c.shop_id == shop_id, answers.c.key == key, answers.c.status.is_(None)))


def drop(tx: Connection, before: datetime) -> int:
    """Forget answers given before this instant."""
    return tx.execute(delete(answers).where(answers.c.at < before)).rowcount
