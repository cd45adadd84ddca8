"""Who appears: Alice's Lamplight has the app, Bob's has not; Mallory knows no secret."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from backorder.bell import Ring
from backorder.config import Settings

NOW = datetime(2026, 7, 1, 14, tzinfo=UTC)
LAMPLIGHT = "lamplight.myshopify.com"
BOBS = "bobs.myshopify.com"
SECRET = "current-secret-of-the-app"
FORMER_SECRET = "former-secret-of-the-app"
WRONG_SECRET = "a-secret-mallory-made-up"


def settings(database_url: str, **more: object) -> Settings:
    return Settings.model_validate(
        {
            "app_url": "https://promised.example.com",
            "shopify_api_key": "key-of-the-app",
            "shopify_api_secret": SECRET,
            "shopify_api_secret_previous": FORMER_SECRET,
            "secret_key": "secret-key-for-links",
            "encryption_key": "encryption-key-for-books",
            "database_url": database_url,
            **more,
        }
    )


@dataclass
class ListeningBell:
    """Remembers what was rung."""

    rung: list[Ring] = field(default_factory=list)

    def ring(self, what: Ring) -> None:
        self.rung.append(what)


def signature(body: bytes, secret: str = SECRET) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def envelope(body: bytes, **changed: str | None) -> dict[str, str]:
    """The headers of a delivery to Lamplight; ``changed`` replaces some, None leaves one out."""
    headers: dict[str, str | None] = {
        "X-Shopify-Topic": "inventory_levels/update",
        "X-Shopify-Shop-Domain": LAMPLIGHT,
        "X-Shopify-Hmac-Sha256": signature(body),
        "X-Shopify-Webhook-Id": "webhook-1",
        "X-Shopify-Event-Id": "event-1",
        "X-Shopify-Triggered-At": "2026-07-01T10:00:00.123456789Z",
        **{f"X-Shopify-{name.replace('_', '-')}": value for name, value in changed.items()},
    }
    return {name: value for name, value in headers.items() if value is not None}


LEVEL = {"inventory_item_id": 2718, "location_id": 2482, "available": -3, "updated_at": "2026-07-01T10:00:00-04:00"}
BODY = json.dumps(LEVEL).encode()
