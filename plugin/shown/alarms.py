"""What is unusual about a shop's books, as its people are told: drift, silence, lag. Each with what to do."""

from datetime import timedelta

from backorder.clock import transport_now
from backorder.db import heard, reconciliations, vitals
from backorder.db.inbox import Verdict
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules import drift, lag, silence
from plugin.shown.model import Shown


class AlarmShown(Shown):
    """``kind`` is drift, unexplained, comparison, silence or lag; ``advice`` says what to do."""

    kind: str
    sentence: str
    advice: str


def of_shop(house: House, shop: Shop) -> tuple[AlarmShown, ...]:
    """The alarms of a shop now. They go by the machine's clock, whatever day the shop lives in."""
    at, settings = transport_now(), house.settings
    with house.db.read() as tx:
        record = reconciliations.record(tx, shop.shop_id)
        known = heard.of_shop(tx, shop.shop_id)
        waiting = bool(vitals.deliveries_of(tx, shop.domain).get(Verdict.WAITING.value))
        oldest = vitals.oldest_unseen(tx, shop.shop_id, shop.domain, at)
    found = (
        drift.alarm(record, shop.installed_at, timedelta(seconds=settings.reconcile_seconds), at),
        silence.alarm(known, shop.installed_at, at, waiting=waiting),
        lag.alarm(oldest, timedelta(minutes=settings.lag_alarm_minutes), at),
    )
    return tuple(AlarmShown(kind=a.kind.value, sentence=a.sentence, advice=a.advice) for a in found if a is not None)
