"""The store's signatures: on webhooks, on session tokens, on proxied requests."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

import jwt

from devstore.app import AppConfig

SESSION_SECONDS = 60


def webhook_signature(secret: str, body: bytes) -> str:
    """Base64 of the HMAC-SHA256 over the raw bytes."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def proxy_signature(secret: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Hex HMAC-SHA256 over ``key=value`` pairs, sorted and joined without a separator; repeated keys join by comma."""
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(value)
    text = "".join(sorted(f"{key}={','.join(found)}" for key, found in values.items()))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def query_hmac(secret: str, pairs: Iterable[tuple[str, str]]) -> str:
    """Hex HMAC-SHA256 over the sorted query of an app launch, joined by ``&``."""
    text = "&".join(sorted(f"{key}={value}" for key, value in pairs))
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def mint_id_token(app: AppConfig, domain: str, now: datetime, *, user: int = 1, session: str | None = None) -> str:
    """A session token as App Bridge gets it: one minute long, for one staff member. ``now`` is transport time."""
    issued = int(now.timestamp())
    claims = {
        "iss": f"https://{domain}/admin",
        "dest": f"https://{domain}",
        "aud": app.client_id,
        "sub": str(user),
        "exp": issued + SESSION_SECONDS,
        "nbf": issued,
        "iat": issued,
        "jti": secrets.token_hex(16),
        "sid": session or secrets.token_hex(32),
    }
    return jwt.encode(claims, app.secret, algorithm="HS256")
