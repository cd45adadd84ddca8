"""Whether this process lives, whether it can work, and the figures of the books."""

from flask import Blueprint, Response
from redis import Redis
from redis.exceptions import RedisError

from backorder.db import migrate
from backorder.house import House
from plugin.figures import exposition
from plugin.here import current_house
from plugin.operators import admit_operator

blueprint = Blueprint("health", __name__)

BROKER_PATIENCE_SECONDS = 1.0


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process is up; says nothing of what it depends on, so that a sick database does not restart it."""
    return _text("ok")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether this process can do its work; if not, 503 and what is missing, a line each."""
    missing = what_is_missing(current_house())
    return _text("\n".join(missing), 503) if missing else _text("ready")


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures of the books in Prometheus' text format; any process answers alike. For operators only."""
    admit_operator(current_house().settings)
    return Response(exposition(current_house()), content_type="text/plain; version=0.0.4; charset=utf-8")


def what_is_missing(house: House) -> list[str]:
    """Sentences, one for each thing that must be there and is not."""
    missing = []
    if not house.db.is_up():
        missing.append("The database does not answer.")
    elif not migrate.is_current(house.db):
        missing.append("The database is not migrated: run `promised migrate`.")
    if house.settings.redis_url is not None and not _broker_answers(house.settings.redis_url):
        missing.append("The broker (REDIS_URL) does not answer.")
    return missing


def _broker_answers(url: str) -> bool:
    patience = {"socket_connect_timeout": BROKER_PATIENCE_SECONDS, "socket_timeout": BROKER_PATIENCE_SECONDS}
    with Redis.from_url(url, **patience) as broker:
        try:
            return bool(broker.ping())
        except RedisError:
            return False


def _text(words: str, status: int = 200) -> Response:
    return Response(words + "\n", status=status, content_type="text/plain; charset=utf-8")
