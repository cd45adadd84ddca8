"""Is this caller who they say? Pure checks of what Shopify signs; the doors call them before anything else.

The API secrets come as plain strings, the current one first and the previous one after it while it is being rotated.
``now`` is transport time (the system clock), aware UTC.
"""

from backorder.store.credentials.proxies import ProxyCaller, proxy_signed
from backorder.store.credentials.refusal import CallerRefused
from backorder.store.credentials.sessions import SessionClaims, session_token
from backorder.store.credentials.webhooks import webhook_signed
from backorder.store.origin import shop_domain

__all__ = [
    "CallerRefused",
    "ProxyCaller",
    "SessionClaims",
    "proxy_signed",
    "session_token",
    "shop_domain",
    "webhook_signed",
]
