"""What every page may say without being told: whose shop it is, which day it is there, where the reader stands."""

from typing import Any

from flask import g, request

from plugin.frame import app_bridge
from plugin.here import business_now, current_caller, current_house
from plugin.shown.today import today

SECTIONS = (
    ("/", "Home"),
    ("/backlog", "Backlog"),
    ("/variants", "Variants"),
    ("/purchase-orders", "Purchase orders"),
    ("/settings", "Settings"),
    ("/health", "Health"),
)


def head() -> dict[str, Any]:
    """What stands in the head of every document in the frame."""
    settings = current_house().settings
    return {"api_key": settings.shopify_api_key, "app_bridge": app_bridge(settings).url}


def surroundings() -> dict[str, Any]:
    """The words of the frame around a page; nothing of anybody while the caller is not known."""
    if "caller" not in g:
        return head()
    shop = current_caller().shop
    now = business_now()
    return {
        **head(),
        "shop": shop,
        "timezone": shop.timezone,
        "today": today(shop, now),
        "sections": SECTIONS,
        "section": _section(request.path),
    }


def _section(path: str) -> str:
    if path.startswith(("/orders/", "/queues/", "/picking", "/arrivals")):
        return "/backlog"
    if path.startswith("/comparisons/"):
        return "/health"
    if path == "/counts":
        return "/variants"
    if path == "/suppliers" or path.startswith("/suppliers/") or path in {"/what-if", "/drop-ship"}:
        return "/purchase-orders"
    matching = [address for address, _ in SECTIONS if path == address or path.startswith(address + "/")]
    return max(matching, key=len, default="/")
