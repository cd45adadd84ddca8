"""Causes: why the store said something else than the books, as far as can be told, and what puts that right.

A comparison that only mends teaches nobody. What it knows beside a difference (was there a webhook, did it lie about, does an
effect of ours fail, did somebody act by hand) is the evidence; from that follow one likely cause and one repair. A repair never
goes against a hand: a policy that somebody set, a hold that staff released and a tag that somebody took off stay as they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# What changed in the store this short a time ago was not missed: its webhook is still on its way.
MOMENT = timedelta(minutes=1)


class Kind(StrEnum):
    """What a difference is about."""

    ORDER = "order"  # what is ordered and open: the claims of an order
    HOLD = "hold"
    TAG = "tag"
    METAFIELD = "metafield"
    LEVEL = "level"
    POLICY = "policy"
    TRANSFER = "transfer"


class Cause(StrEnum):
    """The likely cause of a difference."""

    NEVER_HEARD = "never heard"
    NOT_UNDERSTOOD_YET = "not understood yet"
    NOT_UNDERSTOOD = "not understood"
    NOT_LOOKED_AT_YET = "not looked at yet"
    JUST_NOW = "just now"
    WITH_ITS_ORDERS = "with its orders"
    BY_HAND = "by hand"
    RELEASED_BY_STAFF = "released by staff"
    TAKEN_OFF = "taken off"
    ON_ITS_WAY = "on its way"
    STOPPED = "stopped"
    OUTCOME_UNKNOWN = "outcome unknown"
    LOST_TOO_OFTEN = "lost too often"
    UNEXPLAINED = "unexplained"


class Repair(StrEnum):
    """What puts a difference right: what the comparison did, or what a person may do."""

    READ_AGAIN = "read again"
    ASKED_AGAIN = "asked again"
    BY_ITSELF = "by itself"
    LEFT = "left"
    REARM = "re-arm"
    TRY_AGAIN = "try again"
    DECIDE = "decide"


class Heard(StrEnum):
    """What the inbox knows of something since it was last read."""

    NOTHING = "nothing"
    WAITING = "waiting"
    FAILED = "failed"
    UNDERSTOOD = "understood"
    UNKNOWN = "unknown"  # nothing was found, and not all that came could be looked through


class Stage(StrEnum):
    """How an effect of ours stands that would make the store say what the books say."""

    NONE = "none"  # nobody has asked for it
    LATE = "late"
    PARKED = "parked"
    UNKNOWN = "unknown"


SENTENCES: Mapping[Cause, str] = {
    Cause.NEVER_HEARD: "The store changed it, and no webhook about it has come.",
    Cause.NOT_UNDERSTOOD_YET: "Its webhook has come and waits to be understood.",
    Cause.NOT_UNDERSTOOD: "Its webhook has come and could not be understood.",
    Cause.NOT_LOOKED_AT_YET: "It was announced, and nobody had looked at it yet.",
    Cause.JUST_NOW: "The store changed it a moment ago; its webhook is on its way.",
    Cause.WITH_ITS_ORDERS: "What can ship is the same: orders that are named here moved units between available and committed.",
    Cause.BY_HAND: "Somebody set it by hand, or another app did.",
    Cause.RELEASED_BY_STAFF: "Somebody released our hold in the store.",
    Cause.TAKEN_OFF: "Somebody changed it in the store, or another app did.",
    Cause.ON_ITS_WAY: "Our change was asked for and has not reached the store yet.",
    Cause.STOPPED: "Our change was tried too often and has stopped.",
    Cause.OUTCOME_UNKNOWN: "Our change may have happened; the store's answer was lost.",
    Cause.LOST_TOO_OFTEN: "Our hold was lost more than twice within a day, and is not set again by itself.",
    Cause.UNEXPLAINED: "Nothing that the app knows explains it.",
}

REPAIRS: Mapping[Repair, str] = {
    Repair.READ_AGAIN: "Read again and put right.",
    Repair.ASKED_AGAIN: "Asked for again; it goes out by itself.",
    Repair.BY_ITSELF: "Nothing to do: it goes on by itself.",
    Repair.LEFT: "Left as it is: the app does nothing against what somebody did by hand.",
    Repair.REARM: "Left as it is; the button Re-arm on the first page gives it back to the app.",
    Repair.TRY_AGAIN: "The button Try again on the first page; the app tries again by itself within six hours.",
    Repair.DECIDE: "Release or hold it in the store; the app follows.",
}


@dataclass(frozen=True)
class Explained:
    """The likely cause and the repair. ``detail``: what an error said about it, if one did."""

    cause: Cause
    repair: Repair
    detail: str | None = None

    @property
    def is_explained(self) -> bool:
        """Whether anything that the app knows explains it."""
        return self.cause is not Cause.UNEXPLAINED


@dataclass(frozen=True)
class Reading:
    """What is known beside a difference between two readings.

    ``changed_at``: when the store last changed it, by the store's clock, if that is known. ``by_hand``: somebody else set what
    we had set. ``with_orders``: what can ship is the same, and orders that differed explain the rest.
    """

    kind: Kind
    heard: Heard = Heard.NOTHING
    heard_error: str | None = None
    listed: bool = False
    listed_error: str | None = None
    changed_at: datetime | None = None
    by_hand: bool = False
    with_orders: bool = False


@dataclass(frozen=True)
class Standing:
    """What is known beside something that we want of the store and that it does not show.

    ``written``: our last write was confirmed, so that somebody must have changed it since. ``ours_alone``: nobody but the app
    can write it. ``given_up``: it was lost so often that a person must decide.
    """

    kind: Kind
    stage: Stage = Stage.NONE
    error: str | None = None
    written: bool = False
    ours_alone: bool = False
    given_up: bool = False


def of_reading(seen: Reading, now: datetime) -> Explained:
    """Why a reading found something else than the one before. ``now`` is business time, by which the store dates its changes."""
    if seen.by_hand:
        staff = seen.kind is Kind.HOLD
        return Explained(Cause.RELEASED_BY_STAFF if staff else Cause.BY_HAND, Repair.LEFT if staff else Repair.REARM)
    just_now = seen.changed_at is not None and seen.changed_at > now - MOMENT
    may_be = (
        (seen.with_orders, Cause.WITH_ITS_ORDERS, None),
        (seen.heard is Heard.WAITING, Cause.NOT_UNDERSTOOD_YET, seen.heard_error),
        (seen.heard is Heard.FAILED, Cause.NOT_UNDERSTOOD, seen.heard_error),
        (seen.listed, Cause.NOT_LOOKED_AT_YET, seen.listed_error),
        (just_now, Cause.JUST_NOW, None),
        (seen.heard is Heard.NOTHING, Cause.NEVER_HEARD, None),
    )
    found = next(((cause, said) for holds, cause, said in may_be if holds), (Cause.UNEXPLAINED, None))
    return Explained(found[0], Repair.READ_AGAIN, found[1])


def of_standing(wanted: Standing) -> Explained:
    """Why the store does not show what we want of it."""
    if wanted.stage is Stage.PARKED:
        return Explained(Cause.STOPPED, Repair.TRY_AGAIN, wanted.error)
    if wanted.stage is Stage.UNKNOWN:
        return Explained(Cause.OUTCOME_UNKNOWN, Repair.TRY_AGAIN, wanted.error)
    if wanted.stage is Stage.LATE:
        return Explained(Cause.ON_ITS_WAY, Repair.BY_ITSELF, wanted.error)
    if wanted.given_up:
        return Explained(Cause.LOST_TOO_OFTEN, Repair.DECIDE)
    if wanted.written:
        return Explained(Cause.TAKEN_OFF, Repair.ASKED_AGAIN if wanted.ours_alone else Repair.LEFT)
    return Explained(Cause.UNEXPLAINED, Repair.ASKED_AGAIN)
