"""Which topic is answered where, and the understanding of what was kept.

Plain bells are heard together (``webhooks.hearing``); all else is understood one by one, so that a bad one never stops those
behind it. The set of topics equals the subscriptions in ``shopify.app.toml``.
"""

from datetime import datetime

import structlog

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import heard, inbox, shops
from backorder.db.engine import Connection
from backorder.db.inbox import Kept, Overtaken, Verdict
from backorder.db.sealed import Sealer
from backorder.failpoint import reached
from backorder.house import House
from webhooks import app, fulfillment, inventory, locations, marks, orders, privacy, products, transfers
from webhooks.errand import Errand
from webhooks.hearing import DONE, NAMES_NOTHING, Ended, hear_together, not_installed, told
from webhooks.look import Hint
from webhooks.payload import Unreadable, parse, shown

HINTS: dict[str, Hint] = {
    **inventory.TOPICS,
    **products.TOPICS,
    **orders.TOPICS,
    **fulfillment.TOPICS,
    **locations.TOPICS,
    **transfers.TOPICS,
    **app.TOPICS,
}
ERRANDS: dict[str, Errand] = {
    **app.ERRANDS,
    **privacy.ERRANDS,
}
HANDLERS: dict[str, Hint | Errand] = {**HINTS, **ERRANDS}

log = structlog.get_logger(__name__)


def digest(house: House, now: datetime, limit: int = 50) -> bool:
    """Understand up to ``limit`` kept deliveries, oldest first, and ring for what they ask. True if more may wait.

    ``now`` is business time. A failure is recorded at its delivery, which is tried again later or set aside.
    """
    taken = house.db.run(lambda tx: _take(tx, house.sealer, limit))
    if taken:
        reached("inbox.taken")
    for kept in hear_together(house, taken, HINTS):
        with structlog.contextvars.bound_contextvars(
            shop=kept.shop_domain, topic=kept.topic, webhook_id=kept.webhook_id, inbox_id=kept.inbox_id
        ):
            _understand(house, kept, now)
    if taken:
        house.bell.ring(Ring.OBSERVE)
    return len(taken) == limit


def _take(tx: Connection, sealer: Sealer, limit: int) -> tuple[Kept, ...]:
    """Take deliveries, and note when each shop was heard of (once: not again with every attempt)."""
    taken = inbox.take(tx, sealer, transport_now(), limit)
    fresh = [kept for kept in taken if kept.attempts == 1]
    # In the order of their names, as everybody does it: two who take at once never wait for each other in a ring.
    for domain in sorted({kept.shop_domain for kept in fresh}):
        if (shop := shops.by_domain(tx, domain)) is not None:
            heard.note(tx, shop.shop_id, [kept.received_at for kept in fresh if kept.shop_domain == domain])
    return taken


def _understand(house: House, kept: Kept, now: datetime) -> None:
    try:
        ended = _attempt(house, kept, now)
    except Overtaken as late:
        log.warning("webhook overtaken", why=str(late))
        return
    except Exception as error:
        log.exception("webhook failed", attempt=kept.attempts)
        _fail(house, kept, f"{type(error).__name__}: {shown(str(error), 300)}")
        return
    told([(kept, ended)])


def _attempt(house: House, kept: Kept, now: datetime) -> Ended:
    try:
        return _answer(house, kept, now)
    except Unreadable as error:
        return _settle(house, kept, Ended(Verdict.UNREADABLE, str(error)))


def _answer(house: House, kept: Kept, now: datetime) -> Ended:
    if kept.attempts > inbox.ATTEMPTS:
        # Its takers died without a word, each time: whatever it does to them, it stops here.
        return _settle(house, kept, Ended(Verdict.PARKED, f"Taken {kept.attempts - 1} times, and never finished."))
    if errand := ERRANDS.get(kept.topic):
        why = errand(house, kept, parse(kept.body), now)
        return _settle(house, kept, Ended(Verdict.IGNORED if why else Verdict.DONE, why))
    if kept.topic not in HINTS:
        return _settle(house, kept, Ended(Verdict.IGNORED, f"Nobody here listens to {shown(kept.topic)}."))
    return house.db.run(lambda tx: _hear(tx, kept))


def _hear(tx: Connection, kept: Kept) -> Ended:
    """Mark what the hint asks for and settle the delivery, both or neither."""
    look = HINTS[kept.topic](parse(kept.body))
    inbox.still_ours(tx, kept)
    at = transport_now()
    shop = shops.by_domain(tx, kept.shop_domain)
    if shop is None or not shop.is_installed:
        ended = not_installed(kept.shop_domain)
    elif not marks.mark(tx, shop.shop_id, look, at):
        ended = NAMES_NOTHING
    else:
        ended = DONE
    inbox.settle(tx, kept.inbox_id, ended.verdict, at, ended.why)
    return ended


def _settle(house: House, kept: Kept, ended: Ended) -> Ended:
    def settle(tx: Connection) -> None:
        inbox.still_ours(tx, kept)
        inbox.settle(tx, kept.inbox_id, ended.verdict, transport_now(), ended.why)
        if kept.topic == privacy.REDACT and ended.verdict is Verdict.DONE:
            inbox.drop_processed_bodies(tx, kept.shop_domain)  # this one names the customer too

    house.db.run(settle)
    return ended


def _fail(house: House, kept: Kept, why: str) -> None:
    def fail(tx: Connection) -> None:
        inbox.still_ours(tx, kept)
        inbox.fail(tx, kept, transport_now(), why)

    try:
        house.db.run(fail)
    except Overtaken as late:
        log.warning("webhook overtaken", why=str(late))
