"""Products and their shelves: count goods in, correct a count, change a policy by hand."""

from typing import cast

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from devstore.backoffice.door import attempt, backoffice, number, one_moment, page
from devstore.here import current_world, shop_or_404
from devstore.model import Metafield, Policy, Product, Shop
from devstore.policy import set_policy
from devstore.saying import StoreSays
from devstore.sellable import inventory_quantity
from devstore.stock import correct, receive, set_aside

ASIDE = ("damaged", "quality_control", "safety_stock", "reserved")


@backoffice.get("/<shop>/admin")
@backoffice.get("/<shop>/admin/")
def front(shop: str) -> Response:
    return redirect(f"/{shop_or_404(shop).domain}/admin/products")


@backoffice.get("/<shop>/admin/products")
@one_moment
def products(shop: str) -> str:
    """Every product with what is left of it."""
    found = shop_or_404(shop)
    left = {variant.id: inventory_quantity(found, variant.item_id) for variant in found.variants.values()}
    return page("products", found, left=left)


@backoffice.get("/<shop>/admin/products/<int:product_id>")
@one_moment
def product(shop: str, product_id: int) -> str:
    """One product: its variants, their levels at every location, and what may be done with them."""
    found = shop_or_404(shop)
    wanted = _product_or_404(found, product_id)
    metafields = {variant.id: variant_metafields(found, variant.id) for variant in wanted.variants}
    return page("product", found, product=wanted, metafields=metafields, aside=ASIDE)


@backoffice.post("/<shop>/admin/products/<int:product_id>/levels/<int:item_id>/<int:location_id>")
def change_level(shop: str, product_id: int, item_id: int, location_id: int) -> Response:
    """``act`` receive, available, on_hand or aside, with ``units``."""
    world, found = current_world(), shop_or_404(shop)
    _product_or_404(found, product_id)

    def act() -> str:
        units, wanted = number("units", "The number of units"), request.form.get("act", "")
        if wanted == "receive":
            level = receive(world, found, item_id, location_id, units)
            return f"{units} counted in. {level.available} are available."
        if wanted in {"available", "on_hand"}:
            available, on_hand = (units, None) if wanted == "available" else (None, units)
            level = correct(world, found, item_id, location_id, available=available, on_hand=on_hand)
            return f"Corrected: {level.available} available, {level.on_hand} on hand."
        if wanted in ASIDE:
            level = set_aside(world, found, item_id, location_id, wanted, units)
            return f"Set aside: {level.available} available, {level.quantity(wanted)} in that state."
        raise StoreSays("Choose what to do with the units.", ("act",))

    back = f"/{found.domain}/admin/products/{product_id}"
    return attempt(act, f"{back}#level-{item_id}-{location_id}", f"level-{item_id}-{location_id}")


@backoffice.post("/<shop>/admin/products/<int:product_id>/variants/<int:variant_id>/policy")
def change_policy(shop: str, product_id: int, variant_id: int) -> Response:
    """Let a variant sell beyond its stock, or not."""
    world, found = current_world(), shop_or_404(shop)
    _product_or_404(found, product_id)

    def act() -> str:
        policy = cast("Policy", request.form.get("policy", ""))  # the verb refuses what is none
        set_policy(world, found, variant_id, policy)
        return "Sells beyond its stock." if policy == "CONTINUE" else "Stops selling when its stock is gone."

    back = f"/{found.domain}/admin/products/{product_id}#variant-{variant_id}"
    return attempt(act, back, f"variant-{variant_id}")


def variant_metafields(shop: Shop, variant_id: int) -> list[Metafield]:
    """What apps have attached to a variant."""
    return [one for one in shop.metafields.values() if (one.owner, one.owner_id) == ("PRODUCTVARIANT", variant_id)]


def _product_or_404(shop: Shop, product_id: int) -> Product:
    return shop.products.get(product_id) or abort(404, "There is no such product.")
