"""``metafieldsSet`` and ``metafieldsDelete``: at most twenty-five at once, all or none."""

from typing import Any

from graphql import GraphQLError

from devstore.admin.acts.refusing import Payload, mutation, payload, refused, user_error
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs
from devstore.gids import split_gid
from devstore.metafields import check_metafield, delete_metafield, set_metafield
from devstore.model import Owner
from devstore.payloads import order_payload
from devstore.policy import touch_product
from devstore.saying import StoreSays

MOST = 25
OWNERS: dict[str, Owner] = {
    "ProductVariant": "PRODUCTVARIANT",
    "Product": "PRODUCT",
    "Order": "ORDER",
    "Customer": "CUSTOMER",
    "Shop": "SHOP",
    "Location": "LOCATION",
}

inputs("MetafieldsSetInput", "ownerId", "namespace", "key", "type", "value", "compareDigest")
inputs("MetafieldIdentifierInput", "ownerId", "namespace", "key")
payload("MetafieldsSetPayload", "metafields")
payload("MetafieldsDeletePayload", "deletedMetafields")


@mutation.field("metafieldsSet", "metafields")
def _set(_source: None, asking: Asking, args: Args) -> Payload:
    wishes = args["metafields"]
    if len(wishes) > MOST:
        raise GraphQLError(f"The input array size of {len(wishes)} is greater than the maximum allowed of {MOST}.")
    errors = []
    for index, wish in enumerate(wishes):
        try:
            _check(asking, wish)
        except StoreSays as said:
            errors.append({**user_error(said, "metafields", str(index)), "elementIndex": index})
    if errors:
        return refused(*errors)
    written = []
    for wish in wishes:
        owner, owner_id, namespace = _place(asking, wish)
        written.append(
            set_metafield(
                asking.world,
                asking.shop,
                owner,
                owner_id,
                namespace,
                wish["key"],
                wish.get("type"),
                wish["value"],
                by="app",
            )
        )
    _touch(asking, {_place(asking, wish)[:2] for wish in wishes})
    return {"metafields": written, "userErrors": []}


@mutation.field("metafieldsDelete", "metafields")
def _delete(_source: None, asking: Asking, args: Args) -> Payload:
    gone: list[dict[str, str] | None] = []
    for wish in args["metafields"]:
        owner, owner_id, namespace = _place(asking, wish)
        there = delete_metafield(asking.world, asking.shop, owner, owner_id, namespace, wish["key"], by="app")
        gone.append({"ownerId": wish["ownerId"], "namespace": namespace, "key": wish["key"]} if there else None)
    _touch(asking, {_place(asking, wish)[:2] for wish in args["metafields"]})
    return {"deletedMetafields": gone, "userErrors": []}


def _check(asking: Asking, wish: dict[str, Any]) -> None:
    owner, owner_id, namespace = _place(asking, wish)
    if not _exists(asking, owner, owner_id):
        raise StoreSays("Owner does not exist.", ("ownerId",), "INVALID")
    check_metafield(asking.shop, owner, owner_id, namespace, wish["key"], wish.get("type"), wish["value"])
    if "compareDigest" in wish:
        present = asking.shop.metafield(owner, owner_id, namespace, wish["key"])
        if (present.digest if present else None) != wish["compareDigest"]:
            raise StoreSays("The resource has been updated since it was loaded.", ("compareDigest",), "STALE_OBJECT")


def _place(asking: Asking, wish: dict[str, Any]) -> tuple[Owner, int, str]:
    known, _ = split_gid(wish["ownerId"])
    if known not in OWNERS:
        raise GraphQLError(f"Invalid id: {wish['ownerId']}", extensions={"code": "RESOURCE_NOT_FOUND"})
    return OWNERS[known], wanted(wish["ownerId"], known), asking.world.app.namespace(wish.get("namespace"))


def _exists(asking: Asking, owner: Owner, owner_id: int) -> bool:
    shop = asking.shop
    books: dict[Owner, set[int]] = {
        "PRODUCTVARIANT": set(shop.variants),
        "PRODUCT": set(shop.products),
        "ORDER": {order.id for order in shop.orders.values() if asking.shows(order)},
        "CUSTOMER": set(shop.customers),
        "SHOP": {shop.id},
        "LOCATION": set(shop.locations),
    }
    return owner_id in books[owner]


def _touch(asking: Asking, owners: set[tuple[Owner, int]]) -> None:
    """What a metafield belongs to has changed, and subscribers hear of it."""
    for owner, owner_id in sorted(owners):
        if owner == "PRODUCTVARIANT" and owner_id in asking.shop.variants:
            touch_product(asking.world, asking.shop, asking.shop.variants[owner_id])
        elif owner == "ORDER" and owner_id in asking.shop.orders:
            order = asking.shop.orders[owner_id]
            order.updated_at = asking.world.now()
            asking.world.emit(asking.shop, "orders/updated", order_payload(asking.world, asking.shop, order))
