"""Suppliers who are late: what the shop learns of them, and what it therefore promises."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from backorder import amend, explain, purchase, quote, risk
from backorder.db import lateness, purchase_orders
from backorder.reconcile import tidy
from backorder.rules.wording import day as in_words
from backorder.rules.working_calendar import WorkingCalendar
from backorder.verify import verify
from tests.stories.test_who_goes_first import CHOSEN, lena_has_hers, wants
from tests.stories.town import Town

GLOW = "glow & sons"


def chairs_come(town: Town, number: int, late: int) -> None:
    """Glow & Sons sends a chair that nobody waits for, so many days after the day they said."""
    line = town.order_goods(f"PO-{number}", town.chair, 1, due_in=2)
    town.days_pass(2 + late)
    town.book_in(line, 1)
    town.count_in(town.chair, 1)


def glow_is_known_to_be_late(town: Town) -> None:
    """The last lamp is sold, and Glow & Sons was three days late four times."""
    town.install()
    town.manage(town.lamp, town.chair)
    town.buy("Lena", (town.lamp, 1))
    for number in range(4):
        chairs_come(town, number, late=3)


def allowed(town: Town, percent: int = 85) -> int:
    """The days that what was learned allows Glow & Sons, long before the stated day."""
    with town.house.db.read() as tx:
        return lateness.get(tx, town.shop_id).days(GLOW, percent / 100)


def shipped(town: Town, arrival: date) -> date:
    """The day on which goods that come then go out, in a shop that has changed no setting."""
    return WorkingCalendar().ships_on(arrival)


def test_a_shop_that_asks_for_no_confidence_promises_the_stated_day_whatever_was_learned(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    anna = town.buy("Anna", (town.lamp, 1))
    (promise,) = town.promises("Anna")
    assert allowed(town) >= 3
    assert promise.ship_by == shipped(town, town.today() + timedelta(days=12))
    assert (promise.confidence, promise.stated_on) == (None, None)
    assert town.held(anna) == 1


def test_a_promise_at_85_percent_allows_the_supplier_what_it_usually_needs(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.set_terms(confidence_percent=85)
    due = town.today() + timedelta(days=12)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    expected = due + timedelta(days=allowed(town))
    shown = town.offer(town.lamp).wanted
    town.buy("Anna", (town.lamp, 1))
    (promise,) = town.promises("Anna")
    assert promise.ship_by == shipped(town, expected) > shipped(town, due)
    assert shown["ship_by"] == shown["steps"][0]["ship_by"] == promise.ship_by.isoformat()
    assert (promise.confidence, promise.stated_on) == (0.85, due)
    assert promise.rule == "queue place × lot × supplier's lateness × working calendar"
    words = f"Glow & Sons is usually 3 days late (4 receipts); 85 % of such shipments are here by {in_words(expected)}."
    assert promise.reason == f"Served from PO-12, first in the queue. {words}"
    why = explain.why(town.house, town.shop_id, promise.line_id, town.now())
    assert words in why.steps
    assert "Glow & Sons is usually 3 days late" in why.sentence
    assert verify(town.house).holds


@pytest.mark.long
def test_to_trust_a_supplier_less_is_news_to_nobody_who_was_told_a_day(town: Town) -> None:
    glow_is_known_to_be_late(town)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Anna", (town.lamp, 1))
    town.set_terms(confidence_percent=85)
    town.buy("Ben", (town.lamp, 1))
    (anna,), (ben,) = town.promises("Anna"), town.promises("Ben")
    assert anna.ship_by is not None
    assert ben.ship_by is not None
    assert anna.ship_by < ben.ship_by
    assert len(town.mails("Anna")) == 1
    # But when Glow & Sons says a later day themselves, it is.
    town.change_due(line, town.today() + timedelta(days=40))
    assert [len(town.mails(who)) for who in ("Anna", "Ben")] == [2, 2]
    assert town.promises("Anna")[-1].ship_by == town.promises("Ben")[-1].ship_by


@pytest.mark.long
def test_a_line_that_came_late_moves_the_days_of_all_that_is_to_come_from_its_supplier(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.set_terms(confidence_percent=85)
    town.order_goods("PO-12", town.lamp, 40, due_in=60)
    before = town.offer(town.lamp).wanted["ship_by"]
    for number in range(20, 24):
        chairs_come(town, number, late=9)
    after = town.offer(town.lamp).wanted["ship_by"]
    assert after > before
    assert quote.quote(town.house, town.shop_id, town.lamp.id, 1, town.now()).ship_by == date.fromisoformat(after)
    assert verify(town.house).holds


@pytest.mark.long
def test_what_is_late_and_not_here_is_expected_after_today_and_mails_nobody_every_morning(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.set_terms(confidence_percent=85)
    town.order_goods("PO-12", town.lamp, 40, due_in=4)
    town.buy("Anna", (town.lamp, 1))
    days = []
    for _ in range(10):
        town.days_pass(1)
        town.settle_again()
        days.append(date.fromisoformat(town.offer(town.lamp).wanted["ship_by"]))
        assert days[-1] > town.today()
    assert days == sorted(days)
    versions = town.promises("Anna")
    assert len(town.mails("Anna")) == len(versions) <= 3, "only when the day she was told has become unlikely"
    for before, after in pairwise(versions):
        assert before.ship_by is not None
        assert after.made_at.date() <= before.ship_by < (after.ship_by or date.max), "told in time, and a later day"
    assert verify(town.house).holds


def test_a_shipment_that_is_a_week_overdue_is_told_in_time_and_once(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.buy("Lena", (town.lamp, 1))
    due = town.today() + timedelta(days=4)
    town.order_goods("PO-12", town.lamp, 40, due_in=4)
    anna = town.buy("Anna", (town.lamp, 1))
    while town.today() < due + timedelta(days=7):
        town.days_pass(1)
        tidy(town.house, town.now())
        town.settle()
        assert len(town.mails("Anna")) == (1 if town.today() <= due else 2)
    first, second = town.promises("Anna")
    assert first.ship_by is not None
    assert second.told_at is not None
    assert second.told_at.date() <= first.ship_by < (second.ship_by or date.min), "not later than the day promised"
    assert (second.confidence, second.previous) == (0.95, first.ship_by)
    assert second.reason.startswith("Our supplier's shipment is not here yet, and it has become unlikely")
    assert town.held(anna) == 1
    assert verify(town.house).holds


def test_a_day_mended_on_the_day_it_was_entered_is_a_slip_of_the_pen_and_a_later_change_is_the_suppliers(
    town: Town,
) -> None:
    town.install()
    line = town.order_goods("PO-12", town.lamp, 40, due_in=2)
    mended = town.today() + timedelta(days=20)
    town.change_due(line, mended)
    town.days_pass(3)
    town.change_due(line, mended + timedelta(days=9))
    with town.house.db.read() as tx:
        found = purchase_orders.line(tx, town.shop_id, line)
    assert found is not None
    assert (found.stated_first, found.due_on) == (mended, mended + timedelta(days=9))


@pytest.mark.long
def test_what_is_late_and_not_here_is_learned_from_when_the_clock_tidies_up(town: Town) -> None:
    glow_is_known_to_be_late(town)
    for number in range(30, 33):
        town.order_goods(f"PO-{number}", town.chair, 1, due_in=2)
    before = allowed(town)
    town.days_pass(22)
    assert allowed(town) == before
    tidy(town.house, town.now())
    assert allowed(town) > before
    assert verify(town.house).holds


@pytest.mark.long
def test_who_needs_two_shipments_is_told_the_day_on_which_both_are_surely_here(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.set_terms(confidence_percent=85)
    town.order_goods("PO-12", town.lamp, 1, due_in=12)
    town.order_goods("PO-13", town.lamp, 5, due_in=13)
    shown = town.offer(town.lamp).wanted["steps"]
    town.buy("Anna", (town.lamp, 3))
    town.buy("Ben", (town.lamp, 1))
    (anna,), (ben,) = town.promises("Anna"), town.promises("Ben")
    assert anna.ship_by is not None
    assert ben.ship_by is not None
    assert shown[-1]["ship_by"] == anna.ship_by.isoformat()
    assert anna.ship_by >= ben.ship_by
    why = explain.why(town.house, town.shop_id, anna.line_id, town.now())
    assert any(step.startswith("Over all that is to come, enough is here by") for step in why.steps)
    assert verify(town.house).holds


@pytest.mark.long
def test_a_promised_week_is_kept_by_its_last_day(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.set_terms(show_as="week")
    town.buy("Anna", (town.lamp, 1))
    (promise,) = town.promises("Anna")
    day = shipped(town, town.today() + timedelta(days=12))
    assert promise.ship_by is not None
    assert promise.ship_by.isoweekday() == 7
    assert promise.ship_by.isocalendar()[:2] == day.isocalendar()[:2]
    assert town.offer(town.lamp).wanted["ship_by"] == promise.ship_by.isoformat()


@pytest.mark.long
def test_a_promise_is_as_likely_as_it_was_asked_to_be_and_less_so_when_nothing_came(town: Town) -> None:
    glow_is_known_to_be_late(town)
    town.set_terms(confidence_percent=85)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Anna", (town.lamp, 1))

    def likely() -> float:
        (anna,) = risk.at_risk(town.house, town.shop_id, town.house.clock.now(), below=1.01)
        return anna.likely

    assert likely() >= 0.8
    town.days_pass(12 + allowed(town))
    assert likely() < 0.8


def vera_is_served_first(town: Town, *, because: str) -> None:
    """Vera's two lamps come with PO-11, a few days late as always; Anna's thirty with that and PO-12, weeks later."""
    glow_is_known_to_be_late(town)
    town.days_pass(15 / 1440)
    town.order_goods("PO-11", town.lamp, 5, due_in=4)
    town.order_goods("PO-12", town.lamp, 40, due_in=40)
    if because == "she came first":
        wants(town, "Vera", 2, "VIP")
        wants(town, "Anna", 30)
    else:
        town.set_terms(**CHOSEN, chosen_percent=None, chosen_units_a_day=5, passed_over_days=60)
        wants(town, "Anna", 30)
        wants(town, "Vera", 2, "VIP")
    (vera,) = town.promises("Vera")
    assert vera.source == "PO-11"


@pytest.mark.long
@pytest.mark.parametrize("because", ["she came first", "she was chosen"])
def test_who_is_served_first_is_as_safe_as_the_shipment_that_serves_her(town: Town, because: str) -> None:
    vera_is_served_first(town, because=because)
    (vera,) = town.promises("Vera")
    found = {one.line_id: one for one in risk.at_risk(town.house, town.shop_id, town.now(), below=1.01)}
    assert found[vera.line_id].likely > 0.9


@pytest.mark.long
@pytest.mark.parametrize("because", ["she came first", "she was chosen"])
def test_who_is_served_first_is_not_put_off_to_the_shipment_after_hers_when_that_is_late(
    town: Town, because: str
) -> None:
    vera_is_served_first(town, because=because)
    for _ in range(7):
        town.days_pass(1)
        tidy(town.house, town.now())
        town.settle()
    first, *_, last = town.promises("Vera")
    assert first.ship_by is not None
    assert last.ship_by is not None
    assert (last.ship_by - first.ship_by).days < 20


@pytest.mark.long
def test_a_line_that_was_enlarged_is_as_safe_as_the_last_of_its_units(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 8, due_in=5)
    lena_has_hers(town)
    anna = wants(town, "Anna", 2)
    wants(town, "Ben", 3)
    town.edit(anna, add=3)
    found = risk.at_risk(town.house, town.shop_id, town.now(), below=1.01)
    assert {town.promises(who)[-1].line_id for who in ("Anna", "Ben")} == {one.line_id for one in found}
    assert all(one.likely > 0.99 for one in found), "eight come, and eight are wanted"


@pytest.mark.long
def test_who_loses_their_day_to_a_shipment_that_still_comes_is_not_told_that_nobody_expects_it(town: Town) -> None:
    town.install()
    town.set_terms(allow_asap=True)
    town.manage(town.lamp)
    line = town.order_goods("PO-12", town.lamp, 2, due_in=12)
    for who in ("Lena", "Ben", "Anna"):
        town.buy(who, (town.lamp, 1))
    later = town.today() + timedelta(days=30)
    amend.split_line(town.house, town.shop_id, line, 1, later, actor="Mara", now=town.now())
    amend.close_line(town.house, town.shop_id, line, actor="Mara", now=town.now())
    town.settle()
    lost = town.promises("Anna")[-1]
    assert (lost.ship_by, lost.reason) == (None, "The shipment that was to serve this order no longer covers it.")
    assert town.promises("Ben")[-1].reason == "Our supplier's shipment will arrive later than planned."


def test_a_letter_about_two_days_that_moved_gives_each_its_own_reason(town: Town) -> None:
    town.install()
    town.set_terms(allow_asap=True)
    town.manage(town.lamp, town.chair)
    chairs = town.order_goods("PO-13", town.chair, 40, due_in=12)
    town.buy("Ben", (town.lamp, 1), (town.chair, 12))
    town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    lamps = purchase.DraftLine(town.lamp.id, 40, town.today() + timedelta(days=5))
    draft = purchase.Draft("PO-12", "Glow & Sons", None, (lamps,))
    purchase.place(town.house, town.shop_id, draft, actor="Mara", now=town.now())
    town.change_due(chairs, town.today() + timedelta(days=30))
    said = " ".join(town.mailbox.messages[-1].text.split())
    assert (
        "Aurora lamp (AUR-1) 1 unit waits Ships by December 2, 2026 Before: no date was known The reason: A ship date is now known."
        in said
    )
    assert "Before: December 9, 2026 The reason: Our supplier's shipment will arrive later than planned." in said
