"""What the store writes on the envelope. None of it is signed: only the body is proven."""

from datetime import UTC, datetime

from werkzeug.datastructures import Headers

from backorder.db.inbox import Delivery

SIGNATURE = "X-Shopify-Hmac-Sha256"
SHOP = "X-Shopify-Shop-Domain"
TOPIC = "X-Shopify-Topic"
WEBHOOK_ID = "X-Shopify-Webhook-Id"
EVENT_ID = "X-Shopify-Event-Id"
TRIGGERED_AT = "X-Shopify-Triggered-At"


def delivery(headers: Headers, body: bytes) -> Delivery:
    """The delivery in this envelope, its names in lower case and short enough for the books.

    Nothing is refused here: a verified body is kept whatever its envelope says, and explained when it is opened.
    """
    webhook_id = _word(headers, WEBHOOK_ID, 255)
    return Delivery(
        shop_domain=_word(headers, SHOP, 255).lower(),
        topic=_word(headers, TOPIC, 128).lower(),
        event_key=_word(headers, EVENT_ID, 255) or webhook_id,
        webhook_id=webhook_id,
        triggered_at=_instant(headers.get(TRIGGERED_AT, "")),
        body=body,
    )


def _word(headers: Headers, name: str, longest: int) -> str:
    printable = "".join(sign for sign in headers.get(name, "") if sign.isprintable())
    return printable.strip()[:longest]


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
