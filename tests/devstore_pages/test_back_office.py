"""What the staff does by hand, and what it hears back."""

import pytest

from devstore.checkout import place_order
from devstore.holding import hold
from devstore.routing import route

from .cast import ORIGIN, ada

ADMIN = f"{ORIGIN}/admin"


def do(client, path, **form):
    """Post a form and read the page it leads to."""
    answer = client.post(f"{ADMIN}{path}", data=form)
    assert answer.status_code == 303
    return client.get(answer.location).text


@pytest.fixture
def order(lamplight_shop, world, shop):
    placed = place_order(world, shop, [(lamplight_shop.chair.id, 3, {})], ada())
    route(world, shop, placed.id)
    return placed


@pytest.fixture
def part(order, shop):
    (only,) = shop.fulfillment_orders_of(order.id)
    return only


def shelf(lamplight_shop):
    lamp = lamplight_shop.lamp
    return f"/products/{lamp.product_id}/levels/{lamp.item_id}/{lamplight_shop.place}"


def test_goods_are_counted_in(lamplight_shop, client):
    page = do(client, shelf(lamplight_shop), act="receive", units=3)
    assert "3 counted in. 4 are available." in page
    assert lamplight_shop.level(lamplight_shop.lamp).available == 4


def test_a_word_about_an_act_is_said_once(lamplight_shop, client):
    answer = client.post(f"{ADMIN}{shelf(lamplight_shop)}", data={"act": "receive", "units": 3})
    assert "3 counted in" in client.get(answer.location).text
    assert "3 counted in" not in client.get(answer.location).text


@pytest.mark.parametrize(("act", "left"), [("available", -2), ("on_hand", -2), ("damaged", 3)])
def test_a_count_is_corrected(lamplight_shop, client, act, left):
    do(client, shelf(lamplight_shop), act=act, units=-2)
    assert lamplight_shop.level(lamplight_shop.lamp).available == left


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"act": "receive", "units": "0"}, "Units to receive are at least 1."),
        ({"act": "receive", "units": "some"}, "The number of units is a whole number."),
        ({"act": "burn", "units": "1"}, "Choose what to do with the units."),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(lamplight_shop, client, form, sentence):
    page = do(client, shelf(lamplight_shop), **form)
    assert f'role="alert">{sentence}' in page
    assert lamplight_shop.level(lamplight_shop.lamp).available == 1


def test_a_policy_is_changed_by_hand(lamplight_shop, client):
    lamp = lamplight_shop.lamp
    path = f"/products/{lamp.product_id}/variants/{lamp.id}/policy"
    assert "Sells beyond its stock." in do(client, path, policy="CONTINUE")
    assert lamp.inventory_policy == "CONTINUE"
    assert "A policy is DENY or CONTINUE." in do(client, path, policy="MAYBE")
    assert lamp.inventory_policy == "CONTINUE"


def test_an_order_is_shipped_in_parts(client, order, part):
    line = part.lines[0]
    assert "2 units are on the way." in do(client, f"/fulfillment_orders/{part.id}/ship", **{f"units-{line.id}": 2})
    assert line.remaining == 1
    refused = do(client, f"/fulfillment_orders/{part.id}/ship", **{f"units-{line.id}": 2})
    assert "Of this line 0 to 1 units can be shipped." in refused
    assert "1 unit is on the way." in do(client, f"/fulfillment_orders/{part.id}/ship", **{f"units-{line.id}": 1})
    assert part.status == "CLOSED"


def test_staff_holds_and_releases(client, order, part):
    page = do(client, f"/fulfillment_orders/{part.id}/hold", reason="OTHER", notes="Call Ada first")
    assert "Call Ada first" in page
    assert "held by staff" in page
    assert "On hold" in client.get(f"{ADMIN}/orders").text
    (placed,) = part.holds
    assert "it can be shipped" in do(client, f"/fulfillment_orders/{part.id}/release", hold_id=placed.id)


def test_a_held_order_cannot_be_shipped_and_the_page_says_why(client, order, part, world, shop):
    hold(world, shop, part.id, reason="INVENTORY_OUT_OF_STOCK", handle="promised-1")
    units = {f"units-{part.lines[0].id}": 3}
    assert "A fulfillment order that is ON_HOLD cannot be shipped." in do(
        client, f"/fulfillment_orders/{part.id}/ship", **units
    )


def test_an_order_is_cancelled_and_its_units_go_back(lamplight_shop, client, order):
    page = do(client, f"/orders/{order.id}/cancel", reason="CUSTOMER", restock="on")
    assert f"{order.name} is cancelled." in page
    assert lamplight_shop.level(lamplight_shop.chair).available == 12
    assert "already been canceled" in do(client, f"/orders/{order.id}/cancel", reason="CUSTOMER")


def test_a_parcel_that_did_not_leave_comes_back(client, order, part):
    do(client, f"/fulfillment_orders/{part.id}/ship", **{f"units-{part.lines[0].id}": 3})
    (parcel,) = order.fulfillments
    do(client, f"/orders/{order.id}/fulfillments/{parcel.id}/cancel")
    assert order.line_items[0].unfulfilled == 3


def test_the_post_is_told_to_fail_and_the_log_shows_it(lamplight_shop, client, world):
    do(client, "/machine/faults", doubled="on", shuffled="on", late="2.5", lost="0", lose_next="0")
    faults = world.post.faults
    assert (faults.doubled, faults.shuffled, faults.late) == (True, True, 2.5)
    do(client, shelf(lamplight_shop), act="receive", units=1)
    page = client.get(f"{ADMIN}/webhooks").text
    assert page.count("<code>inventory_levels/update</code>") == 2
    assert "At most 100 %" in do(client, "/machine/faults", late="0", lost="101", lose_next="0")


def test_the_shops_clock_goes_on_and_never_back(client, world):
    before = world.now()
    do(client, "/machine/clock", amount="2", unit="days")
    assert (world.now() - before).days == 2
    assert 'role="alert"' in do(client, "/machine/clock", amount="-1", unit="days")
    assert 'role="alert"' in do(client, "/machine/clock", amount="nan", unit="days")
    assert (world.now() - before).days == 2


def test_the_app_is_removed_and_comes_back(client, shop):
    assert "Promised is removed." in do(client, "/machine/app", act="uninstall")
    assert shop.installed is False
    do(client, "/machine/app", act="install")
    assert shop.installed is True


def test_no_link_can_put_words_into_a_page(client):
    assert "Send money" not in client.get(f"{ADMIN}/orders?note=Send+money").text
    assert client.get(f"{ADMIN}/orders?note=77").status_code == 200


@pytest.mark.parametrize("path", ["/orders/1", "/products/1", "/nothing"])
def test_what_is_not_there_is_404(client, path):
    assert client.get(f"{ADMIN}{path}").status_code == 404
