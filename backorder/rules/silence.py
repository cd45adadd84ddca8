"""Silence: a store that sends nothing for much longer than it ever did may have lost its webhooks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backorder.rules.alarm import Alarm, AlarmKind, lasting

# How many days on which the store sent something are remembered: a quiet shop's reach further back.
DAYS_KEPT = 7
SHORTEST = timedelta(hours=6)
NEW_SHOP = timedelta(days=7)
PATIENCE_WITH_A_NEW_SHOP = timedelta(hours=24)
TIMES_USUAL = 3


@dataclass(frozen=True)
class HeardDay:
    """A day (UTC) on which the store sent something: how much, and the longest gap that ended on it."""

    day: date
    longest_gap: timedelta
    deliveries: int


@dataclass(frozen=True)
class Heard:
    """When a store was last heard of, and the last days on which it was, oldest first."""

    last_at: datetime | None = None
    days: tuple[HeardDay, ...] = ()


def heard_again(heard: Heard, at: datetime) -> Heard:
    """What is known after another delivery. One that comes from before the last is counted and changes no gap."""
    gap = at - heard.last_at if heard.last_at is not None and at > heard.last_at else timedelta(0)
    day = at.date()
    known = next((each for each in heard.days if each.day == day), HeardDay(day, timedelta(0), 0))
    now = HeardDay(day, max(known.longest_gap, gap), known.deliveries + 1)
    days = sorted((*(each for each in heard.days if each.day != day), now), key=lambda each: each.day)
    return Heard(max(at, heard.last_at or at), tuple(days[-DAYS_KEPT:]))


def patience(heard: Heard, since: datetime, now: datetime) -> timedelta:
    """How long this store may be silent before it is worth a word: three times its longest usual gap, six hours at least.

    A shop that came (``since``) less than a week ago is not known yet: 24 hours at least.
    """
    usual = max((each.longest_gap for each in heard.days), default=timedelta(0))
    least = PATIENCE_WITH_A_NEW_SHOP if now - since < NEW_SHOP or not heard.days else SHORTEST
    return max(least, TIMES_USUAL * usual)


def alarm(heard: Heard, since: datetime, now: datetime, *, waiting: bool) -> Alarm | None:
    """Whether the store is silent for too long. ``waiting``: deliveries of it wait to be understood, so it is not silent."""
    last = max(heard.last_at or since, since)
    if waiting or now - last <= patience(heard, since, now):
        return None
    return Alarm(
        AlarmKind.SILENCE,
        f"The store has sent nothing for {lasting(now - last)}, longer than is usual for it.",
        "Compare the books with the store: what it did not send is found that way. If it finds something, the store's "
        "webhooks do not reach the app: whoever runs the app should look at the subscriptions and at the address.",
    )
