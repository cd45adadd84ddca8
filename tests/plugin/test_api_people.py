"""The backlog, one order, the first page's figures, the import, and what stopped."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from backorder import note
from backorder.allocate import decide
from backorder.clock import transport_now
from backorder.db import dirty, imports
from backorder.db.outbox import State
from backorder.db.promises import promises
from backorder.rules.evidence import Evidence, Verdict
from backorder.rules.terms import Terms
from plugin.shown import backlog
from tests.plugin.cast import CHAIR, LAMP, NOW, SHADE, lands, order, order_seen, purchase_order, stops


def test_the_backlog_is_served_in_the_order_in_which_people_came(alice):
    claims = alice.get("/api/backlog").json["claims"]
    assert [(c["order_name"], c["title"], c["covered"], c["backordered"]) for c in claims] == [
        ("#1001", "Aurora lamp", 0, 1),
        ("#1002", "Aurora lamp", 0, 2),
        ("#1003", "Aurora lamp", 0, 1),
        ("#1003", "Oak chair", 1, 0),
    ]


def test_only_what_no_stock_covers_waits(alice):
    claims = alice.get("/api/backlog?waiting=true").json["claims"]
    assert {c["title"] for c in claims} == {"Aurora lamp"}
    assert [c["projected_on"] for c in claims] == ["2026-12-08"] * 3


def test_the_backlog_is_had_as_a_file_as_far_as_it_is_looked_for(alice, monkeypatch):
    heading, *rows = alice.get("/api/backlog/export").json["content"].splitlines()
    assert heading.lstrip("\ufeff").startswith(
        "Order,Since,Product,SKU,Ordered,Covered,Waiting,Ships by,Value,Currency"
    )
    assert rows[1] == "#1002,2026-11-23 06:00,Aurora lamp,SKU-101,2,0,2,2026-12-08,258.00,USD,"
    assert rows[3].endswith("Oak chair,SKU-102,1,1,0,,240.50,USD,Can ship")
    page = alice.get("/backlog?search=1003").text
    assert 'data-download="/api/backlog/export?waiting=true&amp;search=1003"' in page
    found = alice.get("/api/backlog/export?waiting=true&search=1003").json["content"].splitlines()
    assert [row.split(",")[2] for row in found[1:]] == ["Aurora lamp"]
    monkeypatch.setattr(backlog, "MOST_ROWS", 2)
    assert "more than the 2 rows" in alice.get("/api/backlog/export").json["content"].splitlines()[-1]


def test_an_unpaid_order_waits_behind_all_that_are_paid(alice, house, stage):
    order(house, stage.alice, 1000, {LAMP: 1}, paid=False, ago=timedelta(days=9))
    last = alice.get("/api/backlog?waiting=true").json["claims"][-1]
    assert (last["order_name"], last["ready"]) == ("#1000", False)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("1002", [("#1002", "Aurora lamp")]),
        ("%231003", [("#1003", "Aurora lamp"), ("#1003", "Oak chair")]),
        ("OAK", [("#1003", "Oak chair")]),
        ("sku-102", [("#1003", "Oak chair")]),
        ("%25", []),
        ("_", []),
    ],
)
def test_the_backlog_is_searched_by_order_title_and_sku(alice, search, found):
    claims = alice.get(f"/api/backlog?search={search}").json["claims"]
    assert [(claim["order_name"], claim["title"]) for claim in claims] == found


def test_a_search_that_finds_nothing_waiting_leads_to_everything_open(alice):
    assert "Nothing that waits has “oak”" in alice.get("/backlog?search=oak").text
    assert "/backlog?show=everything&amp;search=oak" in alice.get("/backlog?search=oak").text
    assert "#1003" in alice.get("/backlog?show=everything&search=oak").text
    assert "Nothing open has “9999”" in alice.get("/backlog?show=everything&search=9999").text


def test_a_long_backlog_comes_in_pages(alice, house, stage):
    for number in range(1100, 1160):
        order(house, stage.alice, number, {LAMP: 1})
    first = alice.get("/api/backlog").json
    second = alice.get(f"/api/backlog?offset={first['next_offset']}").json
    names = [c["order_name"] for c in (*first["claims"], *second["claims"])]
    assert len(names) == 64
    assert second["next_offset"] is None


def test_an_order_tells_what_was_promised_and_why_this_date(alice):
    shown = alice.get("/api/orders/10030").json
    assert (shown["name"], [line["title"] for line in shown["lines"]]) == ("#1003", ["Aurora lamp", "Oak chair"])
    waiting, covered = shown["lines"]
    assert [p["ship_by"] for p in waiting["promises"]] == ["2026-12-08"]
    assert waiting["promises"][0]["source"] == "PO-12"
    assert "PO-12" in waiting["why"]["sentence"]
    assert waiting["claims"][0]["backordered"] == 1
    assert covered["promises"] == []
    assert covered["claims"][0]["covered"] == 1


def what_was_told(alice, house, *told_at):
    """What the page of an order says of the versions of a promise that moved twice, oldest first, which were told then."""
    for due_on in ("2026-12-31", "2027-01-29"):
        alice.patch("/api/purchase-orders/lines/1", {"due_on": due_on})
    with house.db.write() as tx:
        for version, at in enumerate(told_at, start=1):
            tx.execute(promises.update().where(promises.c.version == version).values(told_at=at))
    versions = re.findall(r'<p class="quiet small">(.*?), from PO-12', alice.get("/orders/10010").text)
    return list(reversed(versions))


def test_a_promise_that_was_replaced_before_it_was_told_says_so_and_the_next_stands_instead_of_the_last_told(
    alice, house
):
    assert what_was_told(alice, house, NOW, None, NOW + timedelta(days=1)) == [
        "Told 23 November 2026, 10:00",
        "Never told; replaced",
        "Told 24 November 2026, 10:00, instead of 8 December 2026",
    ]


def test_what_is_told_first_stands_instead_of_nothing(alice, house):
    assert what_was_told(alice, house, None, None, NOW) == [
        "Never told; replaced",
        "Never told; replaced",
        "Told 23 November 2026, 10:00",
    ]


def test_what_is_to_be_told_yet_stands_instead_of_what_was_told(alice, house):
    assert what_was_told(alice, house, NOW, NOW, None) == [
        "Told 23 November 2026, 10:00",
        "Told 23 November 2026, 10:00, instead of 8 December 2026",
        "Not told yet, instead of 4 January 2027",
    ]


@pytest.mark.parametrize(
    ("proves", "sentence"),
    [
        (Evidence(Verdict.VALID, date(2026, 12, 8), "steps/1"), "The order proves what its buyer was shown."),
        (Evidence(Verdict.EXPIRED), "The order brings a proof that had run out when it was placed."),
    ],
)
def test_an_order_tells_what_its_buyer_was_shown_or_why_that_is_not_proved(alice, stage, proves, sentence):
    seen = order_seen(1009, {LAMP: 1}, paid=True, at=NOW)
    seen = replace(seen, lines=tuple(replace(line, evidence=proves) for line in seen.lines))
    with stage.house.db.write() as tx:
        noted = note.order(tx, stage.alice.shop_id, Terms(), seen, transport_now())
        decide(tx, stage.alice.shop_id, noted.items, NOW, cause="a test")
    (line,) = alice.get("/api/orders/10090").json["lines"]
    assert line["was_shown"]["verdict"] == proves.verdict
    assert line["was_shown"]["sentence"] == sentence
    assert line["promises"][0]["basis"] == ("shown" if proves.valid else "lot")


def test_who_bought_is_not_part_of_an_order(alice):
    text = alice.get("/api/orders/10030").text.lower()
    assert not any(word in text for word in ("email", "customer", "address", "phone"))


def test_the_first_page_counts_what_waits_to_the_cent(alice):
    home = alice.get("/api/home").json
    assert home["waiting"] == {"units": 4, "orders": 3, "money": [{"amount": "516.00", "currency": "USD"}]}
    assert home["backlog"] == {"units": 5, "orders": 3, "money": [{"amount": "756.50", "currency": "USD"}]}
    assert (home["managed_variants"], home["all_variants"]) == (2, 3)


def test_the_figures_agree_with_the_sum_of_the_backlog(alice):
    home, claims = alice.get("/api/home").json, alice.get("/api/backlog").json["claims"]
    assert home["backlog"]["units"] == sum(c["units"] for c in claims)
    assert home["waiting"]["units"] == sum(c["backordered"] for c in claims)
    assert home["waiting"]["units"] + sum(c["covered"] for c in claims) == home["backlog"]["units"]


def test_an_arrival_says_whom_it_serves(alice):
    (lot,) = alice.get("/api/home").json["arrivals"]
    assert (lot["number"], lot["supplier"], lot["title"], lot["units"]) == ("PO-12", "Glow & Sons", "Aurora lamp", 40)
    assert (lot["due_on"], lot["units_for_waiting"], lot["orders_served"]) == ("2026-12-04", 4, 3)
    assert lot["units_left"] == lot["units"] - 4


def test_a_queue_that_spans_two_shipments_is_split_between_them(alice, house, stage):
    order(house, stage.alice, 1004, {LAMP: 38})
    purchase_order(house, stage.alice, "PO-13", LAMP, 10, NOW.date() + timedelta(days=30))
    served = {lot["number"]: lot["units_for_waiting"] for lot in alice.get("/api/home").json["arrivals"]}
    assert served == {"PO-12": 40, "PO-13": 2}


def test_goods_at_the_dock_come_before_those_still_on_their_way(alice):
    alice.post("/api/purchase-orders/lines/1/receipts", {"units": 3}, headers={"Idempotency-Key": "a"})
    found = [(lot["at_dock"], lot["units"]) for lot in alice.get("/api/home").json["arrivals"]]
    assert sorted(found) == [(False, 37), (True, 3)]


def test_a_late_purchase_order_needs_a_person(alice, house, stage):
    alice.patch("/api/purchase-orders/lines/1", {"due_on": "2026-11-22"})
    (late,) = alice.get("/api/home").json["exceptions"]["overdue"]
    assert (late["number"], late["units"], late["due_on"]) == ("PO-12", 40, "2026-11-22")
    assert "Overdue" in alice.get("/").text


def test_a_shop_where_all_is_well_is_left_in_peace(alice):
    found = alice.get("/api/home").json["exceptions"]
    kinds = ("unread", "overdue", "short", "yielded", "late_shipments", "doubles", "oversold")
    limits = ("over_order_limit", "over_customer_limit")
    counts = ("lost", "aside", "overwritten")
    assert found == {kind: [] for kind in (*kinds, *limits, *counts, "to_pass_on")}
    assert "Needs you" not in alice.get("/").text


@pytest.mark.parametrize(("minutes", "shown"), [(4, False), (6, True)])
def test_a_store_that_was_not_read_for_minutes_is_shown_with_its_reason(alice, house, stage, minutes, shown):
    why, since = "The shop has not granted read_inventory.", transport_now() - timedelta(minutes=minutes)
    with house.db.write() as tx:
        dirty.mark(tx, stage.alice.shop_id, dirty.Kind.LOCATIONS, [0], since)
        (row,) = [row for row in dirty.due(tx, stage.alice.shop_id, since) if row.kind is dirty.Kind.LOCATIONS]
        dirty.defer(tx, stage.alice.shop_id, row, since + timedelta(hours=1), why)
    assert [row["why"] for row in alice.get("/api/home").json["exceptions"]["unread"]] == [why] * shown
    assert ("Store not read" in alice.get("/").text) is shown
    assert (why in alice.get("/").text) is shown


def test_what_stopped_is_shown_and_tried_again_once(alice, house, stage):
    number = stops(house, stage.alice, State.PARKED, "The store refused the hold.")
    (row,) = alice.get("/api/outbox/troubled").json["troubled"]
    assert (row["outbox_id"], row["state"], row["error"]) == (number, "parked", "The store refused the hold.")
    assert "order #10" in row["what"]
    assert alice.post(f"/api/outbox/{number}/again").json["troubled"] == []
    assert alice.post(f"/api/outbox/{number}/again").status_code == 404


def test_what_stopped_at_bobs_is_not_alices_to_try_again(alice, house, stage):
    number = stops(house, stage.bob, State.UNKNOWN, "No answer.")
    assert alice.post(f"/api/outbox/{number}/again").status_code == 404
    assert alice.get("/api/outbox/troubled").json["troubled"] == []


def test_the_import_tells_how_far_it_is(alice, house, stage):
    with house.db.write() as tx:
        imports.start(tx, stage.alice.shop_id, ("locations", "variants"), transport_now())
        imports.advance(tx, stage.alice.shop_id, "locations", cursor=None, read=2, at=transport_now())
    told = alice.get("/api/import").json
    assert (told["running"], told["finished_steps"]) == (True, 1)
    assert [(s["step"], s["read"], s["finished"]) for s in told["steps"]] == [
        ("locations", 2, True),
        ("variants", 0, False),
    ]
    assert "Step 2 of 2" in alice.get("/").text


def test_stock_that_lands_leaves_nobody_waiting(alice, house, stage):
    lands(house, stage.alice, LAMP.__class__(LAMP.number, LAMP.title, 9, LAMP.price), committed=4)
    assert alice.get("/api/home").json["waiting"] == {"units": 0, "orders": 0, "money": []}
    assert CHAIR.title in alice.get("/backlog?show=everything").text
    assert "Nobody waits" in alice.get("/backlog").text


def test_the_backlog_of_a_past_day_has_what_was_open_when_it_ended_and_adds_up_to_the_cent(alice, house, stage):
    order(house, stage.alice, 900, {LAMP: 2}, ago=timedelta(days=5))
    then = alice.get("/api/backlog/then?day=2026-11-20").json
    assert [(line["order_name"], line["units"], line["value"]["amount"]) for line in then["lines"]] == [
        ("#900", 2, "258.00")
    ]
    assert (then["total"]["units"], then["total"]["orders"]) == (2, 1)
    assert then["total"]["money"] == [{"amount": "258.00", "currency": "USD"}]
    assert alice.get("/api/backlog/then?day=2026-11-10").json["lines"] == []
    today = alice.get("/api/backlog/then?day=2026-11-23").json
    assert {line["order_name"] for line in today["lines"]} == {"#900", "#1001", "#1002", "#1003"}


def test_a_day_that_is_none_is_refused_with_its_field(alice):
    refused = alice.get("/api/backlog/then?day=yesterday")
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == ["day"]


def test_what_the_app_does_not_sell_on_backorder_is_not_said_to_wait(alice, house, stage):
    """As on the first day, when everything lies on the shelf and no variant was chosen yet."""
    before = alice.get("/api/home").json
    order(house, stage.alice, 1009, {SHADE: 2})
    after = alice.get("/api/home").json
    assert after["waiting"] == before["waiting"]
    assert after["backlog"]["units"] == before["backlog"]["units"] + 2
    names = {one["order_name"] for one in alice.get("/api/backlog?waiting=true").json["claims"]}
    assert names == {"#1001", "#1002", "#1003"}
    (row,) = (one for one in alice.get("/api/backlog").json["claims"] if one["order_name"] == "#1009")
    assert (row["managed"], row["units"], row["covered"], row["backordered"]) == (False, 2, 0, 0)
    assert "Not managed" in alice.get("/backlog?show=everything").text
    (line,) = alice.get("/api/orders/10090").json["lines"]
    assert (line["claims"][0]["managed"], line["why"]) == (False, None)
    page = alice.get("/orders/10090").text
    assert "promises no day" in page
    for untrue in ("waiting", "Why does it wait?", "no date known", "Covered by stock"):
        assert untrue not in page
    assert alice.patch("/api/variants", {"variant_ids": [SHADE.variant_id], "managed": True}).status_code == 200
    (row,) = (one for one in alice.get("/api/backlog").json["claims"] if one["order_name"] == "#1009")
    assert (row["managed"], row["covered"], row["backordered"]) == (True, 2, 0)
