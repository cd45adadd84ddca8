"""``POST /webhooks``: verify, keep, answer. The store gives us five seconds; everything else is the workers' business.

A webhook is taken before the framework sees it (``before``): all that a page needs around a request costs more than keeping a
webhook does. What is not plain, such as a body that does not say how long it is, goes through the framework (``receive``) and
comes to the same three steps.
"""

from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from random import getrandbits
from typing import Any

import structlog
from flask import Blueprint, Response, current_app, request

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import inbox
from backorder.db.engine import DatabaseBusy, OutcomeUnknown
from backorder.failpoint import reached
from backorder.house import House
from backorder.store.credentials import webhook_signed
from webhooks import headers

PATH = "/webhooks"
BODY_LIMIT = 8 * 1024 * 1024
# Later than this the store has given up waiting; it will come again.
PATIENCE_SECONDS = 3.0
COME_AGAIN_SECONDS = 5
PHRASES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

log = structlog.get_logger(__name__)
blueprint = Blueprint("webhooks", __name__)


def before(behind: Wsgi, house: House, said_always: Sequence[tuple[str, str]] = ()) -> Wsgi:
    """Take plain webhooks; leave every other request to the application ``behind``. ``said_always`` are headers of ours."""

    def door(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH", "")
        plain = length.isascii() and length.isdigit() and "HTTP_TRANSFER_ENCODING" not in environ
        if environ["REQUEST_METHOD"] != "POST" or environ["PATH_INFO"] != PATH or not plain:
            return behind(environ, start_response)
        status, more = _take(house, environ, int(length))
        number = f"{getrandbits(128):032x}"  # names a request, and need not be hard to guess
        start_response(
            PHRASES[status], [*said_always, ("X-Request-Id", number), ("Content-Length", "0"), *more.items()]
        )
        return ()

    return door


@blueprint.route(PATH, methods=["POST"], provide_automatic_options=False)
def receive() -> Response:
    """One address for all topics: 200 once the body is safely kept, a repeat included; 401 and nothing kept if not signed.

    413 over BODY_LIMIT, without reading on. 503 when the database cannot keep it in time, or it is unknown whether it did.
    """
    house: House = current_app.extensions["house"]
    body = _body()
    if body is None:
        status, more = _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size", request.remote_addr)
    else:
        status, more = _verify(house, request.environ, body, request.remote_addr)
    return Response(status=status, headers=more)


def _take(house: House, environ: Environ, length: int) -> tuple[int, dict[str, str]]:
    """The three steps for a body of known length. What goes wrong in them is ours: 500, and the store comes again."""
    remote = environ.get("REMOTE_ADDR")
    if length > BODY_LIMIT:
        return _refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size", remote)
    try:
        body = environ["wsgi.input"].read(length)
        if len(body) < length:
            return _refused(HTTPStatus.BAD_REQUEST, "cut off", remote)
        return _verify(house, environ, body, remote)
    except Exception:
        log.exception("webhook failed to be kept")
        return HTTPStatus.INTERNAL_SERVER_ERROR, {}


def _body() -> bytes | None:
    """The raw body, or None if it is over the limit, of which no more than one byte beyond is read."""
    if (request.content_length or 0) > BODY_LIMIT:
        return None
    request.max_content_length = BODY_LIMIT + 1  # for a body that does not say how long it is
    body = request.get_data(cache=False)
    return body if len(body) <= BODY_LIMIT else None


def _verify(house: House, sent: Environ, body: bytes, remote: str | None) -> tuple[int, dict[str, str]]:
    if not webhook_signed(body, sent.get(headers.SIGNATURE), house.settings.secrets):
        return _refused(HTTPStatus.UNAUTHORIZED, "signature", remote, size=len(body))
    return _keep(house, headers.delivery(sent, body))


def _keep(house: House, delivery: inbox.Delivery) -> tuple[int, dict[str, str]]:
    """Keep it and ring. What was kept is told in the log when it is understood; a line here would cost a fifth of it all."""
    try:
        fresh = house.letterbox.keep(delivery, transport_now(), PATIENCE_SECONDS)
    except (DatabaseBusy, OutcomeUnknown) as busy:
        _say(delivery).warning("webhook turned away", reason=str(busy))
        return HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": str(COME_AGAIN_SECONDS)}
    reached("webhook.kept")
    house.bell.ring(Ring.INBOX)
    if not fresh:
        _say(delivery).info("webhook repeated", size=len(delivery.body))
    return HTTPStatus.OK, {}


def _say(delivery: inbox.Delivery) -> Any:
    return log.bind(shop=delivery.shop_domain, topic=delivery.topic, webhook_id=delivery.webhook_id)


def _refused(status: int, reason: str, remote: str | None, **more: int) -> tuple[int, dict[str, str]]:
    log.warning("webhook refused", reason=reason, remote=remote, **more)
    return status, {}
