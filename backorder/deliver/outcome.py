"""How an attempt to deliver a row ended."""

from dataclasses import dataclass

from backorder.db.outbox import State


@dataclass(frozen=True)
class Outcome:
    """``state`` DUE asks for another attempt, after ``retry_after`` seconds or the usual pause.

    ``recorded``: the row says so already, written in one transaction with what the effect changed.
    ``passing``: what failed was not refused; store, relay or books had no time for it. No attempt is used up.
    """

    state: State
    reply: str | None = None
    error: str | None = None
    retry_after: float | None = None
    passing: bool = False
    recorded: bool = False


def done(reply: str | None = None) -> Outcome:
    return Outcome(State.DONE, reply=reply)


def void(why: str) -> Outcome:
    """There is nothing to do any more."""
    return Outcome(State.VOID, error=why)


def later(why: str, retry_after: float | None = None) -> Outcome:
    """It could not be done now, through no fault of its own."""
    return Outcome(State.DUE, error=why, retry_after=retry_after, passing=True)
