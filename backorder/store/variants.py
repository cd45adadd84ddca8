"""Variants: how they are sold, and what of them is where."""

from collections.abc import Iterable

from backorder.rules.seen import LevelSeen, VariantSeen
from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid, number
from backorder.store.inventory import levels
from backorder.store.reading import Node, next_cursor
from backorder.store.variant_node import variant

IDS_A_CALL = 100


def page(
    client: ShopGraphQL, after: str | None, query: str | None
) -> tuple[tuple[tuple[VariantSeen, tuple[LevelSeen, ...]], ...], str | None]:
    found = client.execute("variants", {"after": after, "query": query})["productVariants"]
    return tuple(_with_levels(client, node) for node in found["nodes"]), next_cursor(found)


def by_ids(client: ShopGraphQL, variant_ids: Iterable[int]) -> tuple[VariantSeen, ...]:
    wanted = sorted(set(variant_ids))
    seen: list[VariantSeen] = []
    for start in range(0, len(wanted), IDS_A_CALL):
        ids = [gid("ProductVariant", each) for each in wanted[start : start + IDS_A_CALL]]
        seen += [variant(node) for node in client.execute("variants_by_ids", {"ids": ids})["nodes"] if node]
    return tuple(seen)


def _with_levels(client: ShopGraphQL, node: Node) -> tuple[VariantSeen, tuple[LevelSeen, ...]]:
    item = node["inventoryItem"]
    return variant(node), levels(client, number(item["id"]), item["inventoryLevels"])
