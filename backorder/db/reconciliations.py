"""The book of reconciliations: every comparison of a shop's books with its store, from the asking to its end.

A shop has one open at a time. It is worked at in slices by lease, so that whoever dies is followed, and kept for 90 days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    select,
    text,
    update,
)

from backorder.db.columns import Instant, OwnId, StoreId, metadata
from backorder.db.upsert import insert_or_ignore
from backorder.rules.drift import RUNS, Drift, Record

# Longer than the longest slice: a task is ended after four minutes.
LEASE = timedelta(minutes=5)
ATTEMPTS = 8
KEPT = timedelta(days=90)


class Why(StrEnum):
    """Who asked for a comparison."""

    SCHEDULE = "schedule"
    DEMAND = "demand"  # the merchant's button
    COMMAND = "command"  # the operator


class Step(StrEnum):
    """What a comparison reads, in this order."""

    STORES_ORDERS = "the store's open orders"
    OUR_ORDERS = "orders that we think are open"
    TRANSFERS = "transfers and shipments"
    ITEMS = "stock levels and selling policies"


_OPEN = text("ended_at IS NULL")
_FOUND = text("found > 0")
_COUNTED_AT_FIRST = (
    "orders_read",
    "orders_unknown",
    "orders_changed",
    "items_read",
    "levels_changed",
    "policies_changed",
)
_COUNTED_SINCE = (
    "transfers_read",
    "transfers_changed",
    "holds_changed",
    "marks_changed",
    "effects_missing",
    "unexplained",
)
_COUNTED = (*_COUNTED_AT_FIRST, *_COUNTED_SINCE)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("why", String(16), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("began_at", Instant),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("step", String(64), nullable=False),
    Column("cursor", Text),
    *(Column(name, Integer, nullable=False, default=0) for name in _COUNTED_AT_FIRST),
    *(Column(name, Integer, nullable=False, default=0, server_default="0") for name in _COUNTED_SINCE),
    Column("found", Integer, nullable=False, default=0),
    Column("ended_at", Instant),
    Column("error", Text),
    Index("uq_reconciliations_open", "shop_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("ix_reconciliations_shop_id_ended_at", "shop_id", "ended_at"),
    Index("ix_reconciliations_found", "shop_id", "ended_at", sqlite_where=_FOUND, postgresql_where=_FOUND),
)


@dataclass(frozen=True)
class Run:
    """One comparison. ``error``: why it failed, or why it waits while it is open. All instants are transport time."""

    run_id: int
    shop_id: int
    why: Why
    actor: str
    asked_at: datetime
    began_at: datetime | None
    attempts: int
    step: Step
    cursor: str | None
    drift: Drift
    ended_at: datetime | None
    error: str | None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def lasted(self) -> timedelta | None:
        """From its beginning to its end; None while it is open, or if it never began."""
        return None if self.ended_at is None or self.began_at is None else self.ended_at - self.began_at


def ask(tx: Connection, shop_id: int, why: Why, actor: str, at: datetime) -> bool:
    """Ask for a comparison. False if one is open already: it will do."""
    row = {"shop_id": shop_id, "why": why.value, "actor": actor, "asked_at": at, "not_before": at}
    return insert_or_ignore(tx, reconciliations, {**row, "step": Step.STORES_ORDERS.value})


def take(tx: Connection, shop_id: int, at: datetime) -> Run | None:
    """Take the open comparison for a lease; None if there is none, or somebody has it, or it has to wait.

    One that was taken again and again and never came further is ended.
    """
    row = tx.execute(
        select(reconciliations)
        .where(_open(shop_id), reconciliations.c.not_before <= at)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    if row.attempts >= ATTEMPTS:
        end(tx, shop_id, row.id, at, row.error or f"Taken {row.attempts} times, and never finished.")
        return None
    began = row.began_at or at
    tx.execute(
        update(reconciliations)
        .where(reconciliations.c.id == row.id)
        .values(began_at=began, not_before=at + LEASE, attempts=row.attempts + 1)
    )
    return _run(row, began_at=began, attempts=row.attempts + 1)


def save(tx: Connection, shop_id: int, run: Run, at: datetime, *, keep: bool = False) -> bool:
    """Keep how far a comparison has come, and let the next slice be taken, or ``keep`` the lease for it.

    False if the comparison was ended meanwhile.
    """
    saved = tx.execute(
        update(reconciliations)
        .where(_open(shop_id), reconciliations.c.id == run.run_id)
        .values(
            step=run.step.value,
            cursor=run.cursor,
            **{name: getattr(run.drift, name) for name in _COUNTED},
            found=run.drift.found,
            attempts=0,
            error=None,
            not_before=at + LEASE if keep else at,
        )
    )
    return saved.rowcount == 1


def postpone(tx: Connection, shop_id: int, run_id: int, until: datetime, error: str) -> None:
    """The store could not be asked just now: go on later."""
    tx.execute(
        update(reconciliations)
        .where(_open(shop_id), reconciliations.c.id == run_id)
        .values(not_before=until, error=error)
    )


def end(tx: Connection, shop_id: int, run_id: int | None, at: datetime, error: str | None = None) -> None:
    """End a comparison, or whichever is open (None); with ``error`` it failed."""
    which = _open(shop_id) if run_id is None else _open(shop_id) & (reconciliations.c.id == run_id)
    tx.execute(update(reconciliations).where(which).values(ended_at=at, error=error))


def unfinished(tx: Connection, at: datetime) -> tuple[int, ...]:
    """Shops whose comparison can go on now."""
    can = reconciliations.c.ended_at.is_(None) & (reconciliations.c.not_before <= at)
    return tuple(tx.scalars(select(reconciliations.c.shop_id).where(can).order_by(reconciliations.c.shop_id)))


def recent(tx: Connection, shop_id: int, limit: int = 30) -> tuple[Run, ...]:
    """The latest comparisons of a shop, an open one among them, newest first."""
    mine = reconciliations.c.shop_id == shop_id
    rows = tx.execute(select(reconciliations).where(mine).order_by(reconciliations.c.id.desc()).limit(limit))
    return tuple(_run(row) for row in rows)


def record(tx: Connection, shop_id: int) -> Record:
    """How the comparisons of a shop went, for the rule that looks for drift."""
    mine, ended = reconciliations.c.shop_id == shop_id, reconciliations.c.ended_at
    first, last = tx.execute(
        select(func.min(ended), func.max(ended)).where(mine, reconciliations.c.error.is_(None))
    ).one()
    failed = tx.execute(
        select(reconciliations.c.error)
        .where(mine, ended.is_not(None), reconciliations.c.error.is_not(None), *([ended > last] if last else []))
        .order_by(ended.desc())
    ).all()
    found = tx.execute(
        select(ended, reconciliations.c.found).where(mine, reconciliations.c.found > 0, ended.is_not(None))
    )
    latest = tx.execute(
        select(reconciliations.c.found, reconciliations.c.unexplained)
        .where(mine, reconciliations.c.error.is_(None), ended.is_not(None))
        .order_by(ended.desc())
        .limit(RUNS)
    ).all()
    return Record(
        first=first,
        last=last,
        failures=len(failed),
        error=failed[0].error if failed else None,
        found=tuple((row[0], row[1]) for row in found),
        latest=tuple((row.found, row.unexplained) for row in reversed(latest)),
    )


def one(tx: Connection, shop_id: int, run_id: int) -> Run | None:
    """A comparison of this shop by its number."""
    mine = (reconciliations.c.shop_id == shop_id, reconciliations.c.id == run_id)
    row = tx.execute(select(reconciliations).where(*mine)).one_or_none()
    return _run(row) if row else None


def drop(tx: Connection, before: datetime) -> int:
    """Forget comparisons that ended before this instant."""
    return tx.execute(delete(reconciliations).where(reconciliations.c.ended_at < before)).rowcount


def _open(shop_id: int) -> ColumnElement[bool]:
    return (reconciliations.c.shop_id == shop_id) & reconciliations.c.ended_at.is_(None)


def _run(row: Row[Any], **changed: Any) -> Run:
    return Run(
        run_id=row.id,
        shop_id=row.shop_id,
        why=Why(row.why),
        actor=row.actor,
        asked_at=row.asked_at,
        began_at=changed.get("began_at", row.began_at),
        attempts=changed.get("attempts", row.attempts),
        step=Step(row.step),
        cursor=row.cursor,
        drift=Drift(**{name: getattr(row, name) for name in _COUNTED}),
        ended_at=row.ended_at,
        error=row.error,
    )
