"""What the store writes on the envelope. None of it is signed: only the body is proven."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from backorder.db.inbox import Delivery

# As WSGI spells X-Shopify-Hmac-Sha256 and its siblings.
SIGNATURE = "HTTP_X_SHOPIFY_HMAC_SHA256"
SHOP = "HTTP_X_SHOPIFY_SHOP_DOMAIN"
TOPIC = "HTTP_X_SHOPIFY_TOPIC"
WEBHOOK_ID = "HTTP_X_SHOPIFY_WEBHOOK_ID"
EVENT_ID = "HTTP_X_SHOPIFY_EVENT_ID"
TRIGGERED_AT = "HTTP_X_SHOPIFY_TRIGGERED_AT"


def delivery(headers: Mapping[str, Any], body: bytes) -> Delivery:
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


def _word(headers: Mapping[str, Any], name: str, longest: int) -> str:
    text: str = headers.get(name, "")
    if not text.isprintable():
        text = "".join(sign for sign in text if sign.isprintable())
    return text.strip()[:longest]


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
