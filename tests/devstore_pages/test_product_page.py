"""What the product page says, with the app's real block in it."""

import json
import re
from datetime import timedelta

import pytest

from devstore.policy import set_policy

from .cast import ORIGIN


def line_of(page):
    """The sentence of the block."""
    return re.search(r'class="promised__line"[^>]*>([^<]*)</p>', page)[1]


def facts_of(page):
    return json.loads(re.search(r"data-promises>(.*?)</script>", page, re.DOTALL)[1])


def look(client, handle="aurora-lamp", query=""):
    answer = client.get(f"{ORIGIN}/products/{handle}{query}")
    assert answer.status_code == 200
    return answer.text


def test_a_lamp_in_stock_is_sold_without_a_word_of_the_app(lamplight_shop, client):
    page = look(client)
    assert "Only 1 left" in page
    assert line_of(page) == ""
    assert facts_of(page)["promises"] == {}


def test_a_sold_out_lamp_that_may_not_be_sold_has_a_closed_button(lamplight_shop, client):
    lamplight_shop.sold_out(lamplight_shop.lamp)
    page = look(client)
    assert re.search(r"<button[^>]*data-add disabled>Sold out", page)


def test_a_lamp_on_backorder_can_be_bought_and_says_when_it_ships(lamplight_shop, client):
    lamplight_shop.sold_out(lamplight_shop.lamp)
    lamplight_shop.promise(lamplight_shop.lamp)
    page = look(client)
    assert re.search(r"<button[^>]*data-add>Add to cart", page)
    assert line_of(page).startswith("On backorder: up to 37 ship by December 7, 2026.")
    assert facts_of(page)["promises"][str(lamplight_shop.lamp.id)]["steps"][1]["units"] == 20


@pytest.mark.parametrize(
    ("query", "words"), [("", "At most 2 per order."), ("?locale=de", "Höchstens 2 Stück je Bestellung.")]
)
def test_the_block_says_how_many_one_order_may_have(lamplight_shop, client, query, words):
    lamplight_shop.promise(lamplight_shop.lamp, per_order=2)
    assert line_of(look(client, query=query)).endswith(words)
    lamplight_shop.promise(lamplight_shop.lamp)
    assert "2 per order" not in look(client)


@pytest.mark.parametrize(("query", "words"), [("", "You may like instead:"), ("?locale=de", "Vielleicht stattdessen:")])
def test_whom_the_wait_is_too_long_finds_something_else(lamplight_shop, client, query, words):
    chair = {"title": "Oak <chair>", "handle": "oak-chair", "variant": lamplight_shop.chair.id}
    lamplight_shop.promise(lamplight_shop.lamp, substitutes=[chair])
    page = look(client, query=query)
    said = re.search(r'<p class="promised__instead"[^>]*>(.*?)</p>', page, re.DOTALL)
    assert words in said[1]
    assert f'/products/oak-chair?variant={lamplight_shop.chair.id}">Oak &lt;chair&gt;</a>' in said[1]
    assert "hidden" not in said[0].split(">")[0]
    lamplight_shop.promise(lamplight_shop.lamp)
    assert "promised__instead" not in look(client)


def sell_out(lamplight):
    lamplight.sold_out(lamplight.chair)
    set_policy(lamplight.world, lamplight.shop, lamplight.chair.id, "DENY")


def let_wait(lamplight):
    lamplight.sold_out(lamplight.chair)
    lamplight.promise(lamplight.chair)


def sell_beyond_nothing(lamplight):
    """By the merchant's own policy, and without a word of the app."""
    lamplight.sold_out(lamplight.chair)
    set_policy(lamplight.world, lamplight.shop, lamplight.chair.id, "CONTINUE")


def let_a_supplier_send(lamplight):
    lamplight.promise(lamplight.chair, state="asap", ship_by=None, steps=[])


def take_down(lamplight):
    lamplight.shop.product_of(lamplight.chair).status = "DRAFT"


@pytest.mark.parametrize("gone", [sell_out, let_wait, sell_beyond_nothing, let_a_supplier_send, take_down])
def test_what_cannot_ship_now_is_offered_to_nobody_instead(lamplight_shop, client, gone):
    chair = {"title": "Oak chair", "handle": "oak-chair", "variant": lamplight_shop.chair.id}
    shade = {"title": "Linen shade", "handle": "linen-shade", "variant": lamplight_shop.ink.id}
    lamplight_shop.promise(lamplight_shop.lamp, substitutes=[chair, shade])
    assert ">Oak chair</a>, " in look(client)
    gone(lamplight_shop)
    page = look(client)
    assert re.findall(r"/products/([a-z-]+)\?variant=\d+\">Linen shade</a>\s*</p>", page) == ["linen-shade"]
    assert ">Oak chair</a>" not in page
    lamplight_shop.promise(lamplight_shop.lamp, substitutes=[chair])
    assert "promised__instead" not in look(client)


def test_what_the_store_does_not_count_and_a_supplier_sends_has_its_day_on_the_page(lamplight_shop, client):
    lamplight_shop.shop.items[lamplight_shop.lamp.item_id].tracked = False
    lamplight_shop.promise(lamplight_shop.lamp, policy="DENY", steps=[])
    page = look(client)
    assert re.search(r"<button[^>]*data-add>Add to cart", page), "what is not counted is sold whatever the policy says"
    assert line_of(page) == "On backorder: ships by December 7, 2026."
    assert str(lamplight_shop.lamp.id) in facts_of(page)["promises"]


def test_a_german_page_speaks_german(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp)
    page = look(client, query="?locale=de")
    assert "bis zu 37 Stück, Versand bis 7. Dezember 2026." in line_of(page)
    assert '<html lang="de">' in page


def test_a_page_from_right_to_left_shows_our_words_in_their_own_direction(lamplight_shop, client):
    """We have no words in Hebrew: English ones would end with their full stop at the beginning."""
    chair = {"title": "Oak chair", "handle": "oak-chair", "variant": lamplight_shop.chair.id}
    lamplight_shop.promise(lamplight_shop.lamp, substitutes=[chair])
    page = look(client, query="?locale=he")
    assert 'class="promised__line" dir="auto" lang="en"' in page
    assert 'class="promised__instead" dir="auto"' in page


def test_the_block_falls_silent_when_the_promise_has_run_out(lamplight_shop, client, world):
    lamplight_shop.promise(lamplight_shop.lamp)
    assert line_of(look(client)) != ""
    world.clock.advance(timedelta(days=3).total_seconds() + 1)
    assert line_of(look(client)) == ""


@pytest.mark.parametrize("state", ["in_stock", "silent", "waitlist", "ended"])
def test_the_block_is_silent_in_states_without_a_date(lamplight_shop, client, state):
    lamplight_shop.promise(lamplight_shop.lamp, state=state)
    assert line_of(look(client)) == ""


def test_the_block_is_silent_where_the_store_would_refuse_the_sale(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp, policy="DENY")
    assert line_of(look(client)) == ""


def test_the_block_sees_nothing_without_public_read_access(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp)
    for definition in lamplight_shop.shop.definitions.values():
        definition.storefront = "NONE"
    assert line_of(look(client)) == ""


def test_the_address_chooses_the_variant(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.ink)
    assert line_of(look(client, "linen-shade")) == ""
    page = look(client, "linen-shade", f"?variant={lamplight_shop.ink.id}")
    assert line_of(page).startswith("On backorder")
    assert "$52.00" in page


def test_a_name_with_markup_stays_a_name(lamplight_shop, client):
    product = lamplight_shop.shop.product_by_handle("aurora-lamp")
    product.title = "<script>alert(1)</script>"
    assert "<script>alert(1)" not in look(client)
    assert "<script>alert(1)" not in client.get(f"{ORIGIN}/").text


def test_a_promise_with_markup_cannot_leave_its_script(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp, note="</script><b>")
    page = look(client)
    assert "</script><b>" not in page
    assert facts_of(page)["promises"][str(lamplight_shop.lamp.id)]["note"] == "</script><b>"


def test_the_blocks_own_files_are_served_and_nothing_beside_them(client):
    for name in ("promise.js", "promise.css"):
        answer = client.get(f"{ORIGIN}/cdn/extensions/promise-block/{name}")
        assert answer.status_code == 200
        answer.close()
    assert client.get(f"{ORIGIN}/cdn/extensions/promise-block/..%2Fshopify.extension.toml").status_code == 404


def test_a_page_that_is_not_there_is_the_shops_own(client):
    answer = client.get(f"{ORIGIN}/products/no-such-lamp")
    assert answer.status_code == 404
    assert "There is nothing here." in answer.text
    assert client.get("/no-such.myshopify.com/").status_code == 404


RANGES = [{"units": 37, "ship_by": "2026-12-07", "range_from": "2026-12-01"}]


@pytest.mark.parametrize(
    ("query", "says", "label", "sends"),
    [
        (
            "",
            "On backorder: up to 37 ship between December 1, 2026 and December 7, 2026.",
            "Ships",
            "between December 1, 2026 and December 7, 2026 (up to 37)",
        ),
        (
            "?locale=de-AT",
            "Nachbestellt: bis zu 37 Stück, Versand zwischen 1. Dezember 2026 und 7. Dezember 2026.",
            "Versand",
            "zwischen 1. Dezember 2026 und 7. Dezember 2026 (bis zu 37 Stück)",
        ),
    ],
)
def test_a_range_is_said_without_script_too(lamplight_shop, client, query, says, label, sends):
    lamplight_shop.promise(lamplight_shop.lamp, steps=RANGES)
    page = look(client, query=query)
    assert line_of(page) == says
    assert f'name="properties[{label}]" data-sends="day" value="{sends}"' in page


@pytest.mark.parametrize(
    ("query", "says", "label", "sends"),
    [
        (
            "",
            "Ships directly from our supplier. We do not have a date yet.",
            "Ships",
            "directly from our supplier, no date yet",
        ),
        (
            "?locale=de",
            "Versand direkt durch unseren Lieferanten. Einen Termin haben wir noch nicht.",
            "Versand",
            "direkt durch unseren Lieferanten, noch ohne Termin",
        ),
    ],
)
def test_what_a_supplier_sends_without_a_day_is_not_said_to_arrive_here(
    lamplight_shop, client, query, says, label, sends
):
    lamplight_shop.promise(lamplight_shop.lamp, state="asap", ship_by=None, steps=[], sent_directly=True)
    page = look(client, query=query)
    assert line_of(page) == says == facts_of(page)["words"]["directly"]
    assert f'name="properties[{label}]" data-sends="day" value="{sends}"' in page


def test_of_a_full_shelf_the_page_knows_how_many_are_there_and_says_nothing_to_who_takes_no_more(
    lamplight_shop, client
):
    lamplight_shop.left(lamplight_shop.lamp, 12)
    lamplight_shop.promise(lamplight_shop.lamp, state="in_stock", ship_by=None)
    page = look(client)
    assert line_of(page) == ""
    told = facts_of(page)["promises"][str(lamplight_shop.lamp.id)]
    assert (told["free"], told["steps"][0]["units"], told["state"]) == (12, 37, "in_stock")
    lamplight_shop.left(lamplight_shop.lamp, 10)
    assert facts_of(look(client))["promises"] == {}, "the app is about to say how few there are"


@pytest.mark.parametrize(
    ("locale", "says", "speaks"),
    [
        ("fr-CA", "jusqu’à 37 unités, expédiées au plus tard le 7 décembre 2026.", "fr-CA"),
        ("es-MX", "hasta 37 unidades se envían a más tardar el 7 de diciembre de 2026.", "es-MX"),
        ("nl-BE", "tot 37 stuks, verzending uiterlijk 7 december 2026.", "nl-BE"),
        ("pt-BR", "On backorder: up to 37 ship by 2026-12-07.", "en"),
    ],
)
def test_a_page_in_another_language_has_words_and_days_in_one(lamplight_shop, client, locale, says, speaks):
    lamplight_shop.promise(lamplight_shop.lamp)
    page = look(client, query=f"?locale={locale}")
    assert says in line_of(page)
    assert f'data-locale="{speaks}"' in page
