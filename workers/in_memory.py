"""The queue in the memory of one process, for the embedded mode."""

from typing import Any

from kombu.transport import memory

# A worker listens for two seconds at a time, and once more after it was told to stop: whoever ends it would wait for both.
LISTEN_SECONDS = 0.1


class Transport(memory.Transport):
    """Kombu's own, which comes back from an empty queue soon, so that a worker hears at once that it is to end."""

    def drain_events(self, connection: Any, timeout: float | None = None, **how: Any) -> Any:
        """Hand on what is on the queue. Raises TimeoutError where nothing came within LISTEN_SECONDS, or ``timeout`` if that is less."""
        patience = LISTEN_SECONDS if timeout is None else min(timeout, LISTEN_SECONDS)
        return super().drain_events(connection, timeout=patience, **how)  # type: ignore[no-untyped-call]  # kombu gives no types here
