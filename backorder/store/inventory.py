"""Inventory items: their levels at every location and the variants that sell them."""

from collections.abc import Iterable

from backorder.rules.seen import ItemSeen, LevelSeen
from backorder.store.client import ShopGraphQL
from backorder.store.errors import GoneFromStore
from backorder.store.gids import gid, number
from backorder.store.reading import Node, all_nodes, instant
from backorder.store.several import by_number, several
from backorder.store.variant_node import variant

# One may cost 59 points at most, and a query 1,000.
ITEMS_A_CALL = 15


def item(client: ShopGraphQL, item_id: int) -> ItemSeen | None:
    found = client.execute("item", {"id": gid("InventoryItem", item_id)})["inventoryItem"]
    return None if found is None else _item(client, item_id, found)


def items(client: ShopGraphQL, item_ids: Iterable[int]) -> dict[int, ItemSeen]:
    found = by_number(several(client, "items", "InventoryItem", item_ids, ITEMS_A_CALL))
    return {item_id: _item(client, item_id, node) for item_id, node in found.items()}


def _item(client: ShopGraphQL, item_id: int, found: Node) -> ItemSeen:
    def more_variants(after: str) -> Node:
        return _part(client, item_id, "item_variants", "variants", after)

    first = found["variants"]
    return ItemSeen(
        item_id=item_id,
        tracked=found["tracked"],
        levels=levels(client, item_id, found["inventoryLevels"]),
        # The schema lets the store say nothing of them; an item that is there has one.
        variants=tuple(variant(node) for node in all_nodes(first, more_variants)) if first is not None else (),
    )


def levels(client: ShopGraphQL, item_id: int, first: Node) -> tuple[LevelSeen, ...]:
    """All active levels of an item, given the first page of them."""

    def more(after: str) -> Node:
        return _part(client, item_id, "item_levels", "inventoryLevels", after)

    return tuple(_level(item_id, node) for node in all_nodes(first, more))


def _part(client: ShopGraphQL, item_id: int, name: str, field: str, after: str) -> Node:
    found = client.execute(name, {"id": gid("InventoryItem", item_id), "after": after})["inventoryItem"]
    if found is None or found[field] is None:
        raise GoneFromStore(f"The inventory item {item_id} went away while it was read.")
    connection: Node = found[field]
    return connection


def _level(item_id: int, node: Node) -> LevelSeen:
    units = {quantity["name"]: quantity["quantity"] for quantity in node["quantities"]}
    return LevelSeen(
        item_id=item_id,
        location_id=number(node["location"]["id"]),
        available=units["available"],
        committed=units["committed"],
        on_hand=units["on_hand"],
        incoming=units["incoming"],
        updated_at=instant(node["updatedAt"]),
    )
