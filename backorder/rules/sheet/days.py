"""A column of days. Whether 04/12 is in December or in April is decided by the whole column, or not at all."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from backorder.rules.sheet.faults import Fault

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2}", re.ASCII)
_TIMED = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
_MOST_SHOWN = 3


class Reading(StrEnum):
    """How a day like 04/12/2026 is to be read."""

    GUESS = "guess"
    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


@dataclass(frozen=True)
class _Slashed:
    """A day of which the first two numbers may stand in either order."""

    text: str
    first: int
    second: int
    year: int


def read_days(
    cells: Mapping[int, str], reading: Reading, timezone: str, column: str
) -> tuple[dict[int, date], list[Fault]]:
    """The days of a column by row, and what is wrong with it. Empty cells are left out.

    A moment with its own time zone counts for the day that it falls on in ``timezone``, the shop's.
    """
    found: dict[int, date] = {}
    slashed: dict[int, _Slashed] = {}
    faults = []
    for row, text in cells.items():
        if not text:
            continue
        if read := _SLASHED.fullmatch(text):
            slashed[row] = _Slashed(text, int(read[1]), int(read[3]), int(read[4]))
            continue
        try:
            found[row] = _day(text, timezone)
        except ValueError as wrong:
            faults.append(Fault(str(wrong), row, column))
    decided, undecided = _order(slashed, reading, column)
    for row, day in slashed.items() if decided else ():
        dom, month = (day.first, day.second) if decided is Reading.DAY_FIRST else (day.second, day.first)
        try:
            found[row] = date(day.year, month, dom)
        except ValueError:
            faults.append(Fault(_no_day(day.text), row, column))
    return found, [*faults, *undecided]


def _order(slashed: Mapping[int, _Slashed], reading: Reading, column: str) -> tuple[Reading | None, list[Fault]]:
    """Which number is the day, as far as the column shows it."""
    if reading is not Reading.GUESS or not slashed:
        return reading, []
    day_first = [row for row, day in slashed.items() if day.first > 12]
    month_first = [row for row, day in slashed.items() if day.second > 12]
    if day_first and month_first:
        one, other = slashed[day_first[0]].text, slashed[month_first[0]].text
        sentence = (
            f"{one} in row {day_first[0]} has the day first and {other} in row {month_first[0]} the month. "
            "Write all dates in one way, best like 2026-12-04."
        )
        return None, [Fault(sentence, month_first[0], column)]
    if day_first or month_first:
        return (Reading.DAY_FIRST if day_first else Reading.MONTH_FIRST), []
    unclear = [row for row, day in slashed.items() if day.first != day.second]
    if not unclear:
        return Reading.DAY_FIRST, []
    rows = ", ".join(map(str, unclear[:_MOST_SHOWN])) + (" …" if len(unclear) > _MOST_SHOWN else "")
    sentence = (
        f"{slashed[unclear[0]].text} may have the day or the month first, and no date in the column shows which "
        f"(rows {rows}). Say which comes first, or write dates like 2026-12-04."
    )
    return None, [Fault(sentence, unclear[0], column)]


def _day(text: str, timezone: str) -> date:
    """A day that can be read in one way only. Raises ValueError with a sentence."""
    if _TIMED.fullmatch(text):
        return _of_moment(text, timezone)
    if read := _ISO.fullmatch(text):
        year, month, day = map(int, read.groups())
    elif read := _DOTTED.fullmatch(text):
        day, month, year = map(int, read.groups())
    elif _SHORT_YEAR.fullmatch(text):
        raise ValueError(f"“{text}” has no full year. Write dates like 2026-12-04.")
    else:
        raise ValueError(_no_day(text))
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(_no_day(text)) from None


def _of_moment(text: str, timezone: str) -> date:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
    except ValueError:
        raise ValueError(_no_day(text)) from None
    if moment.tzinfo is None:
        raise ValueError(
            f"“{text}” is a time without a time zone, which may be one day here and another there. Give the day alone, like "
            f"{moment.date().isoformat()}."
        )
    try:
        return moment.astimezone(ZoneInfo(timezone)).date()
    except OverflowError:
        raise ValueError(_no_day(text)) from None


def _no_day(text: str) -> str:
    return f"“{text[:40]}” is not a day. Write dates like 2026-12-04."
