"""Access tokens: bought with a session token, renewed with a refresh token, good for an hour."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import jwt

from devstore.installation import install
from devstore.model import AccessToken, Shop
from devstore.world import World

HOUR = timedelta(hours=1)
REFRESHABLE = timedelta(days=90)
LEEWAY = 10


class NoToken(Exception):
    """Why no token is given: ``error`` is the OAuth word for it, ``status`` that of the answer."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def exchange(world: World, shop: Shop, id_token: str) -> AccessToken:
    """An expiring offline token for a session token. Raises ``NoToken``.

    Installation is managed by the store: whoever opens the app has it. A session token from before it was removed
    does not bring it back.
    """
    claims = _verify(world, shop, id_token)
    if not shop.installed and shop.uninstalled_at is not None and claims["nbf"] <= shop.uninstalled_at.timestamp():
        raise NoToken("application_cannot_be_found", "The app is not installed on this shop.")
    install(world, shop)
    return _issue(world, shop, replaces=None)


def refresh(world: World, shop: Shop, refresh_token: str) -> AccessToken:
    """A new pair for a refresh token, which stays good until the new access token is first used. Raises ``NoToken``."""
    now = world.clock.transport()
    for token in shop.tokens.values():
        if token.refresh is not None and secrets.compare_digest(token.refresh.encode(), refresh_token.encode()):
            if token.refresh_expires_at is not None and token.refresh_expires_at <= now:
                break
            return _issue(world, shop, replaces=token.refresh, until=token.refresh_expires_at)
    # Not the OAuth word for it: as apps report of the platform.
    raise NoToken("invalid_request", "This request requires an active refresh_token", status=401)


def bearer(world: World, shop: Shop, access: str | None) -> AccessToken | None:
    """The token a request shows, if it is good; its first use ends the refresh token it was bought with."""
    token = shop.tokens.get(access or "")
    if token is None or (token.expires_at is not None and token.expires_at <= world.clock.transport()):
        return None
    if not token.used:
        token.used = True
        _retire(shop, token)
    return token


def _retire(shop: Shop, token: AccessToken) -> None:
    if token.replaces is None:
        return
    for other in list(shop.tokens.values()):
        if other.refresh == token.replaces:
            other.refresh = None
        elif other is not token and other.replaces == token.replaces:
            del shop.tokens[other.access]


def _issue(world: World, shop: Shop, *, replaces: str | None, until: datetime | None = None) -> AccessToken:
    now = world.clock.transport()
    token = AccessToken(
        access="shpat_" + secrets.token_hex(16),
        scopes=shop.granted,
        issued_at=now,
        expires_at=now + HOUR,
        refresh="shprt_" + secrets.token_hex(16),
        refresh_expires_at=until if replaces and until else now + REFRESHABLE,
        replaces=replaces,
    )
    shop.tokens[token.access] = token
    return token


def _verify(world: World, shop: Shop, id_token: str) -> dict[str, Any]:
    try:
        claims: dict[str, Any] = jwt.decode(
            id_token,
            world.app.secret,
            algorithms=["HS256"],
            audience=world.app.client_id,
            # times are judged by the store's own transport clock below
            options={
                "require": ["exp", "nbf", "iss", "dest"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidTokenError as error:
        raise NoToken("invalid_subject_token", f"The session token is no good: {error}") from error
    _check_claims(claims, shop, int(world.clock.transport().timestamp()))
    return claims


def _check_claims(claims: dict[str, Any], shop: Shop, now: int) -> None:
    if not int(claims["nbf"]) - LEEWAY <= now <= int(claims["exp"]) + LEEWAY:
        raise NoToken("invalid_subject_token", "The session token is not valid at this time.")
    if claims["dest"] != f"https://{shop.domain}" or claims["iss"] != f"https://{shop.domain}/admin":
        raise NoToken("invalid_subject_token", "The session token belongs to another shop.")
