"""The tasks. Each is short, carries ids only, may run twice or never, and returns the calls to make after it.

They decide nothing: they ask a verb or a book, a third of a second at a time.
"""

import threading
import time
import uuid
from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

import structlog
from celery import Celery

from backorder import choose_way, importing
from backorder import deliver as delivering
from backorder import expire as expiring
from backorder import give_way as giving_way
from backorder import observe as observing
from backorder import reconcile as reconciling
from backorder.clock import transport_now
from backorder.db import dirty, imports, inbox, reconciliations, shops, turns
from backorder.db.engine import DatabaseBusy, OutcomeUnknown
from backorder.house import House
from webhooks import topics
from workers.calls import Call, full_name, send
from workers.timetable import rounds_seconds

Calls = tuple[Call, ...]
Task = Callable[..., Calls]

# A webhook passes through three tasks before its order is held, and each may have to wait for one that runs.
BUDGET_SECONDS = 0.3
# So many tasks of a process deliver at once; with more, nobody would be left to look at what comes.
DELIVERERS = 2
NO_SHOP = 0
# Shops whose comparison is asked for at one tick, however few of all they are.
ASKED_AT_LEAST = 5
# What shops show is valid for days, and tokens for months.
TIDY_PERIOD_SECONDS = 6 * 3600
# Somewhere a day begins every quarter of an hour.
NEW_DAY_PERIOD_SECONDS = 60

log = structlog.get_logger(__name__)
_deliverers = threading.BoundedSemaphore(DELIVERERS)
# What this process is at, of which there should be one, and whether it was called for meanwhile. A turn in the books says the
# same of all processes, but to ask for one is a transaction.
_at_it: dict[tuple[int, Call], bool] = {}
_door = threading.Lock()


def digest(house: House) -> Calls:
    """Understand the deliveries that wait in the inbox."""
    return _one_at_a_time(Call("digest"), house, lambda: topics.digest(house, house.clock.now()))


def observe(house: House, shop_id: int) -> Calls:
    """Look at what is dirty in one shop."""
    return _one_at_a_time(Call("observe", shop_id), house, lambda: observing.observe(house, shop_id, house.clock.now()))


def _one_at_a_time(call: Call, house: House, step: Callable[[], bool]) -> Calls:
    """Do it for a while. While this process is at it, another call only asks that it be done once more after that."""
    key = (id(house), call)
    with _door:
        if key in _at_it:
            _at_it[key] = True
            return ()
        _at_it[key] = False
    try:
        more = _for_a_while(step)
    finally:
        with _door:
            called = _at_it.pop(key)
    return (call,) if more or called else ()


def deliver(house: House, shop_id: int | None = None) -> Calls:
    """Deliver what is due in the outbox, of one shop or of all; those who deliver already find what is due as well."""
    if not _deliverers.acquire(blocking=False):
        return ()
    try:
        more = _for_a_while(lambda: delivering.deliver(house, shop_id, house.clock.now()))
    finally:
        _deliverers.release()
    return (Call("deliver", shop_id),) if more else ()


def import_page(house: House, shop_id: int) -> Calls:
    """Read one page of a shop's first import."""
    more = importing.import_page(house, shop_id, house.clock.now())
    return (Call("import_page", shop_id),) if more else ()


def observe_due(house: House) -> Calls:
    """Call for every shop that has something to look at."""
    with house.db.read() as tx:
        return tuple(Call("observe", shop_id) for shop_id in dirty.shops_with_work(tx, transport_now()))


def import_due(house: House) -> Calls:
    """Call for every shop whose import can go on."""
    with house.db.read() as tx:
        return tuple(Call("import_page", shop_id) for shop_id in imports.unfinished(tx, transport_now()))


def sweep(house: House) -> Calls:
    """Look into all books for work whose call was lost."""
    with house.db.read() as tx:
        waiting = inbox.waiting(tx)
    digestion = (Call("digest"),) if waiting else ()
    return (*digestion, *observe_due(house), *import_due(house), *reconcile_due(house), Call("deliver"))


def close_unanswered(house: House) -> Calls:
    """Send what can leave of orders whose customers were asked how, and did not answer in time."""
    return (Call("deliver"),) if choose_way.close_unanswered(house, house.clock.now()) else ()


def rounds(house: House) -> Calls:
    """Ask for a comparison of every shop that had none within the period; its turn remembers when it was.

    Not while a shop is read for the first time: what the import has yet to read would be counted as drift. Where many are due at
    once, as after a night without workers, a share of them is asked for at each tick, so that all have their turn within half a
    period; from then on they come as spread as they were asked.
    """
    period = house.settings.reconcile_seconds
    with house.db.read() as tx:
        known = [shop for shop in shops.installed(tx) if all(s.finished for s in imports.progress(tx, shop.shop_id))]
    share = max(ASKED_AT_LEAST, ceil(len(known) * rounds_seconds(house.settings) / (period / 2)))
    for shop in known:
        if share and _turn(house, shop.shop_id, "reconcile", period):
            reconciling.ask(house, shop.shop_id, reconciling.Why.SCHEDULE, "schedule")
            share -= 1
    return reconcile_due(house)


def reconcile_due(house: House) -> Calls:
    """Call for every shop whose comparison can go on."""
    with house.db.read() as tx:
        return tuple(Call("reconcile", shop_id) for shop_id in reconciliations.unfinished(tx, transport_now()))


def reconcile(house: House, shop_id: int) -> Calls:
    """Compare a slice of one shop's books with its store, and mend them."""
    more = reconciling.go_on(house, shop_id, house.clock.now())
    return (Call("reconcile", shop_id),) if more else ()


def expire(house: House) -> Calls:
    """Stop selling what was to be sold until a day that is over, show new days in a new day, let others go before what was held for too long."""
    expiring.expire(house, house.clock.now())
    if _turn(house, NO_SHOP, "new day", NEW_DAY_PERIOD_SECONDS):
        expiring.new_day(house, house.clock.now())
    giving_way.give_way(house, house.clock.now())
    return ()


def tidy(house: House) -> Calls:
    """Forget what need not be kept, keep tokens alive, renew what shops show; four times a day."""
    if _turn(house, NO_SHOP, "tidy", TIDY_PERIOD_SECONDS):
        reconciling.tidy(house, house.clock.now())
    return ()


TASKS: Mapping[str, Task] = {
    task.__name__: task
    for task in (
        *(digest, observe, deliver, import_page, observe_due, import_due, sweep),
        *(close_unanswered, rounds, reconcile_due, reconcile, expire, tidy),
    )
}


def register(celery: Celery) -> None:
    """Make the tasks known to a Celery app. It must have its ``house`` before one of them runs."""
    for name, task in TASKS.items():
        celery.task(_runner(name, task), name=full_name(name), bind=True, shared=False)


def _runner(name: str, task: Task) -> Callable[..., None]:
    def run(running: Any, *ids: int) -> None:
        with structlog.contextvars.bound_contextvars(task=name, **({"shop_id": ids[0]} if ids else {})):
            if running.app.waiting is not None:
                running.app.waiting.begun(Call(name, *ids))
            try:
                calls = task(running.app.house, *ids)
            except (DatabaseBusy, OutcomeUnknown) as away:
                # Nothing is lost: what was due is due, and the sweep calls again.
                log.warning("task put off", why=str(away))
                return
            except Exception:
                log.exception("task failed")
                raise
        for call in calls:
            send(running.app, call)

    return run


def _for_a_while(step: Callable[[], bool]) -> bool:
    """Repeat ``step`` while it says that more is due, for a moment (BUDGET_SECONDS). True if more is left."""
    ends = time.monotonic() + BUDGET_SECONDS
    while step():
        if time.monotonic() >= ends:
            return True
    return False


def _turn(house: House, shop_id: int, work: str, seconds: int) -> bool:
    holder = uuid.uuid4().hex
    return house.db.run(lambda tx: turns.take_turn(tx, shop_id, work, holder, transport_now(), seconds))
