"""App-proxy requests: a storefront path of the shop, forwarded and signed by Shopify."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from shopify_app import ShopifyApp
from shopify_app.types import RequestInput

from backorder.store.credentials.refusal import CallerRefused
from backorder.store.origin import shop_domain

WINDOW_SECONDS = 90
MOST_PARAMETERS = 100
# No blanks, controls or '#': the library's URL parser drops them silently and would then see another query than we do.
CLEAN_QUERY = re.compile(r"[!\"$-~]*")
SIGNED_BY_SHOPIFY = ("logged_in_customer_id", "path_prefix", "shop", "timestamp")


@dataclass(frozen=True)
class ProxyCaller:
    """A visitor of ``shop``'s storefront; ``customer_id`` if they are logged in there."""

    shop: str
    customer_id: int | None


def proxy_signed(query_string: bytes | str, secrets: Sequence[str], now: datetime) -> ProxyCaller:
    """Who stands behind a proxied request; ``query_string`` is the raw query, as it came. Raises CallerRefused."""
    query = query_string.decode("latin-1") if isinstance(query_string, bytes) else query_string
    pairs = _pairs(query)
    parameters = dict(pairs)
    _each_once(pairs)
    _in_time(parameters["timestamp"], now)
    if not re.fullmatch(r"[0-9a-f]{64}", parameters["signature"]):
        raise CallerRefused("no signature")
    if not any(_signed_with(secret, query) for secret in secrets):
        raise CallerRefused("signature")
    return ProxyCaller(_shop(parameters["shop"]), _customer(parameters.get("logged_in_customer_id")))


def _pairs(query: str) -> list[tuple[str, str]]:
    if not CLEAN_QUERY.fullmatch(query):
        raise CallerRefused("no query string at all")
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError as error:
        raise CallerRefused("malformed") from error


def _each_once(pairs: list[tuple[str, str]]) -> None:
    """What Shopify vouches for stands exactly once, also inside the text that is signed.

    That text joins ``key=value`` without a separator, so a visitor's own ``x=1logged_in_customer_id=5y=`` could be cut
    apart into parameters that Shopify never signed. The name then occurs twice in it.
    """
    names = Counter(name for name, _ in pairs)
    if any(names[name] != 1 for name in ("shop", "timestamp", "signature")) or names["hmac"] > 1:
        raise CallerRefused("a parameter is missing or repeated")
    text = "".join(f"{name}={value}" for name, value in sorted(pairs) if name != "signature")
    if any(text.count(f"{name}=") > 1 for name in SIGNED_BY_SHOPIFY):
        raise CallerRefused("a parameter hides another")


def _in_time(stamp: str, now: datetime) -> None:
    if not re.fullmatch(r"[0-9]{1,12}", stamp):
        raise CallerRefused("timestamp")
    if abs(now.timestamp() - int(stamp)) > WINDOW_SECONDS:
        raise CallerRefused("too old or from the future")


def _signed_with(secret: str, query: str) -> bool:
    request: RequestInput = {"method": "GET", "url": f"https://app.invalid/?{query}", "headers": {}, "body": ""}
    # The proxy's signature has no audience: the app's name plays no part in it.
    return bool(ShopifyApp("-", secret).verify_app_proxy_req(request).ok)


def _shop(text: str) -> str:
    try:
        return shop_domain(text)
    except ValueError as error:
        raise CallerRefused("not a shop") from error


def _customer(text: str | None) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise CallerRefused("customer")
    return int(text)
