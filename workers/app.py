"""The Celery app: Redis between processes, or a queue in the memory of one.

Celery carries ids and rings bells; the database remembers. So messages may be lost or come twice, results are not kept,
and nothing is ever scheduled further than a minute ahead.
"""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from celery import Celery

from backorder.config import Settings
from backorder.house import House, build
from workers import tasks
from workers.calls import ANSWERS, Waiting, send
from workers.ringer import Ringer
from workers.timetable import timetable

QUEUE = "promised"
IN_MEMORY = "memory://localhost"
SOON_BACK = "workers.in_memory:Transport"
# Shorter than the visibility timeout, or Redis would give a running task to a second worker.
TASK_SECONDS = 240
VISIBILITY_SECONDS = 300
SOCKET_SECONDS = 5


def make_celery(settings: Settings) -> Celery:
    """A Celery app for these settings, with all tasks and the timetable. It has no house yet: see ``move_in``."""
    celery = Celery("promised", broker=_broker(settings), set_as_current=False)
    celery.conf.update(_conf(settings))
    tasks.register(celery)
    celery.finalize()
    celery.set_default()
    celery.house = None
    # Several processes cannot know what of each other's calls was begun.
    celery.waiting = None if settings.redis_url else Waiting()
    return celery


def move_in(celery: Celery, settings: Settings) -> tuple[House, Ringer]:
    """Build this process's house with a bell that rings through ``celery``, which keeps it for its tasks.

    The ringer is not started yet: that is for the process that will stop it.
    """
    ringer = Ringer(lambda what: send(celery, ANSWERS[what]))
    celery.house = build(settings, ringer)
    return celery.house, ringer


def _broker(settings: Settings) -> str:
    """Where the queue is. With TLS the broker has to prove who it is, unless its address says how much of that is wanted.

    Celery believes whoever answers; the password would be told to them.
    """
    url = settings.redis_url
    if url is None:
        return IN_MEMORY
    asked = urlsplit(url)
    if asked.scheme != "rediss" or "ssl_cert_reqs" in parse_qs(asked.query):
        return url
    return asked._replace(query="&".join(filter(None, (asked.query, "ssl_cert_reqs=required")))).geturl()


def _conf(settings: Settings) -> dict[str, Any]:
    return {
        "task_default_queue": QUEUE,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "task_time_limit": TASK_SECONDS,
        "task_publish_retry": False,
        "task_serializer": "json",
        "accept_content": ["json"],
        "enable_utc": True,
        "timezone": "UTC",
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_enable_remote_control": False,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "broker_connection_retry_on_startup": True,
        "broker_transport": SOON_BACK if settings.redis_url is None else None,
        "broker_transport_options": _transport(settings),
        "beat_schedule": timetable(settings),
    }


def _transport(settings: Settings) -> dict[str, Any]:
    if settings.redis_url is None:
        return {"polling_interval": 0.02}
    return {
        "visibility_timeout": VISIBILITY_SECONDS,
        "socket_timeout": SOCKET_SECONDS,
        "socket_connect_timeout": SOCKET_SECONDS,
        # Who sends gives up at once; the ringer has its own patience, and consumers reconnect by their own rule.
        "max_retries": 1,
        "interval_start": 0,
        "interval_step": 0,
    }
