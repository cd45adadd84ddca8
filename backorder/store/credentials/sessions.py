"""Session tokens: who in which shop is looking at the app."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from shopify_app import ShopifyApp
from shopify_app.types import RequestInput

from backorder.store.credentials.refusal import CallerRefused
from backorder.store.origin import shop_domain

LONGEST_TOKEN = 4096
LEEWAY_SECONDS = 10
STAFF = re.compile(r"[0-9]{1,20}")


@dataclass(frozen=True)
class SessionClaims:
    """A staff member ``user`` of ``shop``; ``session`` is the browser session, ``expires_at`` an instant."""

    shop: str
    user: str
    session: str | None
    expires_at: datetime


def session_token(
    raw: str | None, key: str, secrets: Sequence[str], now: datetime, leeway: int = LEEWAY_SECONDS
) -> SessionClaims:
    """Who carries this session token (without the word ``Bearer``).

    The signature (HS256 only) and the audience are checked by Shopify's library; what it leaves open is checked here:
    ``exp`` and ``nbf`` must be there, ``dest`` and ``iss`` must be the same shop's real domain, and
    ``sub`` one of its staff. Raises CallerRefused.
    """
    claims = _verified(raw, key, secrets)
    expires_at = _instant(claims, "exp")
    if now.timestamp() > expires_at.timestamp() + leeway:
        raise CallerRefused("expired")
    if now.timestamp() < _instant(claims, "nbf").timestamp() - leeway:
        raise CallerRefused("not yet valid")
    return SessionClaims(_shop(claims), _staff(claims), _optional_text(claims, "sid"), expires_at)


def _verified(raw: str | None, key: str, secrets: Sequence[str]) -> Mapping[str, Any]:
    if not raw:
        raise CallerRefused("no token")
    if len(raw) > LONGEST_TOKEN or not raw.isascii():
        raise CallerRefused("no session token at all")
    for secret in secrets:
        claims = _claims_signed_with(secret, raw, key)
        if claims is not None:
            return claims
    raise CallerRefused("signature, audience or time")


def _claims_signed_with(secret: str, raw: str, key: str) -> Mapping[str, Any] | None:
    request: RequestInput = {
        "method": "GET",
        "url": "https://app.invalid/",
        "headers": {"Authorization": f"Bearer {raw}"},
        "body": "",
    }
    try:
        result = ShopifyApp(key, secret).verify_admin_ui_ext_req(request)
    except AttributeError as error:
        # The library takes a signed destination to be text; a token where it is not is nobody's.
        raise CallerRefused("malformed") from error
    return result.id_token.claims if result.ok and result.id_token else None


def _shop(claims: Mapping[str, Any]) -> str:
    destination, issuer = _text(claims, "dest"), _text(claims, "iss")
    host = urlsplit(destination).hostname or ""
    if destination != f"https://{host}" or issuer != f"{destination}/admin":
        raise CallerRefused("issuer and destination differ")
    try:
        return shop_domain(host)
    except ValueError as error:
        raise CallerRefused("not a shop") from error


def _staff(claims: Mapping[str, Any]) -> str:
    """The staff member's number. Customers carry tokens of the same key; they are named ``gid://shopify/Customer/…``."""
    who = _text(claims, "sub")
    if not STAFF.fullmatch(who):
        raise CallerRefused("nobody of the staff")
    return who


def _instant(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise CallerRefused(f"no {name}")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise CallerRefused(f"no {name}") from error


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise CallerRefused(f"no {name}")
    return value


def _optional_text(claims: Mapping[str, Any], name: str) -> str | None:
    return _text(claims, name) if claims.get(name) is not None else None
