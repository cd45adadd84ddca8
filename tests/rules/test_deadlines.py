"""What waits is to be sent by the end of the promised day, as clocks in the shop have it."""

from datetime import UTC, datetime

from backorder.rules.deadlines import deadlines
from tests.rules.cast import ADA, BEN, CHAIR, fulfillment_order, hold, in_days, part

OURS = hold(1, ours=True)
SOON, LATE = in_days(3), in_days(9)
END_OF_LATE = datetime(2026, 7, 11, 3, 59, 59, tzinfo=UTC)


def held(number, *parts, **changes):
    return fulfillment_order(number, *parts, status="ON_HOLD", holds=(OURS,), **changes)


def test_the_slowest_line_says_by_when_its_fulfillment_order_is_sent():
    both = held(1, part(ADA, 1), part(BEN, 1, CHAIR))
    assert deadlines([both], {ADA: SOON, BEN: LATE}, "America/New_York") == {END_OF_LATE: (1,)}


def test_what_has_its_deadline_already_is_left_alone():
    assert deadlines([held(1, part(ADA, 1), fulfill_by=END_OF_LATE)], {ADA: LATE}, "America/New_York") == {}


def test_a_new_day_replaces_our_own_deadline_and_nobody_elses():
    at_noon = datetime(2026, 7, 2, 16, 0, tzinfo=UTC)
    late, theirs = held(1, part(ADA, 1), fulfill_by=END_OF_LATE), held(2, part(ADA, 1), fulfill_by=at_noon)
    assert [*deadlines([late, theirs], {ADA: SOON}, "America/New_York").values()] == [(1,)]


def test_nobody_is_given_a_day_that_is_not_known_or_that_is_not_ours_to_give():
    assert deadlines([held(1, part(ADA, 1), part(BEN, 1))], {ADA: SOON, BEN: None}, "UTC") == {}
    assert deadlines([fulfillment_order(1, part(ADA, 1))], {ADA: SOON}, "UTC") == {}, (
        "nothing of it waits under our hold"
    )
    assert deadlines([held(1, part(BEN, 1))], {ADA: SOON}, "UTC") == {}


def test_what_the_store_refused_is_not_wanted_of_it_again_and_another_day_is():
    one = held(1, part(ADA, 1))
    assert deadlines([one], {ADA: LATE}, "America/New_York", {1: END_OF_LATE}) == {}
    assert [*deadlines([one], {ADA: SOON}, "America/New_York", {1: END_OF_LATE}).values()] == [(1,)]
    assert deadlines([one], {ADA: LATE}, "America/New_York", {2: END_OF_LATE}) == {END_OF_LATE: (1,)}
