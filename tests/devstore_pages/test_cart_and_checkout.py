"""From the product form to a placed order, as a browser without scripts would do it."""

import re

import pytest

from .cast import ORIGIN

ADA = {"email": "ada@example.com", "name": "Ada Byron", "country": "US"}


def put(client, variant, quantity=1, **properties):
    form = {"id": variant.id, "quantity": quantity} | {f"properties[{k}]": v for k, v in properties.items()}
    return client.post(f"{ORIGIN}/cart/add", data=form)


def cart(client):
    return client.get(f"{ORIGIN}/cart.js").json


def test_the_ship_date_goes_with_the_line(lamplight_shop, client):
    answer = put(client, lamplight_shop.chair, 2, **{"Ships by": "2026-12-07", "_token": "unseen"})
    assert answer.status_code == 303
    page = client.get(f"{ORIGIN}/cart").text
    assert "2026-12-07" in page
    assert "unseen" not in page  # a leading underscore hides a property from buyers
    assert "$480.00" in page


def test_the_same_thing_twice_is_one_line_and_another_date_is_another(lamplight_shop, client):
    put(client, lamplight_shop.chair, 1, **{"Ships by": "2026-12-07"})
    put(client, lamplight_shop.chair, 2, **{"Ships by": "2026-12-07"})
    put(client, lamplight_shop.chair, 1, **{"Ships by": "2026-12-21"})
    assert [item["quantity"] for item in cart(client)["items"]] == [3, 1]


def test_more_than_there_is_cannot_be_put_into_the_cart(lamplight_shop, client):
    assert put(client, lamplight_shop.chair, 12).status_code == 303
    answer = put(client, lamplight_shop.chair, 1)
    assert answer.status_code == 422
    assert "Only 12 of Oak chair left." in answer.text
    assert cart(client)["item_count"] == 12


def test_a_backorder_goes_beyond_the_shelf(lamplight_shop, client):
    lamplight_shop.promise(lamplight_shop.lamp)
    assert put(client, lamplight_shop.lamp, 5).status_code == 303


@pytest.mark.parametrize("quantity", ["0", "-3", "10001"])
def test_an_absurd_quantity_is_refused_with_the_reason(lamplight_shop, client, quantity):
    answer = put(client, lamplight_shop.chair, quantity)
    assert answer.status_code == 422
    assert "A quantity is between 1 and 10,000." in answer.text


def test_a_line_can_be_changed_and_taken_out(lamplight_shop, client):
    put(client, lamplight_shop.chair)
    (item,) = cart(client)["items"]
    client.post(f"{ORIGIN}/cart/change", data={"id": item["key"], "quantity": 4})
    assert cart(client)["item_count"] == 4
    refused = client.post(f"{ORIGIN}/cart/change", data={"id": item["key"], "quantity": 13})
    assert refused.status_code == 422
    assert "Only 12 of Oak chair left." in refused.text
    client.post(f"{ORIGIN}/cart/change", data={"id": item["key"], "quantity": 0})
    assert "Nothing in it yet." in client.get(f"{ORIGIN}/cart").text


def test_one_visitors_cart_is_not_anothers(lamplight_shop, client, web):
    put(client, lamplight_shop.chair)
    assert web.test_client().get(f"{ORIGIN}/cart.js").json["item_count"] == 0


def test_an_order_carries_the_property_and_empties_the_cart(lamplight_shop, client):
    put(client, lamplight_shop.chair, 2, **{"Ships by": "2026-12-07"})
    answer = client.post(f"{ORIGIN}/checkout", data=ADA)
    assert answer.status_code == 303
    (order,) = lamplight_shop.shop.orders.values()
    assert answer.location.endswith(f"/orders/{order.token}")
    assert order.line_items[0].properties == {"Ships by": "2026-12-07"}
    assert (order.customer.first_name, order.customer.last_name) == ("Ada", "Byron")
    assert cart(client)["item_count"] == 0
    assert client.get(f"{ORIGIN}/checkout").location.endswith("/cart")


def test_a_button_pressed_twice_buys_once(lamplight_shop, client, web):
    put(client, lamplight_shop.chair)
    impatient = web.test_client()
    impatient.set_cookie("cart", client.get_cookie("cart", path=ORIGIN).value, path=ORIGIN)
    assert "/orders/" in client.post(f"{ORIGIN}/checkout", data=ADA).location
    assert impatient.post(f"{ORIGIN}/checkout", data=ADA).location.endswith("/cart")
    assert len(lamplight_shop.shop.orders) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("email", "ada", "Enter an e-mail address like ada@example.com."),
        ("email", "a da@example.com", "Enter an e-mail address like ada@example.com."),
        ("name", "  ", "Enter the name for the parcel."),
        ("country", "XX", "Choose a country we ship to."),
    ],
)
def test_a_form_error_stands_beside_its_field_and_nothing_typed_is_lost(lamplight_shop, client, field, value, sentence):
    put(client, lamplight_shop.chair)
    answer = client.post(f"{ORIGIN}/checkout", data=ADA | {field: value})
    assert answer.status_code == 422
    assert re.search(rf'id="{field}-wrong">{sentence}', answer.text)
    assert ("Ada Byron" in answer.text) is (field != "name")
    assert lamplight_shop.shop.orders == {}


def test_who_is_slower_than_another_buyer_hears_it_at_the_till(lamplight_shop, client):
    put(client, lamplight_shop.lamp)
    lamplight_shop.sold_out(lamplight_shop.lamp)
    answer = client.post(f"{ORIGIN}/checkout", data=ADA)
    assert answer.status_code == 422
    assert "Aurora lamp is sold out." in answer.text
    assert lamplight_shop.shop.orders == {}
    assert cart(client)["item_count"] == 1
