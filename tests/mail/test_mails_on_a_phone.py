from dataclasses import replace

import pytest

from backorder.mail.render import render
from tests.pictures import axe, picture

from .cast import LAMPS, LETTERS

pytestmark = pytest.mark.browser

PHONE, DESK = 360, 900
# A letter is an article on somebody else's page: the mail reader brings the landmarks.
AS_AN_ARTICLE = {"rules": {"region": {"enabled": False}, "landmark-one-main": {"enabled": False}}}


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("kind", LETTERS)
def test_a_letter_fits_its_window_and_can_be_read_by_all(kind, width, scheme, open_page):
    page = open_page(render(LETTERS[kind]).html, width, scheme)
    picture(page, f"mail-{kind}-{width}" + ("-dark" if scheme == "dark" else ""))
    assert overflow(page) == 0
    found = axe(page, AS_AN_ARTICLE)
    assert found.violations_count == 0, found.generate_report()
    assert page.get_by_role("heading", level=1).is_visible()


@pytest.mark.parametrize("kind", LETTERS)
def test_a_title_without_a_space_breaks_instead_of_widening_the_page(kind, open_page):
    lines = tuple(replace(line, title="Lampe" * 40, sku="X" * 120) for line in LETTERS[kind].lines)
    letter = replace(LETTERS[kind], lines=lines, shop_name="Northlight" * 12, order_name="#" + "1" * 80)
    page = open_page(render(letter).html, PHONE)
    picture(page, f"mail-{kind}-{PHONE}-long")
    assert overflow(page) == 0


def test_words_too_faint_to_read_would_be_found(open_page):
    page = render(LETTERS["confirmation"]).html.replace("#5c6166", "#a9aeb3")
    found = axe(open_page(page, PHONE), AS_AN_ARTICLE)
    assert [violation["id"] for violation in found.response["violations"]] == ["color-contrast"]


def test_the_page_measures_what_it_should(open_page):
    wide = "<body style='margin:0'><div style='width:500px;height:1px'></div></body>"
    assert overflow(open_page(wide, PHONE)) == 140


def test_night_is_dark(open_page):
    page = render(LETTERS["confirmation"]).html
    day, night = (
        open_page(page, PHONE, scheme).evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert (day, night) == ("rgb(255, 255, 255)", "rgb(29, 32, 34)")


def test_the_first_words_for_the_inbox_do_not_show(open_page):
    page = open_page(render(replace(LETTERS["confirmation"], lines=(LAMPS,))).html, PHONE)
    assert not page.get_by_text("Desk lamp, brass: 2 units.").is_visible()
