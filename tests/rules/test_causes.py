"""Why books and store differed, from what is known beside the difference: by sentence, and by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.causes import (
    REPAIRS,
    SENTENCES,
    Cause,
    Heard,
    Kind,
    Reading,
    Repair,
    Stage,
    Standing,
    of_reading,
    of_standing,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LONG_AGO, JUST_NOW = NOW - timedelta(hours=3), NOW - timedelta(seconds=20)

readings = st.builds(
    Reading,
    kind=st.sampled_from(Kind),
    heard=st.sampled_from(Heard),
    heard_error=st.none() | st.just("Nobody could read it."),
    listed=st.booleans(),
    listed_error=st.none() | st.just("The store was away."),
    changed_at=st.sampled_from([None, LONG_AGO, JUST_NOW]),
    by_hand=st.booleans(),
    with_orders=st.booleans(),
)
standings = st.builds(
    Standing,
    kind=st.sampled_from(Kind),
    stage=st.sampled_from(Stage),
    error=st.none() | st.just("The store refused."),
    written=st.booleans(),
    ours_alone=st.booleans(),
    given_up=st.booleans(),
)


@pytest.mark.parametrize(
    ("seen", "cause"),
    [
        (Reading(Kind.ORDER, changed_at=LONG_AGO), Cause.NEVER_HEARD),
        (Reading(Kind.ORDER, changed_at=JUST_NOW), Cause.JUST_NOW),
        (Reading(Kind.ORDER, Heard.WAITING, changed_at=JUST_NOW), Cause.NOT_UNDERSTOOD_YET),
        (Reading(Kind.ORDER, Heard.FAILED, "It names no order."), Cause.NOT_UNDERSTOOD),
        (Reading(Kind.ORDER, Heard.UNDERSTOOD, listed=True), Cause.NOT_LOOKED_AT_YET),
        (Reading(Kind.ORDER, Heard.UNDERSTOOD, changed_at=LONG_AGO), Cause.UNEXPLAINED),
        (Reading(Kind.ORDER, Heard.UNKNOWN, changed_at=LONG_AGO), Cause.UNEXPLAINED),
        (Reading(Kind.LEVEL, with_orders=True), Cause.WITH_ITS_ORDERS),
        (Reading(Kind.POLICY, by_hand=True), Cause.BY_HAND),
        (Reading(Kind.HOLD, by_hand=True), Cause.RELEASED_BY_STAFF),
    ],
)
def test_what_is_known_beside_a_difference_names_its_cause(seen: Reading, cause: Cause) -> None:
    assert of_reading(seen, NOW).cause is cause


@pytest.mark.parametrize(
    ("wanted", "cause", "repair"),
    [
        (Standing(Kind.HOLD, Stage.PARKED, "The store refused."), Cause.STOPPED, Repair.TRY_AGAIN),
        (Standing(Kind.HOLD, Stage.UNKNOWN), Cause.OUTCOME_UNKNOWN, Repair.TRY_AGAIN),
        (Standing(Kind.HOLD, Stage.LATE), Cause.ON_ITS_WAY, Repair.BY_ITSELF),
        (Standing(Kind.HOLD, given_up=True), Cause.LOST_TOO_OFTEN, Repair.DECIDE),
        (Standing(Kind.HOLD), Cause.UNEXPLAINED, Repair.ASKED_AGAIN),
        (Standing(Kind.TAG, written=True), Cause.TAKEN_OFF, Repair.LEFT),
        (Standing(Kind.METAFIELD, written=True, ours_alone=True), Cause.TAKEN_OFF, Repair.ASKED_AGAIN),
    ],
)
def test_what_the_store_does_not_show_is_asked_again_only_where_nobody_meant_it(
    wanted: Standing, cause: Cause, repair: Repair
) -> None:
    said = of_standing(wanted)
    assert (said.cause, said.repair) == (cause, repair)


@given(readings)
def test_nothing_is_repaired_against_a_hand(seen: Reading) -> None:
    said = of_reading(seen, NOW)
    assert (said.repair in {Repair.LEFT, Repair.REARM}) == seen.by_hand


@given(readings)
def test_only_what_was_heard_or_could_not_be_looked_for_stays_without_an_explanation(seen: Reading) -> None:
    if not of_reading(seen, NOW).is_explained:
        assert seen.heard in {Heard.UNDERSTOOD, Heard.UNKNOWN}
        assert not any((seen.listed, seen.by_hand, seen.with_orders))


@given(standings)
def test_what_somebody_took_off_comes_back_only_where_nobody_but_the_app_may_write(wanted: Standing) -> None:
    said = of_standing(wanted)
    if said.cause is Cause.TAKEN_OFF and said.repair is Repair.ASKED_AGAIN:
        assert wanted.ours_alone


def test_every_cause_and_every_repair_is_a_sentence() -> None:
    assert set(SENTENCES) == set(Cause)
    assert set(REPAIRS) == set(Repair)
    assert all(said.endswith(".") for said in (*SENTENCES.values(), *REPAIRS.values()))
