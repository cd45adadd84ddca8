"""Shopify's Liquid, as far as the block and the theme use it."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from liquid.exceptions import LiquidSyntaxError, UnknownFilterError

from devstore.liquid import Page, Side
from devstore.liquid.page import NAME
from devstore.storefront.theme import FOLDER

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def say():
    side = Side(FOLDER, "/cdn/theme")

    def said(source, locale="en", zone="America/New_York", **values):
        page = Page("/lamplight", locale, ZoneInfo(zone), "USD", NOON)
        return side.environment.from_string(source).render(**{NAME: page}, **values)

    return said


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ 12900 | money }}", "$129.00"),
        ("{{ 12900 | money_with_currency }}", "$129.00 USD"),
        ("{{ 'theme.css' | asset_url }}", "/lamplight/cdn/theme/theme.css"),
        ("{{ 'now' | date: '%s' }}", str(int(NOON.timestamp()))),
        ("{{ 'now' | date: '%H:%M' }}", "07:00"),
        ("{{ '2026-12-07 12:00' | date: format: 'date' }}", "December 7, 2026"),
        ("{{ '2026-12-07' | date: '%Y-%m-%d' }}", "2026-12-07"),
        ("{{ 'no date' | date: '%Y' }}", "no date"),
        ("{{ nothing | date: '%s' }}", ""),
        ("{{ 'product.few_left' | t: count: 1 }}", "Only 1 left"),
        ("{{ 'cart.quantity_of' | t: title: '<b>' }}", "Quantity of &lt;b&gt;"),
        ("{{ 'no.such.key' | t }}", "Translation missing: en.no.such.key"),
        ("{{ '</script>' | json }}", '"\\u003c/script\\u003e"'),
        ("{{ nothing | json }}", "null"),
        ('a{% schema %}{ "name": "x" }{% endschema %}b', "ab"),
        ("{% stylesheet %}p{}{% endstylesheet %}", "<style>p{}</style>"),
        ("{% javascript %}x(){% endjavascript %}", "<script>x()</script>"),
        ("{{ 'Oak chair, large' | handleize }}", "oak-chair-large"),
    ],
)
def test_a_tag_or_filter_says_what_shopifys_says(say, source, result):
    assert say(source) == result


def test_a_form_posts_to_the_cart_with_its_attributes(say):
    form = say("{% form 'product', product, id: 'f', class: 'c' %}x{% endform %}", product={"id": 1})
    assert form.startswith('<form method="post" action="/lamplight/cart/add" accept-charset="UTF-8" id="f" class="c">')
    assert form.endswith("x</form>")


def test_a_day_stays_the_same_day_wherever_the_shop_is(say):
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        assert say("{{ '2026-12-07' | append: ' 12:00' | date: format: 'date' }}", zone=zone) == "December 7, 2026"


def test_what_a_locale_lacks_is_said_in_the_default_one(say):
    assert say("{{ 'product.add' | t }}", locale="de") == "In den Warenkorb"
    assert say("{{ 'product.add' | t }}", locale="fr") == "Add to cart"


def test_an_unknown_filter_form_or_block_is_an_error_and_not_silence(say):
    with pytest.raises(UnknownFilterError):
        say("{{ 1 | invented }}")
    with pytest.raises(LiquidSyntaxError, match="forms product, cart"):
        say("{% form 'contact' %}{% endform %}")
    with pytest.raises(LiquidSyntaxError, match="no app block"):
        say("{% render block %}", block={"id": 1})


def test_a_folder_of_words_needs_one_default(tmp_path: Path):
    (tmp_path / "locales").mkdir()
    with pytest.raises(ValueError, match=r"exactly one \*\.default\.json"):
        Side(tmp_path, "/cdn")
