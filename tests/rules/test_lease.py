"""The borrowed right to set a variant's policy: what is an echo, what is somebody else, and what is owed back (domain §8)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.lease import Lease, LeaseState, rearm, seen, step, written
from backorder.rules.seen import Policy
from tests.rules.cast import NOW, law

VARIANT = 101
DENY, CONTINUE = Policy.DENY, Policy.CONTINUE
BEFORE, LATER = NOW - timedelta(seconds=1), NOW + timedelta(seconds=1)
BORROWED = Lease(VARIANT, original=DENY, confirmed=CONTINUE, as_of=NOW)
BORROWING = Lease(VARIANT, original=DENY, confirmed=DENY, in_flight=CONTINUE)
GIVING_BACK = replace(BORROWED, in_flight=DENY)
YIELDED = Lease(VARIANT, original=DENY, confirmed=DENY, state=LeaseState.YIELDED, as_of=NOW)
RETURNED = Lease(VARIANT, original=DENY, confirmed=DENY, state=LeaseState.RETURNED, as_of=NOW)

leases = st.sampled_from((None, BORROWED, BORROWING, GIVING_BACK, YIELDED, RETURNED))
policies = st.sampled_from(Policy)
wishes = st.one_of(st.none(), policies)


@law
@given(st.sampled_from((BORROWED, BORROWING, GIVING_BACK, YIELDED, RETURNED)))
def test_an_echo_of_what_was_confirmed_changes_nothing(lease):
    assert seen(lease, lease.confirmed, LATER) == lease


@law
@given(st.sampled_from((BORROWED, GIVING_BACK, YIELDED, RETURNED)), policies)
def test_what_was_read_before_our_last_write_says_nothing(lease, policy):
    assert seen(lease, policy, BEFORE) == lease


@law
@given(leases, policies, wishes)
def test_one_step_is_enough_and_the_next_has_nothing_to_do(lease, policy, wanted):
    """A step that writes and is confirmed leaves the store as wanted, or as it was, or in somebody else's hands."""
    lease = seen(lease, policy, LATER)
    done = step(VARIANT, lease, policy, wanted)
    if done.write is not None:
        policy = done.write
        done = replace(done, lease=written(done.lease, policy, LATER))
    after = step(VARIANT, seen(done.lease, policy, LATER), policy, wanted)
    assert after.write is None
    if lease is None or lease.state is not LeaseState.YIELDED:
        assert wanted is None or policy == wanted


@law
@given(leases, policies, wishes)
def test_every_step_says_why_and_records_what_it_is_about_to_write(lease, policy, wanted):
    moved = step(VARIANT, lease, policy, wanted)
    assert moved.reason
    assert moved.write is None or (moved.lease is not None and moved.lease.in_flight == moved.write)


@law
@given(policies, wishes)
def test_after_a_strangers_change_nothing_is_written(policy, wanted):
    moved = step(VARIANT, YIELDED, policy, wanted)
    assert (moved.write, moved.lease) == (None, YIELDED)


@pytest.mark.parametrize("at", [BEFORE, NOW, LATER])
def test_a_late_answer_to_our_write_does_not_take_back_what_was_yielded(at):
    assert written(YIELDED, CONTINUE, at) == YIELDED


def test_an_answer_older_than_what_was_read_since_says_nothing():
    assert written(BORROWED, DENY, BEFORE) == BORROWED


def test_the_first_write_borrows_and_remembers_what_was_there():
    moved = step(VARIANT, None, DENY, CONTINUE)
    assert (moved.write, moved.lease) == (CONTINUE, BORROWING)
    assert written(moved.lease, CONTINUE, NOW) == BORROWED


@pytest.mark.parametrize("wanted", [None, CONTINUE])
def test_what_already_is_as_wanted_is_not_borrowed(wanted):
    moved = step(VARIANT, None, CONTINUE, wanted)
    assert (moved.write, moved.lease) == (None, None)


def test_somebody_who_sets_it_after_us_is_left_alone():
    assert seen(BORROWED, DENY, LATER) == replace(YIELDED, as_of=LATER)


def test_a_change_in_the_very_second_of_our_write_is_still_somebody_elses():
    assert seen(BORROWED, DENY, NOW) == YIELDED


def test_an_answer_in_the_very_second_of_the_last_reading_counts():
    assert written(GIVING_BACK, DENY, NOW) == RETURNED


def test_what_is_as_wanted_but_not_as_it_was_stays_borrowed():
    moved = step(VARIANT, BORROWED, CONTINUE, CONTINUE)
    assert (moved.write, moved.lease) == (None, BORROWED)


def test_wanting_what_was_there_before_gives_it_back():
    held_at_deny = Lease(VARIANT, original=CONTINUE, confirmed=DENY, as_of=NOW)
    moved = step(VARIANT, held_at_deny, DENY, CONTINUE)
    assert moved.write is CONTINUE
    assert moved.lease is not None
    assert written(moved.lease, CONTINUE, LATER).state is LeaseState.RETURNED


def test_a_change_while_we_owed_nothing_is_nobodys_business():
    assert seen(RETURNED, CONTINUE, LATER) == RETURNED
    assert seen(None, CONTINUE, LATER) is None


def test_what_is_no_longer_needed_is_given_back():
    moved = step(VARIANT, BORROWED, CONTINUE, None)
    assert (moved.write, moved.lease) == (DENY, GIVING_BACK)
    assert written(moved.lease, DENY, LATER) == replace(RETURNED, as_of=LATER)


def test_what_the_merchant_had_all_along_is_returned_without_a_write():
    moved = step(VARIANT, BORROWING, DENY, None)
    assert moved.write is None
    assert moved.lease is not None
    assert moved.lease.state is LeaseState.RETURNED


def test_a_write_that_landed_though_its_answer_was_lost_is_recognised():
    landed = seen(BORROWING, CONTINUE, LATER)
    assert landed == replace(BORROWED, as_of=LATER)
    assert seen(landed, DENY, LATER + timedelta(seconds=1)).state is LeaseState.YIELDED


def test_a_write_that_was_lost_on_the_way_is_written_again():
    assert step(VARIANT, seen(BORROWING, DENY, LATER), DENY, CONTINUE).write is CONTINUE


def test_giving_back_that_landed_unnoticed_ends_the_lease():
    moved = step(VARIANT, seen(GIVING_BACK, DENY, LATER), DENY, None)
    assert moved.write is None
    assert moved.lease is not None
    assert moved.lease.state is LeaseState.RETURNED


def test_once_re_armed_what_somebody_set_by_hand_is_the_original():
    assert rearm(YIELDED) is None
    moved = step(VARIANT, rearm(YIELDED), CONTINUE, DENY)
    assert moved.lease is not None
    assert (moved.write, moved.lease.original) == (DENY, CONTINUE)


def test_re_arming_what_was_never_yielded_forgets_no_debt():
    assert rearm(BORROWED) == BORROWED


def test_a_lease_that_was_returned_is_borrowed_anew_from_what_is_there_then():
    moved = step(VARIANT, RETURNED, CONTINUE, DENY)
    assert moved.lease is not None
    assert moved.lease.original is CONTINUE
