"""Mail in the outbox: what is owed to whom, under the key that names its event, and what is known of its arrival."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import SHOP
from backorder.db.outbox import STEPS, Due, Effect, State, as_due, new_row, outbox


@dataclass(frozen=True)
class Letter:
    """A mail that is owed, under the key that names its event."""

    lane: str
    subject: int
    key: str
    payload: dict[str, Any]


def owe(tx: Connection, shop_id: int, letters: Iterable[Letter], at: datetime, *, delay: timedelta) -> None:
    """Owe these mails, not to be taken before ``delay`` has passed. One whose key was used before is told already."""
    same = new_row(at, delay) | {"shop_id": shop_id, "effect": Effect.MAIL.value, "step": STEPS[Effect.MAIL]}
    rows = [(letter.lane, letter.subject, letter.key, letter.payload) for letter in letters]
    insert_rows(tx, outbox, same, ("lane", "subject", "key", "payload"), rows, "ignore")


def owed(tx: Connection, shop_id: int, keys: Iterable[str]) -> dict[str, int]:
    """Which of these mails are owed or were sent: the order of each, by key."""
    rows = tx.execute(
        select(outbox.c.key, outbox.c.subject).where(
            outbox.c.shop_id == shop_id, outbox.c.effect == Effect.MAIL.value, among(outbox.c.key, keys)
        )
    )
    return dict(rows.all())


def states_of(tx: Connection, shop_id: int, keys: Iterable[str]) -> dict[str, str]:
    """The state of the rows of these keys, by key."""
    rows = tx.execute(
        select(outbox.c.key, outbox.c.state).where(outbox.c.shop_id == shop_id, among(outbox.c.key, keys))
    )
    return dict(rows.all())


_OPEN_MAILS = (
    select(outbox)
    .where(
        outbox.c.shop_id == SHOP,
        outbox.c.lane == bindparam("of"),
        outbox.c.effect == Effect.MAIL.value,
        outbox.c.state.in_([State.DUE.value, State.DOING.value]),
    )
    .order_by(outbox.c.id)
)


def open_in(tx: Connection, shop_id: int, lane: str) -> tuple[Due, ...]:
    """Mails of a lane that have not left yet, oldest first."""
    rows = tx.execute(_OPEN_MAILS, {"shop": shop_id, "of": lane})
    return tuple(as_due(row, row.not_before) for row in rows)


def perhaps_told(tx: Connection, shop_id: int, lane: str) -> frozenset[int]:
    """Order lines that a letter of this lane spoke of which may have arrived: nobody knows."""
    payloads = tx.scalars(
        select(outbox.c.payload).where(
            outbox.c.shop_id == shop_id,
            outbox.c.lane == lane,
            outbox.c.effect == Effect.MAIL.value,
            outbox.c.state == State.UNKNOWN.value,
        )
    )
    return frozenset(line_id for payload in payloads for line_id, _ in payload.get("versions", ()))


PUT_BY = "The app has left the shop; the letter is looked at again when it is back."


def put_by(tx: Connection, shop_id: int, at: datetime) -> int:
    """Void the letters that are due and have not begun to leave, so that they can be taken up again; how many."""
    waiting = (outbox.c.state == State.DUE.value, outbox.c.effect == Effect.MAIL.value, outbox.c.sending == 0)
    return tx.execute(
        update(outbox)
        .where(outbox.c.shop_id == shop_id, *waiting)
        .values(state=State.VOID.value, done_at=at, error=PUT_BY)
    ).rowcount


def take_up(tx: Connection, shop_id: int, at: datetime) -> int:
    """Let the letters that were put by be due again at ``at``; what is true no more is not said then. How many."""
    were_put_by = (outbox.c.state == State.VOID.value, outbox.c.effect == Effect.MAIL.value, outbox.c.error == PUT_BY)
    return tx.execute(
        update(outbox)
        .where(outbox.c.shop_id == shop_id, *were_put_by)
        .values(state=State.DUE.value, not_before=at, done_at=None, error=None, failures=0, failing_since=None)
    ).rowcount
