"""In a shop that sends mixed orders together, or asks: what product page and cart say of it, before the purchase."""

import html
import re

import pytest

from .cast import ORIGIN
from .test_cart_and_checkout import put

SAID = {
    "en": "Everything in this cart ships together, by December 7, 2026.",
    "de": "Alles in diesem Warenkorb geht zusammen in den Versand, bis 7. Dezember 2026.",
    "fr": "Tout le contenu de ce panier est expédié ensemble, au plus tard le 7 décembre 2026.",
    "es": "Todo lo que hay en este carrito se envía junto, a más tardar el 7 de diciembre de 2026.",
    "nl": "Alles in deze winkelwagen wordt samen verzonden, uiterlijk 7 december 2026.",
    "ja": "このカートの商品は、すべてまとめて2026年12月7日までに発送します。",
    "it": "Everything in this cart ships together, by 2026-12-07.",
}


def said_in_cart(client, locale="en"):
    """What the block says in the cart."""
    page = client.get(f"{ORIGIN}/cart?locale={locale}").text
    found = re.search(r'class="promised__line"[^>]*>(.*?)</p>', page, re.DOTALL)
    return " ".join(html.unescape(found[1]).split()) if found else ""


@pytest.mark.parametrize("locale", SAID)
def test_the_cart_names_the_day_of_what_takes_longest_in_the_shoppers_language(lamplight_shop, client, locale):
    lamplight_shop.promise(lamplight_shop.lamp, mixed="together")
    put(client, lamplight_shop.lamp)
    put(client, lamplight_shop.chair)
    assert said_in_cart(client, locale) == SAID[locale]


def test_the_day_is_that_of_the_quantity_over_all_lines_and_of_the_slowest(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp, mixed="together")
    put(client, lamplight_shop.lamp, 30, **{"Ships by": "one"})
    put(client, lamplight_shop.lamp, 8, **{"Ships by": "another"})
    assert said_in_cart(client).endswith("by December 21, 2026.")
    put(client, lamplight_shop.lamp, 20, **{"Ships by": "another"})
    assert said_in_cart(client).endswith("We do not have a date yet."), "58 are more than have a date"


def test_nothing_is_said_of_what_ships_anyhow_and_where_nothing_is_to_be_chosen(lamplight_shop, client):
    put(client, lamplight_shop.chair, 2)
    assert said_in_cart(client) == ""
    lamplight_shop.promise(lamplight_shop.lamp)
    put(client, lamplight_shop.lamp)
    assert said_in_cart(client) == "", "part by part"
    lamplight_shop.promise(lamplight_shop.lamp, mixed="ask")
    assert said_in_cart(client).startswith(
        "After the purchase you choose: what is in stock ships at once, or everything"
    )


def test_who_takes_more_than_is_there_of_one_thing_is_told_that_they_may_choose(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp, state="in_stock", ship_by=None, free=3, mixed="ask")
    put(client, lamplight_shop.lamp, 3)
    assert said_in_cart(client) == ""
    put(client, lamplight_shop.lamp, 2)
    assert said_in_cart(client).startswith("After the purchase you choose: what is in stock ships at once")


def test_what_waits_of_one_thing_on_two_lines_is_counted_once(lamplight_shop, client):
    """Two of four lamps are there, so there is something to choose."""
    lamplight_shop.promise(lamplight_shop.lamp, state="in_stock", ship_by=None, free=2, mixed="ask")
    put(client, lamplight_shop.lamp, 2, For="Ann")
    assert said_in_cart(client) == ""
    put(client, lamplight_shop.lamp, 2, For="Ben")
    assert said_in_cart(client).startswith("After the purchase you choose: what is in stock ships at once")


def test_who_takes_more_than_a_full_shelf_has_may_choose(lamplight_shop, client):
    lamplight_shop.left(lamplight_shop.chair, 12)
    lamplight_shop.promise(lamplight_shop.chair, state="in_stock", ship_by=None, mixed="ask")
    put(client, lamplight_shop.chair, 12)
    assert said_in_cart(client) == ""
    put(client, lamplight_shop.chair, 1)
    assert said_in_cart(client).startswith("After the purchase you choose: what is in stock ships at once")


def test_one_lamp_alone_ships_with_nothing_else(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp, mixed="together")
    put(client, lamplight_shop.lamp)
    assert said_in_cart(client) == ""
    put(client, lamplight_shop.lamp)
    assert said_in_cart(client) == SAID["en"]


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("together", "everything ships together, with what takes longest."),
        ("ask", "you choose after the purchase whether everything ships together."),
    ],
)
def test_the_product_page_says_it_without_a_script(lamplight_shop, client, way, said):
    lamplight_shop.promise(lamplight_shop.lamp, mixed=way)
    page = html.unescape(client.get(f"{ORIGIN}/products/aurora-lamp").text)
    assert f"Ordered with other goods, {said}" in page
    lamplight_shop.promise(lamplight_shop.lamp)
    assert "Ordered with other goods" not in client.get(f"{ORIGIN}/products/aurora-lamp").text.split("data-promises")[0]
