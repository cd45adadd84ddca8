"""Which kept deliveries are to be understood again. What is asked for is a choice; what has no body any more cannot be."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from backorder.db.inbox import Verdict, inbox


@dataclass(frozen=True)
class Choice:
    """Deliveries by number, by shop, by topic, received since a moment; what is None or empty does not narrow it."""

    ids: tuple[int, ...] = ()
    shop_domain: str | None = None
    topic: str | None = None
    since: datetime | None = None


def bodiless(tx: Connection, choice: Choice) -> int:
    """How many of the chosen have no body any more: 7 days after they were understood, or a customer was erased."""
    forgotten = select(func.count()).select_from(inbox).where(*_chosen(choice), inbox.c.body_sealed.is_(None))
    return tx.execute(forgotten).scalar_one()


def again(tx: Connection, choice: Choice, at: datetime) -> tuple[int, ...]:
    """Let the chosen be understood again, in the order in which they came; their numbers. What waits already is left."""
    which = (*_chosen(choice), inbox.c.body_sealed.is_not(None))
    ids = tuple(tx.scalars(select(inbox.c.id).where(*which).order_by(inbox.c.id)))
    fresh = {"verdict": Verdict.WAITING.value, "processed_at": None, "not_before": at, "attempts": 0, "error": None}
    tx.execute(update(inbox).where(*which, inbox.c.verdict != Verdict.WAITING.value).values(fresh))
    return ids


def waiting(tx: Connection, ids: tuple[int, ...], at: datetime) -> int:
    """How many of these wait to be understood now."""
    first, last = min(ids), max(ids)
    due = (inbox.c.verdict == Verdict.WAITING.value, inbox.c.not_before <= at)
    return tx.execute(select(func.count()).select_from(inbox).where(inbox.c.id.between(first, last), *due)).scalar_one()


def _chosen(choice: Choice) -> tuple[ColumnElement[bool], ...]:
    wanted: list[ColumnElement[bool]] = []
    if choice.ids:
        wanted.append(inbox.c.id.in_(choice.ids))
    if choice.shop_domain is not None:
        wanted.append(inbox.c.shop_domain == choice.shop_domain)
    if choice.topic is not None:
        wanted.append(inbox.c.topic == choice.topic)
    if choice.since is not None:
        wanted.append(inbox.c.received_at >= choice.since)
    return tuple(wanted)
