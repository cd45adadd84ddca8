"""Which row of the outbox goes next: what stops selling, then holds, before all else, and every shop in its turn.

1. Shops whose store rests are passed over; a shop has no more than so many rows at work, one while its store is poorly.
2. The shops that are left stand in a queue: who has fewer at work is before, then who was served longer ago.
3. The first of them that must stop selling something or has a hold to place has the next row; if none has, the first with
   anything else. To stop is one call for a whole product, and each moment sells more than there is.
4. Within a shop what has been due for longest goes first. A row whose taker died goes before those that were never taken.

Nothing here looks at rows that are done: every question is answered from the open rows of one shop by an index.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    union,
)

from backorder.db import rests
from backorder.db.columns import StoreId
from backorder.db.rests import RELAY

DUE, DOING, STOPPED = "due", "doing", ("parked", "unknown")
RELEASE = "release"
STOP, HOLD, MAIL = -1, 0, 3  # what goes ahead of every lane; the first and the last step of a lane


@dataclass(frozen=True)
class Waiting:
    """A shop whose turn it may be, and whether something of it is due that stops selling, or a hold."""

    shop_id: int
    has_stop: bool
    has_hold: bool


def choose(tx: Connection, outbox: Table, at: datetime, shop_id: int | None, at_once: int) -> Row[Any] | None:
    """The row that goes next, locked; None if none may. ``at_once`` is how many rows of one shop may be at work."""
    queue = _queue(tx, outbox, at, shop_id, at_once)
    if not queue:
        return None
    for shop in queue:
        if shop.has_stop and (row := _first(tx, outbox, at, shop.shop_id, (STOP,))) is not None:
            return row
        if shop.has_hold and (row := _first(tx, outbox, at, shop.shop_id, (HOLD,))) is not None:
            return row
    steps = tuple(range(HOLD + 1, MAIL + 1 if _mail_goes(tx, outbox, at) else MAIL))
    for shop in queue:
        if (row := _first(tx, outbox, at, shop.shop_id, steps)) is not None:
            return row
    return None


def _queue(tx: Connection, outbox: Table, at: datetime, shop_id: int | None, at_once: int) -> list[Waiting]:
    """The shops that may be served, in their order."""
    asked = {"at": at, "at_once": at_once} | ({} if shop_id is None else {"shop": shop_id})
    rows = tx.execute(_queued(outbox, of_one=shop_id is not None), asked)
    return [Waiting(row.shop_id, bool(row.has_stop), bool(row.has_hold)) for row in rows]


# To build these statements costs more than to run them, and they are run for every row that goes out.
@cache
def _queued(outbox: Table, *, of_one: bool) -> Select[Any]:
    at = bindparam("at", type_=outbox.c.not_before.type)
    waiting = _shops_with_work(outbox, at, of_one=of_one)
    at_work = (
        select(outbox.c.shop_id, func.count().label("rows"))
        .where(outbox.c.state == DOING, outbox.c.not_before > at)
        .group_by(outbox.c.shop_id)
        .cte("at_work")
    )
    rest = rests.rests
    busy = func.coalesce(at_work.c.rows, 0)

    def has(step: int) -> ColumnElement[bool]:
        """Whether a row of this step is due, or was lost by its taker."""
        here = (outbox.c.shop_id == waiting.c.shop_id, outbox.c.step == step, outbox.c.not_before <= at)
        return or_(*(exists().where(*here, outbox.c.state == state) for state in (DUE, DOING)))

    return (
        select(waiting.c.shop_id, has(STOP).label("has_stop"), has(HOLD).label("has_hold"))
        .select_from(
            waiting.outerjoin(at_work, at_work.c.shop_id == waiting.c.shop_id).outerjoin(
                rest, rest.c.shop_id == waiting.c.shop_id
            )
        )
        .where(
            or_(rest.c.until.is_(None), rest.c.until <= at),
            busy < bindparam("at_once", type_=Integer),
            or_(rest.c.until.is_(None), busy == 0),
        )
        .order_by(busy, rest.c.served_at.asc().nulls_first(), waiting.c.shop_id)
    )


def _shops_with_work(outbox: Table, at: BindParameter[Any], *, of_one: bool) -> CTE:
    """Shops with open rows: by leaps from one shop to the next, so that a long queue costs no more than a short one."""
    if of_one:
        return select(cast(bindparam("shop", type_=StoreId()), StoreId).label("shop_id")).cte("waiting")
    first = select(func.min(outbox.c.shop_id).label("shop_id")).where(outbox.c.state == DUE)
    leaps = first.cte("leaps", recursive=True)
    after = (
        select(func.min(outbox.c.shop_id))
        .where(outbox.c.state == DUE, outbox.c.shop_id > leaps.c.shop_id)
        .scalar_subquery()
    )
    leaps = leaps.union_all(select(after).where(leaps.c.shop_id.is_not(None)))
    lost = select(outbox.c.shop_id).where(outbox.c.state == DOING, outbox.c.not_before <= at)
    return union(select(leaps.c.shop_id).where(leaps.c.shop_id.is_not(None)), lost).cte("waiting")


def _first(tx: Connection, outbox: Table, at: datetime, shop_id: int, steps: tuple[int, ...]) -> Row[Any] | None:
    """The row of this shop, among these steps, that is at the head of its lane and has been due for longest."""
    asked = {"shop": shop_id, "at": at, "now": at}
    if (row := tx.execute(_lost(outbox, steps), asked).one_or_none()) is not None:
        return row
    best: Row[Any] | None = None
    for step in steps:
        due = _due_until(outbox) if best is None else _due_before(outbox)
        before = at if best is None else best.not_before
        found = tx.execute(due, {"shop": shop_id, "at": before, "now": at, "step_": step}).one_or_none()
        best = found or best
    return best


@cache
def _lost(outbox: Table, steps: tuple[int, ...]) -> Select[Any]:
    return _heads(outbox, DOING).where(outbox.c.not_before <= bindparam("at"), outbox.c.step.in_(steps))


@cache
def _due_until(outbox: Table) -> Select[Any]:
    return _heads(outbox, DUE).where(outbox.c.step == bindparam("step_"), outbox.c.not_before <= bindparam("at"))


@cache
def _due_before(outbox: Table) -> Select[Any]:
    return _heads(outbox, DUE).where(outbox.c.step == bindparam("step_"), outbox.c.not_before < bindparam("at"))


def _heads(outbox: Table, state: str) -> Select[Any]:
    """The row of a shop, longest due, that nothing in its lane stops."""
    return (
        select(outbox)
        .where(outbox.c.shop_id == bindparam("shop"), outbox.c.state == state, ~_stopped(outbox))
        .order_by(outbox.c.not_before, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _stopped(outbox: Table) -> ColumnElement[bool]:
    """Whether a row of the same lane has to go, or to be looked at by a person, before."""
    ahead = outbox.alias("ahead")
    # Nothing failed: it waits for its turn at the merchant's pace (deliver.pacing), and what is to be told meanwhile does not.
    paced = and_(
        ahead.c.effect == RELEASE,
        ahead.c.failing_since.is_(None),
        ahead.c.not_before > bindparam("now", type_=outbox.c.not_before.type),
    )
    return exists().where(
        ahead.c.shop_id == outbox.c.shop_id,
        ahead.c.lane == outbox.c.lane,
        ahead.c.state.in_([DOING, DUE, *STOPPED]),
        ahead.c.id != outbox.c.id,
        or_(
            ahead.c.state == DOING,
            and_(
                # What was begun and comes back goes on first: it and an earlier step that came since would wait for each other.
                outbox.c.state == DUE,
                ahead.c.state == DUE,
                ~paced,
                or_(ahead.c.step < outbox.c.step, and_(ahead.c.step == outbox.c.step, ahead.c.id < outbox.c.id)),
            ),
            and_(ahead.c.state.in_(STOPPED), ahead.c.step < outbox.c.step),
        ),
    )


def _mail_goes(tx: Connection, outbox: Table, at: datetime) -> bool:
    """Whether letters may be handed over: not while the relay rests, one at a time while it is poorly."""
    rest = rests.get(tx, RELAY)
    if rest is None:
        return True
    leaving = select(outbox.c.id).where(outbox.c.state == DOING, outbox.c.step == MAIL, outbox.c.not_before > at)
    return rest.until <= at and tx.execute(leaving.limit(1)).first() is None
