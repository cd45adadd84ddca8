"""How numbers, days and amounts are said."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from plugin import words

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 23), "today"),
        (date(2026, 11, 24), "tomorrow"),
        (date(2026, 11, 22), "yesterday"),
        (date(2026, 12, 5), "in 12 days"),
        (date(2026, 11, 20), "3 days ago"),
    ],
)
def test_a_day_is_said_by_its_distance(day, said):
    assert words.distance(day, TODAY) == said


def test_a_day_is_said_in_words_whatever_the_locale():
    assert words.in_full(TODAY) == "Monday, 23 November 2026"
    assert words.day(TODAY) == "23 November 2026"
    assert words.short_day(TODAY) == "Mon 23 Nov 2026"


def test_a_moment_is_said_where_the_shop_is():
    late = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
    assert words.moment(late, "America/New_York") == "23 November 2026, 22:05"


@pytest.mark.parametrize(
    ("amount", "currency", "said", "exact"),
    [
        ("1234.5", "USD", "$1,234.50", "1234.50"),
        ("5000", "JPY", "¥5,000", "5000"),
        ("1.2345", "KWD", "KWD\u00a01.234", "1.2345"),
        ("-3", "EUR", "−€3.00", "-3.00"),
        ("0.0050", "USD", "$0.00", "0.005"),
        ("100000000", "CHF", "CHF\u00a0100,000,000.00", "100000000.00"),
    ],
)
def test_an_amount_is_rounded_for_the_eye_and_exact_for_programs(amount, currency, said, exact):
    assert words.money(Decimal(amount), currency) == said
    assert words.exact(Decimal(amount), currency) == exact


def test_a_count_agrees_with_its_noun():
    assert words.count(1, "unit") == "1 unit"
    assert words.count(12_345, "unit") == "12\u202f345 units"
