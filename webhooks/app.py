"""The app itself: removed from a shop, given other rights, or the shop changed its name or time zone."""

from datetime import datetime

from backorder import install
from backorder.clock import transport_now
from backorder.db.inbox import Kept
from backorder.house import House
from webhooks.errand import Errand, same_shop
from webhooks.look import Hint, Look
from webhooks.payload import Payload


def uninstalled(house: House, kept: Kept, payload: Payload, now: datetime) -> str | None:
    """The merchant removed the app. A late word of an earlier removal does not end a newer installation."""
    same_shop(kept, payload.text("myshopify_domain"))
    # Where the envelope does not say when, it was before it came here; a replay years later makes it no younger.
    happened_at = kept.triggered_at or kept.received_at + (now - transport_now())
    left = install.leave(house, kept.shop_domain, happened_at, now)
    return None if left else "The shop is not installed, or came back since."


def shop(_payload: Payload) -> Look:
    """The shop or our rights in it changed."""
    return Look(shop=True)


TOPICS: dict[str, Hint] = {
    "shop/update": shop,
    "app/scopes_update": shop,
}
ERRANDS: dict[str, Errand] = {
    "app/uninstalled": uninstalled,
}
