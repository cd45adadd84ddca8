"""Where tokens are given: ``{origin}/admin/oauth/access_token``."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from devstore.access import HOUR, NoToken, exchange, refresh
from devstore.breaking import broken, fault_for_this
from devstore.here import current_world, shop_or_404
from devstore.model import AccessToken, Shop
from devstore.world import World

tokens = Blueprint("tokens", __name__)
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105  # the name of a type, no secret
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"


@tokens.post("/<domain>/admin/oauth/access_token")
def access_token(domain: str) -> Response | tuple[Response, int]:
    """Exchange a session token, or renew a pair by its refresh token."""
    world, shop = current_world(), shop_or_404(domain)
    asked: dict[str, Any] = request.get_json(silent=True) or request.form.to_dict()
    world.knocks[domain, "token"] += 1
    fault = fault_for_this(world, shop)
    if fault is not None and not fault.after_effect:
        return broken(world, fault)
    try:
        with world.lock:
            told = jsonify(_told(world, _grant(world, shop, asked)))
        return told if fault is None else broken(world, fault, told)
    except NoToken as no:
        return jsonify({"error": no.error, "error_description": no.description}), no.status


def _grant(world: World, shop: Shop, asked: dict[str, Any]) -> AccessToken:
    if asked.get("client_id") != world.app.client_id or asked.get("client_secret") != world.app.secret:
        raise NoToken("invalid_client", "Client id or secret is wrong.")
    if asked.get("grant_type") == "refresh_token":
        return refresh(world, shop, str(asked.get("refresh_token") or ""))
    if asked.get("grant_type") != EXCHANGE:
        raise NoToken("unsupported_grant_type", f"Grant type {asked.get('grant_type')!r} is not supported.")
    if asked.get("subject_token_type") != ID_TOKEN or asked.get("requested_token_type") != OFFLINE:
        raise NoToken("invalid_request", "This store exchanges id tokens for offline access tokens.")
    if str(asked.get("expiring")) != "1":
        raise NoToken("invalid_request", "Public apps must ask for expiring offline tokens: expiring=1.")
    return exchange(world, shop, str(asked.get("subject_token") or ""))


def _told(world: World, token: AccessToken) -> dict[str, object]:
    expires = token.refresh_expires_at or world.clock.transport()
    return {
        "access_token": token.access,
        "scope": ",".join(sorted(token.scopes)),
        "expires_in": int(HOUR.total_seconds()),
        "refresh_token": token.refresh,
        "refresh_token_expires_in": round((expires - world.clock.transport()).total_seconds()),
    }
