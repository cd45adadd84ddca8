"""The outbox: what must be told to the store or a customer, written with the change it tells of.

A row is *due*, is *doing* while somebody has it by lease, and ends *done* or *void*. *Unknown* means that the effect may
have happened and only a person may repeat it; *parked* means that it failed for good. Rows of one lane (a shop's order,
a shop's product) go in the order of their steps: hold, release, annotate, mail (domain §9).

Holds, releases, annotations and offers are *targets*: at most one of a kind is due in a lane, and what exactly it does is
decided when it is taken. Mail has a key of its own, so that one event is told once.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    and_,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    update,
)

from backorder.db.arrays import among, insert_rows
from backorder.db.columns import Instant, OwnId, Sentences, StoreId, metadata
from backorder.db.upsert import insert_or_ignore

# Longer than the slowest delivery: a letter is handed over within 52 s, a store call within 12 s.
LEASE = timedelta(seconds=120)
ATTEMPTS = 10
TAKING = 7_346_204  # the number of the lock under which rows are taken
TRIES, BETWEEN_TRIES = 20, 0.005


class Effect(StrEnum):
    """What a row does when it is delivered."""

    HOLD = "hold"
    RELEASE = "release"
    ANNOTATE = "annotate"
    OFFER = "offer"
    MAIL = "mail"


class State(StrEnum):
    DUE = "due"
    DOING = "doing"
    DONE = "done"
    VOID = "void"
    UNKNOWN = "unknown"
    PARKED = "parked"


# Hold before release before metafield and tag before mail. Holds of all shops go before everything else.
STEPS = {Effect.HOLD: 0, Effect.RELEASE: 1, Effect.ANNOTATE: 2, Effect.OFFER: 1, Effect.MAIL: 3}
OPEN_STATES = (State.DUE, State.DOING, State.UNKNOWN, State.PARKED)

outbox = Table(
    "outbox",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("lane", String(64), nullable=False),
    Column("step", Integer, nullable=False),
    Column("effect", String(16), nullable=False),
    Column("subject", StoreId, nullable=False),
    Column("key", String(200), nullable=False),
    Column("payload", JSON, nullable=False, default=dict),
    Column("state", String(16), nullable=False, default=State.DUE.value),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("sending", Integer, nullable=False, default=0),
    Column("error", Sentences),
    Column("reply", Sentences),
    Column("done_at", Instant),
    UniqueConstraint("shop_id", "key"),
    Index("ix_outbox_state_not_before", "state", "not_before"),
    Index("ix_outbox_shop_id_lane", "shop_id", "lane"),
)


@dataclass(frozen=True)
class Due:
    """A row taken out of the outbox, to be delivered by whoever took it."""

    outbox_id: int
    shop_id: int
    lane: str
    effect: Effect
    subject: int
    key: str
    payload: dict[str, Any]
    attempts: int
    created_at: datetime
    was_sending: bool


def order_lane(order_id: int) -> str:
    return f"order/{order_id}"


def product_lane(product_id: int) -> str:
    return f"product/{product_id}"


@dataclass(frozen=True)
class Target:
    """Something to be made true: an effect on a subject, in the subject's lane."""

    effect: Effect
    lane: str
    subject: int


@dataclass(frozen=True)
class Letter:
    """A mail that is owed, under the key that names its event."""

    lane: str
    subject: int
    key: str
    payload: dict[str, Any]


def want(tx: Connection, shop_id: int, effect: Effect, lane: str, subject: int, at: datetime) -> None:
    """Ask for a target to be made true. While one is due in the lane, asking again changes nothing."""
    want_all(tx, shop_id, [Target(effect, lane, subject)], at)


def want_all(tx: Connection, shop_id: int, targets: Iterable[Target], at: datetime) -> None:
    """Ask for targets to be made true. Where one of its kind is due in a lane, asking again changes nothing."""
    wanted = {(target.effect.value, target.lane): target for target in targets}
    if not wanted:
        return
    here = (
        outbox.c.shop_id == shop_id,
        among(outbox.c.lane, (lane for _, lane in wanted)),
        among(outbox.c.effect, (effect for effect, _ in wanted)),
    )
    # Locked until our change commits: whoever takes it then decides on the books with our change in them.
    due = tx.execute(
        select(outbox.c.effect, outbox.c.lane)
        .where(*here, outbox.c.state == State.DUE.value)
        .order_by(outbox.c.id)
        .with_for_update()
    )
    already = {(effect, lane) for effect, lane in due}
    fresh = sorted(wanted.keys() - already)
    if not fresh:
        return
    before = {
        (effect, lane): number
        for effect, lane, number in tx.execute(
            select(outbox.c.effect, outbox.c.lane, func.count()).where(*here).group_by(outbox.c.effect, outbox.c.lane)
        )
    }
    rows = [
        (
            effect,
            lane,
            STEPS[wanted[effect, lane].effect],
            wanted[effect, lane].subject,
            f"{effect}:{lane}:{before.get((effect, lane), 0) + 1}",
        )
        for effect, lane in fresh
    ]
    same = _fresh(shop_id, at, timedelta(0)) | {"payload": {}}
    insert_rows(tx, outbox, same, ("effect", "lane", "step", "subject", "key"), rows, "ignore")


def owe(tx: Connection, shop_id: int, letters: Iterable[Letter], at: datetime, *, delay: timedelta) -> None:
    """Owe these mails, not to be taken before ``delay`` has passed. One whose key was used before is told already."""
    same = _fresh(shop_id, at, delay) | {"effect": Effect.MAIL.value, "step": STEPS[Effect.MAIL]}
    rows = [(letter.lane, letter.subject, letter.key, letter.payload) for letter in letters]
    insert_rows(tx, outbox, same, ("lane", "subject", "key", "payload"), rows, "ignore")


def _fresh(shop_id: int, at: datetime, delay: timedelta) -> dict[str, Any]:
    """What every row is when it is written."""
    return {
        "shop_id": shop_id,
        "state": State.DUE.value,
        "created_at": at,
        "not_before": at + delay,
        "attempts": 0,
        "sending": 0,
    }


def put(
    tx: Connection,
    shop_id: int,
    effect: Effect,
    lane: str,
    subject: int,
    key: str,
    at: datetime,
    payload: dict[str, Any] | None = None,
    *,
    delay: timedelta = timedelta(0),
) -> bool:
    """Write a row, not to be taken before ``delay`` has passed. False if its key was used before: the event was told."""
    return insert_or_ignore(
        tx,
        outbox,
        {
            **_fresh(shop_id, at, delay),
            "lane": lane,
            "step": STEPS[effect],
            "effect": effect.value,
            "subject": subject,
            "key": key,
            "payload": payload or {},
        },
    )


def take(tx: Connection, at: datetime, shop_id: int | None = None) -> Due | None:
    """Take the next row that may go: the head of its lane, holds before all else, for a lease.

    A row whose taker died comes back when its lease ends. Parked and unknown rows stop the later steps of their lane.
    """
    if tx.dialect.name == "postgresql" and not _alone(tx):
        return None
    ahead = outbox.alias("ahead")
    blocked = exists().where(
        ahead.c.shop_id == outbox.c.shop_id,
        ahead.c.lane == outbox.c.lane,
        ahead.c.id != outbox.c.id,
        or_(
            ahead.c.state == State.DOING.value,
            and_(
                ahead.c.state == State.DUE.value,
                or_(ahead.c.step < outbox.c.step, and_(ahead.c.step == outbox.c.step, ahead.c.id < outbox.c.id)),
            ),
            and_(
                ahead.c.state.in_([State.PARKED.value, State.UNKNOWN.value]),
                ahead.c.step < outbox.c.step,
            ),
        ),
    )
    wanted = (
        select(outbox)
        .where(
            outbox.c.state.in_([State.DUE.value, State.DOING.value]),
            outbox.c.not_before <= at,
            ~blocked,
        )
        .order_by(case((outbox.c.step == 0, 0), else_=1), outbox.c.not_before, outbox.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if shop_id is not None:
        wanted = wanted.where(outbox.c.shop_id == shop_id)
    row = tx.execute(wanted).one_or_none()
    if row is None:
        return None
    tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id)
        .values(state=State.DOING.value, not_before=at + LEASE, attempts=outbox.c.attempts + 1)
    )
    return _due(row)


def _alone(tx: Connection) -> bool:
    """Take one at a time: two who look at once would each see the lane without the other's row.

    False if somebody keeps taking for longer than a taking lasts; what is due is found again at the next ring.
    """
    for _ in range(TRIES):
        if tx.execute(select(func.pg_try_advisory_xact_lock(TAKING))).scalar_one():
            return True
        time.sleep(BETWEEN_TRIES)
    return False


def freeze(tx: Connection, outbox_id: int, payload: dict[str, Any]) -> None:
    """Keep exactly what will be said, before it is said."""
    tx.execute(update(outbox).where(outbox.c.id == outbox_id).values(payload=payload))


def sending(tx: Connection, outbox_id: int) -> None:
    """Record that from here on the effect may have happened."""
    tx.execute(update(outbox).where(outbox.c.id == outbox_id).values(sending=1))


def finish(
    tx: Connection, outbox_id: int, state: State, at: datetime, *, reply: str | None = None, error: str | None = None
) -> None:
    """Record how a row ended."""
    tx.execute(
        update(outbox)
        .where(outbox.c.id == outbox_id)
        .values(state=state.value, done_at=at, reply=reply, error=error, sending=0)
    )


def retry(tx: Connection, due: Due, at: datetime, error: str, after: float | None = None) -> State:
    """Give a row back after a passing failure; park it after ATTEMPTS. ``after`` is in seconds."""
    if due.attempts >= ATTEMPTS:
        finish(tx, due.outbox_id, State.PARKED, at, error=error)
        return State.PARKED
    delay = timedelta(seconds=after if after is not None else min(900.0, 2.0**due.attempts))
    tx.execute(
        update(outbox)
        .where(outbox.c.id == due.outbox_id)
        .values(state=State.DUE.value, not_before=at + delay, error=error, sending=0)
    )
    return State.DUE


def again(tx: Connection, shop_id: int, outbox_id: int, at: datetime) -> bool:
    """A person says: try this parked or unknown row once more."""
    changed = tx.execute(
        update(outbox)
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.id == outbox_id,
            outbox.c.state.in_([State.PARKED.value, State.UNKNOWN.value]),
        )
        .values(state=State.DUE.value, not_before=at, attempts=0, sending=0, error=None)
    )
    return changed.rowcount == 1


def retry_parked_targets(tx: Connection, shop_id: int, at: datetime) -> int:
    """Give parked targets another chance: what they are to make true is read anew, so this repeats nothing. Never mail."""
    return tx.execute(
        update(outbox)
        .where(outbox.c.shop_id == shop_id, outbox.c.state == State.PARKED.value, outbox.c.effect != Effect.MAIL.value)
        .values(state=State.DUE.value, not_before=at, attempts=0)
    ).rowcount


def open_mails(tx: Connection, shop_id: int, lane: str) -> tuple[Due, ...]:
    """Mails of a lane that have not left yet, oldest first."""
    rows = tx.execute(
        select(outbox)
        .where(
            outbox.c.shop_id == shop_id,
            outbox.c.lane == lane,
            outbox.c.effect == Effect.MAIL.value,
            outbox.c.state.in_([State.DUE.value, State.DOING.value]),
        )
        .order_by(outbox.c.id)
    )
    return tuple(_due(row) for row in rows)


def released_by_us(tx: Connection, shop_id: int, lane: str) -> frozenset[int]:
    """Ids of holds that release rows of this lane have released or are releasing."""
    rows = tx.scalars(
        select(outbox.c.payload).where(
            outbox.c.shop_id == shop_id, outbox.c.lane == lane, outbox.c.effect == Effect.RELEASE.value
        )
    )
    return frozenset(
        hold_id
        for payload in rows
        for released in payload.get("releases", {}).values()
        for hold_id in released["holds"]
    )


def payload(tx: Connection, shop_id: int, outbox_id: int) -> dict[str, Any]:
    """What a row carries now."""
    found = select(outbox.c.payload).where(outbox.c.shop_id == shop_id, outbox.c.id == outbox_id)
    return dict(tx.execute(found).scalar_one())


def drop_shop(tx: Connection, shop_id: int, at: datetime, why: str) -> int:
    """Void everything that a shop still had to be told."""
    return tx.execute(
        update(outbox)
        .where(outbox.c.shop_id == shop_id, outbox.c.state.in_([s.value for s in OPEN_STATES]))
        .values(state=State.VOID.value, done_at=at, error=why)
    ).rowcount


def next_due(tx: Connection) -> datetime | None:
    """When a row is next to be taken, as far as its own pause goes."""
    open_rows = outbox.c.state.in_([State.DUE.value, State.DOING.value])
    at: datetime | None = tx.execute(select(func.min(outbox.c.not_before)).where(open_rows)).scalar_one()
    return at


def counts(tx: Connection, shop_id: int | None = None) -> dict[str, int]:
    """Rows by state."""
    asked = select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state)
    if shop_id is not None:
        asked = asked.where(outbox.c.shop_id == shop_id)
    return {row.state: row.n for row in tx.execute(asked)}


def troubled(tx: Connection, shop_id: int, limit: int = 50) -> tuple[Row[Any], ...]:
    """Parked and unknown rows, newest first, for a person to look at."""
    return tuple(
        tx.execute(
            select(outbox)
            .where(outbox.c.shop_id == shop_id, outbox.c.state.in_([State.PARKED.value, State.UNKNOWN.value]))
            .order_by(outbox.c.id.desc())
            .limit(limit)
        )
    )


def forget_shop(tx: Connection, shop_id: int) -> None:
    tx.execute(delete(outbox).where(outbox.c.shop_id == shop_id))


def _due(row: Row[Any]) -> Due:
    return Due(
        outbox_id=row.id,
        shop_id=row.shop_id,
        lane=row.lane,
        effect=Effect(row.effect),
        subject=row.subject,
        key=row.key,
        payload=dict(row.payload),
        attempts=row.attempts + 1,
        created_at=row.created_at,
        was_sending=bool(row.sending),
    )
