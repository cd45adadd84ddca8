"""The cart: put in, change, take out."""

from collections.abc import Iterator

from flask import Response, jsonify, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.here import current_world, shop_or_404
from devstore.model import Shop
from devstore.sellable import refusal
from devstore.storefront.carts import Cart
from devstore.storefront.catalogue import COOKIE, cart_here, product_page
from devstore.storefront.door import carts, locale_here, storefront, theme
from devstore.storefront.drops import cart_drop

MOST = 10_000


@storefront.get("/<shop>/cart")
def cart(shop: str) -> str:
    """What is in the cart."""
    return _cart_page(shop_or_404(shop))


@storefront.get("/<shop>/cart.js")
def cart_json(shop: str) -> Response:
    """The same for scripts."""
    world, found = current_world(), shop_or_404(shop)
    with world.lock:
        return jsonify(cart_drop(world, found, cart_here(found)))


@storefront.post("/<shop>/cart/add")
def add(shop: str) -> AnyResponse:
    """The product form. What cannot be bought is refused on the product's page, with the reason."""
    world, found = current_world(), shop_or_404(shop)
    with world.lock:
        variant = found.variants.get(request.form.get("id", type=int) or 0)
        if variant is None:
            return make_response("Choose what to put into the cart.", 422)
        quantity = request.form.get("quantity", 1, type=int)
        mine = carts().of(found.domain, request.cookies.get(COOKIE))
        problem = _problem(found, mine, variant.id, quantity)
        if problem:
            handle = found.product_of(variant).handle
            return make_response(product_page(found, handle, problem, quantity, variant.id), 422)
        mine.add(variant.id, quantity, dict(_properties()))
        return _remember(found, mine, redirect(f"/{found.domain}/cart", 303))


@storefront.post("/<shop>/cart/change")
def change(shop: str) -> AnyResponse:
    """Set the quantity of one line (``id`` is its key); 0 takes it out."""
    world, found = current_world(), shop_or_404(shop)
    with world.lock:
        mine = cart_here(found)
        line = mine.line(request.form.get("id", ""))
        quantity = request.form.get("quantity", type=int)
        if line is None:
            return redirect(f"/{found.domain}/cart", 303)
        if quantity is None or quantity < 0:
            return make_response(_cart_page(found, line.key, "A quantity is a whole number, 0 or more."), 422)
        # only a rise can be refused: what is in the cart may always be put back
        rise = quantity - line.quantity
        problem = _problem(found, mine, line.variant_id, rise) if rise > 0 else None
        if problem:
            return make_response(_cart_page(found, line.key, problem), 422)
        mine.change(line.key, quantity)
        return redirect(f"/{found.domain}/cart", 303)


def _problem(found: Shop, mine: Cart, variant_id: int, units: int) -> str | None:
    if not 0 < units <= MOST:
        return f"A quantity is between 1 and {MOST:,}."
    return refusal(found, found.variants[variant_id], mine.wanted(variant_id) + units)


def _properties() -> Iterator[tuple[str, str]]:
    """``properties[Ships by]`` → ``Ships by``. Empty ones are dropped, as Shopify does."""
    for name, value in request.form.items():
        if name.startswith("properties[") and name.endswith("]") and value:
            yield name.removeprefix("properties[").removesuffix("]"), value


def _remember(found: Shop, mine: Cart, answer: AnyResponse) -> AnyResponse:
    answer.set_cookie(COOKIE, mine.token, path=f"/{found.domain}", httponly=True, samesite="Lax")
    return answer


def _cart_page(found: Shop, wrong_line: str = "", error: str = "") -> str:
    world = current_world()
    with world.lock:
        return theme().render("cart", world, found, cart_here(found), locale_here(), wrong_line=wrong_line, error=error)
