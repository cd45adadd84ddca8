"""The link by which a customer says how their order leaves: it names one order of one shop, and only we can have written it.

``{shop}-{order}-{signature}``: the signature is base64url of the first 18 bytes of an HMAC-SHA256 over what stands before it. The link
says nothing of anybody, and does not run out: what it opens asks the books what there still is to choose.
"""

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

PURPOSE = "how an order leaves"  # the key's
LONGEST = 80  # characters
_SIGNED_BYTES = 18


@dataclass(frozen=True)
class Named:
    """Which order of which shop a link names."""

    shop_id: int
    order_id: int


def issue(key: bytes, shop_id: int, order_id: int) -> str:
    """The last part of the link to an order."""
    body = f"{shop_id}-{order_id}"
    return f"{body}-{_signature(key, body)}"


def read(key: bytes, text: str) -> Named | None:
    """Which order a link names; None unless we signed it. Compared as bytes, in constant time."""
    shop, _, rest = text.partition("-")
    order, _, signature = rest.partition("-")
    if len(text) > LONGEST or not text.isascii() or not (shop.isdecimal() and order.isdecimal()):
        return None
    if not hmac.compare_digest(_signature(key, f"{shop}-{order}").encode(), signature.encode()):
        return None
    return Named(int(shop), int(order))


def _signature(key: bytes, body: str) -> str:
    return urlsafe_b64encode(hmac.digest(key, body.encode(), "sha256")[:_SIGNED_BYTES]).decode()
