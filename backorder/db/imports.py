"""The book of imports: how far the first reading of a shop has come, a row a step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, String, Table, Text, delete, func, select, update

from backorder.db.columns import SHOP, Instant, Sentences, StoreId, metadata
from backorder.db.upsert import upsert

imports = Table(
    "imports",
    metadata,
    Column("shop_id", StoreId, primary_key=True, autoincrement=False),
    Column("step", String(32), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("cursor", Text),
    Column("done", Integer, nullable=False, default=0),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("finished_at", Instant),
    Column("error", Sentences),
)


@dataclass(frozen=True)
class Progress:
    """One step of the import; ``done`` counts what was read in it."""

    step: str
    cursor: str | None
    done: int
    attempts: int
    finished: bool
    error: str | None


def start(tx: Connection, shop_id: int, steps: tuple[str, ...], at: datetime) -> None:
    """Begin an import from the first step, forgetting how an earlier one went."""
    tx.execute(delete(imports).where(imports.c.shop_id == shop_id))
    upsert(
        tx,
        imports,
        [
            {"shop_id": shop_id, "step": step, "position": position, "done": 0, "attempts": 0, "not_before": at}
            for position, step in enumerate(steps)
        ],
    )


_UNFINISHED = imports.c.finished_at.is_(None)
_AT_HAND = select(imports).where(imports.c.shop_id == SHOP, _UNFINISHED).order_by(imports.c.position).limit(1)
_NEXT_DUE = select(func.min(imports.c.not_before)).where(_UNFINISHED)


def current(tx: Connection, shop_id: int, at: datetime) -> Progress | None:
    """The step at hand, if it may go on now; None when all are finished or it has to wait."""
    row = tx.execute(_AT_HAND, {"shop": shop_id}).one_or_none()
    return _progress(row) if row is not None and row.not_before <= at else None


def advance(tx: Connection, shop_id: int, step: str, *, cursor: str | None, read: int, at: datetime) -> None:
    """A page was read: go on from ``cursor``, or finish the step where there is none."""
    tx.execute(
        update(imports)
        .where(imports.c.shop_id == shop_id, imports.c.step == step)
        .values(
            cursor=cursor,
            done=imports.c.done + read,
            attempts=0,
            error=None,
            finished_at=None if cursor else at,
        )
    )


def postpone(tx: Connection, shop_id: int, step: str, until: datetime, error: str) -> None:
    """A page could not be read; try again later."""
    tx.execute(
        update(imports)
        .where(imports.c.shop_id == shop_id, imports.c.step == step)
        .values(not_before=until, attempts=imports.c.attempts + 1, error=error)
    )


def progress(tx: Connection, shop_id: int) -> tuple[Progress, ...]:
    """All steps in their order."""
    rows = tx.execute(select(imports).where(imports.c.shop_id == shop_id).order_by(imports.c.position))
    return tuple(_progress(row) for row in rows)


def unfinished(tx: Connection, at: datetime) -> tuple[int, ...]:
    """Shops whose import can go on now."""
    return tuple(
        tx.scalars(
            select(imports.c.shop_id)
            .where(imports.c.finished_at.is_(None), imports.c.not_before <= at)
            .distinct()
            .order_by(imports.c.shop_id)
        )
    )


def next_due(tx: Connection) -> datetime | None:
    """When an import can next go on."""
    at: datetime | None = tx.execute(_NEXT_DUE).scalar_one()
    return at


def forget_shop(tx: Connection, shop_id: int) -> None:
    tx.execute(delete(imports).where(imports.c.shop_id == shop_id))


def _progress(row: Row[Any]) -> Progress:
    return Progress(row.step, row.cursor, row.done, row.attempts, row.finished_at is not None, row.error)
