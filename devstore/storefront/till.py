"""The checkout: who buys, where it goes, and the order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from devstore.checkout import place_order
from devstore.here import current_world, shop_or_404
from devstore.model import Address, Customer, Shop
from devstore.saying import StoreSays
from devstore.storefront import line_extension
from devstore.storefront.carts import Cart
from devstore.storefront.catalogue import COOKIE, cart_here
from devstore.storefront.door import carts, locale_here, storefront
from devstore.storefront.drops import cart_drop

COUNTRIES = {
    "AU": "Australia",
    "AT": "Austria",
    "CA": "Canada",
    "FR": "France",
    "DE": "Germany",
    "NL": "Netherlands",
    "ES": "Spain",
    "CH": "Switzerland",
    "GB": "United Kingdom",
    "US": "United States",
}
LONGEST = 255


@dataclass
class Form:
    """What the buyer wrote. ``wrong`` has a sentence per field that needs another look."""

    email: str = ""
    name: str = ""
    country: str = "US"
    wrong: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Form":
        """Take the form and look at every field."""
        email, name, country = (given.get(name, "").strip()[:LONGEST] for name in ("email", "name", "country"))
        form = cls(email, name, country)
        local, at, host = form.email.rpartition("@")
        if not (local and at and "." in host.strip(".")) or any(letter.isspace() for letter in form.email):
            form.wrong["email"] = "Enter an e-mail address like ada@example.com."
        if not form.name:
            form.wrong["name"] = "Enter the name for the parcel."
        if form.country not in COUNTRIES:
            form.wrong["country"] = "Choose a country we ship to."
        return form

    def customer(self, locale: str) -> Customer:
        first, _, last = self.name.rpartition(" ")
        return Customer(0, self.email, first or last, last if first else "", locale=locale)

    def address(self) -> Address:
        return Address(name=self.name, country_code=self.country)


@storefront.get("/<shop>/checkout")
def checkout(shop: str) -> AnyResponse:
    """The form; an empty cart goes back."""
    found = shop_or_404(shop)
    mine = cart_here(found)
    if not mine.lines:
        return redirect(f"/{found.domain}/cart")
    return make_response(_page(found, mine, Form()))


@storefront.post("/<shop>/checkout")
def buy(shop: str) -> AnyResponse:
    """Place the order. The store may still say no: somebody else may have been faster."""
    world, found = current_world(), shop_or_404(shop)
    form = Form.read(request.form)
    with world.lock:  # a cart becomes an order once, however often the button is pressed
        mine = cart_here(found)
        if not mine.lines:
            return redirect(f"/{found.domain}/cart", 303)
        if form.wrong:
            return make_response(_page(found, mine, form), 422)
        try:
            lines = [(line.variant_id, line.quantity, line.properties) for line in mine.lines]
            order = place_order(world, found, lines, form.customer(locale_here()), address=form.address())
        except StoreSays as said:
            return make_response(_page(found, mine, form, said.message), 422)
        carts().forget(found.domain, mine.token)
    answer = redirect(f"/{found.domain}/orders/{order.token}", 303)
    answer.delete_cookie(COOKIE, path=f"/{found.domain}")
    return answer


def _page(found: Shop, mine: Cart, form: Form, refused: str = "") -> str:
    world = current_world()
    with world.lock:
        drop, extension = cart_drop(world, found, mine), line_extension.at_checkout(world, found, mine, locale_here())
    return render_template(
        "storefront/checkout.html",
        shop=found,
        cart=drop,
        form=form,
        refused=refused,
        countries=COUNTRIES,
        extension=extension,
    )
