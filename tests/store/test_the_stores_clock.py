"""The store's clock as its answers tell it: a difference is noticed, a slow answer is not taken for one."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from backorder.store.http import open_http


def answered(date: str | None, took: float = 0.2) -> float:
    """By how much the store seems ahead after an answer of this date that took so many seconds."""
    http, response = open_http(), requests.Response()
    response.elapsed = timedelta(seconds=took)
    if date is not None:
        response.headers["Date"] = date
    for hook in http.hooks["response"]:
        hook(response)
    return http.store_ahead


def said(seconds: float) -> str:
    """The date of a store whose clock is so far ahead."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def test_clocks_that_agree_differ_by_nothing() -> None:
    assert answered(said(0)) == 0.0
    assert abs(answered(said(-0.9))) < 1.0


@pytest.mark.parametrize("seconds", [60, -60])
def test_a_minute_is_noticed_either_way(seconds: int) -> None:
    assert answered(said(seconds)) == pytest.approx(seconds, abs=2.5)


def test_an_answer_that_took_long_says_nothing_about_the_clock() -> None:
    assert answered(said(-8), took=9.0) == 0.0


@pytest.mark.parametrize("date", [None, "", "yesterday", "Wed, 99 Nov 2026 10:00:00 GMT"])
def test_no_date_changes_nothing(date: str | None) -> None:
    assert answered(date) == 0.0
