"""Who plays: two shops, the app's secrets, and the staff who look at it."""

from collections.abc import Callable
from datetime import UTC, datetime

import jwt

from backorder.store.gateway import Gateway
from backorder.store.http import open_http

LAMPLIGHT = "lamplight.myshopify.com"
CHAIRWORKS = "chairworks.myshopify.com"
TOKEN = "shpat_lamplight"
KEY = "the-app-key"
SECRET = "shpss_the-secret-of-the-app-in-these-tests"
PREVIOUS = "shpss_the-secret-before-it-in-these-tests"
STRANGER = "shpss_a-stranger-who-guesses-with-this"
ENDPOINT = f"https://{LAMPLIGHT}/admin/api/2026-07/graphql.json"
TOKENS_AT = f"https://{LAMPLIGHT}/admin/oauth/access_token"


def lamplight(sleep: Callable[[float], None] | None = None) -> Gateway:
    """Lamplight's gateway; a test that does not expect to wait fails if it has to."""
    return Gateway(LAMPLIGHT, TOKEN, open_http(), sleep=sleep or _no_waiting)


def moment() -> datetime:
    """Transport time: Shopify's library reads the system clock, so do these tests."""
    return datetime.now(UTC)


def claims(**changes: object) -> dict[str, object]:
    """The claims of a session token as App Bridge mints it; None takes a claim away."""
    now = int(moment().timestamp())
    usual: dict[str, object] = {
        "iss": f"https://{LAMPLIGHT}/admin",
        "dest": f"https://{LAMPLIGHT}",
        "aud": KEY,
        "sub": "7",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": "a-token",
        "sid": "a-browser",
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def minted(secret: str = SECRET, algorithm: str = "HS256", **changes: object) -> str:
    return jwt.encode(claims(**changes), secret, algorithm=algorithm)


def _no_waiting(seconds: float) -> None:
    raise AssertionError(f"nothing here should wait, asked for {seconds} s")
