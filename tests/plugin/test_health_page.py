"""The health page and its API: what is unusual, the history of comparisons, and the button that asks for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backorder.clock import transport_now
from backorder.db import differences, dirty, heard, inbox, reconciliations, tokens
from backorder.db.differences import Difference
from backorder.db.outbox import State
from backorder.db.reconciliations import Step, Why
from backorder.db.tokens import TokenPair
from backorder.rules.causes import REPAIRS, SENTENCES, Cause, Explained, Kind, Repair
from backorder.rules.drift import Drift
from plugin.app import create_app
from plugin.ready import access
from plugin.shown import comparisons
from tests.books.cast import delivery
from tests.plugin.cast import ALICE, BOB, bearer, install, stops

HOUR = timedelta(hours=1)


def compared(house, shop, ago, drift=None, error=None, why=Why.SCHEDULE):
    """A comparison that ended so long ago, after two seconds."""
    at = transport_now() - ago
    with house.db.write() as tx:
        reconciliations.ask(tx, shop.shop_id, why, "schedule", at)
        run = reconciliations.take(tx, shop.shop_id, at)
        assert run is not None
        read = Drift(orders_read=38, items_read=12)
        reconciliations.save(tx, shop.shop_id, replace(run, drift=read + (drift or Drift())), at)
        reconciliations.end(tx, shop.shop_id, run.run_id, at + timedelta(seconds=2), error)


def a_bad_week(house, shop):
    """Webhooks were lost, one cannot be read, the store was away for a while, and a scope is missing."""
    with house.db.write() as tx:
        tx.execute(
            reconciliations.reconciliations.delete().where(reconciliations.reconciliations.c.shop_id == shop.shop_id)
        )
    compared(house, shop, timedelta(days=24))
    for hours in range(28, 1, -1):
        found = Drift(orders_unknown=hours % 3, levels_changed=hours % 5 // 3, policies_changed=hours % 7 // 6)
        error = "The store did not answer (ConnectTimeout)." if hours in {9, 10} else None
        compared(house, shop, hours * HOUR, Drift() if error or hours > 20 else found, error)
    compared(house, shop, timedelta(minutes=20), Drift(orders_unknown=2, levels_changed=3), why=Why.DEMAND)
    with house.db.write() as tx:
        tx.execute(
            heard.heard.update()
            .where(heard.heard.c.shop_id == shop.shop_id)
            .values(last_at=transport_now() - 31 * HOUR)
        )
        dirty.mark(tx, shop.shop_id, dirty.Kind.ITEM, [4711], transport_now() - timedelta(minutes=12))
        inbox.put(tx, house.sealer, delivery(shop_domain=shop.domain, event_key="broken"), transport_now() - HOUR)
        number = inbox.inbox.c.id
        (kept,) = tx.scalars(inbox.inbox.select().with_only_columns(number).order_by(number.desc()).limit(1))
        inbox.settle(tx, kept, inbox.Verdict.UNREADABLE, transport_now(), "The body names no inventory item.")
        pair = tokens.get(tx, house.sealer, shop.shop_id)
        assert pair is not None
        fewer = frozenset(access.wanted() - {"read_inventory_shipments"})
        tokens.put(
            tx,
            house.sealer,
            shop.shop_id,
            TokenPair(pair.access, pair.access_until, pair.refresh, pair.refresh_until, fewer),
        )


def test_a_shop_that_is_well_is_told_so_in_a_word(alice):
    text = alice.get("/health").text
    assert "Nothing needs you here." in text
    assert "Worth a look" not in text
    assert "books and store agreed" in text


def test_a_shop_of_the_first_hour_has_no_history_and_is_told_what_comes(empty_house):
    install(empty_house, ALICE, "Lamplight")
    with empty_house.db.write() as tx:
        for book in (reconciliations.reconciliations, heard.heard):
            tx.execute(book.delete())
    text = create_app(empty_house).test_client().get("/health", headers=bearer(ALICE)).text
    assert "None yet" in text
    assert "Compare with the store now" in text


def test_everything_that_is_wrong_is_said_with_what_to_do(alice, house, stage):
    a_bad_week(house, stage.alice)
    stops(house, stage.alice, State.PARKED, "The store refused.")
    shown = alice.get("/api/health").json
    assert [alarm["kind"] for alarm in shown["alarms"]] == ["drift", "silence", "lag"]
    assert shown["failed_webhooks"] == 1
    assert shown["newest_failed"][0]["error"] == "The body names no inventory item."
    assert shown["access"]["missing"] == ["read_inventory_shipments"]
    assert shown["stopped"]["others_parked"] == 1
    assert shown["comparisons"]["ended"][0]["found"] == 5
    page = alice.get("/health").text
    for alarm in shown["alarms"]:
        assert alarm["advice"] in page.replace("&#39;", "'")
    assert "read_inventory_shipments" in page
    home = alice.get("/").text
    assert all(alarm["sentence"] in home for alarm in shown["alarms"])


def test_bob_next_door_is_not_told_what_is_wrong_with_alice(bob, house, stage):
    a_bad_week(house, stage.alice)
    shown = bob.get("/api/health").json
    assert shown["alarms"] == []
    assert shown["failed_webhooks"] == 0
    assert len(shown["comparisons"]["ended"]) == 1
    assert shown["access"]["missing"] == []


def test_a_shop_without_access_is_told_how_to_give_it(alice, house, stage):
    with house.db.write() as tx:
        tokens.spent(tx, stage.alice.shop_id, 1, transport_now())
    assert alice.get("/api/health").json["access"]["open"] is False
    # The page itself brings access back: whoever opens it carries the key.
    assert "The store does not let the app in." in alice.get("/health").text


def test_the_button_asks_once_however_often_it_is_pressed(alice, house, stage):
    for _ in range(2):
        answer = alice.post("/api/comparisons")
        assert answer.status_code == 202
        assert answer.json["under_way"]["why"] == "demand"
    with house.db.read() as tx:
        assert [run.actor for run in reconciliations.recent(tx, stage.alice.shop_id) if run.is_open] == ["staff 42"]
        assert not [run for run in reconciliations.recent(tx, stage.bob.shop_id) if run.is_open]
    page = alice.get("/health").text
    assert "It begins in a moment." in page
    assert "Compare with the store now" not in page


def test_a_comparison_under_way_says_how_far_it_is(alice, house, stage):
    alice.post("/api/comparisons")
    with house.db.write() as tx:
        run = reconciliations.take(tx, stage.alice.shop_id, transport_now())
        further = replace(
            run, step=Step.ITEMS, cursor="1", drift=Drift(orders_read=40, items_read=50, levels_changed=1)
        )
        reconciliations.save(tx, stage.alice.shop_id, further, transport_now())
    text = alice.get("/health").text
    assert "Step 4 of 4: stock levels and selling policies" in text
    assert "40 orders and 50 items; 1 difference found and mended" in text


def test_where_nothing_ever_differed_a_sentence_stands_instead_of_a_picture(alice, house, stage):
    compared(house, stage.alice, HOUR)
    text = alice.get("/health").text
    assert "In the last 2 comparisons books and store agreed." in text
    assert "<svg" not in text
    compared(house, stage.alice, HOUR / 2, error="The store did not answer.")
    assert "<svg" in alice.get("/health").text


@pytest.mark.parametrize(("found", "heights"), [((0, 0), [3, 3]), ((1, 4), [14, 56]), ((0, 1000), [3, 56])])
def test_the_picture_is_as_high_as_the_most_that_was_found(house, stage, found, heights):
    with house.db.write() as tx:
        tx.execute(reconciliations.reconciliations.delete())
    for hours, n in zip((2, 1), found, strict=True):
        compared(house, stage.alice, hours * HOUR, Drift(orders_changed=n))
    bars = comparisons.of_shop(house, stage.alice).bars
    assert [bar.height for bar in bars] == heights
    assert all(bar.y + bar.height == comparisons.HEIGHT for bar in bars)
    assert bars[-1].x == (comparisons.SHOWN - 1) * comparisons.WIDTH


def test_figures_of_a_day_long_gone_are_not_the_pages_business(alice, house, stage):
    """The page goes by the machine's clock: a business clock far ahead makes no alarm."""
    ahead = replace(house, clock=replace(house.clock, at=transport_now() + timedelta(days=400)))
    assert create_app(ahead).test_client().get("/api/health", headers=bearer(BOB)).json["alarms"] == []


ROWS = (
    Difference(Kind.ORDER, 10010, "#1001", "2 to ship", "not known", Explained(Cause.NEVER_HEARD, Repair.READ_AGAIN)),
    Difference(
        *(Kind.HOLD, 10010, "#1001", "not so yet", "what waits is to be held"),
        why=Explained(Cause.STOPPED, Repair.TRY_AGAIN, "The store refused: it is closed."),
    ),
    Difference(
        *(Kind.POLICY, 77, "Brass lamp", "stop selling", "continue selling"), why=Explained(Cause.BY_HAND, Repair.REARM)
    ),
    Difference(
        *(Kind.LEVEL, 78, "Brass lamp at Lamplight warehouse", "3 available, 2 committed", "1 available, 2 committed"),
        why=Explained(Cause.UNEXPLAINED, Repair.READ_AGAIN),
    ),
)


def found(house, shop, rows=ROWS):
    """A comparison that found these; its number."""
    compared(house, shop, HOUR, Drift(orders_unknown=1, policies_changed=1, levels_changed=1, effects_missing=1))
    with house.db.write() as tx:
        run = reconciliations.recent(tx, shop.shop_id)[0]
        differences.keep(tx, shop.shop_id, run.run_id, rows, before=0)
    return run.run_id


def test_what_a_comparison_found_is_listed_with_its_cause_and_its_repair(alice, house, stage):
    number = found(house, stage.alice)
    assert f'href="/comparisons/{number}"' in alice.get("/health").text
    page = alice.get(f"/comparisons/{number}").text
    for row in ROWS:
        assert all(said in page for said in (row.name, row.store_said, row.books_said, SENTENCES[row.why.cause]))
        assert REPAIRS[row.why.repair] in page
    assert "The store refused: it is closed." in page
    shown = alice.get(f"/api/comparisons/{number}").json
    assert [(one["kind"], one["count"]) for one in shown["kinds"]] == [
        *(("order", 1), ("hold", 1), ("level", 1), ("policy", 1)),
    ]
    assert [one["explained"] for one in shown["differences"]] == [True, True, True, False]
    assert shown["counted_only"] == 0


def test_differences_are_sifted_by_kind_and_saved_as_csv(alice, house, stage):
    number = found(house, stage.alice)
    page = alice.get(f"/comparisons/{number}?kind=policy").text
    assert "Brass lamp</th>" in page.replace('<span class="under">policy</span>', "")
    assert "#1001" not in page
    assert [one["kind"] for one in alice.get(f"/api/comparisons/{number}?kind=hold").json["differences"]] == ["hold"]
    assert alice.get(f"/api/comparisons/{number}?kind=mood").status_code == 422
    file = alice.get(f"/api/comparisons/{number}/export?kind=hold").json
    assert file["name"] == f"comparison-{number}.csv"
    head, row = file["content"].removeprefix("\ufeff").splitlines()
    assert head.startswith("Kind,What,Number in the store,The store said,The books said,Cause,Error,Repair")
    assert row.startswith("hold,#1001,10010,not so yet,what waits is to be held,")


def test_of_many_differences_a_page_is_shown_and_the_rest_is_said(alice, house, stage):
    number = found(house, stage.alice, [replace(ROWS[3], name=f"Lamp {n}") for n in range(60)])
    first = alice.get(f"/api/comparisons/{number}").json
    assert (len(first["differences"]), first["next_offset"]) == (50, 50)
    assert "More differences" in alice.get(f"/comparisons/{number}").text
    second = alice.get(f"/api/comparisons/{number}?offset=50").json
    assert (len(second["differences"]), second["next_offset"]) == (10, None)


def test_a_comparison_without_differences_says_so_and_one_of_a_neighbour_is_none(alice, bob, house, stage):
    compared(house, stage.alice, HOUR)
    with house.db.read() as tx:
        number = reconciliations.recent(tx, stage.alice.shop_id)[0].run_id
    assert "Books and store agreed" in alice.get(f"/comparisons/{number}").text
    for address in (f"/comparisons/{number}", f"/api/comparisons/{number}", f"/api/comparisons/{number}/export"):
        assert bob.get(address).status_code == 404
