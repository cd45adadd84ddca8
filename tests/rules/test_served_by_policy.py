"""Who is served under each policy, told of Ada, Ben, Cleo and Dora."""

from dataclasses import replace
from datetime import timedelta

from backorder.rules.by_policy import Whose
from backorder.rules.projection import project
from backorder.rules.queue_policy import CHOSEN_FIRST, COMPLETE_FIRST, QueuePolicy
from tests.rules.cast import ADA, BEN, CLEO, DORA, NOW, TODAY, claim, future, hours_ago, in_days, lot
from tests.rules.policies import fresh, given_to, served, serves


def test_a_chosen_customer_goes_first_but_half_of_what_comes_goes_by_age():
    policy = QueuePolicy(CHOSEN_FIRST, chosen_tags=("VIP",), chosen_percent=50)
    queue = [fresh(ADA, 3), fresh(BEN, 3)]
    assert given_to(served(queue, 4, policy, Whose(frozenset({BEN})))) == {ADA: 2, BEN: 2}


def test_what_chosen_ones_had_today_counts_for_their_part_of_the_day():
    policy = QueuePolicy(CHOSEN_FIRST, chosen_tags=("VIP",), chosen_percent=50)
    queue = [fresh(ADA, 3), fresh(BEN, 3)]
    assert given_to(served(queue, 2, policy, Whose(frozenset({BEN, CLEO})), {CLEO: 2})) == {ADA: 2, BEN: 0}


def test_an_order_that_can_be_completed_goes_before_one_that_waits_for_something_else():
    policy = QueuePolicy(COMPLETE_FIRST)
    queue = [fresh(ADA), fresh(BEN)]
    assert given_to(served(queue, 1, policy, Whose(incomplete=frozenset({ADA})))) == {ADA: 0, BEN: 1}


def test_one_lamp_for_a_buyer_of_two_goes_to_a_buyer_of_one_until_the_first_has_waited_long_enough():
    policy = QueuePolicy(whole="line", passed_over_days=3)
    assert given_to(served([fresh(ADA, 2), fresh(BEN)], 1, policy)) == {ADA: 0, BEN: 1}
    long = served([claim(ADA, 2, since=NOW - timedelta(days=3)), fresh(BEN)], 1, policy)
    assert (given_to(long), long.free) == ({ADA: 0, BEN: 0}, 1)


def test_a_line_to_which_an_edit_added_units_is_served_whole_or_not_at_all_and_is_as_old_as_they_are():
    """Ada had asked for two, and asks for five since Ben came: the line is one thing all the same."""
    policy = QueuePolicy(whole="line", passed_over_days=3)
    ada = claim(ADA, 5, since=hours_ago(9), later=((hours_ago(2), 3),))
    assert given_to(served([ada], 2, policy)) == {ADA: 0}
    assert given_to(served([ada], 5, policy)) == {ADA: 5}
    assert given_to(served([ada, claim(BEN, 3, since=hours_ago(4))], 5, policy)) == {ADA: 0, BEN: 3}
    kept = replace(ada, given=2, kept=2)
    assert given_to(served([kept], 4, policy)) == {ADA: 2}
    assert given_to(served([kept], 5, policy)) == {ADA: 5}


def test_nothing_is_set_aside_for_a_line_that_has_not_waited_long_enough_since_it_was_enlarged():
    policy = QueuePolicy(whole="line", passed_over_days=3)
    ada = claim(ADA, 5, since=NOW - timedelta(days=9), later=((hours_ago(2), 3),))
    shelf = served([ada, fresh(BEN, 2)], 2, policy)
    assert given_to(shelf) == {ADA: 0, BEN: 2}
    assert serves(policy).set_aside([ada], 2, TODAY) == 0
    assert serves(policy).set_aside([ada], 2, in_days(3)) == 2


def test_the_days_of_a_line_that_was_enlarged_are_those_on_which_it_is_served_whole():
    policy = QueuePolicy(whole="line", passed_over_days=30)
    ada = claim(ADA, 5, since=hours_ago(9), later=((hours_ago(2), 3),))
    walked = project([ada, fresh(BEN)], future(lot(2, 5, 1), lot(4, 9, 2)), serves=serves(policy))
    assert walked.claims[ADA, ada.location_id].ship_by == in_days(9)
    assert walked.claims[BEN, ada.location_id].ship_by == in_days(5)


def test_the_lamp_set_aside_and_the_next_serve_a_buyer_of_two_on_the_day_of_the_next():
    policy = QueuePolicy(whole="line", passed_over_days=3)
    queue = [claim(ADA, 2, since=NOW - timedelta(days=3)), fresh(BEN)]
    walked = project(queue, future(lot(1, 5, 1), lot(1, 9, 2)), serves=serves(policy), free=1)
    assert [walked.claims[one.line_id, one.location_id].ship_by for one in queue] == [in_days(5), in_days(9)]


def test_an_order_goes_whole_or_not_at_all_and_waits_for_what_else_it_needs():
    policy = QueuePolicy(whole="order", passed_over_days=3)
    queue = [fresh(ADA), fresh(BEN)]
    assert given_to(served(queue, 1, policy, Whose(incomplete=frozenset({ADA})))) == {ADA: 0, BEN: 1}
    both = [fresh(ADA, order_id=9), fresh(BEN, order_id=9), fresh(CLEO)]
    assert given_to(served(both, 1, policy)) == {ADA: 0, BEN: 0, CLEO: 1}


def test_somebody_who_orders_twice_waits_with_the_second_for_those_who_ordered_once():
    policy = QueuePolicy(customer_units=1)
    queue, same = [fresh(ADA), fresh(BEN), fresh(CLEO)], {ADA: 71, BEN: 71}
    assert given_to(served(queue, 2, policy, Whose(customers=same))) == {ADA: 1, BEN: 0, CLEO: 1}
    assert given_to(served(queue, 3, policy, Whose(customers=same))) == {ADA: 1, BEN: 1, CLEO: 1}
    long = [replace(one, since=NOW - timedelta(days=20 - one.line_id)) for one in queue]
    assert given_to(served(long, 2, replace(policy, passed_over_days=3), Whose(customers=same))) == {
        ADA: 1,
        BEN: 1,
        CLEO: 0,
    }


def test_whom_a_person_moved_up_goes_before_every_policy():
    policy = QueuePolicy(CHOSEN_FIRST, chosen_tags=("VIP",), chosen_percent=90)
    queue = [fresh(ADA), fresh(DORA, rank=-1)]
    assert given_to(served(queue, 1, policy, Whose(frozenset({ADA})))) == {ADA: 0, DORA: 1}


def test_who_is_not_paid_is_served_last_under_every_policy():
    for first in (CHOSEN_FIRST, COMPLETE_FIRST):
        policy = QueuePolicy(first, chosen_tags=("VIP",), chosen_percent=90)
        queue = [fresh(ADA, ready=False), fresh(BEN)]
        assert given_to(served(queue, 1, policy, Whose(frozenset({ADA})))) == {ADA: 0, BEN: 1}


def test_who_is_served_by_what_was_set_aside_for_another_has_the_day_of_the_arrival_that_freed_it():
    """Ada's order waits for something else, so two of three lamps lie there for her; Ben's two are whole when one more comes."""
    policy = QueuePolicy(whole="order", passed_over_days=3)
    queue = [claim(ADA, 2, since=NOW - timedelta(days=3)), fresh(BEN, 2)]
    by = serves(policy, Whose(incomplete=frozenset({ADA})))
    walked = project(queue, future(lot(1, 5)), serves=by, free=3)
    assert walked.claims[BEN, queue[1].location_id].ship_by == in_days(5)
