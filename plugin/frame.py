"""The frame our pages live in: who may embed them, which scripts run there, where App Bridge comes from."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from backorder.config import Settings

CDN = "https://cdn.shopify.com"
ADMIN = "https://admin.shopify.com"
# Nothing of an answer that is no page may run or be framed.
SEALED = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True)
class AppBridge:
    """Where the script of the frame is loaded from."""

    origin: str
    path: str

    @property
    def url(self) -> str:
        return self.origin + self.path


def store_origin(settings: Settings) -> str | None:
    """Scheme, host and port of a development store; None for the real Shopify."""
    if not settings.store_is_overridden:
        return None
    parts = urlsplit(settings.shopify_shop_url)
    return f"{parts.scheme}://{parts.netloc}"


def app_bridge(settings: Settings) -> AppBridge:
    """App Bridge: Shopify's own, or the stand-in that a development store serves."""
    store = store_origin(settings)
    return AppBridge(store, "/app-bridge.js") if store else AppBridge(CDN, "/shopifycloud/app-bridge.js")


def page_policy(settings: Settings, shop_domain: str | None) -> str:
    """The Content-Security-Policy of a page: framed only by the admin of this shop; by nobody where there is none."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {app_bridge(settings).origin}",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {_ancestors(settings, shop_domain)}",
        )
    )


def _ancestors(settings: Settings, shop_domain: str | None) -> str:
    if shop_domain is None:
        return "'none'"
    store = store_origin(settings)
    return " ".join((f"https://{shop_domain}", ADMIN, *([store] if store else ())))
