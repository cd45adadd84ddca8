"""What the page showed is the promise: it comes back with the order, is checked, and a later day is told at once."""

import json
from datetime import date, timedelta

import pytest

from backorder.db import order_lines, promises
from backorder.keys import signing_key
from backorder.rules.evidence import PURPOSE, Verdict, issue
from backorder.rules.promises import Basis, Promise
from backorder.verify import verify
from devstore.checkout import place_order
from devstore.model import Customer, Order, Variant
from tests.stories.town import Town


@pytest.fixture
def shop(town: Town) -> Town:
    """The lamp is sold out; four units come in 12 days and more in 40."""
    return on_backorder(town)


@pytest.fixture
def shop_on_both(town_on_both: Town) -> Town:
    return on_backorder(town_on_both)


def on_backorder(town: Town) -> Town:
    town.install()
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 4, due_in=12)
    town.order_goods("PO-13", town.lamp, 30, due_in=40)
    buys(town, "Lena", town.lamp, 1)
    return town


def shows(town: Town, variant: Variant) -> dict[str, object]:
    """What the store's metafield says of a variant: all that the theme knows."""
    found = town.store.metafield("PRODUCTVARIANT", variant.id, town.world.app.reserved, "backorder")
    return json.loads(found.value) if found else {}


def sends(town: Town, variant: Variant, units: int) -> dict[str, str]:
    """The line properties that the page of a variant puts into the cart for this many units."""
    shown = shows(town, variant)
    left = units
    for step in shown.get("steps", ()):
        left -= step["units"]
        if left <= 0:
            return {"Ships by": "a day", "_ships_by": step["ship_by"], "_promised": str(shown["token"])}
    return {}


def buys(town: Town, who: str, variant: Variant, units: int, sent: dict[str, str] | None = None) -> Order:
    """Somebody buys with what the page sends, or with something else."""
    properties = sends(town, variant, units) if sent is None else sent
    buyer = Customer(0, f"{who.lower()}@example.com", who, "Berg")
    order = place_order(town.world, town.store, [(variant.id, units, properties)], buyer)
    town.settle()
    return order


def verdict(town: Town, order: Order) -> Verdict:
    with town.house.db.read() as tx:
        (line,) = order_lines.of_orders(tx, town.shop_id, [order.id])[order.id]
    assert line.evidence is not None
    return line.evidence.verdict


def promised(town: Town, order: Order) -> tuple[Promise, ...]:
    with town.house.db.read() as tx:
        return promises.of_orders(tx, town.shop_id, [order.id])


def words(town: Town) -> str:
    """The last letter, in one line."""
    return " ".join(str(town.mailbox.messages[-1].text).split())


def test_what_was_shown_is_version_one_and_is_confirmed_by_one_letter(shop: Town) -> None:
    sent = sends(shop, shop.lamp, 2)
    order = buys(shop, "Anna", shop.lamp, 2)
    assert verdict(shop, order) is Verdict.VALID
    (told,) = promised(shop, order)
    assert (told.ship_by, told.basis, told.version) == (date.fromisoformat(sent["_ships_by"]), Basis.SHOWN, 1)
    assert told.told_at == order.created_at.replace(microsecond=0)  # the store tells whole seconds
    assert told.source == "PO-12"
    assert shop.mails("Anna") == [f"Order {order.name} is on backorder"]
    metafield = shop.store.metafield("ORDER", order.id, shop.world.app.reserved, "backorder_promise")
    assert metafield is not None
    assert json.loads(metafield.value)["ship_by"] == sent["_ships_by"]


@pytest.mark.long
def test_units_of_two_shipments_are_promised_the_day_of_the_later_one(shop: Town) -> None:
    order = buys(shop, "Anna", shop.lamp, 6)
    (told,) = promised(shop, order)
    assert told.ship_by == date.fromisoformat(sends(shop, shop.lamp, 1)["_ships_by"])
    assert told.ship_by > shop.today() + timedelta(days=39)


def test_a_date_that_was_sold_meanwhile_is_a_slip_on_day_0_and_told_at_once(shop: Town) -> None:
    sent = sends(shop, shop.lamp, 4)
    buys(shop, "Ben", shop.lamp, 4)
    order = buys(shop, "Anna", shop.lamp, 4, sent)
    first, second = promised(shop, order)
    assert (first.ship_by.isoformat(), first.basis) == (sent["_ships_by"], Basis.SHOWN)
    assert second.ship_by > first.ship_by
    assert second.previous == first.ship_by
    assert second.made_at == first.made_at
    assert second.told_at is not None
    assert shop.mails("Anna") == [f"Your ship date has changed: order {order.name}"]
    letter = words(shop)
    assert (
        "Between the moment you saw that date and your order, the shipment behind it was sold out or moved." in letter
    )
    assert "you may cancel what waits and get back in full" in letter


@pytest.mark.long
def test_a_supplier_who_is_late_later_is_told_as_that(shop: Town) -> None:
    line = shop.order_goods("PO-14", shop.chair, 5, due_in=9)
    buys(shop, "Lena", shop.chair, shop.level(shop.chair).available)
    order = buys(shop, "Anna", shop.chair, 1)
    assert verdict(shop, order) is Verdict.VALID
    shop.change_due(line, shop.today() + timedelta(days=30))
    assert [p.reason for p in promised(shop, order)][1:] == ["Our supplier's shipment will arrive later than planned."]
    assert len(shop.mails("Anna")) == 2


def test_an_earlier_day_is_only_a_projection(shop: Town) -> None:
    sent = sends(shop, shop.lamp, 6)
    order = buys(shop, "Anna", shop.lamp, 2, sent)
    (told,) = promised(shop, order)
    assert told.ship_by.isoformat() == sent["_ships_by"]
    assert len(shop.mails("Anna")) == 1


def test_who_saw_no_notice_is_told_what_they_should_know(shop: Town) -> None:
    order = buys(shop, "Anna", shop.lamp, 1, {})
    assert verdict(shop, order) is Verdict.NONE
    (promise,) = promised(shop, order)
    assert promise.basis is Basis.LOT
    assert shop.mails("Anna") == [f"Please read: order {order.name} is on backorder"]
    assert "Cancel what waits, free of charge" in words(shop)


@pytest.mark.long
def test_what_proves_nothing_is_recorded_with_its_reason_and_told(shop: Town) -> None:
    good = sends(shop, shop.lamp, 1)
    head, _, tail = good["_promised"].partition(".")
    stranger = issue(
        signing_key(shop.house.settings, PURPOSE),
        "moss.myshopify.com",
        shop.lamp.id,
        shows(shop, shop.lamp),
        shop.now(),
    )
    assert stranger is not None
    asked = {
        "forged": (good | {"_promised": f"{head}.{tail[::-1]}"}, Verdict.FORGED),
        "another-shop": (good | {"_promised": stranger}, Verdict.OTHER_SHOP),
        "another-day": (good | {"_ships_by": "2026-11-24"}, Verdict.FORGED),
    }
    for who, (sent, expected) in asked.items():
        order = buys(shop, who, shop.lamp, 1, sent)
        assert verdict(shop, order) is expected
        assert [p.basis for p in promised(shop, order)] == [Basis.LOT]
        assert [s for s in shop.mails(who) if s.startswith("Please read")]


@pytest.mark.long
def test_a_token_of_another_variant_or_too_few_units_proves_nothing(shop: Town) -> None:
    good = sends(shop, shop.lamp, 1)
    shop.order_goods("PO-14", shop.chair, 5, due_in=9)
    buys(shop, "Lena", shop.chair, shop.level(shop.chair).available)
    assert verdict(shop, buys(shop, "Anna", shop.chair, 1, good)) is Verdict.OTHER_VARIANT
    raised = buys(shop, "Ben", shop.lamp, 6, good)
    assert verdict(shop, raised) is Verdict.WRONG_QUANTITY
    assert shop.mails("Ben") == [f"Please read: order {raised.name} is on backorder"]


def test_two_lines_of_one_lamp_prove_together_no_more_than_one_would(shop: Town) -> None:
    """Four lamps are left of the first shipment; lines of three and of two were each shown its day."""
    sent = sends(shop, shop.lamp, 3)
    buyer = Customer(0, "anna@example.com", "Anna", "Berg")
    gift = {**sent, "For": "Ben"}
    order = place_order(shop.world, shop.store, [(shop.lamp.id, 3, sent), (shop.lamp.id, 2, gift)], buyer)
    shop.settle()
    with shop.house.db.read() as tx:
        lines = order_lines.of_orders(tx, shop.shop_id, [order.id])[order.id]
    assert [line.evidence.verdict for line in lines if line.evidence] == [Verdict.VALID, Verdict.WRONG_QUANTITY]
    first, second = promised(shop, order)
    assert first.ship_by == date.fromisoformat(sent["_ships_by"])
    assert second.ship_by is not None
    assert second.ship_by > first.ship_by
    assert (first.version, second.version) == (1, 1), "nothing was promised to be taken back"


@pytest.mark.long
def test_a_cart_that_lay_for_longer_than_the_page_spoke_proves_nothing(shop: Town) -> None:
    sent = sends(shop, shop.lamp, 1)
    shop.days_pass(8)
    shop.settle_again()
    assert verdict(shop, buys(shop, "Anna", shop.lamp, 1, sent)) is Verdict.EXPIRED


@pytest.mark.long
def test_units_that_staff_add_later_do_not_undo_what_was_shown(shop: Town) -> None:
    order = buys(shop, "Anna", shop.lamp, 2)
    shop.edit(order, add=3)
    assert verdict(shop, order) is Verdict.VALID
    assert promised(shop, order)[0].basis is Basis.SHOWN


@pytest.mark.long
def test_two_lines_that_were_shown_are_confirmed_by_one_letter(shop: Town) -> None:
    shop.order_goods("PO-14", shop.chair, 5, due_in=9)
    buys(shop, "Lena", shop.chair, shop.level(shop.chair).available)
    wishes = [(each.id, 1, sends(shop, each, 1)) for each in (shop.lamp, shop.chair)]
    place_order(shop.world, shop.store, wishes, Customer(0, "anna@example.com", "Anna", "Berg"))
    shop.settle()
    assert len(shop.mails("Anna")) == 1
    assert shop.states().get("due", 0) == 0


@pytest.mark.long
def test_the_last_chairs_ship_at_once_and_whoever_takes_more_is_shown_the_day_of_the_rest(shop: Town) -> None:
    shop.set_policy(shop.chair, "CONTINUE")
    shop.order_goods("PO-14", shop.chair, 5, due_in=9)
    there = shop.level(shop.chair).available
    buys(shop, "Lena", shop.chair, there - 2)
    shown = shows(shop, shop.chair)
    assert (shown["state"], shown["free"], [step["units"] for step in shown["steps"]]) == ("in_stock", 2, [5])
    sent = {"_ships_by": shown["steps"][0]["ship_by"], "_promised": shown["token"]}
    order = buys(shop, "Anna", shop.chair, 3, sent)
    (told,) = promised(shop, order)
    assert (told.basis, told.ship_by) == (Basis.SHOWN, date.fromisoformat(sent["_ships_by"]))
    assert shop.held(order) == 1
    assert shows(shop, shop.chair)["state"] == "backorder"


def test_the_certificate_holds_for_what_was_shown_and_slipped(shop_on_both: Town) -> None:
    shop = shop_on_both
    sent = sends(shop, shop.lamp, 4)
    buys(shop, "Ben", shop.lamp, 4)
    buys(shop, "Anna", shop.lamp, 4, sent)
    buys(shop, "Cleo", shop.lamp, 1, {})
    assert [check for check in verify(shop.house).checks if check.broken] == []
