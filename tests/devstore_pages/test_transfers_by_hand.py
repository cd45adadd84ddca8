"""Goods on their way, as the staff handles them in the back office."""

import pytest

from .cast import ORIGIN
from .looks import WIDTHS, keep

ADMIN = f"{ORIGIN}/admin"


def do(client, path, **form):
    """Post a form and read the page it leads to."""
    answer = client.post(f"{ADMIN}{path}", data=form)
    assert answer.status_code == 303
    return client.get(answer.location).text


@pytest.fixture
def lamps(lamplight_shop, shop, client):
    """Ten lamps come from outside."""
    goods = {"item_id": lamplight_shop.lamp.item_id, "units": 10, "destination_id": lamplight_shop.place}
    assert "#T0001 is announced." in do(client, "/transfers", origin_id=0, reference="PO-7", **goods)
    (transfer,) = shop.transfers.values()
    return transfer


def page_of(transfer):
    return f"/transfers/{transfer.id}"


def send(client, transfer, units=6, **more):
    return do(client, f"{page_of(transfer)}/send", **{f"units-{transfer.lines[0].id}": units}, **more)


def test_goods_are_announced_sent_off_tracked_and_received(lamplight_shop, client, lamps):
    assert (lamps.status, lamps.reference, lamplight_shop.level(lamplight_shop.lamp).incoming) == (
        "READY_TO_SHIP",
        "PO-7",
        10,
    )
    assert "#T0001-1 is on its way." in send(client, lamps, arrives_on="2026-12-04")
    (shipment,) = lamps.shipments
    assert shipment.arrives_at.isoformat() == "2026-12-04T12:00:00-05:00"
    at = f"{page_of(lamps)}/shipments/{shipment.id}"
    do(client, f"{at}/track", arrives_on="2026-12-11")
    assert "arrives 11 Dec 2026" in client.get(f"{ADMIN}{page_of(lamps)}").text
    line = shipment.lines[0].id
    assert "5 received, 1 sent back." in do(client, f"{at}/receive", **{f"accepted-{line}": 5, f"rejected-{line}": 1})
    assert (shipment.status, lamplight_shop.level(lamplight_shop.lamp).available) == ("RECEIVED", 6)


def test_a_draft_is_made_ready_changed_and_canceled(lamplight_shop, client, shop):
    goods = {"item_id": lamplight_shop.lamp.item_id, "units": 10, "destination_id": lamplight_shop.place}
    do(client, "/transfers", draft="on", **goods)
    (transfer,) = shop.transfers.values()
    assert "Ready to ship." in do(client, f"{page_of(transfer)}/ready")
    more = {"item_id": lamplight_shop.chair.item_id, "units": 3}
    do(client, f"{page_of(transfer)}/items", **{f"units-{transfer.lines[0].id}": 8}, **more)
    assert [line.quantity for line in transfer.lines] == [8, 3]
    do(client, f"{page_of(transfer)}/edit", reference="PO-8", note="In two parts", tags="spring, sea")
    assert (transfer.reference, transfer.note, transfer.tags) == ("PO-8", "In two parts", ["spring", "sea"])
    assert "Canceled" in do(client, f"{page_of(transfer)}/cancel")
    assert lamplight_shop.level(lamplight_shop.chair).incoming == 0


def test_a_draft_shipment_is_sent_off_or_deleted(client, lamps):
    send(client, lamps, draft="on")
    (first,) = lamps.shipments
    do(client, f"{page_of(lamps)}/shipments/{first.id}/delete")
    assert (lamps.shipments, lamps.status) == ([], "READY_TO_SHIP")
    send(client, lamps, draft="on")
    (second,) = lamps.shipments
    assert "On its way." in do(client, f"{page_of(lamps)}/shipments/{second.id}/transit")


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"units": "0"}, "Units to transfer are at least 1."),
        ({"units": "many"}, "The number of units is a whole number."),
        ({"units": "3", "item_id": "99"}, "The inventory item does not exist."),
        ({"units": "3", "destination_id": "99"}, "The location does not exist."),
    ],
)
def test_what_cannot_be_announced_is_said(lamplight_shop, client, form, sentence):
    usual = {"item_id": lamplight_shop.lamp.item_id, "destination_id": lamplight_shop.place}
    assert sentence in do(client, "/transfers", **{**usual, **form})


def test_what_cannot_be_sent_or_tracked_is_said_at_its_place(client, lamps):
    assert "There are not so many units left to ship." in send(client, lamps, units=11)
    assert "The day of arrival is a date." in send(client, lamps, arrives_on="soon")
    assert client.post(f"{ADMIN}{page_of(lamps)}/burn").status_code == 404
    assert client.post(f"{ADMIN}{page_of(lamps)}/shipments/1/receive").status_code == 404
    assert client.get(f"{ADMIN}/transfers/1").status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
def test_the_pages_are_readable_wide_and_narrow(lamplight_shop, client, lamps, web, serve, chromium, width):
    send(client, lamps, arrives_on="2026-12-04")
    base = f"http://127.0.0.1:{serve(web)}"
    page = chromium.new_page(viewport={"width": width, "height": 900})
    for path, name in ((f"{ADMIN}/transfers", "transfers"), (f"{ADMIN}{page_of(lamps)}", "transfer")):
        page.goto(base + path)
        keep(page, name)
    page.close()
