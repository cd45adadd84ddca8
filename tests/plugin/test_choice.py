"""The page on which a customer says how their order leaves, and what staff say of it: signed, about goods and days only."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backorder import leave, note
from backorder.clock import transport_now
from backorder.db import claims, contacts, drop_ships, ways
from backorder.db.ways import Said
from backorder.keys import signing_key
from backorder.promise import annotation
from backorder.rules import order_link
from backorder.rules.mixed import By, Way
from backorder.rules.seen import ContactSeen
from backorder.rules.terms import Terms
from plugin.choice import OF_AN_ORDER
from tests.plugin.cast import CHAIR, LAMP, NOW, lands, order, order_seen


@pytest.fixture
def asked(house, stage) -> str:
    """Dora bought a lamp that waits and a chair that is there, and was asked; the link of her letter."""
    order(house, stage.alice, 1004, {LAMP: 1, CHAIR: 1})
    with house.db.write() as tx:
        ways.say(tx, stage.alice.shop_id, [Said(10040, Way.ASKED, By.SHOP, "settings", NOW, NOW)])
    return link(house, stage.alice.shop_id, 10040)


def link(house, shop_id: int, order_id: int) -> str:
    return f"/choose/{order_link.issue(signing_key(house.settings, order_link.PURPOSE), shop_id, order_id)}"


def test_who_has_the_link_sees_what_waits_and_until_when_and_chooses(client, alice, asked):
    page = client.get(asked)
    assert page.status_code == 200
    assert "<h1>Order #1004</h1>" in page.text
    assert "Shall we send what is in stock now?" in page.text
    assert "1 unit waits: Ships by December 8, 2026" in page.text
    assert "1 unit: In stock" in page.text
    assert "shipping is not charged a second time" in page.text
    assert client.post(asked, data={"way": "together"}).status_code == 303
    assert "We send everything together" in client.get(asked).text
    shown = alice.get("/api/orders/10040").json["ways"]
    assert [(said["way"], said["by"]) for said in shown] == [("asked", "shop"), ("together", "customer")]
    promised = {p["ship_by"] for line in shown_lines(alice) for p in line["promises"][-1:]}
    assert len(promised) == 1, "the slowest line's day is every line's"


def test_the_page_speaks_the_language_of_its_customer(client, house, stage, asked):
    with house.db.write() as tx:
        contacts.put(tx, house.sealer, stage.alice.shop_id, ContactSeen(10040, "dora@example.com", "Dora", "de-AT"))
    page = client.get(asked).text
    assert '<html lang="de-AT">' in page
    assert "Versand bis 8. Dezember 2026" in page
    assert "Alles zusammen senden, bis 8. Dezember 2026" in page
    assert "Dora" not in page, "whoever has the link is not told whose it is"


def shown_lines(alice) -> list[dict]:
    return alice.get("/api/orders/10040").json["lines"]


def test_a_link_that_we_did_not_write_opens_nothing(client, house, stage, asked):
    assert client.get(asked[:-1] + ("A" if asked[-1] != "A" else "B")).status_code == 404
    other = asked.replace("-10040-", "-10030-")
    assert client.get(other).status_code == 404
    stranger = client.get("/choose/1-2")
    assert stranger.status_code == 404
    assert "first page" not in stranger.text, "that is the merchant's"
    assert client.get(link(house, stage.alice.shop_id, 999_999)).status_code == 404


def test_the_link_of_one_shop_says_nothing_of_another(client, house, stage, asked):
    text = client.get(link(house, stage.bob.shop_id, 10040))
    assert text.status_code == 404


@pytest.mark.parametrize(
    ("browser", "language", "said"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.5", "fr", "Ce lien ne mène nulle part"),
        ("ar,de-CH;q=0.8", "de", "Dieser Link führt nirgendwohin"),
        ("ar", "en", "This link opens nothing"),
        ("", "en", "This link opens nothing"),
    ],
)
def test_where_a_link_opens_nothing_the_customers_browser_says_in_which_language(client, browser, language, said):
    page = client.get("/choose/1-2", headers={"Accept-Language": browser})
    assert page.status_code == 404
    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{said}</h1>" in page.text


def test_whatever_goes_wrong_a_customer_reads_it_in_their_language(client, asked, monkeypatch):
    dutch = {"Accept-Language": "nl"}
    assert "kies een van de twee" in client.post(asked, data={"way": "?"}, headers=dutch).text
    assert "Dat hebben we niet begrepen" in client.put(asked, headers=dutch).text
    assert "Uw keuze" in client.get(asked, headers=dutch).text, "nobody has told us what Dora reads"
    monkeypatch.setattr("plugin.choice.choice.of_order", lambda *_: 1 / 0)
    broken = client.get(asked, headers=dutch)
    assert broken.status_code == 500
    assert "Er is bij ons iets misgegaan" in broken.text
    full = [client.get(asked, headers=dutch) for _ in range(OF_AN_ORDER)][-1]
    assert full.status_code == 429
    assert "Probeer het iets later opnieuw" in full.text
    assert "error" not in full.text


def test_what_is_neither_is_refused_and_changes_nothing(client, alice, asked):
    assert client.post(asked, data={"way": "by balloon"}).status_code == 422
    assert len(alice.get("/api/orders/10040").json["ways"]) == 1


def test_what_staff_have_decided_the_customer_is_told(client, alice, asked):
    said = alice.post("/api/orders/10040/way", {"way": "split"})
    assert said.status_code == 200
    assert said.json["ways"][-1]["by"] == "staff"
    assert client.post(asked, data={"way": "together"}).status_code == 409
    assert "The shop has decided how this order is sent." in client.get(asked).text
    assert "What is there is sent, the rest follows" in alice.get("/orders/10040").text


def test_who_presses_the_button_of_an_old_page_reads_in_their_language_who_has_decided(
    client, alice, house, stage, asked
):
    with house.db.write() as tx:
        contacts.put(tx, house.sealer, stage.alice.shop_id, ContactSeen(10040, "dora@example.com", "Dora", "fr"))
    alice.post("/api/orders/10040/way", {"way": "split"})
    late = client.post(asked, data={"way": "together"})
    assert late.status_code == 409
    assert "La boutique a décidé comment cette commande est envoyée." in late.text
    assert "decided" not in late.text


def test_what_a_supplier_sends_has_no_part_in_the_day_by_which_the_rest_ships_together(client, house, stage, asked):
    shop_id = stage.alice.shop_id
    with house.db.write() as tx:
        lines = [claim.line_id for claim in claims.of_orders(tx, shop_id, [10040]) if claim.backordered]
        drop_ships.mark(tx, shop_id, lines, drop_shipped=True)
    page = client.get(asked).text
    assert "1 unit waits: Ships by December 8, 2026" in page
    assert "In a parcel of its own, from our supplier" in page
    assert "Send everything together, by" not in page


def test_what_a_supplier_sends_without_a_day_does_not_arrive_here_first(client, alice, house, stage, asked):
    glow = alice.post("/api/suppliers", {"name": "Glow & Sons"}).json["supplier_id"]
    sent = {"variant_ids": [LAMP.variant_id], "supplier_id": glow, "drop_shipped": True}
    assert alice.patch("/api/variants", sent).status_code == 200
    page = client.get(asked).text
    assert "1 unit waits: Ships directly from our supplier; no date is known yet" in page
    assert "as soon as it arrives" not in page
    with house.db.read() as tx:
        said = annotation(tx, stage.alice.shop_id, 10040)
    assert [line.get("sent_directly") for line in said["lines"] if line["units"]] == [True], "on the order's page too"


@pytest.mark.parametrize("left", [0, 1])
def test_what_was_paid_back_is_not_said_to_have_been_sent(client, house, stage, asked, left):
    """Dora is paid back her lamp and her chair, or all but the chair, which has shipped."""
    seen = order_seen(1004, {LAMP: 1, CHAIR: 1}, paid=True, at=NOW - timedelta(hours=1))
    lamp, chair = seen.lines
    lines = (replace(lamp, current_quantity=0, unfulfilled=0), replace(chair, current_quantity=left, unfulfilled=0))
    parts = tuple(replace(part, remaining=0) for part in seen.fulfillment_orders[0].parts)
    gone = replace(seen.fulfillment_orders[0], status="CLOSED", parts=parts)
    later = replace(seen, lines=lines, fulfillment_orders=(gone,), updated_at=NOW)
    with house.db.write() as tx:
        note.order(tx, stage.alice.shop_id, Terms(), later, transport_now())
    page = client.get(asked)
    sent, nothing = "All of this order has been sent.", "Nothing of this order is left to be sent."
    assert [said in page.text for said in (sent, nothing)] == [bool(left), not left]
    assert "<form" not in page.text
    assert client.post(asked, data={"way": "together"}).status_code == 409


def test_once_everything_is_in_nobody_is_asked_whether_to_wait_for_it(client, house, stage, asked):
    lands(house, stage.alice, replace(LAMP, on_hand=10), committed=5)
    page = client.get(asked).text
    assert "What you waited for has arrived and is on its way to be packed." in page
    assert "Shall we send what is in stock now?" not in page
    assert "<form" not in page


def test_once_the_app_has_left_nobody_is_asked_for_what_it_cannot_do(client, house, stage, asked):
    shop_id = stage.alice.shop_id
    leave.leave(house, shop_id, actor="Ben", now=NOW)
    page = client.get(asked).text
    assert "The shop has decided how this order is sent." in page
    assert "<form" not in page
    late = client.post(asked, data={"way": "together"})
    assert late.status_code == 409
    assert "The shop has decided how this order is sent." in late.text
    with house.db.read() as tx:
        assert [entry.way for entry in ways.history(tx, shop_id, 10040)] == [Way.ASKED]
    leave.come_back(house, shop_id, actor="Ben", now=NOW)
    assert client.post(asked, data={"way": "together"}).status_code == 303


def test_a_customer_is_not_sent_to_the_merchants_first_page(client, asked):
    assert 'href="/"' not in client.get(asked + "x").text


def test_of_an_order_with_nothing_left_to_send_nothing_is_chosen(alice):
    refused = alice.post("/api/orders/987654/way", {"way": "split"})
    assert refused.status_code == 404


def test_who_asks_without_end_is_asked_to_wait(client, asked):
    codes = {client.get(asked).status_code for _ in range(OF_AN_ORDER + 1)}
    assert codes == {200, 429}
