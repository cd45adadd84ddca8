"""The outbox: what must be told to the store or a customer, written with the change it tells of.

A row is *due*, is *doing* while somebody has it by lease, and ends *done* or *void*. *Unknown* means that the effect may
have happened and only a person may repeat it; *parked* means that it failed for good. Rows of one lane (a shop's order,
a shop's product) go in the order of their steps: hold, release, annotate, mail (domain §9). What stops selling goes ahead of all.

Holds, releases, annotations and offers are *targets*: at most one of a kind is due in a lane, and what exactly it does is
decided when it is taken. Mail has a key, which names its event, so that it is told once.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    bindparam,
    cast,
    func,
    literal_column,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from backorder.db.arrays import Many, among, insert_columns
from backorder.db.columns import SHOP, Instant, OwnId, Sentences, StoreId, metadata
from backorder.db.next_row import STOP
from backorder.db.upsert import insert_or_ignore


class Effect(StrEnum):
    """What a row does when it is delivered."""

    MOVE = "move"
    HOLD = "hold"
    RELEASE = "release"
    FULFIL = "fulfil"
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


# Move and hold before release before metafield and tag before mail. Holds of all shops go before everything else.
STEPS = {
    Effect.MOVE: 0,
    Effect.HOLD: 0,
    Effect.RELEASE: 1,
    Effect.FULFIL: 1,
    Effect.ANNOTATE: 2,
    Effect.OFFER: 1,
    Effect.MAIL: 3,
}
OPEN_STATES = (State.DUE, State.DOING, State.UNKNOWN, State.PARKED)

NAMED = text("key IS NOT NULL")

outbox = Table(
    "outbox",
    metadata,
    Column("id", OwnId, primary_key=True, autoincrement=True),
    Column("shop_id", StoreId, nullable=False),
    Column("lane", String(64), nullable=False),
    Column("step", Integer, nullable=False),
    Column("effect", String(16), nullable=False),
    Column("subject", StoreId, nullable=False),
    # Names the event that a mail tells of; of targets none is another's double, so they have none.
    Column("key", String(200)),
    Column("payload", JSON, nullable=False, default=dict),
    Column("state", String(16), nullable=False, default=State.DUE.value),
    Column("created_at", Instant, nullable=False),
    Column("not_before", Instant, nullable=False),
    # Counts takings, and never anew: it tells one taker from the next.
    Column("attempts", Integer, nullable=False, default=0),
    # Counts refusals, and takers that died, since somebody last said "try again".
    Column("failures", Integer, nullable=False, default=0, server_default="0"),
    Column("failing_since", Instant),
    Column("sending", Integer, nullable=False, default=0),
    Column("error", Sentences),
    Column("reply", Sentences),
    Column("done_at", Instant),
    Index("uq_outbox_shop_id_key", "shop_id", "key", unique=True, sqlite_where=NAMED, postgresql_where=NAMED),
    Index("ix_outbox_state_shop_id_step_not_before", "state", "shop_id", "step", "not_before"),
    Index("ix_outbox_shop_id_lane_state", "shop_id", "lane", "state"),
)


@cache
def _due_in_lanes(dialect: str) -> Select[Any]:
    """What is due in these lanes, locked.

    PostgreSQL looks each lane up. Joined with the list of them, a planner that has not heard of the rows that were just written would
    go through the list for each; and it would go through all that is due in a state for each lane, did it know the state as a key.
    """
    due = select(outbox.c.effect, outbox.c.lane).where(outbox.c.shop_id == SHOP, among(outbox.c.effect, "effects"))
    if dialect == "sqlite":
        return due.where(outbox.c.state == State.DUE.value, among(outbox.c.lane, "lanes"))
    due = due.where(outbox.c.state.concat(literal_column("''")) == State.DUE.value)
    lanes = cast(bindparam("lanes", type_=Many(String())), ARRAY(String))
    asked = func.unnest(lanes).table_valued("lane").render_derived("asked")
    of_lane = due.where(outbox.c.lane == asked.c.lane).correlate(asked).with_for_update().lateral("due")
    return select(of_lane.c.effect, of_lane.c.lane).select_from(asked.join(of_lane, true()))


# Of more lanes than these it is asked first which of them have anything at all.
FEW = 500
_SOME_LANES_OF_THE_DUE = (
    select(outbox.c.lane)
    .where(outbox.c.state == State.DUE.value, outbox.c.shop_id == SHOP)
    .limit(bindparam("most", type_=Integer()))
)


@dataclass(frozen=True)
class Due:
    """A row taken out of the outbox, to be delivered by whoever took it. ``until`` is when the lease ends, and its token.

    ``key`` is empty for a target.
    """

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
    until: datetime
    failures: int = 0
    failing_since: datetime | None = None


def supplier_lane(letter_id: int) -> str:
    return f"supplier/{letter_id}"


def order_lane(order_id: int) -> str:
    return f"order/{order_id}"


def product_lane(product_id: int) -> str:
    return f"product/{product_id}"


class Target(NamedTuple):
    """Something to be made true: an effect on a subject, in the subject's lane. ``stops`` selling: it goes ahead of all else."""

    effect: Effect
    lane: str
    subject: int
    stops: bool = False


def want(tx: Connection, shop_id: int, effect: Effect, lane: str, subject: int, at: datetime) -> None:
    """Ask for a target to be made true. While one is due in the lane, asking again changes nothing."""
    want_all(tx, shop_id, [Target(effect, lane, subject)], at)


def want_all(
    tx: Connection, shop_id: int, targets: Iterable[Target], at: datetime, *, busy: AbstractSet[str] | None = None
) -> None:
    """Ask for targets to be made true. Where one of its kind is due in a lane, asking again changes nothing.

    ``busy`` lanes are known to be the only ones in which anything is due (``busy_lanes``). What somebody else has asked for since is then
    asked for twice, which does nothing twice.
    """
    asked_for = tuple(targets)
    if not asked_for:
        return
    wanted = {target[:2]: target for target in asked_for}
    wanted |= {target[:2]: target for target in asked_for if target.stops}  # what stops goes before what does not
    asked = {"shop": shop_id, "lanes": _busy(tx, shop_id, wanted, busy), "effects": {effect for effect, _ in wanted}}
    # Locked until our change commits: whoever takes it then decides on the books with our change in them.
    due = set()
    if asked["lanes"]:
        due = {(effect, lane) for effect, lane in tx.execute(_due_in_lanes(tx.dialect.name), asked).all()}
    fresh = [target for key, target in wanted.items() if key not in due] if due else wanted.values()
    same = new_row(at, timedelta(0)) | {"shop_id": shop_id, "payload": {}}
    for (effect, stops), of_kind in groupby(sorted(fresh, key=_kind), key=_kind):
        _, lanes, subjects, _ = zip(*of_kind, strict=True)
        step = STOP if stops else STEPS[effect]
        insert_columns(tx, outbox, same | {"effect": effect, "step": step}, {"lane": lanes, "subject": subjects})
    late = [target.lane for key, target in wanted.items() if target.stops and key in due]
    if late:
        of_lanes = (outbox.c.shop_id == shop_id, among(outbox.c.lane, late), outbox.c.state == State.DUE.value)
        tx.execute(update(outbox).where(*of_lanes, outbox.c.effect == Effect.OFFER.value).values(step=STOP))


_kind = attrgetter("effect", "stops")


def busy_lanes(tx: Connection, shop_id: int) -> AbstractSet[str] | None:
    """The lanes in which anything is due; None: there are many."""
    some = tx.scalars(_SOME_LANES_OF_THE_DUE, {"shop": shop_id, "most": FEW + 1}).all()
    return None if len(some) > FEW else frozenset(some)


def _busy(
    tx: Connection, shop_id: int, wanted: Iterable[tuple[Effect, str]], known: AbstractSet[str] | None
) -> list[str]:
    """The lanes of these targets in which something may be due: all of them, or few where little is due in all."""
    lanes = {lane for _, lane in wanted}
    if known is None and len(lanes) > FEW:
        known = busy_lanes(tx, shop_id)
    return sorted(lanes if known is None else lanes & known)  # who locks them does it in one order


def new_row(at: datetime, delay: timedelta) -> dict[str, Any]:
    """What every row is when it is written, whoever's it is; not to be taken before ``delay`` has passed."""
    return {
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
            **new_row(at, delay),
            "shop_id": shop_id,
            "lane": lane,
            "step": STEPS[effect],
            "effect": effect.value,
            "subject": subject,
            "key": key,
            "payload": payload or {},
        },
    )


class Open(NamedTuple):
    """A target that is not done with: an effect on a subject, how it stands, and since when it could have been done or fails."""

    effect: Effect
    subject: int
    state: State
    error: str | None
    since: datetime
    failing_since: datetime | None


def open_targets(tx: Connection, shop_id: int, lanes: Iterable[str]) -> tuple[Open, ...]:
    """The targets of these lanes that are not done with, in the order in which they will go. Letters are none."""
    rows = tx.execute(
        select(outbox)
        .where(
            outbox.c.shop_id == shop_id,
            among(outbox.c.lane, lanes),
            outbox.c.state.in_([state.value for state in OPEN_STATES]),
            outbox.c.effect != Effect.MAIL.value,
        )
        .order_by(outbox.c.lane, outbox.c.step, outbox.c.id)
    )
    return tuple(
        Open(
            Effect(row.effect),
            row.subject,
            State(row.state),
            row.error,
            max(row.created_at, row.not_before),
            row.failing_since,
        )
        for row in rows
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


def counts(tx: Connection, shop_id: int | None = None) -> dict[str, int]:
    """Rows by state."""
    asked = select(outbox.c.state, func.count().label("n")).group_by(outbox.c.state)
    if shop_id is not None:
        asked = asked.where(outbox.c.shop_id == shop_id)
    return {row.state: row.n for row in tx.execute(asked)}


def newest(tx: Connection) -> int:
    """The number of the row that was written last, of any shop; 0 if there is none."""
    return int(tx.execute(select(func.coalesce(func.max(outbox.c.id), 0))).scalar_one())


def newer(tx: Connection, than: int) -> dict[str, int]:
    """Rows written after this one, counted by effect."""
    asked = select(outbox.c.effect, func.count().label("n")).where(outbox.c.id > than).group_by(outbox.c.effect)
    return {row.effect: row.n for row in tx.execute(asked)}


def as_due(row: Row[Any], until: datetime, *, lost: bool = False) -> Due:
    """A row as whoever takes it until then knows it; ``lost``: the one before never came back."""
    return Due(
        outbox_id=row.id,
        shop_id=row.shop_id,
        lane=row.lane,
        effect=Effect(row.effect),
        subject=row.subject,
        key=row.key or "",
        payload=dict(row.payload),
        attempts=row.attempts + 1,
        created_at=row.created_at,
        was_sending=bool(row.sending),
        failures=row.failures + int(lost),
        failing_since=row.failing_since,
        until=until,
    )
