"""What stopped in the outbox: rows that failed for good, may have happened or pause after a failure, and another chance for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from backorder.db.outbox import Effect, State, outbox


def newest(tx: Connection, shop_id: int, limit: int = 50) -> tuple[Row[Any], ...]:
    """Parked and unknown rows, newest first, for a person to look at."""
    return tuple(
        tx.execute(
            select(outbox)
            .where(outbox.c.shop_id == shop_id, outbox.c.state.in_([State.PARKED.value, State.UNKNOWN.value]))
            .order_by(outbox.c.id.desc())
            .limit(limit)
        )
    )


def again(tx: Connection, shop_id: int, outbox_id: int, at: datetime) -> bool:
    """A person says: try this parked or unknown row once more."""
    changed = tx.execute(
        update(outbox)
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.id == outbox_id,
            outbox.c.state.in_([State.PARKED.value, State.UNKNOWN.value]),
        )
        .values(state=State.DUE.value, not_before=at, failures=0, failing_since=None, sending=0, error=None)
    )
    return changed.rowcount == 1


def give_up(tx: Connection, shop_id: int, lane: str, at: datetime, why: str) -> None:
    """What stopped in a lane is done otherwise, and is not to be tried again."""
    stopped = [State.PARKED.value, State.UNKNOWN.value]
    tx.execute(
        update(outbox)
        .where(outbox.c.shop_id == shop_id, outbox.c.lane == lane, outbox.c.state.in_(stopped))
        .values(state=State.VOID.value, done_at=at, error=why)
    )


def hurry(tx: Connection, shop_id: int, at: datetime) -> None:
    """Let whatever pauses after a failure be tried at once."""
    pauses = (outbox.c.shop_id == shop_id) & (outbox.c.state == State.DUE.value) & outbox.c.failing_since.is_not(None)
    tx.execute(update(outbox).where(pauses, outbox.c.not_before > at).values(not_before=at))


def retry_parked_targets(tx: Connection, shop_id: int, at: datetime) -> int:
    """Give parked targets another chance: what they are to make true is read anew, so this repeats nothing. Never mail."""
    return tx.execute(
        update(outbox)
        .where(outbox.c.shop_id == shop_id, outbox.c.state == State.PARKED.value, outbox.c.effect != Effect.MAIL.value)
        .values(state=State.DUE.value, not_before=at, failures=0, failing_since=None)
    ).rowcount


def retry_parked_for(tx: Connection, shop_id: int, why: str, at: datetime) -> int:
    """Give everything another chance that was parked with an error beginning with ``why``, which holds no more."""
    return tx.execute(
        update(outbox)
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.state == State.PARKED.value,
            outbox.c.error.startswith(why, autoescape=True),
        )
        .values(state=State.DUE.value, not_before=at, failures=0, failing_since=None)
    ).rowcount
