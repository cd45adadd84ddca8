"""A call to work: the name of a task and the shop it is for. Ids only; what there is to do stands in the books."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from celery import Celery

from backorder.bell import Ring

# A call that nobody answered for so long is stale: the sweep makes a new one every five seconds.
EXPIRES_SECONDS = 60
# A call that was put on the queue and not begun for so long is put there once more.
FORGOTTEN_SECONDS = 5.0


@dataclass(frozen=True)
class Call:
    """Run ``task``, for one shop or for all."""

    task: str
    shop_id: int | None = None

    @property
    def args(self) -> tuple[int, ...]:
        return () if self.shop_id is None else (self.shop_id,)


# What a ring of the bell sets in motion.
ANSWERS = {
    Ring.INBOX: Call("digest"),
    Ring.OBSERVE: Call("observe_due"),
    Ring.OUTBOX: Call("deliver"),
    Ring.IMPORT: Call("import_due"),
    Ring.RECONCILE: Call("reconcile_due"),
}


class Waiting:
    """Calls on a queue in this process's memory that nobody has begun. A second one like it would do nothing more.

    One that is lost is forgotten after a while, as if it had been begun.
    """

    def __init__(self, forget_after: float = FORGOTTEN_SECONDS) -> None:
        self._since: dict[Call, float] = {}
        self._lock = threading.Lock()
        self._forget_after = forget_after

    def puts(self, call: Call) -> bool:
        """Whether the call must be put on the queue; it counts as waiting from here on."""
        now = time.monotonic()
        with self._lock:
            if now - self._since.get(call, -self._forget_after) < self._forget_after:
                return False
            self._since[call] = now
            return True

    def begun(self, call: Call) -> None:
        """Somebody begins with it: who calls from here on may come too late for this one."""
        with self._lock:
            self._since.pop(call, None)


def full_name(task: str) -> str:
    """A task's name on the queue."""
    return f"promised.{task}"


def send(celery: Celery, call: Call) -> None:
    """Put a call on the queue. Raises what the broker's driver raises when it cannot be reached."""
    waiting: Waiting | None = celery.waiting
    if waiting is not None and not waiting.puts(call):
        return
    options: dict[str, Any] = {"expires": EXPIRES_SECONDS, "retry": False, "ignore_result": True}
    try:
        celery.send_task(full_name(call.task), args=call.args, **options)
    except Exception:  # whatever the broker's driver raises; it goes on to the caller
        if waiting is not None:
            waiting.begun(call)  # it waits nowhere
        raise
