from datetime import date, timedelta
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.mail.one_line import one_line
from backorder.mail.wording import greeting, in_full, units


def test_a_day_is_written_in_full():
    assert in_full(date(2026, 12, 7)) == "Monday, 7 December 2026"
    assert in_full(date(2028, 2, 29)) == "Tuesday, 29 February 2028"


def test_every_day_of_a_leap_year_is_written_once():
    days = [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
    assert len({in_full(day) for day in days}) == 366


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 units wait"), (1, "1 unit waits"), (2, "2 units wait"), (21, "21 units wait")]
)
def test_one_unit_waits_and_two_units_wait(count, said):
    assert units(count, "waits", "wait") == said


@pytest.mark.parametrize("name", ["Ada", "Zoë", "J. R.", "Nguyễn Thị", "O'Brien", "محمد"])
def test_people_are_greeted_by_their_names(name):
    assert greeting(name) == f"Hello {name},"


@pytest.mark.parametrize(
    "name", [None, "", " \n", "Win at https://evil.example", "evil.example", "a@evil.example", "A" * 41, "<b>"]
)
def test_what_is_no_name_is_not_repeated(name):
    assert greeting(name) == "Hello,"


def test_a_family_emoji_stays_one_family():
    assert one_line("Family 👨‍👩‍👧 lamp") == "Family 👨‍👩‍👧 lamp"


def test_text_cannot_be_turned_around():
    assert one_line("gnp.\u202eexe") == "gnp. exe"


@given(st.text())
def test_whatever_was_written_becomes_one_line(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == line.strip() == one_line(line)
    assert not any(category(sign) in {"Cc", "Zl", "Zp"} for sign in line)
