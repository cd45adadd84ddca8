"""The order status page: what was bought, what was promised, what has left."""

import json
from collections.abc import Iterator
from datetime import date

from flask import abort, render_template

from devstore.here import current_world, shop_or_404
from devstore.metafields import definition
from devstore.model import Order, Shop
from devstore.storefront import line_extension
from devstore.storefront.door import storefront
from devstore.world import World

KEY = "backorder_promise"


@storefront.get("/<shop>/orders/<token>")
def order_status(shop: str, token: str) -> str:
    """Whoever has the token may look."""
    world, found = current_world(), shop_or_404(shop)
    with world.lock:
        order = found.order_by_token(token)
        if order is None:
            abort(404)
        products = {line.id: found.products.get(line.product_id or 0) for line in order.line_items}
        return render_template(
            "storefront/order.html",
            shop=found,
            order=order,
            products=products,
            promised=promised_day(world, found, order),
            promised_from=promised_from(world, found, order),
            waits=any(line.unfulfilled for line in order.line_items),
            parcels=[parcel for parcel in order.fulfillments if parcel.status != "CANCELLED"],
            titles={line.id: line.name for line in order.line_items},
            extension=line_extension.on_order(world, found, order),
        )


def promised_day(world: World, shop: Shop, order: Order) -> date | None:
    """The day by which everything that waits will have shipped, as the app wrote it into the order's metafield.

    None while the app wrote nothing, or keeps it from customers (``access.customer_account``).
    """
    return max(_days(_written(world, shop, order)), default=None)


def promised_from(world: World, shop: Shop, order: Order) -> date | None:
    """The first day of the range whose last one that is, where the app wrote one."""
    written = _written(world, shop, order)
    first = written.get("range_from") if isinstance(written, dict) else None
    return date.fromisoformat(first) if isinstance(first, str) else None


def _written(world: World, shop: Shop, order: Order) -> object:
    declared = definition(shop, "ORDER", world.app.reserved, KEY)
    metafield = shop.metafield("ORDER", order.id, world.app.reserved, KEY)
    if declared is None or declared.customer_account != "READ" or metafield is None:
        return None
    return json.loads(metafield.value)


def _days(value: object) -> Iterator[date]:
    """Every ``ship_by`` in the app's value, however deep: the latest of them speaks for the whole order."""
    if isinstance(value, list):
        for one in value:
            yield from _days(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == "ship_by" and isinstance(inner, str):
                yield date.fromisoformat(inner)
            else:
                yield from _days(inner)
