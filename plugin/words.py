"""How numbers, days and amounts are said on our pages. English, whatever the machine's locale is."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
# Decimals of the currencies that do not have two (ISO 4217).
_DECIMALS = dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0) | (
    dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0) | dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
)
NARROW = "\u202f"


def in_full(day: date) -> str:
    """As people say it: "Monday, 7 December 2026"."""
    return f"{_DAYS[day.weekday()]}, {day.day} {_MONTHS[day.month - 1]} {day.year}"


def day(value: date) -> str:
    """Without the weekday: "7 December 2026"."""
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def short_day(value: date) -> str:
    """For tables: "Mon 7 Dec 2026"."""
    return f"{_DAYS[value.weekday()][:3]} {value.day} {_MONTHS[value.month - 1][:3]} {value.year}"


def distance(value: date, today: date) -> str:
    """How far away a day is: "today", "tomorrow", "in 12 days", "3 days ago"."""
    days = (value - today).days
    if days in {-1, 0, 1}:
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"in {count(days, 'day')}" if days > 0 else f"{count(-days, 'day')} ago"


def moment(instant: datetime, timezone: str) -> str:
    """An instant in the shop's time zone: "7 December 2026, 14:05"."""
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{day(local.date())}, {local:%H:%M}"


def number(value: int) -> str:
    """Grouped by a narrow space: "12 345"."""
    return f"{value:,}".replace(",", NARROW)


def signed(value: int) -> str:
    """A change, with its sign: "+12", "−3"."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{number(abs(value))}"


def count(value: int, one: str, many: str | None = None) -> str:
    """The number with its noun: "1 unit", "2 units"."""
    return f"{number(value)} {one if value == 1 else many or one + 's'}"


def exact(amount: Decimal, currency: str) -> str:
    """An amount in plain digits with the decimals of its currency, and more only where it has more: "129.00"."""
    written = amount.quantize(Decimal(1).scaleb(-decimals(currency)))
    return f"{written if written == amount else amount.normalize():f}"


def decimals(currency: str) -> int:
    """How many decimals amounts of a currency are written with."""
    return _DECIMALS.get(currency, 2)


def money(amount: Decimal | int, currency: str) -> str:
    """An amount for the eye, rounded to its currency: "$1,234.50", "CHF 1,234.50", "¥5,000"."""
    digits = f"{abs(amount):,.{decimals(currency)}f}"
    sign = "−" if amount < 0 else ""
    symbol = _SIGNS.get(currency)
    return f"{sign}{symbol}{digits}" if symbol else f"{sign}{currency}\u00a0{digits}"


FILTERS: dict[str, Callable[..., Any]] = {
    "in_full": in_full,
    "day": day,
    "short_day": short_day,
    "distance": distance,
    "moment": moment,
    "number": number,
    "signed": signed,
    "count": count,
    "money": money,
}
