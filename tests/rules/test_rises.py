"""Receipt or correction: each row of the table, and what it does to what is set aside (domain §2)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules import rises
from backorder.rules.rises import (
    TABLE,
    Aside,
    Awaited,
    Counts,
    Do,
    Evidence,
    Fall,
    Left,
    Row,
    after,
    change,
    judge,
    not_taken_back,
)
from tests.rules.cast import NOW, TODAY, in_days, law

NOTHING = Left(Aside(), 0)
KNOWN = Evidence(TODAY, ever_ordered=True)


def place(available: int, committed: int = 0, unavailable: int = 0) -> Counts:
    return Counts(available, available + committed + unavailable, available + committed)


def rise(units: int, *, available: int = 5) -> rises.Change:
    return change(place(available), place(available + units), shipped=0, docked=0, returned=0)


def row(what: rises.Change, **evidence: object) -> tuple[Row, Do]:
    return judge(what, replace(KNOWN, **evidence))


# Each row of the table.


def test_what_is_explained_is_nothing_to_speak_of():
    shipped = change(place(1, 2), place(1, 0), shipped=2, docked=0, returned=0)
    received = change(place(-3, 3), place(2, 3), shipped=0, docked=5, returned=0)
    refunded = change(place(0), place(1), shipped=0, docked=0, returned=3)
    assert [row(each) for each in (shipped, received, refunded)] == [(Row.EXPLAINED, Do.NOTHING)] * 3
    assert (received.received, refunded.returned) == (5, 1)


def test_a_fall_is_believed_at_once():
    assert row(rise(-3)) == (Row.LOST, Do.LOSE)


def test_safety_stock_that_comes_back_is_offered_at_once_and_is_no_receipt():
    back = change(place(0, unavailable=4), place(4), shipped=0, docked=0, returned=0)
    lots = (Awaited(40, TODAY),)
    assert row(back, awaited=lots, overwritten=True) == (Row.MADE_AVAILABLE, Do.OFFER)
    assert after(NOTHING, back, *row(back), KNOWN, outstanding=40, supply=4, now=NOW) == NOTHING


def test_what_is_counted_into_quality_control_is_not_for_sale_and_nobody_asks():
    assert row(change(place(0), place(0, unavailable=4), shipped=0, docked=0, returned=0)) == (
        Row.NOT_FOR_SALE,
        Do.NOTHING,
    )


def test_goods_that_the_app_does_not_sell_are_nobodys_question():
    assert row(rise(12), ours=False) == (Row.NOT_OURS, Do.RECEIVE)


@pytest.mark.parametrize(
    ("lots", "found"),
    [
        ((Awaited(12, in_days(7)),), Row.EXPECTED),
        ((Awaited(12, in_days(-7)),), Row.EXPECTED),
        ((Awaited(11, TODAY),), Row.EXPECTED),  # 12 are 11 and a tenth
        ((Awaited(12, in_days(90), in_transit=True),), Row.EXPECTED),
        ((Awaited(12, None, in_transit=True),), Row.EXPECTED),
        ((Awaited(40, in_days(2)), Awaited(40, in_days(30))), Row.EXPECTED),
        ((Awaited(40, in_days(2)), Awaited(5, in_days(3))), Row.EXPECTED),
        ((Awaited(40, in_days(2)), Awaited(12, in_days(3))), Row.SEVERAL_FIT),
        ((Awaited(12, in_days(8)),), Row.NONE_FITS),
        ((Awaited(12, in_days(-8)),), Row.NONE_FITS),
        ((Awaited(10, TODAY),), Row.NONE_FITS),
        ((Awaited(12, None),), Row.NONE_FITS),
        ((), Row.NOTHING_ON_ORDER),
    ],
)
def test_twelve_that_rise_are_the_one_lot_that_they_may_be(lots, found):
    assert row(rise(12), awaited=lots) == (found, Do.RECEIVE if found is Row.EXPECTED else Do.ASK)


def test_a_count_corrected_from_below_to_exactly_zero_is_no_receipt_whatever_is_due():
    for committed in (1, 10):
        corrected = change(place(-committed, committed), place(0, committed), shipped=0, docked=0, returned=0)
        assert corrected.from_below
        assert row(corrected, awaited=(Awaited(40, TODAY),)) == (Row.EXACTLY_ZERO, Do.ASK)
        assert row(corrected, ever_ordered=False) == (Row.EXACTLY_ZERO, Do.ASK)


def test_exactly_what_was_missing_is_a_receipt_where_it_was_booked_in():
    delivered = change(place(-10, 10), place(0, 10), shipped=0, docked=10, returned=0)
    assert row(delivered) == (Row.EXPLAINED, Do.NOTHING)


def test_where_another_system_counts_even_a_due_lot_is_asked_about():
    assert row(rise(12), overwritten=True, awaited=(Awaited(12, TODAY),)) == (Row.OVERWRITTEN, Do.ASK)


def test_a_rise_that_undoes_an_equal_fall_goes_back_to_the_same_claims():
    slip = (Fall(12, aside=5, presumed=2),)
    assert row(rise(12), fell=slip, overwritten=True) == (Row.UNDOES, Do.GIVE_BACK)
    assert row(rise(11), fell=slip) == (Row.NOTHING_ON_ORDER, Do.ASK)
    evidence = replace(KNOWN, fell=slip)
    left = after(NOTHING, rise(12), Row.UNDOES, Do.GIVE_BACK, evidence, outstanding=40, supply=17, now=NOW)
    assert (left.aside.units, left.presumed) == (5, 2), "what was aside before the fall is aside again"


def test_late_news_of_parcels_gives_back_what_a_reading_took_for_a_loss():
    late = change(place(3), place(3), shipped=1, docked=0, returned=0)
    assert row(late, fell=(Fall(2, aside=2),)) == (Row.UNDOES, Do.GIVE_BACK)
    assert rises.undone(late, replace(KNOWN, fell=(Fall(2, aside=2),))) == Fall(1, 1)
    assert row(late) == (Row.NOTHING_ON_ORDER, Do.ASK)


def test_goods_that_never_were_on_order_have_arrived_unless_the_merchant_wants_to_be_asked():
    assert row(rise(12), ever_ordered=False) == (Row.NEVER_ORDERED, Do.RECEIVE)
    assert row(rise(12), ever_ordered=False, believes_unannounced=False) == (Row.UNANNOUNCED, Do.ASK)


def test_two_changes_between_two_reads_are_told_apart_by_what_shipped():
    merged = change(place(0, 2), place(12, 0), shipped=2, docked=0, returned=0)
    assert (merged.by, merged.on_hand, merged.risen) == (10, 12, 12)


# The table as a whole.

units = st.integers(-30, 30)
counts = st.builds(place, units, st.integers(0, 20), st.integers(0, 10))
changes = st.builds(
    change,
    counts,
    counts,
    shipped=st.integers(-3, 5),
    docked=st.integers(0, 20),
    returned=st.integers(0, 3),
)
falls = st.builds(
    lambda n, aside, presumed: Fall(n, min(n, aside), min(n, presumed)), st.integers(1, 30), *[st.integers(0, 30)] * 2
)
evidences = st.builds(
    Evidence,
    st.just(TODAY),
    ours=st.booleans(),
    fell=st.lists(falls, max_size=3).map(tuple),
    overwritten=st.booleans(),
    awaited=st.lists(
        st.builds(Awaited, st.integers(0, 40), st.integers(-20, 20).map(in_days) | st.none(), st.booleans()), max_size=3
    ).map(tuple),
    ever_ordered=st.booleans(),
    believes_unannounced=st.booleans(),
)
lefts = st.builds(
    lambda n, kept, presumed: Left(Aside(n, NOW, "none fits", min(n, kept)) if n else Aside(), presumed),
    *[st.integers(0, 30)] * 3,
)


@law
@given(changes, evidences)
def test_every_change_falls_under_exactly_one_row(what, evidence):
    found, do = judge(what, evidence)
    assert (found, do) in {(each, done) for each, _, done in TABLE}
    if do in {Do.ASK, Do.RECEIVE, Do.GIVE_BACK}:
        assert rises.needs_evidence(what), "the table looks at evidence where it said that it needs some"


@law
@given(changes, evidences, lefts, counts)
def test_what_is_aside_never_exceeds_what_is_there_and_only_the_table_raises_it(what, evidence, before, now):
    verdict = judge(what, evidence)
    left = after(before, what, *verdict, evidence, outstanding=20, supply=now.supply, now=NOW)
    assert 0 <= left.aside.kept <= left.aside.units <= max(0, now.supply)
    assert 0 <= left.presumed <= 20
    if verdict[1] not in {Do.ASK, Do.GIVE_BACK}:
        assert left.aside.units <= before.aside.units
    if left.aside.units:
        assert left.aside.since
        assert left.aside.why


@law
@given(changes, evidences, lefts)
def test_what_may_be_given_never_grows_by_what_nothing_explains(what, evidence, before):
    row_, do = judge(what, evidence)
    left = after(before, what, row_, do, evidence, outstanding=99, supply=1000, now=NOW)
    if do is Do.ASK:
        assert left.aside.units == before.aside.units + what.risen


def test_losses_eat_what_is_aside_before_they_take_from_anybody():
    left = Left(Aside(5, NOW, "none fits"), presumed=4)
    lost = after(left, rise(-7), Row.LOST, Do.LOSE, KNOWN, outstanding=40, supply=9, now=NOW)
    assert (lost.aside, lost.presumed) == (Aside(), 2)


def test_a_question_begins_when_something_new_is_set_aside():
    first = Aside().more(5, "none fits", NOW)
    later = NOW + timedelta(minutes=9)
    assert first.more(2, "several fit", later) == Aside(7, NOW, "several fit")
    answered = replace(first, kept=5)
    assert answered.more(2, "several fit", later) == Aside(7, later, "several fit", kept=5)


def test_nobody_is_asked_while_a_receipt_may_still_follow():
    aside = Aside().more(5, "none fits", NOW)
    assert not aside.asks(NOW + timedelta(minutes=9))
    assert aside.asks(NOW + timedelta(minutes=10))
    assert not replace(aside, kept=5).asks(NOW + timedelta(days=1))


def test_a_fall_is_taken_back_once():
    lost, back = (Row.LOST, -3, -1, 0), (Row.UNDOES, 3, 1, 0)
    assert not_taken_back([lost]) == (Fall(3, aside=1),)
    assert not_taken_back([lost, back]) == ()
    assert not_taken_back([lost, lost, back]) == (Fall(3, aside=1),)
    assert not_taken_back([lost, (Row.UNDOES, 1, 1, 0)]) == (Fall(2),)


def test_a_table_that_believes_corrections_is_caught(monkeypatch):
    rows = tuple(each for each in TABLE if each[0] is not Row.EXACTLY_ZERO)
    monkeypatch.setattr(rises, "TABLE", rows)
    with pytest.raises(AssertionError):
        test_a_count_corrected_from_below_to_exactly_zero_is_no_receipt_whatever_is_due()
