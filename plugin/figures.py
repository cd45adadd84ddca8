"""The figures of the books for operators: read from SQL at the moment they are asked, so that every process agrees.

They name no shop: whoever reaches the port may read them. Whatever can be counted says 0 where there is nothing, so that
an alarm can rest on it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily

from backorder.clock import transport_now
from backorder.db import dirty, heard, migrate, reconciliations, shops, vitals
from backorder.db.engine import Connection
from backorder.db.inbox import Verdict
from backorder.db.outbox import OPEN_STATES, Effect
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules import drift, silence
from backorder.rules.alarm import AlarmKind

BOTH = ("state", "effect")


class _Books:
    """A collector that opens the books when it is asked."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[Metric]:
        """Every figure, in one reading transaction."""
        at = transport_now()
        with self._house.db.read() as tx:
            yield from _inbox(tx, at)
            yield from _outbox(tx, at)
            yield from _changes(tx, at)
            yield from _shops(tx, at, timedelta(seconds=self._house.settings.reconcile_seconds))
            yield from _schema(tx)


def exposition(house: House) -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Books(house))
    return generate_latest(registry)


def _inbox(tx: Connection, at: datetime) -> Iterator[Metric]:
    name, meaning = "promised_inbox_deliveries", "Webhooks that are not dealt with, by verdict."
    yield _by(name, meaning, "verdict", vitals.deliveries(tx), vitals.OPEN_VERDICTS)
    kept = vitals.newest_delivery(tx)
    yield CounterMetricFamily("promised_inbox_kept", "Grows with each webhook that is kept.", value=kept)
    oldest = vitals.oldest_delivery(tx, at)
    yield _one("promised_inbox_oldest_seconds", "Age of the oldest webhook that waits to be understood.", oldest)


def _outbox(tx: Connection, at: datetime) -> Iterator[Metric]:
    by_effect = vitals.effects(tx)
    by_state: dict[str, int] = {}
    for (state, _), n in by_effect.items():
        by_state[state] = by_state.get(state, 0) + n
    yield _by("promised_outbox_rows", "Effects that are not done with, by state.", "state", by_state, OPEN_STATES)
    family = GaugeMetricFamily("promised_outbox_effects", "The same, by state and effect.", labels=BOTH)
    for state in OPEN_STATES:
        for effect in Effect:
            family.add_metric([state.value, effect.value], by_effect.get((state.value, effect.value), 0))
    yield family
    overdue = vitals.overdue_effects(tx, at)
    meaning = "Age of the oldest effect that should have happened, by effect."
    yield _by("promised_outbox_oldest_seconds", meaning, "effect", overdue, Effect)


def _changes(tx: Connection, at: datetime) -> Iterator[Metric]:
    yield _one("promised_dirty_things", "Orders and items waiting to be looked at.", dirty.count(tx))
    oldest = vitals.oldest_change(tx, at)
    yield _one("promised_update_lag_seconds", "Age of the oldest change in a store that was not looked at.", oldest)
    yield _one("promised_backorder_units", "Units that customers wait for.", vitals.waiting_units(tx))


def _shops(tx: Connection, at: datetime, period: timedelta) -> Iterator[Metric]:
    installed = shops.installed(tx)
    yield _one("promised_installed_shops", "Shops that have the app now.", len(installed))
    lost, ending = vitals.access(tx, at)
    yield _one("promised_shops_without_access", "Installed shops whose store does not let us in.", lost)
    meaning = "Installed shops whose access ends within a week unless it is renewed."
    yield _one("promised_shops_with_access_ending", meaning, ending)
    known, compared = heard.of_all(tx), vitals.last_reconciled(tx)
    silences = [_since(known[s.shop_id].last_at if s.shop_id in known else None, s, at) for s in installed]
    meaning = "The longest time for which an installed shop has sent nothing."
    yield _one("promised_silence_seconds", meaning, max(silences, default=0.0))
    ages = [_since(compared.get(s.shop_id), s, at) for s in installed]
    meaning = "The longest time for which an installed shop was not compared with its store."
    yield _one("promised_reconcile_age_seconds", meaning, max(ages, default=0.0))
    meaning = "Differences that the last comparisons of the installed shops found, by what they are about."
    yield _by("promised_reconcile_drift", meaning, "cause", vitals.drift(tx), vitals.CAUSES)
    unmended = vitals.unmended(tx)
    meaning = "Of these, differences that nothing known explains."
    yield _one("promised_reconcile_unexplained", meaning, unmended["unexplained"])
    meaning = (
        "Changes of ours that the stores did not show at the last comparisons: late, stopped, or a person's to decide."
    )
    yield _one("promised_reconcile_effects_missing", meaning, unmended["effects_missing"])
    alarms = Counter(_alarming(tx, installed, known, compared, period, at))
    told = (AlarmKind.DRIFT, AlarmKind.UNEXPLAINED, AlarmKind.COMPARISON, AlarmKind.SILENCE)
    yield _by("promised_shops_alarmed", "Installed shops with an alarm, by its kind.", "alarm", alarms, told)


def _alarming(
    tx: Connection,
    installed: Iterable[Shop],
    known: Mapping[int, silence.Heard],
    compared: Mapping[int, datetime],
    period: timedelta,
    at: datetime,
) -> Iterator[str]:
    """The alarms of the shops, as their own health pages tell them. Only those that may have one are looked at closely."""
    drifting = vitals.drifting(tx, at - drift.WEEK, drift.FEW)
    for shop in installed:
        if shop.shop_id in drifting or _since(compared.get(shop.shop_id), shop, at) > period.total_seconds():
            said = drift.alarm(reconciliations.record(tx, shop.shop_id), shop.installed_at, period, at)
            if said is not None:
                yield said.kind
        quiet = silence.alarm(known.get(shop.shop_id, silence.Heard()), shop.installed_at, at, waiting=False)
        # What waits to be understood was sent: the shop is not silent.
        if quiet is not None and not vitals.deliveries_of(tx, shop.domain).get(Verdict.WAITING.value):
            yield quiet.kind


def _schema(tx: Connection) -> Iterator[Metric]:
    standing, revision = migrate.standing(tx)
    family = InfoMetricFamily("promised_schema", "The shape of the database, and the one this version needs.")
    family.add_metric([], {"revision": revision or "none", "needs": migrate.head(), "standing": standing.value})
    yield family


def _since(last: datetime | None, shop: Shop, at: datetime) -> float:
    return max(0.0, (at - max(last or shop.installed_at, shop.installed_at)).total_seconds())


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _by(name: str, meaning: str, label: str, values: Mapping[str, float], words: Iterable[str]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for word in words:
        family.add_metric([str(word)], values.get(str(word), 0))
    return family
