"""What lists can be searched and sorted by."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from graphql import GraphQLError

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args
from devstore.admin.paging import SortKey, by_id, by_update
from devstore.admin.resolve import unmodelled
from devstore.admin.search import Read, SearchError, compile_search
from devstore.model import Order
from devstore.standing import fulfillment_status

SORT_KEYS: Mapping[str | None, SortKey] = {
    None: by_id,
    "ID": by_id,
    "UPDATED_AT": by_update,
    "CREATED_AT": lambda node: (node.created_at, node.id),
    "PROCESSED_AT": lambda node: (node.processed_at, node.id),
}


def sort_key(asking: Asking, args: Args) -> SortKey:
    """The order a list was asked for in."""
    key = SORT_KEYS.get(args.get("sortKey"))
    if key is None:
        raise unmodelled(asking, f"sortKey {args.get('sortKey')}")
    return key


def found(asking: Asking, nodes: Iterable[Any], args: Args, fields: Mapping[str, Read]) -> list[Any]:
    """The nodes that ``query:`` finds. A query that is not understood is loud: the platform would ignore it.

    What changed so lately that the index has not heard of it is not found by one.
    """
    try:
        test = compile_search(args.get("query"), fields)
        indexed = asking.world.now() - timedelta(seconds=asking.world.index_lag)
        late = bool(args.get("query")) and asking.world.index_lag > 0
        return [node for node in nodes if test(node) and not (late and node.updated_at > indexed)]
    except SearchError as error:
        asking.world.misses.append({"coordinate": f"query: {error}", "shop": asking.shop.domain})
        raise GraphQLError(str(error), extensions={"code": "NOT_MODELLED"}) from error


def _tags(node: Any) -> frozenset[str]:
    return frozenset(tag.lower() for tag in node.tags)


def _order_status(order: Order) -> frozenset[str]:
    if order.cancelled_at is not None:
        return frozenset({"cancelled", "any"})
    return frozenset({"closed", "any"}) if order.closed else frozenset({"open", "not_closed", "any"})


def _order_fulfillment(order: Order) -> frozenset[str]:
    shipped = fulfillment_status(order)
    if shipped == "fulfilled":
        return frozenset({"shipped", "fulfilled"})
    return frozenset({"partial"}) if shipped else frozenset({"unshipped", "unfulfilled"})


ORDERS: Mapping[str, Read] = {
    "id": lambda order: order.id,
    "name": lambda order: frozenset({order.name, str(order.number)}),
    "status": _order_status,
    "fulfillment_status": _order_fulfillment,
    "financial_status": lambda order: order.financial_status,
    "created_at": lambda order: order.created_at,
    "processed_at": lambda order: order.processed_at,
    "updated_at": lambda order: order.updated_at,
    "test": lambda order: order.test,
    "tag": _tags,
}

FULFILLMENT_ORDERS: Mapping[str, Read] = {
    "id": lambda part: part.id,
    "status": lambda part: part.status,
    "assigned_location_id": lambda part: part.location_id,
    "created_at": lambda part: part.created_at,
    "updated_at": lambda part: part.updated_at,
}

PRODUCTS: Mapping[str, Read] = {
    "id": lambda product: product.id,
    "title": lambda product: product.title,
    "handle": lambda product: product.handle,
    "status": lambda product: product.status,
    "vendor": lambda product: product.vendor,
    "product_type": lambda product: product.product_type,
    "tag": _tags,
    "created_at": lambda product: product.created_at,
    "updated_at": lambda product: product.updated_at,
}

COLLECTIONS: Mapping[str, Read] = {
    "id": lambda collection: collection.id,
    "title": lambda collection: collection.title,
    "handle": lambda collection: collection.handle,
    "updated_at": lambda collection: collection.updated_at,
}

VARIANTS: Mapping[str, Read] = {
    "id": lambda variant: variant.id,
    "product_id": lambda variant: variant.product_id,
    "sku": lambda variant: variant.sku,
    "title": lambda variant: variant.title,
    "updated_at": lambda variant: variant.updated_at,
}

TRANSFERS: Mapping[str, Read] = {
    "id": lambda transfer: transfer.id,
    "status": lambda transfer: transfer.status,
    "tag": _tags,
    "created_at": lambda transfer: transfer.created_at,
}
