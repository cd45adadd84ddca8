"""Counts and days as people read them, the same wherever a rule or a verb writes a sentence."""

from datetime import date, datetime


def units(count: int) -> str:
    """``1 unit``, ``12 units``."""
    return "1 unit" if count == 1 else f"{count} units"


def units_will(count: int) -> str:
    """``1 unit will``, ``12 units will``."""
    return f"{units(count)} will"


def units_wait(count: int) -> str:
    """``1 unit waits``, ``12 units wait``."""
    return f"{units(count)} {'waits' if count == 1 else 'wait'}"


def behind(count: int) -> str:
    """The place in a queue with so many units ahead."""
    return f"behind {units(count)} ordered earlier" if count else "first in the queue"


def enough_is_here(on: date, percent: int) -> str:
    """By when enough is here, over all that is to come, and how surely."""
    return f"Over all that is to come, enough is here by {day(on)} with {percent} % confidence."


def day(value: date) -> str:
    """``8 December 2026``, whatever the machine's language."""
    months = (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    )  # fmt: skip
    return f"{value.day} {months[value.month - 1]} {value.year}"


def moment(value: datetime) -> str:
    """``8 December 2026, 14:05``, in the time zone that the value is given in."""
    return f"{day(value.date())}, {value:%H:%M}"
