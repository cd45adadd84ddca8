"""Home, product pages, and the files they load."""

import re
from pathlib import Path

from flask import Response, abort, render_template, request, send_from_directory
from werkzeug.exceptions import HTTPException

from devstore.here import current_world, shop_or_404
from devstore.model import Shop
from devstore.storefront.carts import Cart
from devstore.storefront.door import carts, locale_here, storefront, theme
from devstore.storefront.drops import product_drop
from devstore.storefront.theme import FOLDER

COOKIE = "cart"


@storefront.get("/")
def street() -> str:
    """Every shop of this world, and where to go from here."""
    return render_template("storefront/street.html", world=current_world())


@storefront.get("/<shop>/")
def home(shop: str) -> str:
    """The shop window."""
    world, found = current_world(), shop_or_404(shop)
    with world.lock:
        products = [product_drop(world, found, one) for one in found.products.values() if one.status == "ACTIVE"]
        return theme().render("index", world, found, cart_here(found), locale_here(), products=products)


@storefront.get("/<shop>/collections/all")
def collection(shop: str) -> str:
    """Everything there is, each with a form that puts its first variant into the cart without a visit to its page."""
    world, found = current_world(), shop_or_404(shop)
    with world.lock:
        products = [product_drop(world, found, one) for one in found.products.values() if one.status == "ACTIVE"]
        locale = locale_here()
        drop = {"title": "All", "products": products}
        return theme().render("collection", world, found, cart_here(found), locale, collection=drop)


@storefront.get("/<shop>/products/<handle>")
def product(shop: str, handle: str) -> str:
    """One product, with the app's block. ``?variant=`` chooses a variant."""
    return product_page(shop_or_404(shop), handle)


def product_page(found: Shop, handle: str, error: str = "", quantity: int = 1, variant_id: int | None = None) -> str:
    """The page itself, with what was wrong when the buyer asked for something that cannot be had."""
    world = current_world()
    with world.lock:
        wanted = found.product_by_handle(handle)
        if wanted is None or wanted.status != "ACTIVE":
            abort(404)
        drop = product_drop(world, found, wanted, variant_id or request.args.get("variant", type=int))
        locale = locale_here()
        return theme().render(
            "product", world, found, cart_here(found), locale, product=drop, error=error, quantity=quantity
        )


@storefront.get("/<shop>/cdn/theme/<name>")
def theme_asset(shop: str, name: str) -> Response:
    shop_or_404(shop)
    return send_from_directory(FOLDER / "assets", name)


@storefront.get("/<shop>/cdn/extensions/<extension>/<name>")
def extension_asset(shop: str, extension: str, name: str) -> Response:
    """A file of the theme app extension, as Shopify's CDN serves it."""
    shop_or_404(shop)
    folder: Path = theme().extension.folder
    if extension != folder.name:
        abort(404)
    return send_from_directory(folder / "assets", name)


@storefront.get("/<shop>/cdn/pictures/<int:product_id>.svg")
def picture(shop: str, product_id: int) -> Response:
    """A product's drawing; a plain one where it has none."""
    found = shop_or_404(shop).products.get(product_id)
    if found is None:
        abort(404)
    if not found.image:
        return send_from_directory(FOLDER / "assets", "no-picture.svg")
    drawing = found.image
    if "xmlns=" not in drawing:  # inline SVG needs none, a file does
        drawing = re.sub(r"<svg\b", '<svg xmlns="http://www.w3.org/2000/svg"', drawing, count=1)
    return Response(drawing, mimetype="image/svg+xml")


def cart_here(found: Shop) -> Cart:
    """The visitor's cart; a new, empty one is remembered only when something is put in."""
    return carts().peek(found.domain, request.cookies.get(COOKIE))


@storefront.errorhandler(404)
def not_found(error: HTTPException) -> tuple[str, int]:
    """A page of the shop's own where there is a shop; a plain sentence where there is none."""
    world = current_world()
    found = world.shops.get((request.view_args or {}).get("shop", ""))
    if found is None:
        return str(error.description), 404
    with world.lock:
        return theme().render("404", world, found, cart_here(found)), 404
