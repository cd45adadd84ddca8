"""What becomes of orders, as the staff does it in the back office; and the sales that do not come from the online store."""

import pytest

from devstore.checkout import place_order
from devstore.routing import route

from .cast import ORIGIN, ada
from .looks import keep
from .test_transfers_by_hand import do

ADMIN = f"{ORIGIN}/admin"


@pytest.fixture
def order(lamplight_shop, world, shop):
    placed = place_order(world, shop, [(lamplight_shop.chair.id, 5, {})], ada())
    route(world, shop, placed.id)
    return placed


@pytest.fixture
def part(order, shop):
    (only,) = shop.fulfillment_orders_of(order.id)
    return only


@pytest.fixture
def change(client, part):
    return lambda name, **form: do(client, f"/fulfillment_orders/{part.id}/change/{name}", **form)


def shown(page):
    return page.replace("\n", " ")


def test_staff_edit_refund_and_take_back(lamplight_shop, client, order, part, shop):
    line, chair = order.line_items[0].id, lamplight_shop.level(lamplight_shop.chair)
    assert "2 units are changed." in do(client, f"/orders/{order.id}/edit", **{f"units-{line}": 3}, restock="on")
    assert (chair.available, chair.committed) == (9, 3)
    lamp = lamplight_shop.lamp.id
    more = {f"units-{line}": 3, "variant_id": lamp, "added": 2}
    assert "2 units are changed." in do(client, f"/orders/{order.id}/edit", **more)
    assert "1 refunded." in do(client, f"/orders/{order.id}/refund", **{f"back-{line}": 1}, restock="NO_RESTOCK")
    assert (chair.available, chair.committed) == (9, 2)
    do(client, f"/fulfillment_orders/{part.id}/ship", **{f"units-{part.lines[0].id}": 2})
    assert "#1001-R1 is open." in do(client, f"/orders/{order.id}/return", **{f"sent-{line}": 2})
    sent = order.returns[0].lines[0].id
    where = {"kind": "RESTOCKED", "location_id": lamplight_shop.place}
    assert "1 of #1001-R1" in do(client, f"/orders/{order.id}/return_lines/{sent}", units=1, **where)
    assert chair.available == 10


@pytest.mark.parametrize(
    ("path", "form", "sentence"),
    [
        ("edit", {"units": 0, "back": 0}, "Nothing is changed."),
        ("refund", {"back": 1, "restock": "WISH"}, "Choose what becomes of the units."),
        ("refund", {"back": 9, "restock": "CANCEL"}, "is missing or too large"),
        ("return", {"sent": 1}, "is missing or too large"),
    ],
)
def test_what_cannot_be_is_said_beside_the_lines(client, order, path, form, sentence):
    line = order.line_items[0].id
    fields = {name if name == "restock" else f"{name}-{line}": value for name, value in form.items()}
    if path == "edit":
        fields = {f"units-{line}": 5}
    assert sentence in do(client, f"/orders/{order.id}/{path}", **fields)


def test_staff_split_move_and_merge(lamplight_shop, client, change, part, shop):
    assert "Queens is open." in do(client, "/sales/places", name="Queens")
    queens = list(shop.locations)[-1]
    assert "2 units are a fulfillment order of their own." in shown(change("split", **{f"units-{part.lines[0].id}": 2}))
    assert "2 fulfillment orders are one." in change("merge")
    assert "Queens ships 5 units." in change("move", location_id=queens)
    assert "Being picked." in change("begin")
    assert "cannot begin" in change("begin")


def test_a_service_is_asked_and_answers(client, change, part, shop):
    do(client, "/sales/places", name="Ship4You", is_service="on")
    assert "no fulfillment service" in change("submit")
    change("move", location_id=list(shop.locations)[-1])
    for name, sentence in (
        ("submit", "The service is asked to ship it."),
        ("accept", "The service ships it."),
        ("ask-back", "The service is asked to give it back."),
        ("refuse", "The service ships it all the same."),
    ):
        assert sentence in change(name)
    assert client.post(f"{ADMIN}/fulfillment_orders/{part.id}/change/dance").status_code == 404


def test_drafts_and_the_till(lamplight_shop, client, shop):
    goods = {"variant_id": lamplight_shop.chair.id, "units": 2, "email": "ada@example.com"}
    chair = lamplight_shop.level(lamplight_shop.chair)
    assert "#D1 is written, its units are set aside." in do(client, "/sales/drafts", reserve="on", **goods)
    (draft,) = shop.drafts
    assert "It is order #1001 now." in do(client, f"/sales/drafts/{draft}/complete")
    assert "There is no such open draft." in do(client, f"/sales/drafts/{draft}/delete")
    assert "sold and taken along" in do(client, "/sales/till", location_id=lamplight_shop.place, **goods)
    assert "sold, to be sent" in do(client, "/sales/till", location_id="", **goods)
    assert (chair.available, chair.committed) == (6, 4)


@pytest.mark.browser
def test_the_life_of_an_order_is_seen_and_fits_a_phone(lamplight_shop, web, serve, open_page, world, shop):
    placed = place_order(world, shop, [(lamplight_shop.chair.id, 5, {}), (lamplight_shop.lamp.id, 1, {})], ada())
    (part,) = route(world, shop, placed.id)
    base = f"http://127.0.0.1:{serve(web)}"
    page = open_page(f"{base}{ADMIN}/sales", 1280)
    page.get_by_role("button", name="Write").click()
    assert page.get_by_role("status").inner_text() == "#D1 is written."
    page.get_by_label("Name").fill("Queens")
    page.get_by_role("button", name="Open").click()
    keep(page, "admin-sales")
    page.goto(f"{base}{ADMIN}/orders/{placed.id}")
    page.locator("summary", has_text="Edit").click()
    page.get_by_label("Oak chair, to ship").fill("3")
    page.get_by_role("button", name="Save").click()
    assert page.get_by_role("status").inner_text() == "2 units are changed."
    for name in ("Edit", "Refund", "Split, move, merge, ask a service"):
        page.locator("summary", has_text=name).first.click()
    keep(page, "admin-order-life")
    page.set_viewport_size({"width": 390, "height": 844})
    keep(page, "admin-order-life")
    assert part.remaining == 4
