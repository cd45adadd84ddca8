"""The small words of a letter: counts, days and how a person is addressed. English."""

import re
from datetime import date, datetime

from backorder.mail.one_line import one_line

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

LONGEST_NAME = 40  # characters; a longer first name is somebody's advertisement
_LOOKS_LIKE_A_LINK = re.compile(r"[/:@<>]|\.\S")


def in_full(day: date) -> str:
    """The day as people say it, "Monday, 7 December 2026", whatever the machine's locale is."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment(at: datetime) -> str:
    """The day and the time of day, as it is said where ``at`` is from."""
    return f"{in_full(at.date())}, {at:%H:%M}"


def units(count: int, one: str = "", many: str = "") -> str:
    """The count with its noun and, if given, its verb: "1 unit waits", "2 units wait"."""
    noun, verb = ("unit", one) if count == 1 else ("units", many)
    return f"{count} {noun} {verb}".rstrip()


def ships(day: date | None) -> str:
    """What we promise about a waiting line; None is a line for which no day is known."""
    return f"Ships by {in_full(day)}" if day else "Ships as soon as it arrives; no date is known yet"


def before(day: date | None) -> str:
    """What we had promised until now about a line whose day moved."""
    return f"Before: {in_full(day)}" if day else "Before: no date was known"


def greeting(first_name: str | None) -> str:
    """How the letter opens: "Hello Ada," or, where the name is missing or is no name, "Hello,".

    Anyone may order under any name. A name that carries a link would make the shop's own letter
    advertise it, so it is not repeated.
    """
    name = one_line(first_name or "")
    if not name or len(name) > LONGEST_NAME or _LOOKS_LIKE_A_LINK.search(name):
        return "Hello,"
    return f"Hello {name},"
