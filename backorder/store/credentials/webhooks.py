"""Deliveries: an HMAC over the raw body."""

import hmac
from base64 import b64encode
from collections.abc import Sequence


def webhook_signed(body: bytes, header: str | None, secrets: Sequence[str]) -> bool:
    """Whether ``X-Shopify-Hmac-Sha256`` was made over exactly these bytes with one of our secrets.

    Compares bytes, in constant time; a header that is missing or no ASCII is simply not a signature. Only the body is
    proven: topic and shop come from headers that anybody may have changed.
    """
    # What is no ASCII becomes "?", which no signature contains.
    sent = (header or "").encode("ascii", "replace")
    matches = [hmac.compare_digest(b64encode(hmac.digest(secret.encode(), body, "sha256")), sent) for secret in secrets]
    return any(matches)
