"""What a query may begin with."""

from collections.abc import Callable, Mapping
from typing import Any

from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, kind
from devstore.admin.nouns.inventory import QUANTITY_NAMES
from devstore.admin.nouns.searching import (
    COLLECTIONS,
    FULFILLMENT_ORDERS,
    ORDERS,
    PRODUCTS,
    TRANSFERS,
    VARIANTS,
    found,
    sort_key,
)
from devstore.admin.nouns.shop import app_of
from devstore.admin.paging import Listing
from devstore.gids import gid, split_gid
from devstore.model import FulfillmentOrder, Item, Order, Shipment, Shop

root = kind("QueryRoot")


@root.field("shop")
def _shop(_source: None, asking: Asking, _args: Args) -> Shop:
    return asking.shop


@root.field("currentAppInstallation")
def _installation(_source: None, asking: Asking, _args: Args) -> dict[str, object]:
    return {
        "id": gid("AppInstallation", asking.app_id),
        "launchUrl": f"{asking.world.origin(asking.shop)}/admin/apps/{asking.world.app.handle}",
        "accessScopes": [{"handle": scope} for scope in sorted(asking.scopes)],
        "activeSubscriptions": [],
        "app": app_of(asking, asking.app_id),
    }


@root.listing("locations", "includeInactive", "includeLegacy")
def _locations(_source: None, asking: Asking, args: Args) -> Listing:
    closed, of_services = bool(args.get("includeInactive")), bool(args.get("includeLegacy"))
    every = asking.shop.locations.values()
    return Listing([place for place in every if (closed or place.active) and (of_services or not place.is_service)])


@root.field("location", "id")
def _location(_source: None, asking: Asking, args: Args) -> object:
    return asking.shop.locations.get(wanted(args["id"], "Location"))


@root.field("inventoryProperties")
def _properties(_source: None, _asking: Asking, _args: Args) -> dict[str, object]:
    return {"quantityNames": QUANTITY_NAMES}


@root.listing("products", "query", "sortKey")
def _products(_source: None, asking: Asking, args: Args) -> Listing:
    return Listing(found(asking, asking.shop.products.values(), args, PRODUCTS), sort_key(asking, args))


@root.listing("productVariants", "query", "sortKey")
def _variants(_source: None, asking: Asking, args: Args) -> Listing:
    return Listing(found(asking, asking.shop.variants.values(), args, VARIANTS), sort_key(asking, args))


@root.field("product", "id")
def _product(_source: None, asking: Asking, args: Args) -> object:
    return asking.shop.products.get(wanted(args["id"], "Product"))


@root.listing("collections", "query", "sortKey")
def _collections(_source: None, asking: Asking, args: Args) -> Listing:
    return Listing(found(asking, asking.shop.collections.values(), args, COLLECTIONS), sort_key(asking, args))


@root.field("collection", "id")
def _collection(_source: None, asking: Asking, args: Args) -> object:
    return asking.shop.collections.get(wanted(args["id"], "Collection"))


@root.field("productVariant", "id")
def _variant(_source: None, asking: Asking, args: Args) -> object:
    return asking.shop.variants.get(wanted(args["id"], "ProductVariant"))


@root.field("inventoryItem", "id")
def _item(_source: None, asking: Asking, args: Args) -> Item | None:
    return asking.shop.items.get(wanted(args["id"], "InventoryItem"))


@root.listing("metafieldDefinitions", "ownerType", "namespace", "key")
def _definitions(_source: None, asking: Asking, args: Args) -> Listing:
    namespace = asking.world.app.namespace(args["namespace"]) if args.get("namespace") else None
    return Listing(
        [
            each
            for each in asking.shop.definitions.values()
            if each.owner == args["ownerType"]
            and namespace in {None, each.namespace}
            and args.get("key") in {None, each.key}
        ]
    )


@root.field("order", "id")
def _order(_source: None, asking: Asking, args: Args) -> Order | None:
    order = asking.shop.orders.get(wanted(args["id"], "Order"))
    return order if order is not None and asking.shows(order) else None


@root.listing("orders", "query", "sortKey")
def _orders(_source: None, asking: Asking, args: Args) -> Listing:
    orders = [order for order in asking.shop.orders.values() if asking.shows(order)]
    return Listing(found(asking, orders, args, ORDERS), sort_key(asking, args))


@root.field("fulfillmentOrder", "id")
def _part(_source: None, asking: Asking, args: Args) -> FulfillmentOrder | None:
    return asking.shop.fulfillment_orders.get(wanted(args["id"], "FulfillmentOrder"))


@root.listing("fulfillmentOrders", "query", "sortKey", "includeClosed")
def _parts(_source: None, asking: Asking, args: Args) -> Listing:
    every = bool(args.get("includeClosed"))
    parts = [part for part in asking.shop.fulfillment_orders.values() if every or not part.finished]
    return Listing(found(asking, parts, args, FULFILLMENT_ORDERS), sort_key(asking, args))


@root.listing("inventoryTransfers", "query", "sortKey")
def _transfers(_source: None, asking: Asking, args: Args) -> Listing:
    return Listing(found(asking, asking.shop.transfers.values(), args, TRANSFERS), sort_key(asking, args))


@root.field("inventoryTransfer", "id")
def _transfer(_source: None, asking: Asking, args: Args) -> object:
    return asking.shop.transfers.get(wanted(args["id"], "InventoryTransfer"))


@root.field("inventoryShipment", "id")
def _shipment(_source: None, asking: Asking, args: Args) -> object:
    return _shipments(asking.shop).get(wanted(args["id"], "InventoryShipment"))


@root.field("job", "id")
def _job(_source: None, asking: Asking, args: Args) -> dict[str, object] | None:
    _, number = split_gid(args["id"])
    done = asking.shop.jobs.get(number)
    return None if done is None else {"id": args["id"], "done": done}


@root.listing("webhookSubscriptions", "query")
def _subscriptions(_source: None, asking: Asking, args: Args) -> Listing:
    return Listing(found(asking, asking.shop.subscriptions.values(), args, {"id": lambda each: each.id}))


@root.field("node", "id")
def _node(_source: None, asking: Asking, args: Args) -> object:
    return _by_gid(asking, args["id"])


@root.field("nodes", "ids")
def _nodes(_source: None, asking: Asking, args: Args) -> list[object]:
    return [_by_gid(asking, each) for each in args["ids"]]


def _shipments(shop: Shop) -> Mapping[int, Shipment]:
    return {each.id: each for transfer in shop.transfers.values() for each in transfer.shipments}


BOOKS: Mapping[str, Callable[[Shop], Mapping[int, Any]]] = {
    "Product": lambda shop: shop.products,
    "Collection": lambda shop: shop.collections,
    "ProductVariant": lambda shop: shop.variants,
    "InventoryItem": lambda shop: shop.items,
    "Location": lambda shop: shop.locations,
    "Order": lambda shop: shop.orders,
    "FulfillmentOrder": lambda shop: shop.fulfillment_orders,
    "Customer": lambda shop: shop.customers,
    "InventoryTransfer": lambda shop: shop.transfers,
    "InventoryShipment": _shipments,
}


def _by_gid(asking: Asking, text: str) -> object:
    book, _ = split_gid(text)
    if book not in BOOKS:
        return None
    thing = BOOKS[book](asking.shop).get(wanted(text, book))
    return None if isinstance(thing, Order) and not asking.shows(thing) else thing
