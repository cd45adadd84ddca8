"""The figures of the books for operators: read from SQL at the moment they are asked, so that every process agrees."""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily

from backorder.db import dirty, inbox, outbox, shops
from backorder.house import House


class _Books:
    """A collector that opens the books when it is asked."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> Iterator[Metric]:
        """One gauge for each book, by verdict or state. States without rows say 0, so that an alarm can rest on them."""
        with self._house.db.read() as tx:
            verdicts, states = inbox.counts(tx), outbox.counts(tx)
            unseen, shops_now = dirty.count(tx), shops.count_installed(tx)
        yield _by("promised_inbox_deliveries", "Webhooks kept, by verdict.", "verdict", verdicts, inbox.Verdict)
        yield _by("promised_outbox_rows", "Effects owed or done, by state.", "state", states, outbox.State)
        yield GaugeMetricFamily("promised_dirty_things", "Orders and items waiting to be looked at.", value=unseen)
        yield GaugeMetricFamily("promised_installed_shops", "Shops that have the app now.", value=shops_now)


def exposition(house: House) -> bytes:
    """All figures in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Books(house))
    return generate_latest(registry)


def _by(name: str, meaning: str, label: str, counts: dict[str, int], words: Iterable[str]) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=[label])
    for word in words:
        family.add_metric([str(word)], counts.get(str(word), 0))
    return family
