"""Leaving, and coming back, as the merchant does it: what is given back, what is owed, and that it must be meant."""

import json

from backorder import export
from backorder.db import contacts, offers, orders, shops
from backorder.rules.lease import Lease
from backorder.rules.seen import ContactSeen, Policy
from tests.plugin.cast import CHAIR, LAMP, NOW, order


def waits(house, stage):
    """Dora waits for two lamps, and wrote a formula where her name goes."""
    order_id = order(house, stage.alice, 1004, {LAMP: 2})
    with house.db.write() as tx:
        contacts.put(tx, house.sealer, stage.alice.shop_id, ContactSeen(order_id, "dora@example.com", "=Dora", "en"))
    return order_id


def test_what_is_there_and_what_is_owed_is_shown_before_anything_happens(alice, bob, house, stage):
    order_id = waits(house, stage)
    with house.db.write() as tx:
        lease = Lease(LAMP.variant_id, Policy.DENY, Policy.CONTINUE)
        offers.put_lease(tx, stage.alice.shop_id, lease, NOW)
        orders.annotated(tx, stage.alice.shop_id, order_id, "{}")
    shown = alice.get("/api/leaving").json
    assert (shown["left_at"], shown["over"], shown["policies"], shown["annotations"]) == (None, False, 1, 1)
    assert shown["owed_units"] >= 2
    text = alice.get("/settings/leave").text
    assert "Uninstalling alone gives nothing back" in text
    assert "The app has left" not in alice.get("/").text
    assert bob.get("/api/leaving").json["policies"] == 0


def test_who_is_not_sure_is_told_so_beside_the_box(alice, house, stage):
    refused = alice.post("/api/leaving", {"sure": False})
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "sure")
    with house.db.read() as tx:
        assert not shops.one(tx, stage.alice.shop_id).has_left


def test_while_it_is_being_given_back_every_page_says_so_and_there_is_a_way_back(alice, bob, house, stage):
    waits(house, stage)
    left = alice.post("/api/leaving", {"sure": True}).json
    assert (left["left_by"], left["over"]) == ("staff 42", False)
    assert "The app has left this shop" in alice.get("/backlog").text
    assert "Do not uninstall the app before this is done" in alice.get("/settings/leave").text
    assert "The app has left" not in bob.get("/backlog").text
    assert alice.post("/api/leaving/back").json["left_at"] is None
    assert "The app has left" not in alice.get("/backlog").text


def test_what_is_owed_is_a_sheet_that_no_spreadsheet_calculates(alice, house, stage):
    waits(house, stage)
    sheet = alice.get("/api/owed/export").json
    assert sheet["name"] == "owed.csv"
    head, *rows = sheet["content"].lstrip("\ufeff").splitlines()
    assert head == ("Order,Customer,E-mail,Location,SKU,Product,Units,Promised for,Expected,Waits since,Order line")
    (dora,) = (row for row in rows if row.startswith("#1004,"))
    assert dora.startswith("#1004,'=Dora,dora@example.com,")
    assert f",{LAMP.title},2,,2026-12-" in dora


def test_a_merchant_can_keep_their_word_from_the_exported_files_alone(alice, house, stage):
    waits(house, stage)
    files = dict(export.files(house, stage.alice.shop_id))
    assert list(files) == [
        *("owed.csv", "promises.csv", "purchase-orders.csv", "suppliers.csv", "variants.csv", "settings.json"),
    ]
    assert files["owed.csv"] == alice.get("/api/owed/export").json["content"]
    assert files["purchase-orders.csv"] == alice.get("/api/purchase-orders/export").json["content"]
    first = next(row.split(",") for row in files["promises.csv"].splitlines() if row.startswith("#1002,"))
    assert first[2].startswith("1")
    assert first[4].startswith("2026-12-")
    chosen = {row.split(",")[2]: row.split(",")[3] for row in files["variants.csv"].splitlines()[1:]}
    assert (chosen[LAMP.title], chosen[CHAIR.title]) == ("yes", "yes")
    assert "no" in chosen.values()
    kept = json.loads(files["settings.json"])
    assert kept["shop"] == stage.alice.domain
    assert kept["settings"].items() >= alice.get("/api/settings").json.items()
    everything = "".join(files.values())
    assert "BIKES-7" not in everything
    assert "#2001" not in everything
