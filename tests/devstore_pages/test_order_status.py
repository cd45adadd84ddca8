"""What the buyer sees after the purchase."""

import pytest

from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.fulfilment import ship
from devstore.routing import route

from .cast import ORIGIN, ada


@pytest.fixture
def order(lamplight_shop, world, shop):
    lines = [(lamplight_shop.lamp.id, 1, {"Ships by": "2026-12-07"}), (lamplight_shop.chair.id, 2, {})]
    placed = place_order(world, shop, lines, ada())
    route(world, shop, placed.id)
    return placed


def look(client, order):
    return client.get(f"{ORIGIN}/orders/{order.token}").text


def test_what_the_line_promised_and_what_the_app_wrote_are_shown(lamplight_shop, client, order):
    page = look(client, order)
    assert "2026-12-07" in page
    assert "backordered part" not in page
    lamplight_shop.write(("ORDER", order.id), "backorder_promise", {"lines": [{"ship_by": "2026-12-14"}]})
    assert "Monday, December 14, 2026" in look(client, order)


def test_the_latest_of_several_days_speaks_for_the_order(lamplight_shop, client, order):
    days = {"lines": [{"ship_by": "2026-12-14"}, {"ship_by": "2026-12-21"}, {"ship_by": None}]}
    lamplight_shop.write(("ORDER", order.id), "backorder_promise", days)
    assert "Monday, December 21, 2026" in look(client, order)


def test_a_metafield_kept_from_customers_is_kept_from_them(lamplight_shop, client, order):
    lamplight_shop.write(("ORDER", order.id), "backorder_promise", {"ship_by": "2026-12-14"})
    for definition in lamplight_shop.shop.definitions.values():
        definition.customer_account = "NONE"
    assert "December 14" not in look(client, order)


def test_what_has_shipped_is_told(client, order, world, shop):
    (part,) = shop.fulfillment_orders_of(order.id)
    ship(world, shop, part.id, {part.lines[1].id: 1})
    page = look(client, order)
    assert "1 of 2 shipped" in page
    assert "Not shipped yet" in page
    ship(world, shop, part.id)
    assert "Not shipped yet" not in look(client, order)


def test_a_cancelled_order_says_so_and_promises_nothing(lamplight_shop, client, order, world, shop):
    lamplight_shop.write(("ORDER", order.id), "backorder_promise", {"ship_by": "2026-12-14"})
    cancel_order(world, shop, order.id)
    page = look(client, order)
    assert "Your order was cancelled" in page
    assert "December 14" not in page


def test_without_the_token_nobody_sees_it(client, order):
    assert client.get(f"{ORIGIN}/orders/{order.id}").status_code == 404
