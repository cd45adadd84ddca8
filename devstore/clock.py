"""The store's two clocks: business time (may be ahead) and transport time (the machine's)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path


def machine_time() -> datetime:
    """The machine's clock, aware, UTC."""
    return datetime.now(UTC)


class Clock:
    """Business time = transport time + an offset, kept in a file when one is given so that others can follow it."""

    def __init__(self, file: Path | None = None, system: Callable[[], datetime] = machine_time) -> None:
        """``file`` holds one number of seconds; a missing file means no offset."""
        self._file = file
        self._system = system
        self._offset = 0.0

    @property
    def offset(self) -> float:
        """Seconds that business time is ahead of the machine."""
        if self._file is None:
            return self._offset
        try:
            return float(self._file.read_text(encoding="utf-8").strip() or 0)
        except FileNotFoundError:
            return 0.0

    def now(self) -> datetime:
        """Business time."""
        return self._system() + timedelta(seconds=self.offset)

    def transport(self) -> datetime:
        """The machine's time: token expiry, signatures, backoff."""
        return self._system()

    def advance(self, seconds: float) -> datetime:
        """Move business time; returns the new time. Raises ``ValueError`` when asked to go back."""
        if seconds < 0:
            msg = "business time does not run backwards"
            raise ValueError(msg)
        offset = self.offset + seconds
        if self._file is None:
            self._offset = offset
        else:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh = self._file.with_name(self._file.name + ".new")
            fresh.write_text(f"{offset:.6f}\n", encoding="utf-8")
            fresh.replace(self._file)
        return self.now()
