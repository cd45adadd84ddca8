"""Deliver: take what is due from the outbox and make it true in the store or in a customer's mailbox.

Take, commit, call, record. No call is made inside a transaction; whoever dies in between leaves a lease that ends.
"""

from collections.abc import Callable
from datetime import datetime

import structlog

from backorder.clock import transport_now
from backorder.db import shops, taking
from backorder.db.engine import Connection, DatabaseBusy
from backorder.db.outbox import Due, Effect, State
from backorder.db.taking import Overtaken
from backorder.deliver.annotation import annotate
from backorder.deliver.fulfilling import fulfil
from backorder.deliver.giving_back import let_go, look_for_holds, put_by, return_policies, take_off
from backorder.deliver.holding import hold, release
from backorder.deliver.letters import write_letter
from backorder.deliver.moving import move
from backorder.deliver.offering import offer
from backorder.deliver.outcome import Outcome, later
from backorder.deliver.supplier_letters import write_to_supplier
from backorder.failpoint import reached
from backorder.house import House
from backorder.store.errors import AccessLost, ChangedMeanwhile, MissingScope, StoreBusy, StoreError, TokenRefused

log = structlog.get_logger(__name__)


def _mail(house: House, due: Due, now: datetime) -> Outcome:
    """A letter to a customer, or to a supplier."""
    return write_to_supplier(house, due) if due.payload.get("about") == "supplier" else write_letter(house, due, now)


Deliverer = Callable[[House, Due, datetime], Outcome]
DELIVERERS: dict[Effect, Deliverer] = {
    Effect.MOVE: move,
    Effect.HOLD: hold,
    Effect.RELEASE: release,
    Effect.FULFIL: fulfil,
    Effect.ANNOTATE: annotate,
    Effect.OFFER: offer,
    Effect.MAIL: _mail,
}
# In a shop that the app has left.
GIVING_BACK: dict[Effect, Deliverer] = {
    Effect.MOVE: look_for_holds,
    Effect.HOLD: look_for_holds,
    Effect.RELEASE: let_go,
    Effect.FULFIL: fulfil,  # what the merchant said goes out stays true
    Effect.ANNOTATE: take_off,
    Effect.OFFER: return_policies,
    Effect.MAIL: put_by,
}
WITHOUT_ACCESS_SECONDS = 900.0
BOOKS_BUSY_SECONDS = 5.0


def deliver(house: House, shop_id: int | None, now: datetime) -> bool:
    """Take and deliver one row (of one shop, or of any). True if there was one."""
    taken = house.db.run(lambda tx: _take(tx, shop_id))
    if taken is None:
        return False
    due, deliver_it = taken
    reached("outbox.taken")
    with structlog.contextvars.bound_contextvars(shop_id=due.shop_id, outbox_id=due.outbox_id, effect=due.effect.value):
        try:
            outcome = _survived(house, due, now, deliver_it)
            reached("effect.made")
            state = outcome.state if outcome.recorded else house.db.run(lambda tx: _record(due, outcome, tx))
        except Overtaken as late:
            log.warning("overtaken", reason=str(late))
        else:
            log.info("delivered" if state is State.DONE else "not delivered", state=state.value, reason=outcome.error)
    reached("outbox.recorded")
    return True


def _take(tx: Connection, shop_id: int | None) -> tuple[Due, Deliverer] | None:
    """The next row, and what is done with it: whoever says that the app leaves says it before this, or finds the row in hand."""
    due = taking.take(tx, transport_now(), shop_id)
    if due is None:
        return None
    return due, (GIVING_BACK if shops.has_left(tx, due.shop_id) else DELIVERERS)[due.effect]


def _attempt(house: House, due: Due, now: datetime, deliver_it: Deliverer) -> Outcome:
    """Deliver; what went wrong becomes an outcome that says who should act."""
    try:
        return deliver_it(house, due, now)
    except StoreError as error:
        return _trouble(error)
    except DatabaseBusy as busy:
        if due.effect is Effect.MAIL:
            raise  # perhaps it has left: the lease ends, and then the row says that nobody knows
        return later(str(busy), BOOKS_BUSY_SECONDS)


def _trouble(error: StoreError) -> Outcome:
    """What the store's error means for the row: only a refusal of what it asks uses an attempt up."""
    match error:
        case MissingScope():
            outcome = Outcome(State.PARKED, error=str(error))  # until the merchant has granted it
        case TokenRefused():
            outcome = later(str(error), 1.0)
        case StoreBusy():
            outcome = later(str(error), error.retry_after if not error.outcome_unknown else None)
        case ChangedMeanwhile():
            outcome = Outcome(State.DUE, error=str(error), retry_after=0.5)
        case AccessLost():
            outcome = later(str(error), WITHOUT_ACCESS_SECONDS)
        case _:
            # The next attempt reads the store anew, so a refusal caused by what changed meanwhile heals by itself.
            outcome = Outcome(State.DUE, error=str(error))
    return outcome


def _survived(house: House, due: Due, now: datetime, deliver_it: Deliverer) -> Outcome:
    """Deliver; what nobody expected is written down and tried again."""
    try:
        return _attempt(house, due, now, deliver_it)
    except Overtaken:
        raise
    except Exception as error:
        if due.effect is Effect.MAIL:
            raise  # it may have left; when the lease ends, its successor says so
        # Targets are read before they are written, so the row need not wait for its lease to end.
        log.exception("delivery failed")
        return Outcome(State.DUE, error=f"{type(error).__name__}: see the log.")


def _record(due: Due, outcome: Outcome, tx: Connection) -> State:
    taking.still_ours(tx, due)
    at = transport_now()
    if outcome.state is State.DUE:
        return taking.retry(tx, due, at, outcome.error or "", outcome.retry_after, passing=outcome.passing)
    taking.finish(tx, due.outbox_id, outcome.state, at, reply=outcome.reply, error=outcome.error)
    return outcome.state
