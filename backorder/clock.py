"""Two clocks. Only doors read business time; rules and verbs are given it as ``now``.

*Business* time (promises, deadlines, the queue) is the system clock plus the seconds in ``CLOCK_FILE``, so that a
development store can live through twelve days in a minute. *Transport* time (token expiry, leases, backoff) is always
the system clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path


def transport_now() -> datetime:
    """The system clock, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class BusinessClock:
    """The system clock, moved by the number of seconds in ``file`` (0 without a file)."""

    file: Path | None = None

    def now(self) -> datetime:
        """Business time, aware UTC. Raises ValueError if the clock file does not hold a number."""
        return transport_now() + timedelta(seconds=self._offset())

    def _offset(self) -> float:
        if self.file is None or not self.file.exists():
            return 0.0
        text = self.file.read_text().strip()
        return float(text) if text else 0.0
