"""A customer asks what is kept about them: the merchant reads of it, has a file to hand on, and says that it was answered."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from backorder import erase, reconcile
from backorder.db import contacts, data_requests
from backorder.rules.seen import ContactSeen
from tests.plugin.cast import ALICE, NOW
from tests.plugin.test_pages_in_a_browser import LOOKS, address, enter, look, visit

__all__ = ["address"]

NUMBER = 9


@pytest.fixture
def asked(house, stage) -> int:
    """Anna, who ordered twice, asks; of the third order that she names the app knows nothing."""
    with house.db.write() as tx:
        contacts.put(tx, house.sealer, stage.alice.shop_id, ContactSeen(10010, "anna@example.com", "Anna", "de"))
    return erase.note_request(house, ALICE, NUMBER, [10010, 10030, 99], NOW)


def file(alice) -> str:
    return alice.get(f"/api/data-requests/{NUMBER}/export").json["content"]


def test_the_merchant_reads_of_it_and_has_a_file_with_what_is_kept_and_no_more(alice, bob, asked):
    assert asked == 2
    (waits,) = alice.get("/api/home").json["data_requests"]
    assert ([order["name"] for order in waits["orders"]], waits["answer_by"]) == (["#1001", "#1003"], "2026-12-23")
    page = alice.get("/").text
    assert "A customer asked what is kept about them" in page
    assert "anna@example.com" not in page, "who it is stands in the file alone"
    for said in ("#1001,E-mail,anna@example.com", "#1001,First name,Anna", "#1001,Ordered,1 × Aurora lamp"):
        assert said in file(alice)
    assert "#1003,Ordered,1 × Oak chair" in file(alice)
    assert "#1002" not in file(alice), "that is somebody else's"
    assert bob.get("/api/home").json["data_requests"] == []
    assert bob.get(f"/api/data-requests/{NUMBER}/export").status_code == 404


def test_who_was_answered_needs_nobody_and_the_file_can_still_be_had_until_it_is_forgotten(house, stage, alice, asked):
    (one,) = alice.post(f"/api/data-requests/{NUMBER}/answered").json["data_requests"]
    assert one["answered_at"] is not None
    assert alice.get("/api/home").json["data_requests"] == []
    assert "Answered 23 November 2026" in alice.get("/health").text
    assert "anna@example.com" in file(alice)
    reconcile.tidy(house, NOW + data_requests.KEPT)
    assert alice.get("/api/data-requests").json["data_requests"] == [one], "until then"
    reconcile.tidy(house, NOW + data_requests.KEPT + timedelta(minutes=1))
    assert alice.get("/api/data-requests").json["data_requests"] == []


def test_a_question_that_comes_twice_is_one_and_one_about_orders_that_nobody_knows_is_none(house, alice, asked):
    erase.note_request(house, ALICE, NUMBER, [10010, 10030], NOW + timedelta(hours=1))
    assert erase.note_request(house, ALICE, NUMBER + 1, [99], NOW) == 0
    assert [one["data_request_id"] for one in alice.get("/api/data-requests").json["data_requests"]] == [NUMBER]


def test_who_is_forgotten_is_asked_about_no_more(house, alice, asked):
    erase.redact_customer(house, ALICE, [10010, 10030])
    assert alice.get("/api/data-requests").json["data_requests"] == []


@pytest.mark.browser
@pytest.mark.parametrize("size", LOOKS)
def test_the_file_is_saved_and_the_question_answered_by_hand(chromium, address, asked, size):
    with visit(chromium, size) as page:
        enter(page, address)
        look(page, f"asked-for-data-{size}")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Download").click()
        assert saved.value.suggested_filename == f"customer-data-{NUMBER}.csv"
        page.get_by_role("button", name="Answered").click()
        expect(page.get_by_text("The file stays under Health")).to_be_visible()
        expect(page.get_by_text("Asked for their data")).to_have_count(0)
        page.get_by_role("link", name="Health").click()
        expect(page.get_by_role("heading", name="Customers who asked for their data")).to_be_visible()
        look(page, f"asked-for-data-answered-{size}")
