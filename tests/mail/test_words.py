from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.mail.language import spoken
from backorder.mail.one_line import isolated, one_line
from backorder.mail.wording import greeting


@pytest.mark.parametrize("name", ["Ada", "Zoë", "J. R.", "Nguyễn Thị", "O'Brien", "محمد"])
def test_people_are_greeted_by_their_names(name):
    assert greeting(name, spoken("en")) == f"Hello {isolated(name)},"


@pytest.mark.parametrize(
    "name", [None, "", " \n", "Win at https://evil.example", "evil.example", "a@evil.example", "A" * 41, "<b>"]
)
def test_what_is_no_name_is_not_repeated(name):
    assert greeting(name, spoken("en")) == "Hello,"


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
