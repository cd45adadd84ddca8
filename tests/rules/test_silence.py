"""When a store is silent for too long, and when a change has waited too long. A quiet shop does not cry wolf."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backorder.rules import lag, silence
from backorder.rules.alarm import AlarmKind
from backorder.rules.silence import DAYS_KEPT, Heard, alarm, heard_again, patience

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONG_AGO = NOW - 60 * DAY


def heard_at(*hours_ago: float) -> Heard:
    """What is known of a store that sent something at these times."""
    known = Heard()
    for ago in sorted(hours_ago, reverse=True):
        known = heard_again(known, NOW - ago * HOUR)
    return known


def silent(heard: Heard, since: datetime = LONG_AGO, *, waiting: bool = False) -> bool:
    return alarm(heard, since, NOW, waiting=waiting) is not None


def test_a_busy_store_is_missed_after_six_hours() -> None:
    busy = [7 + n / 4 for n in range(200)]
    assert not silent(heard_at(*busy, 5.9))
    assert silent(heard_at(*busy, 6.5))


def test_nights_are_not_silence() -> None:
    """Ten hours of every night: thirty hours are waited for, so a long weekend morning says nothing."""
    days = [hour for day in range(1, 8) for hour in (day * 24 + 2, day * 24 + 12)]
    assert patience(heard_at(*days), LONG_AGO, NOW) == 42 * HOUR
    assert not silent(heard_at(*days))


def test_a_shop_that_sells_once_in_ten_days_does_not_cry_wolf() -> None:
    """The negative control: measured over the last seven days only, nothing would be known of it."""
    quiet = heard_at(11 * 24, 21 * 24, 31 * 24)
    assert not silent(quiet)
    forgetful = Heard(quiet.last_at, tuple(day for day in quiet.days if day.day > (NOW - 7 * DAY).date()))
    assert silent(forgetful)


def test_a_new_shop_is_given_a_day() -> None:
    assert not silent(Heard(), since=NOW - 23 * HOUR)
    assert silent(Heard(), since=NOW - 25 * HOUR)
    assert not silent(heard_at(20, 20.1), since=NOW - 30 * HOUR)


def test_what_waits_to_be_understood_is_no_silence() -> None:
    assert not silent(heard_at(500), waiting=True)
    assert silent(heard_at(500))


def test_the_sentence_says_for_how_long_and_what_to_do() -> None:
    said = alarm(heard_at(30, 30.5), LONG_AGO, NOW, waiting=False)
    assert said is not None
    assert said.kind is AlarmKind.SILENCE
    assert "30 hours" in said.sentence
    assert "Compare" in said.advice


def test_a_late_delivery_changes_no_gap_and_turns_no_clock_back() -> None:
    known = heard_again(heard_at(2), NOW - 5 * HOUR)
    assert known.last_at == NOW - 2 * HOUR
    assert max(each.longest_gap for each in known.days) == timedelta(0)
    assert sum(each.deliveries for each in known.days) == 2


@given(st.lists(st.floats(0, 2000), min_size=1, max_size=60))
def test_what_is_remembered_is_bounded_and_its_patience_is_never_under_six_hours(hours_ago: list[float]) -> None:
    known = heard_at(*hours_ago)
    assert len(known.days) <= DAYS_KEPT
    assert patience(known, LONG_AGO, NOW) >= silence.SHORTEST
    assert known.last_at == NOW - min(hours_ago) * HOUR


@given(st.lists(st.floats(1, 400), min_size=2, max_size=40), st.floats(0, 400))
def test_a_silence_as_long_as_one_it_had_lately_is_never_alarming(hours_ago: list[float], now_for: float) -> None:
    known = heard_at(*(ago + now_for for ago in hours_ago))
    longest = max((each.longest_gap for each in known.days), default=timedelta(0))
    assert known.last_at is not None
    assert not silent(known) or NOW - known.last_at > longest


def test_a_change_that_waits_longer_than_five_minutes_is_alarming() -> None:
    five = timedelta(minutes=5)
    assert lag.alarm(None, five, NOW) is None
    assert lag.alarm(NOW - five, five, NOW) is None
    said = lag.alarm(NOW - timedelta(minutes=12), five, NOW)
    assert said is not None
    assert "12 minutes ago" in said.sentence
