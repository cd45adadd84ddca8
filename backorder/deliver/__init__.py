"""Deliver: take what is due from the outbox and make it true in the store or in a customer's mailbox.

Take, commit, call, record. No call is made inside a transaction; whoever dies in between leaves a lease that ends.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import outbox
from backorder.db.engine import Connection
from backorder.db.outbox import Due, Effect, State
from backorder.deliver.annotation import annotate
from backorder.deliver.holding import hold, release
from backorder.deliver.letters import write_letter
from backorder.deliver.offering import offer
from backorder.deliver.outcome import Outcome, later
from backorder.house import House
from backorder.store.errors import AccessLost, ChangedMeanwhile, MissingScope, StoreBusy, StoreRefused, TokenRefused

log = structlog.get_logger(__name__)

DELIVERERS: dict[Effect, Callable[[House, Due, datetime], Outcome]] = {
    Effect.HOLD: hold,
    Effect.RELEASE: release,
    Effect.ANNOTATE: annotate,
    Effect.OFFER: offer,
    Effect.MAIL: write_letter,
}
WITHOUT_ACCESS_SECONDS = 900.0


def deliver(house: House, shop_id: int | None, now: datetime) -> bool:
    """Take and deliver one row (of one shop, or of any). True if there was one."""
    with house.db.write() as tx:
        due = outbox.take(tx, transport_now(), shop_id)
    if due is None:
        return False
    with structlog.contextvars.bound_contextvars(shop_id=due.shop_id, outbox_id=due.outbox_id, effect=due.effect.value):
        outcome = _attempt(house, due, now)
        with house.db.write() as tx:
            state = _record(due, outcome, tx)
        log.info("delivered" if state is State.DONE else "not delivered", state=state.value, reason=outcome.error)
    house.bell.ring(Ring.OUTBOX)
    return True


def _attempt(house: House, due: Due, now: datetime) -> Outcome:
    """Deliver; what went wrong becomes an outcome that says who should act."""
    try:
        return DELIVERERS[due.effect](house, due, now)
    except MissingScope as missing:
        return Outcome(State.PARKED, error=str(missing))
    except TokenRefused as refused:
        return later(str(refused), 1.0)
    except StoreBusy as busy:
        return later(str(busy), busy.retry_after if not busy.outcome_unknown else None)
    except ChangedMeanwhile as changed:
        return Outcome(State.DUE, error=str(changed), retry_after=0.5)
    except AccessLost as lost:
        return later(str(lost), WITHOUT_ACCESS_SECONDS)
    except StoreRefused as refused:
        # The next attempt reads the store anew, so a refusal caused by what changed meanwhile heals by itself.
        return Outcome(State.DUE, error=str(refused))


def _record(due: Due, outcome: Outcome, tx: Connection) -> State:
    at = transport_now()
    if outcome.state is State.DUE:
        return outbox.retry(tx, due, at, outcome.error or "", outcome.retry_after, passing=outcome.passing)
    outbox.finish(tx, due.outbox_id, outcome.state, at, reply=outcome.reply, error=outcome.error)
    return outcome.state
