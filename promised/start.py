"""Before a process begins: what would make it fail or do damage stops it here, what heals by itself is said in the log."""

import structlog

from backorder.config import Settings, SettingsError
from backorder.house import build
from plugin.ready import Findings, Readiness, Weight, machine
from promised.refusal import CannotStart

PATIENCE_SECONDS = 5.0

log = structlog.get_logger(__name__)


def look_around(settings: Settings) -> None:
    """Ask database, broker, files and clocks. Raises SettingsError or CannotStart; returns with no connection open."""
    if wrong := machine.address(settings):
        raise SettingsError("\n".join(finding.sentence for finding in wrong))
    stop_here(machine.findings(settings))
    house = build(settings)
    try:
        found = Readiness(house).findings(PATIENCE_SECONDS)
    finally:
        house.http.close()
        house.db.close()
    stop_here(found)
    for finding in found:
        log.warning("not in order", what=finding.sentence, **({"more": finding.names} if finding.names else {}))


def stop_here(found: Findings, least: Weight = Weight.STOPS) -> None:
    """Raise CannotStart for what must be mended before anything begins: whatever weighs as much as ``least``."""
    wrong = [line for finding in found if finding.weight >= least for line in (finding.sentence, *finding.names)]
    if wrong:
        raise CannotStart("\n".join(wrong))
