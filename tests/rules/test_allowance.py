"""What a merchant's confidence adds to a supplier's word, and how places in the queue are dated by it."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.allowance import MOST_LOTS, Allowance, allowance, key, late
from backorder.rules.lateness import Lateness, Shipment
from backorder.rules.offer import metafield, steps
from backorder.rules.projection import next_place, project
from backorder.rules.revision import RULE, RULE_WITH_LATENESS, first, revise
from backorder.rules.seen import Policy
from backorder.rules.selling import Decision, SellingState
from tests.rules.cast import ADA, BEN, DOCKS, NOW, claim, future, in_days, law, lot, told

GLOW = Lateness(tuple(Shipment("glow & sons", days) for days in (2, 3, 4, 3, 3, 5, 2, 3)))


def allow(stated: int = 10, due: int | None = None, earliest: int = 0, percent: int = 85) -> Allowance:
    """For a lot of Glow & Sons, in days from today."""
    due_on = in_days(stated if due is None else due)
    return allowance(GLOW, " Glow & Sons ", percent, in_days(stated), due_on, in_days(earliest))


def late_lot(units: int, days: int = 10, lot_id: int = 1, needs: tuple[int, ...] = (4, 6, 7)):
    return lot(
        units, days, lot_id, allowance=Allowance("Glow & Sons", 8, 3, 85, in_days(days), 1, needs), label=f"PO-{lot_id}"
    )


def test_a_lot_is_expected_so_late_as_its_supplier_needs():
    allowed = allow()
    assert (allowed.supplier, allowed.receipts, allowed.usual, allowed.percent) == ("Glow & Sons", 8, 3, 85)
    assert in_days(13) < allowed.here_by() < in_days(18)
    assert in_days(10) <= allowed.here_from() <= allowed.here_by()


@law
@given(st.integers(-60, 40), st.integers(-60, 60), st.integers(0, 3), st.integers(50, 99))
def test_whatever_was_stated_a_lot_comes_neither_in_the_past_nor_before_its_day_and_several_come_no_sooner(
    stated, moved, earliest, percent
):
    allowed = allow(stated, stated + moved, earliest, percent)
    days = [allowed.here_by(lots) for lots in range(1, MOST_LOTS + 3)]
    assert days[0] >= max(in_days(earliest), in_days(stated + moved))
    assert days == sorted(days)
    assert allowed.here_from() <= days[0]


def test_a_day_that_was_put_off_contains_what_was_late_already():
    assert allow(stated=10, due=12).here_by() < allow(stated=12).here_by()
    assert allow(stated=10, due=40).here_by() >= in_days(40)
    assert allow(stated=10, due=7) == allow(stated=7)


def test_what_is_late_is_expected_after_today():
    assert allow(stated=-4, earliest=0).here_by() >= in_days(0)
    assert allow(stated=-30, earliest=1).here_by() >= in_days(1)


def test_the_sentence_names_supplier_evidence_and_day():
    words = replace(allow(), days=(5,), usual=3)
    assert words.sentence() == (
        "Glow & Sons is usually 3 days late (8 receipts); 85 % of such shipments are here by 16 July 2026."
    )
    assert replace(words, receipts=0).sentence() == (
        "Nothing has come from Glow & Sons yet; as your suppliers go, 85 % of such shipments are here by 16 July 2026."
    )
    assert (
        replace(words, supplier="", receipts=1, usual=0)
        .sentence()
        .startswith("The supplier is usually on time (1 receipt);")
    )


@pytest.mark.parametrize(
    ("days", "words"), [(0, "on time"), (1, "1 day late"), (3, "3 days late"), (-2, "2 days early")]
)
def test_late_in_words(days, words):
    assert late(days) == words


def test_a_name_is_a_name_however_it_was_typed():
    assert key("  Glow  & SONS ") == key("glow & sons") == "glow & sons"


def test_a_place_served_from_two_lots_waits_for_both_more_surely_than_for_one():
    to_come = future(late_lot(1), late_lot(5, days=12, lot_id=2))
    queue = project((claim(ADA, 2), claim(BEN, 1)), to_come)
    assert queue.claims[ADA, DOCKS].ship_by == in_days(12 + 6)
    assert queue.claims[BEN, DOCKS].ship_by == in_days(12 + 4)


def test_lots_are_used_up_in_the_order_in_which_they_are_expected():
    slow, sure = late_lot(3, days=10, needs=(20,)), lot(3, days=15, lot_id=2)
    assert [one.lot_id for one in future(slow, sure).in_order()] == [2, 1]


def test_who_stands_behind_all_lots_waits_until_all_are_reckoned_with():
    to_come = future(late_lot(1), late_lot(1, days=12, lot_id=2), lead_time_days=3)
    assert next_place(project((), to_come), to_come, 3).ship_by == in_days(12 + 6)


def test_the_promise_says_how_sure_it_is_and_which_day_was_stated():
    to_come = future(late_lot(3))
    said = first(next_place(project((), to_come), to_come))
    assert (said.ship_by, said.rule, said.confidence, said.stated_on) == (
        in_days(14), RULE_WITH_LATENESS, 0.85, in_days(10),
    )  # fmt: skip
    assert said.reason == (
        "Served from PO-1, first in the queue. Glow & Sons is usually 3 days late (8 receipts); "
        "85 % of such shipments are here by 15 July 2026."
    )
    plain = first(next_place(project((), future(lot(3))), future(lot(3))))
    assert (plain.rule, plain.confidence, plain.stated_on) == (RULE, None, None)


def test_that_a_supplier_is_trusted_less_is_no_news_but_that_he_says_a_later_day_is():
    def place(one):
        return project((claim(ADA),), future(one)).claims[ADA, DOCKS]

    promise = told(first(place(lot(3))))
    assert revise(promise, place(late_lot(3))) is None
    news = revise(promise, place(late_lot(3, days=11)))
    assert news is not None
    assert (news.ship_by, news.confidence) == (in_days(15), 0.85)


def test_to_name_weeks_instead_of_days_is_no_news():
    by_day = future(lot(3))
    promise = told(first(next_place(project((), by_day), by_day)))
    by_week = replace(by_day, by_week=True)
    place = next_place(project((), by_week), by_week)
    assert place.ship_by == date(2026, 7, 12)  # the Sunday of the week of the 11th
    assert revise(promise, place) is None
    behind = replace(by_week, lots=(), lead_time_days=10)
    assert next_place(project((), behind), behind).ship_by == date(2026, 7, 12)


def test_a_range_runs_from_the_soonest_likely_day_to_the_promised_one():
    to_come = future(late_lot(3), lot(2, days=30, lot_id=2), by_range=True)
    shown = steps(project((), to_come), to_come, room=5)
    assert shown == [
        {"units": 3, "ship_by": "2026-07-15", "range_from": "2026-07-12"},
        {"units": 2, "ship_by": "2026-07-31"},
    ]
    decision = Decision(SellingState.BACKORDER, Policy.CONTINUE, date(2026, 7, 15), "")
    assert metafield(decision, shown, NOW)["range_from"] == "2026-07-12"
    assert "range_from" not in metafield(replace(decision, ship_by=date(2026, 7, 31)), shown, NOW)
    assert "range_from" not in steps(project((), to_come), replace(to_come, by_range=False), room=5)[0]
