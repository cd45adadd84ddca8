"""The inbox: verified deliveries of the store, kept before they are understood, once each, replayable."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    update,
)

from backorder.db.arrays import among
from backorder.db.columns import Instant, OwnId, Sentences, metadata
from backorder.db.sealed import CannotOpen, Sealer
from backorder.db.upsert import insert_or_ignore

LEASE = timedelta(seconds=60)
# A body that fails this often is set aside; a person may replay it.
ATTEMPTS = 8
BODY_PURPOSE = "webhook body"
# hashlib lets other threads run while it reads 2,048 bytes or more; up to SMALL that costs more than the reading.
PIECE, SMALL = 2047, 32_768


class Verdict(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DONE = "done"
    IGNORED = "ignored"  # a topic or shop that concerns nobody here
    UNREADABLE = "unreadable"  # signed, but not what the topic promises
    PARKED = "parked"  # failed ATTEMPTS times


inbox = Table(
    "inbox",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_domain", String(255), nullable=False),
    Column("topic", String(128), nullable=False),
    Column("event_key", String(255), nullable=False),
    Column("webhook_id", String(255), nullable=False, default=""),
    Column("body_sha256", String(64), nullable=False),
    Column("body_sealed", LargeBinary),
    Column("triggered_at", Instant),
    Column("received_at", Instant, nullable=False),
    Column("verdict", String(16), nullable=False, default=Verdict.WAITING.value),
    Column("processed_at", Instant),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", Sentences),
    UniqueConstraint("shop_domain", "topic", "event_key", "body_sha256"),
    Index("ix_inbox_verdict_not_before", "verdict", "not_before"),
)


@dataclass(frozen=True)
class Delivery:
    """A verified webhook as it arrived. ``event_key`` is the event id, or the webhook id where there is none."""

    shop_domain: str
    topic: str
    event_key: str
    webhook_id: str
    triggered_at: datetime | None
    body: bytes


class Overtaken(Exception):
    """The lease ended while its taker was away, and somebody else has taken or settled the delivery since."""


@dataclass(frozen=True)
class Kept:
    """A delivery taken out of the inbox to be understood. ``until`` is when the lease ends, and its token."""

    inbox_id: int
    shop_domain: str
    topic: str
    webhook_id: str
    triggered_at: datetime | None
    received_at: datetime
    attempts: int
    body: bytes
    until: datetime


# What is written of a delivery when it comes.
KEPT = (
    "shop_domain",
    "topic",
    "event_key",
    "webhook_id",
    "body_sha256",
    "body_sealed",
    "triggered_at",
    "received_at",
    "verdict",
    "not_before",
    "attempts",
)
_ONE = f"({', '.join('?' * len(KEPT))})"
# Whether a row is there that was written just now: a repeat has come at another moment.
_MINE = ("shop_domain", "topic", "event_key", "body_sha256", "received_at")
_IS_MINE = f"SELECT EXISTS (SELECT 1 FROM inbox WHERE {' AND '.join(f'{name} = ?' for name in _MINE)})"  # noqa: S608 - names of ours


@cache
def _keep(count: int) -> str:
    return f"INSERT INTO inbox ({', '.join(KEPT)}) VALUES {', '.join([_ONE] * count)} ON CONFLICT DO NOTHING"  # noqa: S608 - names of ours, no values


def sealed(sealer: Sealer, delivery: Delivery, at: datetime) -> dict[str, Any]:
    """The row of a delivery, its body sealed. Made before the turn to write, which is everybody's."""
    return {
        "shop_domain": delivery.shop_domain,
        "topic": delivery.topic,
        "event_key": delivery.event_key,
        "webhook_id": delivery.webhook_id,
        "body_sha256": _digest(delivery.body),
        "body_sealed": sealer.seal(BODY_PURPOSE, delivery.body),
        "triggered_at": delivery.triggered_at,
        "received_at": at,
        "verdict": Verdict.WAITING.value,
        "not_before": at,
        "attempts": 0,
    }


def put_bare(line: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[bool]:
    """Keep sealed deliveries (``bound``) on a bare line to SQLite's file, all or none of them. For each as ``put`` says.

    Through the driver, in one statement: to compile it anew for each row would cost more than all else that a webhook needs.
    """
    written = line.execute(_keep(len(rows)), [value for row in rows for value in row]).rowcount
    if written == len(rows):
        return [True] * len(rows)
    return _fresh(line, rows)


def _fresh(line: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> list[bool]:
    """Which of these rows were kept just now; of the same delivery, come twice at the same moment, one was."""
    found, seen = [], set()
    for row in rows:
        mine = tuple(row[KEPT.index(name)] for name in _MINE)
        (is_there,) = line.execute(_IS_MINE, mine).fetchone()
        found.append(bool(is_there) and mine not in seen)
        seen.add(mine)
    return found


def put(tx: Connection, sealer: Sealer, delivery: Delivery, at: datetime) -> bool:
    """Keep a delivery. False if it was here before: a repeat changes nothing."""
    return insert_or_ignore(tx, inbox, sealed(sealer, delivery, at))


# To build a statement costs more than to run it, and the inbox is asked at every ring.
_WAITING = (
    select(inbox)
    .where(inbox.c.verdict == Verdict.WAITING.value, inbox.c.not_before <= bindparam("at"))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


_OF_THESE = update(inbox).where(among(inbox.c.id, "ids"))
_TAKEN = _OF_THESE.values(not_before=bindparam("until", type_=Instant()), attempts=inbox.c.attempts + 1)
_HELD = (
    select(inbox.c.id, inbox.c.verdict, inbox.c.not_before)
    .where(among(inbox.c.id, "ids"))
    .order_by(inbox.c.id)
    .with_for_update()
)


def take(tx: Connection, sealer: Sealer, at: datetime, limit: int = 50) -> tuple[Kept, ...]:
    """Take waiting deliveries, oldest first, for a lease; if the taker dies they come back by themselves."""
    rows = tx.execute(_WAITING, {"at": at, "most": limit}).all()
    if rows:
        tx.execute(_TAKEN, {"ids": [row.id for row in rows], "until": at + LEASE})
    return tuple(kept for row in rows if (kept := _opened(tx, row, sealer, at)) is not None)


def still_ours(tx: Connection, kept: Kept) -> None:
    """Lock a delivery that was taken, before writing about it. Raises Overtaken if it is no longer its taker's.

    A delivery that is gone (its shop was erased) is nobody's, and nothing can be written about it.
    """
    row = tx.execute(
        select(inbox.c.verdict, inbox.c.not_before).where(inbox.c.id == kept.inbox_id).with_for_update()
    ).one_or_none()
    if row is not None and (row.verdict, row.not_before) != (Verdict.WAITING.value, kept.until):
        raise Overtaken(f"The lease of delivery {kept.inbox_id} ended, and it was taken or settled since.")


def those_still_ours(tx: Connection, taken: Iterable[Kept]) -> tuple[Kept, ...]:
    """Lock deliveries that were taken; those that are still their taker's, and those that are gone (see ``still_ours``)."""
    taken = tuple(taken)
    numbers = sorted(kept.inbox_id for kept in taken)
    rows = tx.execute(_HELD, {"ids": numbers})
    now = {row.id: (row.verdict, row.not_before) for row in rows}
    return tuple(
        kept
        for kept in taken
        if now.get(kept.inbox_id, (Verdict.WAITING.value, kept.until)) == (Verdict.WAITING.value, kept.until)
    )


def settle(tx: Connection, inbox_id: int, verdict: Verdict, at: datetime, error: str | None = None) -> None:
    """Record what became of a delivery."""
    settle_all(tx, [inbox_id], verdict, at, error)


def settle_all(
    tx: Connection, inbox_ids: Iterable[int], verdict: Verdict, at: datetime, error: str | None = None
) -> None:
    """Record what became of several deliveries: the same of each."""
    ended = {"verdict": verdict.value, "processed_at": at, "error": error}
    tx.execute(_OF_THESE, {"ids": sorted(inbox_ids), **ended})


def fail(tx: Connection, kept: Kept, at: datetime, error: str) -> None:
    """Record a failed attempt: try again later, or park after ATTEMPTS."""
    if kept.attempts >= ATTEMPTS:
        settle(tx, kept.inbox_id, Verdict.PARKED, at, error)
        return
    again = at + timedelta(seconds=min(600, 2**kept.attempts))
    tx.execute(update(inbox).where(inbox.c.id == kept.inbox_id).values(not_before=again, error=error))


def replay(tx: Connection, inbox_id: int, at: datetime) -> bool:
    """Let a kept delivery be understood again. False if its body is gone."""
    again = tx.execute(
        update(inbox)
        .where(inbox.c.id == inbox_id, inbox.c.body_sealed.is_not(None))
        .values(verdict=Verdict.WAITING.value, processed_at=None, not_before=at, attempts=0, error=None)
    )
    return again.rowcount == 1


def drop_bodies(tx: Connection, before: datetime, most: int) -> int:
    """Forget the raw bodies of deliveries processed before this instant (7 days, design §4), so many at most; how many."""
    some = (inbox.c.processed_at < before, inbox.c.body_sealed.is_not(None))
    old = select(inbox.c.id).where(*some).order_by(inbox.c.id).limit(most)
    return tx.execute(update(inbox).where(inbox.c.id.in_(old)).values(body_sealed=None)).rowcount


def drop(tx: Connection, before: datetime, most: int) -> int:
    """Forget deliveries that were dealt with before this instant, the oldest first, so many at most; how many.

    The newest of all stays: its number says how many were ever kept.
    """
    newest = select(func.max(inbox.c.id)).scalar_subquery()
    old = select(inbox.c.id).where(inbox.c.processed_at < before, inbox.c.id < newest).order_by(inbox.c.id).limit(most)
    return tx.execute(delete(inbox).where(inbox.c.id.in_(old))).rowcount


def drop_processed_bodies(tx: Connection, shop_domain: str) -> int:
    """Forget the raw bodies that a shop sent and that were dealt with: a customer asked to be forgotten."""
    return tx.execute(
        update(inbox)
        .where(inbox.c.shop_domain == shop_domain, inbox.c.processed_at.is_not(None), inbox.c.body_sealed.is_not(None))
        .values(body_sealed=None)
    ).rowcount


def counts(tx: Connection) -> dict[str, int]:
    """Deliveries by verdict."""
    return {
        row.verdict: row.n for row in tx.execute(select(inbox.c.verdict, func.count().label("n")).group_by("verdict"))
    }


def waiting(tx: Connection) -> int:
    """Deliveries not yet understood."""
    return tx.execute(
        select(func.count()).select_from(inbox).where(inbox.c.verdict == Verdict.WAITING.value)
    ).scalar_one()


def forget_shop(tx: Connection, shop_domain: str) -> None:
    """Delete everything a shop ever sent."""
    tx.execute(inbox.delete().where(inbox.c.shop_domain == shop_domain))


def _opened(tx: Connection, row: Row[Any], sealer: Sealer, at: datetime) -> Kept | None:
    """A taken row with its body; one that this key cannot open is set aside, so that it never blocks those behind it."""
    try:
        return _kept(row, sealer, at + LEASE)
    except CannotOpen as error:
        settle(tx, row.id, Verdict.PARKED, at, str(error))
        return None


def _kept(row: Row[Any], sealer: Sealer, until: datetime) -> Kept:
    return Kept(
        inbox_id=row.id,
        shop_domain=row.shop_domain,
        topic=row.topic,
        webhook_id=row.webhook_id,
        triggered_at=row.triggered_at,
        received_at=row.received_at,
        attempts=row.attempts + 1,
        body=sealer.open(BODY_PURPOSE, row.body_sealed),
        until=until,
    )


def _digest(body: bytes) -> str:
    """The SHA-256 of a body. A small one in pieces: the interpreter goes to another thread for a whole one, and comes back late."""
    if len(body) > SMALL:
        return sha256(body).hexdigest()
    view, summed = memoryview(body), sha256()
    for begin in range(0, len(body), PIECE):
        summed.update(view[begin : begin + PIECE])
    return summed.hexdigest()


def bound(row: Mapping[str, Any]) -> list[Any]:
    """The values of a row that ``sealed`` made, as SQLite holds them. Made before the turn to write, too."""
    return [_as_text(value) if isinstance(value, datetime) else value for value in (row[name] for name in KEPT)]


def _as_text(at: datetime) -> str:
    """An instant as ``Instant`` writes it in SQLite."""
    return at.astimezone(UTC).isoformat(" ", "microseconds")[:-6]  # without +00:00
