"""Taking: a row of the outbox in somebody's hands, from the moment it is taken, for a lease, until it has ended or is given back.

Whoever takes a row may die with it: it comes back when its lease ends. Who wakes up after that is told, and writes nothing more.
"""

import time
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, select, update

from backorder.db import next_row, rests
from backorder.db.columns import Instant
from backorder.db.outbox import Due, State, as_due, outbox

# Longer than the slowest delivery: a letter is handed over within 52 s, a store call within 12 s.
LEASE = timedelta(seconds=120)
# So many refusals park a row. What failed through no fault of the row counts none, but does not go on for ever either.
ATTEMPTS = 10
GIVE_UP_AFTER = timedelta(days=4)
FIRST_PAUSE, LONGEST_PAUSE, LONGEST_WHEN_TOLD = 2.0, 900.0, 60.0  # seconds between attempts
AT_ONCE = 2  # rows of one shop at work at the same time: half of an embedded process's hands are left for the others
TAKING = 7_346_204  # the number of the lock under which rows are taken
TRIES, BETWEEN_TRIES = 20, 0.005

# To build a statement costs more than to run it, and there are several for each effect.
_ALONE = select(func.pg_try_advisory_xact_lock(TAKING))
_OF_A_ROW = outbox.c.id == bindparam("of")
_TAKEN = (
    update(outbox)
    .where(_OF_A_ROW)
    .values(
        state=State.DOING.value,
        not_before=bindparam("until", type_=Instant()),
        attempts=outbox.c.attempts + 1,
        failures=outbox.c.failures + bindparam("lost", type_=Integer()),
    )
)
_HELD = (
    select(outbox.c.id)
    .where(_OF_A_ROW, outbox.c.state == State.DOING.value, outbox.c.not_before == bindparam("until"))
    .with_for_update()
)
_OF_ONE = update(outbox).where(_OF_A_ROW)
_NEXT_DUE = select(func.min(outbox.c.not_before)).where(outbox.c.state.in_([State.DUE.value, State.DOING.value]))


class Overtaken(Exception):
    """The lease ended while its taker was away, and the row is somebody else's or settled: nothing more may be written."""


def take(tx: Connection, at: datetime, shop_id: int | None = None, *, at_once: int = AT_ONCE) -> Due | None:
    """Take the next row that may go, for a lease: the head of its lane, holds before all else, each shop in its turn.

    A row whose taker died comes back when its lease ends, ATTEMPTS times. Parked and unknown rows stop the later steps of
    their lane. No row of a shop is taken while its store rests, or while ``at_once`` of its rows are at work.
    """
    if tx.dialect.name == "postgresql" and not _alone(tx):
        return None
    while True:
        row = next_row.choose(tx, outbox, at, shop_id, at_once)
        if row is None:
            return None
        lost = row.state == State.DOING.value
        if lost and row.failures + 1 >= ATTEMPTS and not row.sending:
            finish(tx, row.id, State.PARKED, at, error=f"Taken {row.attempts} times, and its taker never came back.")
            continue
        tx.execute(_TAKEN, {"of": row.id, "until": at + LEASE, "lost": int(lost)})
        rests.served(tx, row.shop_id, at)
        return as_due(row, at + LEASE, lost=lost)


def _alone(tx: Connection) -> bool:
    """Take one at a time: two who look at once would each see the lane without the other's row.

    False if somebody keeps taking for longer than a taking lasts; what is due is found again at the next ring.
    It is tried again and again, for some ms: to give up waiting for a lock is an error, and ends the transaction.
    """
    for _ in range(TRIES):
        if tx.execute(_ALONE).scalar_one():
            return True
        time.sleep(BETWEEN_TRIES)
    return False


def still_ours(tx: Connection, due: Due) -> None:
    """Lock a row that was taken, before writing about it. Raises Overtaken if it is no longer its taker's.

    Whoever stopped for longer than a lease wakes up late. Each taking ends at another moment, so that moment tells takers apart.
    """
    if tx.execute(_HELD, {"of": due.outbox_id, "until": due.until}).first() is None:
        raise Overtaken(f"The lease of row {due.outbox_id} ended, and it was taken or settled since.")


def freeze(tx: Connection, outbox_id: int, payload: dict[str, Any]) -> None:
    """Keep exactly what will be said, before it is said."""
    tx.execute(_OF_ONE, {"of": outbox_id, "payload": payload})


def sending(tx: Connection, outbox_id: int) -> None:
    """Record that from here on the effect may have happened."""
    tx.execute(_OF_ONE, {"of": outbox_id, "sending": 1})


def finish(
    tx: Connection, outbox_id: int, state: State, at: datetime, *, reply: str | None = None, error: str | None = None
) -> None:
    """Record how a row ended."""
    ended = {"state": state.value, "done_at": at, "reply": reply, "error": error, "sending": 0}
    tx.execute(_OF_ONE, {"of": outbox_id, **ended})


def retry(
    tx: Connection, due: Due, at: datetime, error: str, after: float | None = None, *, passing: bool = False
) -> State:
    """Give a row back after a failure; ``after`` is in seconds. Park it after ATTEMPTS refusals.

    ``passing``: it did not happen through no fault of the row (the store or the relay was away, or had no time). That uses
    no attempt up; such a row is parked when it has been failing for GIVE_UP_AFTER, so that somebody looks.
    """
    failures = due.failures + (not passing)
    since = due.failing_since or at
    if failures >= ATTEMPTS or at - since >= GIVE_UP_AFTER:
        tx.execute(update(outbox).where(outbox.c.id == due.outbox_id).values(failures=failures, failing_since=since))
        finish(tx, due.outbox_id, State.PARKED, at, error=error)
        return State.PARKED
    delay = timedelta(seconds=_pause((at - since).total_seconds(), failures, after, passing=passing))
    tx.execute(
        update(outbox)
        .where(outbox.c.id == due.outbox_id)
        .values(
            state=State.DUE.value,
            not_before=at + delay,
            error=error,
            sending=0,
            failures=failures,
            failing_since=since,
        )
    )
    return State.DUE


def _pause(lasted: float, failures: int, after: float | None, *, passing: bool) -> float:
    """A refusal waits twice as long as the last time; a passing trouble for as long as it has lasted.

    Who was told when to come back (``after``) does so, but not every second for an hour.
    """
    if not passing:
        return after if after is not None else min(LONGEST_PAUSE, 2.0**failures)
    if after is not None:
        return max(after, min(LONGEST_WHEN_TOLD, lasted))
    return min(LONGEST_PAUSE, max(FIRST_PAUSE, lasted))


def wait(tx: Connection, outbox_id: int, until: datetime) -> None:
    """Give a row back that is to wait for its turn: nothing failed."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id)
        .values(state=State.DUE.value, not_before=until, sending=0, error=None)
    )


def end_leases(tx: Connection, at: datetime) -> int:
    """Give back every row that somebody has in hand: they are known to be gone. Whether a letter had left is asked when it is taken."""
    return tx.execute(update(outbox).where(outbox.c.state == State.DOING.value).values(not_before=at)).rowcount


def next_due(tx: Connection) -> datetime | None:
    """When a row is next to be taken, as far as its own pause goes."""
    at: datetime | None = tx.execute(_NEXT_DUE).scalar_one()
    return at
