"""When the difference between books and store is alarming: by sentence, by property, and with rules that get it wrong."""

from datetime import UTC, datetime, timedelta
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules import drift
from backorder.rules.alarm import AlarmKind, lasting
from backorder.rules.drift import Drift, Record, alarm

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
MONTHS_AGO = NOW - 10 * WEEK


def record(*weeks: int, **changed: object) -> Record:
    """Comparisons that found so much in each week, this one first; the last ended an hour ago."""
    found = tuple((NOW - age * WEEK - DAY, n) for age, n in enumerate(weeks) if n)
    known: dict[str, object] = {"first": NOW - (len(weeks) - 1) * WEEK - HOUR, "last": NOW - HOUR, "found": found}
    return Record(**{**known, **changed})  # type: ignore[arg-type]


def judged(of: Record, period: timedelta = HOUR) -> AlarmKind | None:
    said = alarm(of, MONTHS_AGO, period, NOW)
    return said.kind if said else None


def test_a_week_of_four_times_the_usual_is_alarming() -> None:
    said = alarm(record(8, 2, 2, 2), MONTHS_AGO, HOUR, NOW)
    assert said is not None
    assert said.sentence == "Comparisons found 8 differences in the last 7 days; usually there are 2 a week."


def test_three_times_the_usual_is_not_yet() -> None:
    assert judged(record(6, 2, 2, 2)) is None


def test_four_differences_are_the_noise_of_a_living_shop_five_out_of_nothing_are_not() -> None:
    assert judged(record(4, 0, 0)) is None
    assert judged(record(5, 0, 0)) is AlarmKind.DRIFT


def test_one_bad_week_does_not_make_the_next_one_usual() -> None:
    """The negative control: with the mean in place of the median, one flood would hide the next."""
    weeks = (30, 90, 2, 2, 2)
    assert judged(record(*weeks)) is AlarmKind.DRIFT
    assert weeks[0] <= drift.TIMES_USUAL * mean(weeks[1:])


def test_in_the_first_week_there_is_nothing_to_compare_with() -> None:
    assert judged(record(40)) is None


def test_three_failures_in_a_row_are_alarming_with_their_reason() -> None:
    said = alarm(record(0, failures=3, error="The shop has not granted read_orders."), MONTHS_AGO, HOUR, NOW)
    assert said is not None
    assert said.kind is AlarmKind.COMPARISON
    assert "The shop has not granted read_orders." in said.sentence
    assert judged(record(0, failures=2, error="Busy.")) is None


def test_two_periods_without_a_comparison_are_alarming() -> None:
    assert judged(record(0, last=NOW - 2 * HOUR)) is None
    assert judged(record(0, last=NOW - 2 * HOUR - timedelta(minutes=1))) is AlarmKind.COMPARISON
    assert judged(record(0, last=NOW - 3 * HOUR), period=DAY) is None


def test_a_shop_that_has_just_come_is_given_its_two_periods() -> None:
    assert alarm(Record(), NOW - HOUR, HOUR, NOW) is None
    assert alarm(Record(), NOW - 3 * HOUR, HOUR, NOW) is not None


def test_a_shop_that_came_back_is_not_blamed_for_the_time_away() -> None:
    assert alarm(record(0, last=NOW - WEEK), NOW - HOUR, HOUR, NOW) is None


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12))
def test_drift_that_does_not_grow_is_never_alarming(weeks: list[int]) -> None:
    """Law: a week no worse than any before it raises no alarm, however bad all of them are."""
    assert judged(record(min(weeks), *weeks)) is None


@given(st.lists(st.integers(0, 50), min_size=2, max_size=12), st.integers(1, 50))
def test_more_drift_never_silences_an_alarm(weeks: list[int], more: int) -> None:
    this, *before = weeks
    if judged(record(*weeks)) is AlarmKind.DRIFT:
        assert judged(record(this + more, *before)) is AlarmKind.DRIFT


def test_what_two_slices_found_is_added_up() -> None:
    both = Drift(orders_read=2, orders_unknown=1) + Drift(orders_read=3, items_read=4, levels_changed=2)
    assert both == Drift(orders_read=5, orders_unknown=1, items_read=4, levels_changed=2)
    assert both.found == 3


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "1 minute"),
        (timedelta(minutes=119), "119 minutes"),
        (timedelta(hours=47), "47 hours"),
        (timedelta(days=2, hours=3), "2 days"),
    ],
)
def test_how_long_is_said_in_a_unit_that_people_use(span: timedelta, words: str) -> None:
    assert lasting(span) == words


def unexplained(*latest: tuple[int, int]) -> AlarmKind | None:
    """What is said of the last comparisons, each with what it found and how much of it nothing explains, oldest first."""
    return judged(record(0, 0, latest=latest))


def test_what_nothing_explains_is_alarming_when_it_grows_over_three_comparisons() -> None:
    assert unexplained((90, 1), (90, 2), (90, 3)) is AlarmKind.UNEXPLAINED
    assert unexplained((90, 1), (90, 3), (90, 3)) is None
    assert unexplained((90, 0), (90, 1), (90, 3)) is None, "four are the noise of a living shop"


def test_what_nothing_explains_is_alarming_when_it_is_much_of_what_was_found() -> None:
    assert unexplained((5, 2), (5, 1), (5, 2)) is AlarmKind.UNEXPLAINED
    assert unexplained((20, 2), (20, 1), (20, 2)) is None
    assert unexplained((5, 5), (5, 5)) is None, "two comparisons say nothing yet"


@given(st.lists(st.integers(0, 50).map(lambda n: (n, 0)), max_size=3))
def test_what_is_explained_never_raises_that_alarm(latest: list[tuple[int, int]]) -> None:
    assert unexplained(*latest) is None
