"""One date in one and the same words, on page, order, letter and API, in the buyer's language; a range is told as one."""

import json
from datetime import date

import pytest

from backorder.quote import live, quote
from backorder.verify import verify
from devstore.checkout import place_order
from devstore.model import Customer, Order
from tests.stories.town import Town

MONDAY, SUNDAY = date(2026, 12, 7), date(2026, 12, 13)


@pytest.fixture
def shop(town: Town) -> Town:
    """The lamp is sold out, more come on Monday in two weeks, and the shop promises weeks."""
    town.install()
    town.set_terms(show_as="week")
    town.manage(town.lamp)
    town.buy("Lena", (town.lamp, town.level(town.lamp).available))
    town.order_goods("PO-12", town.lamp, 4, due_in=14)
    return town


def shown(town: Town) -> dict[str, object]:
    found = town.store.metafield("PRODUCTVARIANT", town.lamp.id, town.world.app.reserved, "backorder")
    assert found is not None
    value: dict[str, object] = json.loads(found.value)
    return value


def buys(town: Town, who: str, units: int, *, locale: str = "en", seen: bool = True) -> Order:
    """Somebody buys in their language, with what the page sends into the cart, or past the page."""
    says = shown(town)
    sent = {"_ships_by": str(says["ship_by"]), "_promised": str(says["token"])} if seen else {}
    buyer = Customer(0, f"{who.lower()}@example.com", who, "Berg", locale=locale)
    order = place_order(town.world, town.store, [(town.lamp.id, units, sent)], buyer)
    town.settle()
    return order


def on_the_order(town: Town, order: Order) -> dict[str, object]:
    found = town.store.metafield("ORDER", order.id, town.world.app.reserved, "backorder_promise")
    assert found is not None
    value: dict[str, object] = json.loads(found.value)
    return value


def letter(town: Town) -> str:
    return " ".join(str(town.mailbox.messages[-1].text).split())


def test_a_week_is_told_as_a_week_everywhere_and_kept_by_its_last_day(shop: Town) -> None:
    says = shown(shop)
    assert (says["range_from"], says["ship_by"]) == (MONDAY.isoformat(), SUNDAY.isoformat())
    asked = quote(shop.house, shop.shop_id, shop.lamp.id, 2, shop.now())
    told = live(shop.house, shop.store.domain, shop.lamp.id, 2, shop.now())
    for answer in (asked, told):
        assert (answer.ship_from, answer.ship_by) == (MONDAY, SUNDAY)
        assert answer.sentence == "Available on backorder, ships between 7 December 2026 and 13 December 2026."
    for who, seen in {"Anna": True, "Ben": False}.items():  # who was shown it, and who came past the page
        order = buys(shop, who, 2, seen=seen)
        (promise,) = shop.promises(who)
        assert (promise.ship_from, promise.ship_by) == (MONDAY, SUNDAY)
        value = on_the_order(shop, order)
        (line,) = value["lines"]  # type: ignore[misc]
        for one in (value, line):
            assert (one["range_from"], one["ship_by"]) == (MONDAY.isoformat(), SUNDAY.isoformat())
        assert "Ships between December 7, 2026 and December 13, 2026" in letter(shop)
    assert verify(shop.house).holds


def test_a_week_that_has_begun_is_told_by_its_last_day_and_nobody_hears_of_it(shop: Town) -> None:
    buys(shop, "Anna", 1)
    shop.days_pass(14)
    shop.settle_again()
    assert "range_from" not in shown(shop)
    assert shown(shop)["ship_by"] == SUNDAY.isoformat()
    assert len(shop.mails("Anna")) == 1


SPOKEN = {
    "fr-CA": ("Commande {} en réapprovisionnement", "Expédié entre le 7 décembre 2026 et le 13 décembre 2026"),
    "de-AT": ("Bestellung {} ist nachbestellt", "Versand zwischen 7. Dezember 2026 und 13. Dezember 2026"),
    "pt-BR": ("Order {} is on backorder", "Ships between December 7, 2026 and December 13, 2026"),
}


def test_a_letter_is_written_in_the_language_in_which_the_order_was_placed(shop: Town) -> None:
    for locale, (subject, says) in SPOKEN.items():
        order = buys(shop, locale, 1, locale=locale)
        assert shop.mails(locale) == [subject.format(order.name)]
        assert says in letter(shop)
        assert says in str(shop.mailbox.messages[-1].html)


def test_what_is_made_to_order_ships_a_lead_time_after_its_order_however_many_want_it(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.choose(town.lamp, made_to_order=True, lead_time_days=14)
    town.buy("Lena", (town.lamp, town.level(town.lamp).available))
    town.order_goods("PO-12", town.lamp, 40, due_in=2)
    town.buy("Anna", (town.lamp, 1))
    town.days_pass(7)
    town.settle_again()
    town.buy("Ben", (town.lamp, 60))
    (anna,), (ben,) = town.promises("Anna"), town.promises("Ben")
    assert (anna.ship_by, ben.ship_by) == (date(2026, 12, 9), date(2026, 12, 16))
    assert town.lamp.inventory_policy == "CONTINUE"
    town.count_in(town.lamp, 1)
    assert town.mails("Anna")[-1].startswith("Your item is in")
    assert len(town.mails("Ben")) == 1
    assert verify(town.house).holds
