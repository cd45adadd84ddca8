"""Replay: let kept deliveries be understood again. A webhook is a bell, so ringing it twice changes nothing."""

from dataclasses import dataclass

import structlog

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import outbox, replays
from backorder.db.engine import Connection
from backorder.db.replays import Choice
from backorder.house import House

__all__ = ["Choice", "Replayed", "effects_since", "last_effect", "replay", "still_waiting"]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Replayed:
    """``ids`` will be understood again; ``forgotten`` of the chosen have no body any more."""

    ids: tuple[int, ...]
    forgotten: int


def replay(house: House, choice: Choice) -> Replayed:
    """Let the chosen deliveries be understood again, all in one transaction."""

    def work(tx: Connection) -> Replayed:
        return Replayed(replays.again(tx, choice, transport_now()), replays.bodiless(tx, choice))

    done = house.db.run(work)
    log.info("replayed", deliveries=len(done.ids), forgotten=done.forgotten)
    house.bell.ring(Ring.INBOX)
    return done


def still_waiting(house: House, replayed: Replayed) -> bool:
    """Whether one of them is yet to be understood."""
    with house.db.read() as tx:
        return bool(replayed.ids) and replays.waiting(tx, replayed.ids, transport_now()) > 0


def last_effect(house: House) -> int:
    """The number of the newest row of the outbox: what is written after it is new."""
    with house.db.read() as tx:
        return outbox.newest(tx)


def effects_since(house: House, last: int) -> dict[str, int]:
    """Effects that were asked for since then, counted by what they do."""
    with house.db.read() as tx:
        return outbox.newer(tx, last)
