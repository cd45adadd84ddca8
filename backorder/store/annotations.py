"""What we write on an order: the promise it was given, and tags the merchant can search for."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from backorder.store.client import ShopGraphQL
from backorder.store.gids import gid
from backorder.store.offers import NAMESPACE, json_text
from backorder.store.reading import payload

ORDER_KEY = "backorder_promise"


def annotate(
    client: ShopGraphQL, order_id: int, promise: Mapping[str, Any], digest: str | None, tags: Collection[str]
) -> str:
    wish = {
        "ownerId": gid("Order", order_id),
        "namespace": NAMESPACE,
        "key": ORDER_KEY,
        "type": "json",
        "value": json_text(promise),
        "compareDigest": digest,
    }
    variables: dict[str, Any] = {"metafields": [wish]}
    if tags:
        data = client.execute("annotate", variables | {"id": wish["ownerId"], "tags": sorted(tags)})
    else:
        data = client.execute("metafields_set", variables)
    said = payload(data, "metafieldsSet")
    if tags:
        payload(data, "tagsAdd")
    return str(said["metafields"][0]["compareDigest"])


def clear(client: ShopGraphQL, order_id: int, tags: Iterable[str]) -> None:
    owner = gid("Order", order_id)
    variables: dict[str, Any] = {"metafields": [{"ownerId": owner, "namespace": NAMESPACE, "key": ORDER_KEY}]}
    if not (gone := sorted(set(tags))):
        payload(client.execute("metafields_delete", variables), "metafieldsDelete")
        return
    data = client.execute("annotation_clear", variables | {"id": owner, "tags": gone})
    payload(data, "metafieldsDelete")
    payload(data, "tagsRemove")


def tags_add(client: ShopGraphQL, order_id: int, tags: Iterable[str]) -> None:
    _tags(client, "tags_add", "tagsAdd", order_id, tags)


def tags_remove(client: ShopGraphQL, order_id: int, tags: Iterable[str]) -> None:
    _tags(client, "tags_remove", "tagsRemove", order_id, tags)


def _tags(client: ShopGraphQL, document: str, field: str, order_id: int, tags: Iterable[str]) -> None:
    variables = {"id": gid("Order", order_id), "tags": sorted(set(tags))}
    payload(client.execute(document, variables), field)
