"""Inventory items, their levels, the states a unit can be in."""

from typing import Any

from graphql import GraphQLError

from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Listing
from devstore.gids import gid, level_gid
from devstore.model import STATES, Item, Level, Location

item = kind("InventoryItem", Item)
item.plain("sku", "tracked", "requiresShipping", "createdAt", "updatedAt", legacyResourceId="id")


@item.field("id")
def _item_id(source: Item, _asking: Asking, _args: Args) -> str:
    return gid("InventoryItem", source.id)


@item.field("unitCost")
def _cost(source: Item, asking: Asking, _args: Args) -> dict[str, Any] | None:
    return None if source.cost is None else {"amount": source.cost, "currencyCode": asking.shop.currency}


@item.listing("inventoryLevels")
def _levels(source: Item, asking: Asking, _args: Args) -> Listing:
    world = asking.world
    world.levels_read[asking.shop.domain, source.id, int(world.clock.transport().timestamp())] += 1
    return Listing(asking.shop.levels_of(source.id))


@item.field("inventoryLevel", "locationId")
def _level(source: Item, asking: Asking, args: Args) -> Level | None:
    return asking.shop.levels.get((source.id, wanted(args["locationId"], "Location")))


@item.listing("variants")
def _variants(source: Item, asking: Asking, _args: Args) -> Listing:
    return Listing(asking.shop.variants_of(source.id))


level = kind("InventoryLevel", Level)
level.plain("updatedAt").always(isActive=True)
kind("InventoryQuantity").keys("name", "quantity", "updatedAt")


@level.field("id")
def _level_id(source: Level, _asking: Asking, _args: Args) -> str:
    return level_gid(source.id, source.item_id)


@level.field("location")
def _location(source: Level, asking: Asking, _args: Args) -> Location:
    return asking.shop.locations[source.location_id]


@level.field("item")
def _item(source: Level, asking: Asking, _args: Args) -> Item:
    return asking.shop.items[source.item_id]


@level.field("quantities", "names")
def _quantities(source: Level, _asking: Asking, args: Args) -> list[dict[str, Any]]:
    for name in args["names"]:
        if name != "on_hand" and name not in STATES:
            raise GraphQLError(f"Invalid quantity name: {name}", extensions={"code": "BAD_REQUEST"})
    return [{"name": name, "quantity": source.quantity(name), "updatedAt": source.updated_at} for name in args["names"]]


kind("InventoryProperties").keys("quantityNames")
kind("InventoryQuantityName").keys("name", "displayName", "isInUse", "belongsTo", "comprises")

QUANTITY_NAMES = [
    {
        "name": name,
        "displayName": name.replace("_", " ").capitalize(),
        "isInUse": True,
        "belongsTo": [] if name in {"on_hand", "incoming"} else ["on_hand"],
        "comprises": [state for state in STATES if state != "incoming"] if name == "on_hand" else [],
    }
    for name in (*STATES, "on_hand")
]
