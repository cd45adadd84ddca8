"""How every answer leaves: with its request id, sealed against sniffing, framing and caching; errors in one voice."""

from http import HTTPStatus
from urllib.parse import urlencode
from uuid import uuid4

import structlog
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException

from backorder.config import Settings
from backorder.db.engine import DatabaseBusy
from backorder.mail.language import spoken
from plugin.asked_in import asked_in
from plugin.frame import SEALED, page_policy
from plugin.here import current_house
from plugin.problems import Kind, Problem, request_id
from plugin.session import framing_shop

log = structlog.get_logger(__name__)

PROGRAMS_ONLY = ("/api", "/proxy", "/webhooks", "/healthz", "/readyz", "/metrics")
# Whoever has a letter's link, and nobody of the shop: told in their own language.
CUSTOMERS = "/choose"
# What the admin gives the address of a page in its frame (static/go.js): without it no other page of ours would be framed.
OF_THE_FRAME = ("shop", "host", "embedded", "locale")
BUSY_SECONDS = "2"
A_YEAR_OF_HTTPS = "max-age=31536000"
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}
_KINDS = {
    404: Kind.NOT_FOUND,
    405: Kind.METHOD_NOT_ALLOWED,
    413: Kind.TOO_LARGE,
    415: Kind.UNSUPPORTED_MEDIA_TYPE,
    503: Kind.BUSY,
}
# By the names of sentences in backorder/mail/words.
_FOR_CUSTOMERS = {Kind.NOT_FOUND: "no_page", Kind.TOO_MANY: "later", Kind.BUSY: "later"}


def voice(app: Flask) -> None:
    """Give all answers of ``app`` their headers and all errors their form."""
    app.before_request(_number)
    app.after_request(_seal)
    app.register_error_handler(Problem, _problem)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DatabaseBusy, _busy)
    app.register_error_handler(Exception, _unexpected)


def sealing(settings: Settings) -> tuple[tuple[str, str], ...]:
    """The headers that seal an answer to a program, for one that is given without Flask."""
    always = {**_ALWAYS, "Cache-Control": "no-store", "Content-Security-Policy": SEALED}
    if settings.app_url.startswith("https://"):
        always["Strict-Transport-Security"] = A_YEAR_OF_HTTPS
    return tuple(always.items())


def _number() -> None:
    g.request_id = uuid4().hex


def _seal(response: Response) -> Response:
    headers = response.headers
    headers["X-Request-Id"] = request_id()
    headers.update(_ALWAYS)
    settings = current_house().settings
    if settings.app_url.startswith("https://"):
        headers["Strict-Transport-Security"] = A_YEAR_OF_HTTPS
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    is_page = response.mimetype == "text/html"
    headers["Content-Security-Policy"] = page_policy(settings, framing_shop()) if is_page else SEALED
    return response


def _problem(problem: Problem) -> Response:
    return problem.response() if _asked_by_a_program() else _page(problem)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    if status < HTTPStatus.BAD_REQUEST and error.response is not None:
        return Response(error.get_body(), status, dict(error.get_headers()))
    kind = _KINDS.get(status, Kind.UNEXPECTED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Kind.REFUSED)
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return _problem(Problem(kind, error.description or kind.title, headers=headers, status=status))


def _busy(error: DatabaseBusy) -> Response:
    log.warning("database busy", request_id=request_id(), path=request.path, reason=str(error))
    return _problem(
        Problem(Kind.BUSY, "Nothing was changed. Try again in a moment.", headers={"Retry-After": BUSY_SECONDS})
    )


def _unexpected(error: Exception) -> Response:
    log.error("unexpected error", request_id=request_id(), path=request.path, exc_info=error)
    return _problem(Problem(Kind.UNEXPECTED, "It was written down. Try again; if it stays, tell us the request id."))


def _page(problem: Problem) -> Response:
    status = problem.status or problem.kind.status
    said = _to_a_customer(problem.kind) if _is_under(CUSTOMERS) else _to_staff(problem)
    text = render_template("error.html", **said)
    return Response(text, status=status, headers=dict(problem.headers), content_type="text/html; charset=utf-8")


def _to_staff(problem: Problem) -> dict[str, str | None]:
    """What the page of an error says inside the admin, in its places."""
    return {
        "language": "en",
        "title": problem.kind.title,
        "detail": problem.detail,
        "numbered": f"Request {request_id()}",
        "first_page": _first_page(),
    }


def _to_a_customer(kind: Kind) -> dict[str, str | None]:
    """The same for a customer: what it means for them, in the language that their browser asks for."""
    language = spoken(asked_in(request))
    name = _FOR_CUSTOMERS.get(kind, "unclear" if kind.status < HTTPStatus.INTERNAL_SERVER_ERROR else "failed")
    return {
        "language": language.tag,
        "title": language.say(f"trouble.{name}"),
        "detail": language.say(f"trouble.{name}_why"),
        "numbered": language.say("trouble.request", id=request_id()),
        "first_page": None,
    }


def _first_page() -> str | None:
    """Where the way leads from here inside the admin's frame; nowhere for whoever is not in one, like a customer."""
    if framing_shop() is None:
        return None
    kept = {name: request.args[name] for name in OF_THE_FRAME if name in request.args}
    return f"/?{urlencode(kept)}" if kept else "/"


def _asked_by_a_program() -> bool:
    return any(_is_under(path) for path in PROGRAMS_ONLY)


def _is_under(path: str) -> bool:
    return request.path == path or request.path.startswith(path + "/")
