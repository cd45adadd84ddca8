"""Stock moved. What ``available`` the store names is never used: the level is read when it is looked at."""

from webhooks.look import Hint, Look
from webhooks.payload import Payload


def level(payload: Payload) -> Look:
    """A level changed, appeared or went at one location."""
    payload.id("location_id", "Location")
    return Look(items=(payload.id("inventory_item_id", "InventoryItem"),))


def item(payload: Payload) -> Look:
    """An inventory item changed (it may no longer be tracked) or is gone."""
    return Look(items=(payload.id("id", "InventoryItem"),))


TOPICS: dict[str, Hint] = {
    "inventory_levels/update": level,
    "inventory_levels/connect": level,
    "inventory_levels/disconnect": level,
    "inventory_items/update": item,
    "inventory_items/delete": item,
}
