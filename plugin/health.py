"""Whether this process lives, whether it can work, and the figures of the books."""

from typing import cast

from flask import Blueprint, Response, current_app

from plugin.figures import exposition
from plugin.here import current_house
from plugin.operators import admit_operator
from plugin.ready import Readiness, Weight

blueprint = Blueprint("health", __name__)

EXTENSION = "readiness"


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process is up; says nothing of what it depends on, so that a sick database does not restart it."""
    return _text("ok")


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether this process can do its work; if not, 503 and what is missing. What is worth knowing besides follows."""
    found = _readiness().findings()
    lines = [finding.sentence for finding in found]
    if any(finding.weight > Weight.NOTE for finding in found):
        return _text("\n".join(lines), 503)
    return _text("\n".join(["ready", *lines]))


@blueprint.get("/metrics")
def metrics() -> Response:
    """The figures of the books in Prometheus' text format; any process answers alike. For operators only."""
    admit_operator(current_house().settings)
    return Response(exposition(current_house()), content_type="text/plain; version=0.0.4; charset=utf-8")


def _readiness() -> Readiness:
    kept = current_app.extensions
    if EXTENSION not in kept:
        kept[EXTENSION] = Readiness(current_house())
    return cast(Readiness, kept[EXTENSION])


def _text(words: str, status: int = 200) -> Response:
    return Response(words + "\n", status=status, content_type="text/plain; charset=utf-8")
