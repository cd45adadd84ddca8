"""Collections: found by their title, and which products are in one."""

from dataclasses import dataclass

from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid, number
from backorder.store.reading import Node, all_nodes, next_cursor


@dataclass(frozen=True)
class CollectionSeen:
    """A collection by its number and title."""

    collection_id: int
    title: str


@dataclass(frozen=True)
class CollectionPage:
    """A page of a collection: the products on it, and where the next one begins (None: it was the last)."""

    title: str
    products: tuple[int, ...]
    cursor: str | None


def titled(client: ShopGraphQL, title: str) -> tuple[CollectionSeen, ...]:
    # The store's search looks for words; what it finds is compared whole here.
    words = title.replace("\\", " ").replace('"', " ")

    def ask(after: str | None) -> Node:
        found: Node = client.execute("collections", {"query": f'title:"{words}"', "after": after})["collections"]
        return found

    seen = (CollectionSeen(number(node["id"]), node["title"]) for node in all_nodes(ask(None), ask))
    return tuple(one for one in seen if one.title.casefold() == title.casefold())


def page(client: ShopGraphQL, collection_id: int, after: str | None) -> CollectionPage | None:
    found = client.execute("collection", {"id": gid("Collection", collection_id), "after": after})["collection"]
    if found is None:
        return None
    products = found["products"]
    return CollectionPage(found["title"], tuple(number(n["id"]) for n in products["nodes"]), next_cursor(products))
