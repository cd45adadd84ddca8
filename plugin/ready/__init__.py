"""Whether the app can do its work here: what is found wrong, each in a sentence, all of it, within bounds of time.

A start asks before it begins (``promised/checks.py``), ``/readyz`` whenever somebody asks.
"""

import time

from backorder.house import House
from plugin.ready import broker, clocks, database, machine
from plugin.ready.finding import Finding, Findings, Weight
from plugin.ready.probe import Probe

__all__ = ["Finding", "Findings", "Readiness", "Weight"]

PATIENCE_SECONDS = 2.0


class Readiness:
    """What a process asks about its surroundings, again and again, with at most one thread waiting for each."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._file = machine.which(house.settings)
        self._probes = [Probe("database", lambda: database.findings(house), database.SILENT)]
        url = house.settings.redis_url
        if url is not None:
            self._probes.append(Probe("broker", lambda: broker.findings(url), broker.SILENT))

    def findings(self, patience: float = PATIENCE_SECONDS) -> Findings:
        """All that is wrong, worst first. What does not answer within ``patience`` seconds is wrong."""
        until = time.monotonic() + patience
        for probe in self._probes:
            probe.begin()
        # The store asks with tokens and timestamps by its own clock.
        store = clocks.compared(self._house.http.store_ahead, "the store's", shared=False)
        settings = self._house.settings
        file = (*machine.findings(settings), *machine.still_there(settings, self._file))
        here = (*file, *machine.address(settings), *store)
        found = (*here, *(finding for probe in self._probes for finding in probe.answer(until)))
        return tuple(sorted(found, key=lambda finding: -finding.weight))
