"""``POST /webhooks``: verify, keep, answer. The store gives us five seconds; everything else is the workers' business."""

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

BODY_LIMIT = 8 * 1024 * 1024
# Later than this the store has given up waiting; it will come again.
PATIENCE_SECONDS = 3.0
COME_AGAIN_SECONDS = 5

log = structlog.get_logger(__name__)
blueprint = Blueprint("webhooks", __name__)


@blueprint.route("/webhooks", methods=["POST"], provide_automatic_options=False)
def receive() -> Response:
    """One address for all topics: 200 once the body is safely kept, a repeat included; 401 and nothing kept if not signed.

    413 over BODY_LIMIT, without reading on. 503 when the database cannot keep it in time, or it is unknown whether it did.
    """
    house: House = current_app.extensions["house"]
    body = _body()
    if body is None:
        log.warning("webhook refused", reason="size", remote=request.remote_addr)
        return Response(status=413)
    if not webhook_signed(body, request.headers.get(headers.SIGNATURE), house.settings.secrets):
        log.warning("webhook refused", reason="signature", remote=request.remote_addr, size=len(body))
        return Response(status=401)
    return _keep(house, headers.delivery(request.headers, body))


def _body() -> bytes | None:
    """The raw body, or None if it is over the limit, of which no more than one byte beyond is read."""
    if (request.content_length or 0) > BODY_LIMIT:
        return None
    request.max_content_length = BODY_LIMIT + 1  # for a body that does not say how long it is
    body = request.get_data(cache=False)
    return body if len(body) <= BODY_LIMIT else None


def _keep(house: House, delivery: inbox.Delivery) -> Response:
    said = log.bind(shop=delivery.shop_domain, topic=delivery.topic, webhook_id=delivery.webhook_id)
    try:
        fresh = house.letterbox.keep(delivery, transport_now(), PATIENCE_SECONDS)
    except (DatabaseBusy, OutcomeUnknown) as busy:
        said.warning("webhook turned away", reason=str(busy))
        return Response(status=503, headers={"Retry-After": str(COME_AGAIN_SECONDS)})
    reached("webhook.kept")
    house.bell.ring(Ring.INBOX)
    said.info("webhook kept" if fresh else "webhook repeated", size=len(delivery.body))
    return Response(status=200)
