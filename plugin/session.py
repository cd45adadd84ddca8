"""The guard: who calls is what a session token proves, and nothing else (shop names in addresses are decoration)."""

from urllib.parse import quote, urlencode

import structlog
from flask import g, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from backorder import install
from backorder.clock import transport_now
from backorder.db import shops
from backorder.db.shops import Shop
from backorder.house import House
from backorder.store.credentials import CallerRefused, SessionClaims, session_token, shop_domain
from backorder.store.errors import StoreError
from plugin.here import Caller, business_now, current_house
from plugin.problems import Kind, Problem, request_id

log = structlog.get_logger(__name__)

# App Bridge answers this header by fetching a fresh token and asking once more (platform §2.5).
RETRY = {"X-Shopify-Retry-Invalid-Session-Request": "1", "WWW-Authenticate": 'Bearer realm="promised"'}
BOUNCE_PATH = "/bounce"
_SCHEME = "bearer "


def admit_fetch() -> None:
    """Let an /api request through, as its token's shop. Raises Problem: 401 without a good token, 403 before an install."""
    house = current_house()
    claims = _verified(house, _bearer())
    if claims is None:
        raise unauthenticated()
    g.caller = _known(house, claims)


def admit_document() -> AnyResponse | None:
    """Let a page request through: a document with its ``id_token``, a fragment with its bearer.

    A document without a good token is sent to the bounce page, where App Bridge gets a new one. A document that comes in
    with one is an arrival: the first makes the installation.
    """
    house = current_house()
    if "Authorization" in request.headers:
        admit_fetch()
        return None
    id_token = request.args.get("id_token", "")
    claims = _verified(house, id_token)
    if claims is None:
        return redirect(_bounce_address())
    g.caller = Caller(_arrived(house, claims, id_token), claims.user)
    return None


def unauthenticated() -> Problem:
    """The refusal that makes App Bridge try again with a fresh token."""
    return Problem(Kind.UNAUTHENTICATED, "Send the session token of the embedded app as a bearer.", headers=RETRY)


def framing_shop() -> str | None:
    """The shop whose admin may frame the answer: the verified one; None is nobody.

    Where none is verified (the bounce page, most errors) the answer holds nothing of anybody, and the address may name
    the shop. A shop that is named beside a verified one stays decoration.
    """
    if "verified" in g:
        return str(g.verified)
    named = request.args.getlist("shop")
    try:
        return shop_domain(named[0]) if len(named) == 1 else None
    except ValueError:
        return None


def is_our_own_path(address: str) -> bool:
    """Whether an address to come back to stays with us: a fresh token must not be handed to anybody else."""
    return address.startswith("/") and not address.startswith(("//", "/\\")) and not _has_controls(address)


def _arrived(house: House, claims: SessionClaims, id_token: str) -> Shop:
    """The shop whose staff opens the app; its first visit installs it. Raises Problem if the store does not play along."""
    try:
        return install.arrive(house, claims, id_token, business_now())
    except StoreError as error:
        log.warning("arrival failed", shop=claims.shop, request_id=request_id(), reason=str(error))
        detail = "The store did not let the app in. Nothing was changed: open the app again in a moment."
        raise Problem(Kind.STORE, detail, headers={"Retry-After": "5"}) from error


def _known(house: House, claims: SessionClaims) -> Caller:
    with house.db.read() as tx:
        shop = shops.by_domain(tx, claims.shop)
    if shop is None or not shop.is_installed:
        raise Problem(Kind.NOT_INSTALLED, "Open the app in the shop's admin once, then try again.")
    return Caller(shop, claims.user)


def _verified(house: House, raw: str) -> SessionClaims | None:
    settings = house.settings
    try:
        claims = session_token(raw, settings.shopify_api_key, settings.secrets, transport_now())
    except CallerRefused:
        return None
    g.verified = claims.shop
    return claims


def _bearer() -> str:
    header = request.headers.get("Authorization", "")
    return header[len(_SCHEME) :].strip() if header[: len(_SCHEME)].lower() == _SCHEME else ""


def _bounce_address() -> str:
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "id_token"]
    back = request.path + (f"?{urlencode(kept)}" if kept else "")
    return f"{BOUNCE_PATH}?{urlencode([*kept, ('shopify-reload', back)], quote_via=quote)}"


def _has_controls(address: str) -> bool:
    return any(character < " " for character in address)
