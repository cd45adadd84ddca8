"""A call to work: the name of a task and the shop it is for. Ids only; what there is to do stands in the books."""

from dataclasses import dataclass
from typing import Any

from celery import Celery

from backorder.bell import Ring

# A call that nobody answered for so long is stale: the sweep makes a new one every five seconds.
EXPIRES_SECONDS = 60


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


def full_name(task: str) -> str:
    """A task's name on the queue."""
    return f"promised.{task}"


def send(celery: Celery, call: Call) -> None:
    """Put a call on the queue. Raises what the broker's driver raises when it cannot be reached."""
    options: dict[str, Any] = {"expires": EXPIRES_SECONDS, "retry": False, "ignore_result": True}
    celery.send_task(full_name(call.task), args=call.args, **options)
