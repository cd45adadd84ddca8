"""When a told date must change, and who hears of it: improvements are silent, worse is told once (domain §6, I12)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.evidence import Evidence, Verdict
from backorder.rules.projection import Projection, Serving, project
from backorder.rules.promises import Basis
from backorder.rules.revision import Revision, Why, as_shown, first, revise
from tests.rules.cast import ADA, BEN, DOCKS, TODAY, claim, future, hours_ago, in_days, law, lot, told


def from_a_lot(days: int, **changes: object) -> Projection:
    return Projection(in_days(days), Basis.LOT, (Serving(lot(1, days, **changes), 1),))


BY_LEAD_TIME = Projection(in_days(30), Basis.LEAD_TIME)
ASAP, UNKNOWN = Projection(None, Basis.ASAP), Projection(None, Basis.UNKNOWN)
projections = st.one_of(
    st.integers(0, 40).map(from_a_lot),
    st.integers(0, 40).map(lambda days: Projection(in_days(days), Basis.LEAD_TIME)),
    st.sampled_from((ASAP, UNKNOWN)),
)
TOGETHER = Projection(in_days(30), Basis.TOGETHER)
in_any_way = st.one_of(
    projections,
    st.sampled_from((TOGETHER, replace(TOGETHER, ship_by=None))),
    st.integers(0, 40).map(lambda days: Projection(in_days(days), Basis.LEAD_TIME, sent_by="Glow & Sons")),
    st.just(Projection(None, Basis.ASAP, sent_by="Glow & Sons")),
)


@law
@given(projections, projections)
def test_a_change_is_told_once_and_only_if_it_is_for_the_worse_or_names_a_day(before, after):
    news = revise(told(first(before)), after)
    if before.ship_by and after.ship_by:
        assert (news is not None) is (after.ship_by > before.ship_by)
    else:
        assert (news is not None) is (before.ship_by != after.ship_by)
    if news is not None:
        assert (news.ship_by, news.basis) == (after.ship_by, after.basis)
        assert revise(told(news, version=2), after) is None


@law
@given(projections, st.lists(projections, max_size=6))
def test_whatever_is_projected_a_dated_promise_never_moves_to_an_earlier_day(start, later):
    promise = told(first(start))
    for projection in later:
        news = revise(promise, projection)
        if news is not None:
            assert promise.ship_by is None or news.ship_by is None or news.ship_by > promise.ship_by
            promise = told(news, promise.version + 1)


@law
@given(in_any_way, in_any_way, st.sampled_from(({}, {"PO-1": in_days(50)}, {"PO-1": None})))
def test_whatever_happens_its_reason_is_one_that_letters_have_in_every_language(before, after, expected):
    news = revise(told(first(before)), after, expected)
    assert news is None or news.reason in set(Why)


def test_a_shipment_that_comes_early_is_a_silent_improvement():
    assert revise(told(first(from_a_lot(20))), from_a_lot(5)) is None


def test_a_shipment_that_comes_later_is_news_with_a_reason_for_the_buyer():
    news = revise(told(first(from_a_lot(5))), from_a_lot(20))
    assert news == Revision(in_days(20), Basis.LOT, "PO-1", "Our supplier's shipment will arrive later than planned.")


def test_a_shipment_that_no_longer_covers_a_buyer_is_news():
    news = revise(told(first(from_a_lot(5))), BY_LEAD_TIME)
    assert news is not None
    assert (news.ship_by, news.source) == (in_days(30), "supplier lead time")
    assert news.reason == "The shipment that was to serve this order no longer covers it."


def test_a_lead_time_that_grew_is_no_shipment_that_no_longer_covers():
    news = revise(told(first(BY_LEAD_TIME)), Projection(in_days(45), Basis.LEAD_TIME))
    assert news is not None
    assert news.reason == "Our supplier's shipment will arrive later than planned."


def test_a_purchase_order_for_later_than_the_lead_time_said_makes_the_supplier_late_and_no_shipment_fail():
    news = revise(told(first(BY_LEAD_TIME)), from_a_lot(45))
    assert news is not None
    assert (news.source, news.reason) == ("PO-1", "Our supplier's shipment will arrive later than planned.")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (from_a_lot(5), TOGETHER, "Your order ships together, and another part of it takes longer."),
        (
            from_a_lot(5),
            replace(TOGETHER, ship_by=None),
            "Your order ships together, and another part of it takes longer.",
        ),
        (TOGETHER, from_a_lot(45), "What this order waits for will be here later than planned."),
    ],
    ids=["it ships together now", "with what has no day", "it has become the slowest"],
)
def test_of_what_ships_together_no_shipment_is_said_to_have_failed(before, after, reason):
    news = revise(told(first(before)), after)
    assert news is not None
    assert (news.ship_by, news.reason) == (after.ship_by, reason)


def test_a_line_that_a_lot_serves_only_in_part_rests_on_the_lead_time():
    to_come = future(lot(1, days=None), lead_time_days=30)
    partly = project((claim(ADA, 2),), to_come).claims[ADA, DOCKS]
    assert (first(partly).source, first(partly).reason) == ("supplier lead time", "Based on supplier lead time.")
    news = revise(told(first(from_a_lot(5))), partly)
    assert news is not None
    assert news.ship_by == partly.ship_by


def test_a_buyer_whom_another_shipment_serves_now_is_told_so():
    news = revise(told(first(from_a_lot(5))), from_a_lot(20, lot_id=2, label="PO-2"))
    assert news is not None
    assert (news.ship_by, news.source) == (in_days(20), "PO-2")
    assert news.reason == "The shipment that was to serve this order no longer covers it; the next one does."


BY_GLOW = Projection(in_days(30), Basis.LEAD_TIME, sent_by="Glow & Sons")


@pytest.mark.parametrize(
    "before",
    [
        first(from_a_lot(5)),
        first(Projection(in_days(5), Basis.LEAD_TIME)),
        as_shown(Evidence(Verdict.VALID, in_days(5)), BY_GLOW),
    ],
    ids=["from a shipment", "by the lead time", "as the page of the shop showed it"],
)
def test_a_buyer_whom_a_supplier_serves_directly_now_is_told_so_and_nothing_of_a_shipment(before):
    news = revise(told(before), BY_GLOW)
    assert news is not None
    assert (news.ship_by, news.source) == (in_days(30), "Glow & Sons, directly")
    assert news.reason == "It is sent to you directly by our supplier now, and that takes longer."


def test_a_supplier_who_sent_directly_before_and_takes_longer_now_is_late():
    news = revise(told(first(BY_GLOW)), replace(BY_GLOW, ship_by=in_days(45)))
    assert news is not None
    assert news.reason == "Our supplier's shipment will arrive later than planned."


NO_DAY_FROM_GLOW = Projection(None, Basis.ASAP, sent_by="Glow & Sons")


@pytest.mark.parametrize("before", [from_a_lot(5), BY_LEAD_TIME])
def test_a_buyer_whose_supplier_sends_it_directly_now_and_names_no_day_is_told_that(before):
    news = revise(told(first(before)), NO_DAY_FROM_GLOW, {"PO-1": in_days(5)})
    assert news is not None
    assert news.reason == "It is sent to you directly by our supplier now, and we do not have a day from them yet."


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (from_a_lot(45), "We send it to you ourselves now instead of our supplier, and that takes longer."),
        (ASAP, "We send it to you ourselves now instead of our supplier, and do not have a day for it yet."),
    ],
)
def test_what_comes_back_from_a_supplier_is_said_to_and_nothing_of_a_shipment_that_failed(after, reason):
    news = revise(told(first(BY_GLOW)), after)
    assert news is not None
    assert news.reason == reason


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (from_a_lot(5), ASAP, "The shipment that was to serve this order no longer covers it."),
        (BY_LEAD_TIME, ASAP, "We no longer know by which day it can ship."),
        (BY_GLOW, NO_DAY_FROM_GLOW, "We no longer know by which day it can ship."),
    ],
    ids=[
        "its shipment comes and serves others",
        "no lead time is known any more",
        "its supplier names no day any more",
    ],
)
def test_a_day_is_lost_without_a_shipment_that_nobody_expects_any_more(before, after, reason):
    news = revise(told(first(before)), after, {"PO-1": in_days(5)})
    assert news is not None
    assert news.reason == reason


def test_a_shipment_that_is_still_to_come_but_has_lost_its_day_is_said_to_have():
    news = revise(told(first(from_a_lot(5))), ASAP, {"PO-1": None})
    assert news is not None
    assert news.reason == "We no longer know by which day it can ship."


def test_a_shown_day_that_was_sold_meanwhile_was_not_a_shipment_that_nobody_expects():
    shown = as_shown(Evidence(Verdict.VALID, in_days(5)), ASAP)
    news = revise(told(shown), ASAP)
    assert news is not None
    assert news.reason.startswith("Between the moment you saw that date and your order")


@pytest.mark.parametrize("undated", [ASAP, UNKNOWN])
def test_a_day_that_is_lost_is_news(undated):
    news = revise(told(first(from_a_lot(5))), undated)
    assert news is not None
    assert news.ship_by is None
    assert news.reason == "The shipment that would have served this order is no longer expected."


@pytest.mark.parametrize("undated", [ASAP, UNKNOWN])
def test_a_first_day_for_who_had_none_is_good_news(undated):
    news = revise(told(first(undated)), from_a_lot(5))
    assert news is not None
    assert (news.ship_by, news.reason) == (in_days(5), "A ship date is now known.")


def tomorrow_and_after(to_come, days=5):
    """The projections of one waiting claim on the coming days, while nothing happens."""
    for n in range(1, days):
        yield project((claim(ADA),), replace(to_come, today=TODAY + timedelta(days=n)))


@pytest.mark.parametrize(
    "to_come",
    [future(lot(1, days=0)), future(lot(1, days=None)), future(lead_time_days=0)],
    ids=["a shipment that does not come", "goods at the dock that nobody counts in", "a lead time that has passed"],
)
def test_a_date_that_slides_day_by_day_is_not_mailed_every_morning(to_come):
    promise = told(first(project((claim(ADA, since=hours_ago(1)),), to_come).claims[ADA, DOCKS]))
    assert promise.ship_by == TODAY
    slid = [queue.claims[ADA, DOCKS] for queue in tomorrow_and_after(to_come)]
    assert [p.ship_by for p in slid] == [in_days(n) for n in range(1, 5)]
    assert [revise(promise, p) for p in slid] == [None] * 4


def test_an_overdue_shipment_is_news_once_it_has_another_date():
    promise = told(first(from_a_lot(0)))
    again = project((claim(ADA),), future(lot(1, days=7))).claims[ADA, DOCKS]
    news = revise(promise, again)
    assert news is not None
    assert news.ship_by == in_days(7)


@pytest.mark.parametrize(
    ("projection", "source", "reason"),
    [
        (from_a_lot(5), "PO-1", "Served from PO-1, first in the queue."),
        (BY_LEAD_TIME, "supplier lead time", "Based on supplier lead time."),
        (ASAP, "as soon as possible", "Based on as soon as possible."),
        (UNKNOWN, "no supply known", "Based on no supply known."),
    ],
)
def test_a_first_promise_says_what_it_rests_on(projection, source, reason):
    said = first(projection)
    assert (said.ship_by, said.basis) == (projection.ship_by, projection.basis)
    assert (said.source, said.reason) == (source, reason)


def test_one_unit_ahead_is_one_unit():
    queue = project((claim(ADA), claim(BEN)), future(lot(2)))
    assert first(queue.claims[BEN, DOCKS]).reason == "Served from PO-1, behind 1 unit ordered earlier."


def test_whose_cart_lay_while_a_lead_time_went_on_with_the_calendar_lost_no_shipment():
    shown = Evidence(Verdict.VALID, in_days(29), "steps/1")
    news = revise(told(as_shown(shown, BY_LEAD_TIME)), BY_LEAD_TIME)
    assert news is not None
    assert news.reason == Why.TAKES_LONGER.value
