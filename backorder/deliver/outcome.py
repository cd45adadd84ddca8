"""How an attempt to deliver a row ended."""

from dataclasses import dataclass

from backorder.db.outbox import State


@dataclass(frozen=True)
class Outcome:
    """``state`` DUE asks for another attempt, after ``retry_after`` seconds or the usual pause."""

    state: State
    reply: str | None = None
    error: str | None = None
    retry_after: float | None = None


def done(reply: str | None = None) -> Outcome:
    return Outcome(State.DONE, reply=reply)


def void(why: str) -> Outcome:
    """There is nothing to do any more."""
    return Outcome(State.VOID, error=why)
