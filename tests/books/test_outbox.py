"""The outbox: what must be told goes once, in its order, one at a time in a lane, and waits where it failed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from backorder.db import claims, mails, outbox, past_effects, releases, taking, troubles
from backorder.db.outbox import Effect, State, Target, order_lane, product_lane
from backorder.db.taking import LEASE
from tests.books.cast import NOON, SECOND, claim

LANE = order_lane(51)
OTHER_LANE = order_lane(52)
DAY = timedelta(days=1)


def put(tx, shop_id, effect, lane=LANE, *, key=None, at=NOON, **more):
    key = key or f"{effect}/{lane}/{outbox.counts(tx)}"
    assert outbox.put(tx, shop_id, effect, lane, 51, key, at, **more)


def taken(tx, at=NOON, shop_id=None):
    """The effect that may go now, done at once."""
    due = taking.take(tx, at, shop_id)
    if due is not None:
        taking.finish(tx, due.outbox_id, State.DONE, at)
    return due and due.effect


def _row(tx, outbox_id=1):
    return tx.execute(select(outbox.outbox).where(outbox.outbox.c.id == outbox_id)).one()


def test_a_row_is_taken_as_it_was_written(tx, alice):
    put(tx, alice, Effect.MAIL, key="promise/61/1", payload={"about": "promise"})
    due = taking.take(tx, NOON)
    assert due == outbox.Due(
        1,
        alice,
        LANE,
        Effect.MAIL,
        51,
        "promise/61/1",
        {"about": "promise"},
        1,
        NOON,
        was_sending=False,
        until=NOON + LEASE,
    )


def test_in_a_lane_holds_go_before_releases_before_annotations_before_mail(tx, alice):
    for effect in (Effect.MAIL, Effect.ANNOTATE, Effect.RELEASE, Effect.HOLD):
        put(tx, alice, effect)
    order = [taken(tx) for _ in range(4)]
    assert order == [Effect.HOLD, Effect.RELEASE, Effect.ANNOTATE, Effect.MAIL]
    assert taken(tx) is None


def test_while_one_row_of_a_lane_is_at_work_no_other_goes(tx, alice):
    put(tx, alice, Effect.HOLD)
    put(tx, alice, Effect.MAIL)
    hold = taking.take(tx, NOON)
    assert taking.take(tx, NOON) is None
    taking.finish(tx, hold.outbox_id, State.DONE, NOON)
    assert taken(tx) is Effect.MAIL


def test_a_step_that_pauses_holds_back_the_later_steps_of_its_lane(tx, alice):
    put(tx, alice, Effect.HOLD, delay=timedelta(seconds=60))
    put(tx, alice, Effect.MAIL)
    assert taken(tx, NOON + 59 * SECOND) is None
    assert taken(tx, NOON + 60 * SECOND) is Effect.HOLD
    assert taken(tx, NOON + 60 * SECOND) is Effect.MAIL


def test_a_release_that_waits_for_its_turn_holds_back_nothing_that_is_to_be_told(tx, alice):
    put(tx, alice, Effect.RELEASE)
    put(tx, alice, Effect.MAIL)
    release = taking.take(tx, NOON)
    taking.wait(tx, release.outbox_id, NOON + timedelta(hours=1))
    assert taken(tx) is Effect.MAIL
    assert taken(tx, NOON + timedelta(hours=1)) is Effect.RELEASE


def test_a_release_that_failed_and_pauses_holds_back_what_is_to_be_told(tx, alice):
    put(tx, alice, Effect.RELEASE)
    put(tx, alice, Effect.MAIL)
    release = taking.take(tx, NOON)
    taking.retry(tx, release, NOON, "the store was away", 60)
    assert taken(tx, NOON + 59 * SECOND) is None
    assert taken(tx, NOON + timedelta(minutes=1)) is Effect.RELEASE


def test_a_mail_that_pauses_does_not_hold_back_a_hold(tx, alice):
    put(tx, alice, Effect.MAIL, delay=timedelta(seconds=60))
    put(tx, alice, Effect.HOLD)
    assert taken(tx) is Effect.HOLD


def test_rows_of_one_step_go_in_the_order_they_were_written(tx, alice):
    for number in (1, 2, 3):
        put(tx, alice, Effect.MAIL, key=f"mail/{number}")
    keys = []
    for _ in range(3):
        due = taking.take(tx, NOON)
        keys.append(due.key)
        taking.finish(tx, due.outbox_id, State.DONE, NOON)
    assert keys == ["mail/1", "mail/2", "mail/3"]


def test_lanes_do_not_wait_for_each_other(tx, alice):
    put(tx, alice, Effect.RELEASE)
    put(tx, alice, Effect.MAIL, OTHER_LANE)
    assert taking.take(tx, NOON).lane == LANE
    assert taking.take(tx, NOON).lane == OTHER_LANE


def test_the_same_lane_of_two_shops_is_two_lanes(tx, alice, bob):
    put(tx, alice, Effect.RELEASE, key="one")
    put(tx, bob, Effect.RELEASE, key="one")
    assert {taking.take(tx, NOON).shop_id, taking.take(tx, NOON).shop_id} == {alice, bob}


def test_holds_of_all_shops_go_before_everything_else(tx, alice, bob):
    put(tx, alice, Effect.MAIL, OTHER_LANE)
    put(tx, alice, Effect.OFFER, product_lane(31))
    put(tx, alice, Effect.RELEASE)
    put(tx, bob, Effect.HOLD, at=NOON + SECOND)
    put(tx, alice, Effect.HOLD, order_lane(53), at=NOON + SECOND)
    at = NOON + SECOND
    first, second = taking.take(tx, at), taking.take(tx, at)
    assert {(due.shop_id, due.effect) for due in (first, second)} == {(bob, Effect.HOLD), (alice, Effect.HOLD)}
    assert {taken(tx, at) for _ in range(3)} == {Effect.MAIL, Effect.OFFER, Effect.RELEASE}


def test_a_worker_may_ask_for_one_shop_only(tx, alice, bob):
    put(tx, alice, Effect.HOLD)
    assert taking.take(tx, NOON, shop_id=bob) is None
    assert taking.take(tx, NOON, shop_id=alice).shop_id == alice


@pytest.mark.parametrize("state", [State.PARKED, State.UNKNOWN])
def test_what_failed_for_good_stops_the_later_steps_of_its_lane_and_no_other(tx, alice, state):
    put(tx, alice, Effect.RELEASE)
    taking.finish(tx, taking.take(tx, NOON).outbox_id, state, NOON)
    put(tx, alice, Effect.MAIL)
    put(tx, alice, Effect.HOLD)
    put(tx, alice, Effect.MAIL, OTHER_LANE)
    assert taken(tx) is Effect.HOLD, "an earlier step may go"
    assert taking.take(tx, NOON).lane == OTHER_LANE
    assert taking.take(tx, NOON) is None, "the mail waits for a person"


@pytest.mark.parametrize("state", [State.DONE, State.VOID])
def test_what_ended_well_or_is_no_longer_true_lets_the_lane_go_on(tx, alice, state):
    put(tx, alice, Effect.RELEASE)
    taking.finish(tx, taking.take(tx, NOON).outbox_id, state, NOON)
    put(tx, alice, Effect.MAIL)
    assert taken(tx) is Effect.MAIL


def test_a_person_tries_a_parked_row_again_and_the_lane_goes_on(tx, alice):
    put(tx, alice, Effect.RELEASE)
    taking.finish(tx, taking.take(tx, NOON).outbox_id, State.PARKED, NOON, error="refused")
    put(tx, alice, Effect.MAIL)
    assert troubles.again(tx, alice, 1, NOON)
    again = taking.take(tx, NOON)
    assert (again.effect, again.failures) == (Effect.RELEASE, 0)
    assert again.attempts == 2, "takings are never counted anew: what an earlier one did must be read back"
    taking.finish(tx, again.outbox_id, State.DONE, NOON)
    assert taken(tx) is Effect.MAIL


@pytest.mark.parametrize("state", [State.DUE, State.DOING, State.DONE, State.VOID])
def test_only_parked_and_unknown_rows_can_be_tried_again_by_hand(tx, alice, state):
    put(tx, alice, Effect.RELEASE)
    taking.finish(tx, 1, state, NOON)
    assert not troubles.again(tx, alice, 1, NOON)


def test_parked_targets_get_another_chance_and_mail_never(tx, alice):
    for effect in (Effect.HOLD, Effect.MAIL):
        put(tx, alice, effect, f"order/{effect}")
        taking.finish(tx, taking.take(tx, NOON).outbox_id, State.PARKED, NOON)
    assert troubles.retry_parked_targets(tx, alice, NOON) == 1
    assert taken(tx) is Effect.HOLD
    assert taking.take(tx, NOON + timedelta(days=1)) is None


def test_a_target_that_is_due_is_not_wanted_twice(tx, alice):
    for _ in range(3):
        outbox.want(tx, alice, Effect.HOLD, LANE, 51, NOON)
    assert outbox.counts(tx) == {"due": 1}


def test_a_target_is_wanted_anew_once_the_last_one_left_due(tx, alice):
    outbox.want(tx, alice, Effect.HOLD, LANE, 51, NOON)
    taking.take(tx, NOON)
    outbox.want(tx, alice, Effect.HOLD, LANE, 51, NOON)
    assert outbox.counts(tx) == {"doing": 1, "due": 1}, "what is at work may have read the world before the change"
    taking.finish(tx, 1, State.DONE, NOON)
    taken(tx)
    outbox.want(tx, alice, Effect.HOLD, LANE, 51, NOON)
    assert outbox.counts(tx) == {"done": 2, "due": 1}


def test_another_effect_lane_or_shop_is_another_target(tx, alice, bob):
    outbox.want(tx, alice, Effect.HOLD, LANE, 51, NOON)
    outbox.want(tx, alice, Effect.RELEASE, LANE, 51, NOON)
    outbox.want(tx, alice, Effect.HOLD, OTHER_LANE, 52, NOON)
    outbox.want(tx, bob, Effect.HOLD, LANE, 51, NOON)
    assert outbox.counts(tx) == {"due": 4}


def test_a_mail_of_one_key_is_written_once_ever(tx, alice, bob):
    assert outbox.put(tx, alice, Effect.MAIL, LANE, 51, "promise/61/1", NOON)
    assert not outbox.put(tx, alice, Effect.MAIL, LANE, 51, "promise/61/1", NOON)
    taken(tx)
    assert not outbox.put(tx, alice, Effect.MAIL, LANE, 51, "promise/61/1", NOON + timedelta(days=400))
    assert outbox.put(tx, alice, Effect.MAIL, LANE, 51, "promise/61/2", NOON)
    assert outbox.put(tx, bob, Effect.MAIL, LANE, 51, "promise/61/1", NOON), "another shop's order has its own keys"


def test_mails_that_have_not_left_can_be_looked_through(tx, alice):
    put(tx, alice, Effect.HOLD)
    for number in (1, 2):
        put(tx, alice, Effect.MAIL, key=f"mail/{number}")
    put(tx, alice, Effect.MAIL, OTHER_LANE)
    assert [due.key for due in mails.open_in(tx, alice, LANE)] == ["mail/1", "mail/2"]


def test_lines_of_a_letter_whose_outcome_is_unknown_were_perhaps_told(tx, alice):
    for number, state in enumerate((State.UNKNOWN, State.DONE, State.PARKED), 1):
        put(tx, alice, Effect.MAIL, key=f"mail/{number}", payload={"versions": [[60 + number, 1]]})
        taking.finish(tx, number, state, NOON)
    put(tx, alice, Effect.MAIL, OTHER_LANE, payload={"versions": [[69, 1]]})
    taking.finish(tx, 4, State.UNKNOWN, NOON)
    assert mails.perhaps_told(tx, alice, LANE) == {61}
    assert mails.perhaps_told(tx, alice, order_lane(53)) == frozenset()


def test_our_own_releases_are_told_from_those_of_staff(tx, alice):
    put(tx, alice, Effect.RELEASE, payload={"releases": {"71": {"holds": [81, 82]}}})
    put(tx, alice, Effect.RELEASE, key="not begun")
    put(tx, alice, Effect.RELEASE, OTHER_LANE, payload={"releases": {"72": {"holds": [83]}}})
    assert releases.by_us(tx, alice, LANE) == {81, 82}


def test_a_shop_that_left_is_told_nothing_more(tx, alice, bob):
    for effect in (Effect.HOLD, Effect.MAIL):
        put(tx, alice, effect, f"order/{effect}")
    put(tx, bob, Effect.HOLD)
    taking.finish(tx, 2, State.UNKNOWN, NOON)
    assert outbox.drop_shop(tx, alice, NOON, "the shop uninstalled the app") == 2
    assert taking.take(tx, NOON).shop_id == bob
    assert taking.take(tx, NOON) is None


def test_what_stops_selling_goes_ahead_of_every_hold_also_when_it_was_asked_for_before(tx, alice, bob):
    lamps, chairs = product_lane(31), product_lane(32)
    outbox.want_all(tx, alice, [Target(Effect.OFFER, lamps, 31)], NOON)
    outbox.want_all(tx, alice, [Target(Effect.HOLD, order_lane(each), each) for each in range(60, 80)], NOON)
    outbox.want_all(tx, alice, [Target(Effect.OFFER, chairs, 32), Target(Effect.OFFER, lamps, 31, stops=True)], NOON)
    first = taking.take(tx, NOON, alice)
    assert first is not None
    assert (first.effect, first.lane) == (Effect.OFFER, lamps)
    taking.finish(tx, first.outbox_id, State.DONE, NOON)
    assert [taken(tx, shop_id=alice) for _ in range(21)] == [*[Effect.HOLD] * 20, Effect.OFFER]


def test_in_lanes_that_are_known_to_be_busy_nothing_is_asked_for_twice(tx, alice, bob):
    known, since = order_lane(61), order_lane(62)
    outbox.want_all(tx, alice, [Target(Effect.HOLD, known, 61)], NOON)
    outbox.want_all(tx, bob, [Target(Effect.HOLD, since, 62)], NOON)
    busy = outbox.busy_lanes(tx, alice)
    assert busy == {known}
    outbox.want_all(tx, alice, [Target(Effect.HOLD, since, 62)], NOON)  # by somebody else, meanwhile
    outbox.want_all(tx, alice, [Target(Effect.HOLD, known, 61), Target(Effect.HOLD, since, 62)], NOON, busy=busy)
    rows = tx.execute(select(outbox.outbox.c.subject).where(outbox.outbox.c.shop_id == alice))
    assert sorted(row.subject for row in rows) == [61, 62, 62], (
        "what is asked for twice is done once, and then found done"
    )


def test_which_of_many_lanes_are_busy_nobody_lists(tx, alice, monkeypatch):
    monkeypatch.setattr(outbox, "FEW", 2)
    outbox.want_all(tx, alice, [Target(Effect.HOLD, order_lane(each), each) for each in (61, 62, 63)], NOON)
    assert outbox.busy_lanes(tx, alice) is None


def test_only_what_stops_selling_is_hurried_in_a_lane_of_its_own_shop(tx, alice, bob):
    lane = product_lane(31)
    outbox.want_all(tx, bob, [Target(Effect.OFFER, lane, 31)], NOON)
    outbox.want_all(tx, alice, [Target(Effect.OFFER, lane, 31)], NOON)
    outbox.want_all(tx, alice, [Target(Effect.OFFER, lane, 31, stops=True)], NOON)
    rows = tx.execute(select(outbox.outbox.c.shop_id, outbox.outbox.c.step))
    steps = {row.shop_id: row.step for row in rows}
    assert steps == {alice: -1, bob: 1}


# What was done long ago


def ended(tx, shop_id, effect, state=State.DONE, *, lane=LANE, order_id=51, at=NOON):
    outbox.put(tx, shop_id, effect, lane, order_id, f"{effect}/{outbox.newest(tx)}", at)
    taking.finish(tx, outbox.newest(tx), state, at)


def test_what_was_done_long_ago_is_forgotten_a_part_at_a_time(tx, alice):
    for effect in (Effect.HOLD, Effect.MOVE, Effect.ANNOTATE, Effect.RELEASE, Effect.OFFER):
        ended(tx, alice, effect)
    ended(tx, alice, Effect.HOLD, State.VOID)
    put(tx, alice, Effect.HOLD, at=NOON + DAY)
    assert past_effects.drop(tx, alice, NOON, most=10) == 0, "what ended at that moment is not before it"
    assert past_effects.drop(tx, alice, NOON + SECOND, most=4) == 4
    assert past_effects.drop(tx, alice, NOON + SECOND, most=4) == 2
    assert outbox.counts(tx) == {"due": 1}


def test_what_is_not_done_with_is_never_forgotten(tx, alice):
    for state in (State.PARKED, State.UNKNOWN):
        ended(tx, alice, Effect.HOLD, state)
    put(tx, alice, Effect.HOLD)
    ended(tx, alice, Effect.ANNOTATE, at=NOON + DAY)
    assert past_effects.drop(tx, alice, NOON + DAY, most=10) == 0


def test_a_letter_is_never_forgotten_so_that_nobody_is_told_the_same_twice(tx, alice):
    for state in (State.DONE, State.VOID):
        ended(tx, alice, Effect.MAIL, state)
    put(tx, alice, Effect.HOLD, at=NOON + DAY)
    assert past_effects.drop(tx, alice, NOON + DAY, most=10) == 0
    assert not outbox.put(tx, alice, Effect.MAIL, LANE, 51, "mail/0", NOON)


def test_that_we_let_an_order_go_is_remembered_for_as_long_as_any_of_it_is_open(tx, alice):
    claims.replace(tx, alice, 51, [claim(order_id=51)])
    for order_id in (51, 52):
        ended(tx, alice, Effect.RELEASE, lane=order_lane(order_id), order_id=order_id)
        taking.freeze(tx, outbox.newest(tx), {"given_back": {"71": [order_id]}})
    put(tx, alice, Effect.HOLD, at=NOON + DAY)
    assert past_effects.drop(tx, alice, NOON + DAY, most=10) == 1
    assert releases.by_us(tx, alice, order_lane(51)) == {51}, "its hold that is gone is no wish of staff"
    assert releases.by_us(tx, alice, order_lane(52)) == frozenset()


def test_the_newest_row_is_never_forgotten_so_that_no_number_is_given_twice(tx, alice):
    for _ in range(2):
        ended(tx, alice, Effect.HOLD)
    assert past_effects.drop(tx, alice, NOON + DAY, most=10) == 1
    assert outbox.newest(tx) == 2
