"""A merchant's terms: how the shop works, what may be promised, who is served when. One frozen value, strict."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, time
from typing import Any

from backorder.rules.repromise import FIRST_COME, POLICIES

PAYMENT_RULES = ("paid", "authorized", "any")
LONGEST_LEAD_TIME = 730
MOST_WORKING_DAYS = 60
MOST_UNITS_A_DAY = 1_000_000


class TermsError(ValueError):
    """A setting that cannot be; ``field`` names it, the message is a sentence for the merchant."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field
        self.sentence = sentence


@dataclass(frozen=True)
class Terms:
    """The merchant's settings.

    ``weekdays`` are worked (Monday is 0). ``payment_rule`` says when an order may be served: *paid*, *authorized* (or paid),
    *any*. ``inbound_limit_percent`` of what is to come may be sold. ``lead_time_days`` (calendar days from the order) gives a
    date where nothing is on order; without it and without ``allow_asap`` such a variant is not for sale. ``repromise`` says who is
    served when supply does not suffice for what was promised (rules.repromise). ``units_a_day``: so many that waited can be shipped
    on a day (rules.slots); None: as many as there are.
    """

    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4)
    holidays_country: str | None = None
    holidays_region: str | None = None
    closed_days: tuple[date, ...] = ()
    cut_off: time = time(14, 0)
    receiving_days: int = 1
    handling_days: int = 1
    lead_time_days: int | None = None
    allow_asap: bool = False
    payment_rule: str = "paid"
    inbound_limit_percent: int = 100
    notify_customers: bool = True
    repromise: str = FIRST_COME
    units_a_day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be. Raises TermsError."""
        _must(
            bool(self.weekdays) and set(self.weekdays) <= set(range(7)),
            "weekdays",
            "Choose at least one day of the week on which the warehouse works (0 is Monday, 6 is Sunday).",
        )
        for name in ("receiving_days", "handling_days"):
            _must(
                0 <= getattr(self, name) <= MOST_WORKING_DAYS,
                name,
                f"Give a number of working days from 0 to {MOST_WORKING_DAYS}.",
            )
        _must(
            self.lead_time_days is None or 0 <= self.lead_time_days <= LONGEST_LEAD_TIME,
            "lead_time_days",
            f"Give a lead time from 0 to {LONGEST_LEAD_TIME} days, or leave it empty.",
        )
        _must(
            self.payment_rule in PAYMENT_RULES,
            "payment_rule",
            "Serve orders that are paid, authorized, or any.",
        )
        _must(
            self.repromise in POLICIES,
            "repromise",
            "When supply falls short, serve by “first come” or “promise first”.",
        )
        _must(
            self.units_a_day is None or 0 < self.units_a_day <= MOST_UNITS_A_DAY,
            "units_a_day",
            f"Give a number of units from 1 to {MOST_UNITS_A_DAY}, or leave it empty.",
        )
        _must(
            0 <= self.inbound_limit_percent <= 100,
            "inbound_limit_percent",
            "Sell between 0 and 100 percent of what is to come.",
        )

    @property
    def by_place_alone(self) -> bool:
        """Whether a day follows from a place in its queue, so that the front of a queue can speak for it (rules.footing)."""
        return self.repromise == FIRST_COME and self.units_a_day is None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Terms":
        """Terms as stored; what is missing has its default. Raises TermsError."""
        return cls().changed(stored)

    def changed(self, changes: Mapping[str, Any]) -> "Terms":
        """These terms with some settings changed, given as JSON values. Raises TermsError."""
        known = {field.name for field in fields(self)}
        for name in changes:
            _must(name in known, name, f"There is no setting called {name}.")
        return replace(self, **{name: _parse(name, value) for name, value in changes.items()})

    def to_json(self) -> dict[str, Any]:
        """The terms as JSON values; ``from_json`` gives them back."""
        plain = asdict(self)
        plain["weekdays"] = list(self.weekdays)
        plain["closed_days"] = [day.isoformat() for day in self.closed_days]
        plain["cut_off"] = self.cut_off.strftime("%H:%M")
        return plain


def _parse(name: str, value: Any) -> Any:
    match name:
        case "weekdays":
            _must(_is_list_of(value, int), name, "Give the working days as numbers, 0 for Monday to 6 for Sunday.")
            return tuple(sorted(set(value)))
        case "closed_days":
            _must(_is_list_of(value, str), name, "Give closed days as dates like 2026-12-24.")
            return tuple(sorted({_date(name, day) for day in value}))
        case "cut_off":
            return _time(name, value)
        case "allow_asap" | "notify_customers":
            _must(isinstance(value, bool), name, "Say true or false.")
        case "receiving_days" | "handling_days" | "inbound_limit_percent":
            _must(_is_int(value), name, "Give a whole number.")
        case "lead_time_days":
            _must(value is None or _is_int(value), name, "Give a whole number of days, or leave it empty.")
        case "units_a_day":
            _must(value is None or _is_int(value), name, "Give a whole number of units, or leave it empty.")
        case "holidays_country" | "holidays_region":
            _must(value is None or isinstance(value, str), name, "Give a code like US or NL, or leave it empty.")
            return (value.strip().upper() or None) if isinstance(value, str) else None
        case _:
            _must(isinstance(value, str), name, "Give a text.")
    return value


def _date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise TermsError(name, f"{value!r} is not a date like 2026-12-24.") from None


def _time(name: str, value: Any) -> time:
    try:
        parsed = time.fromisoformat(value)
    except (TypeError, ValueError):
        raise TermsError(name, "Give a time of day like 14:00.") from None
    _must(parsed == time(parsed.hour, parsed.minute), name, "Give a time of day like 14:00, in the shop's own time.")
    return parsed


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, kind) and not isinstance(v, bool) for v in value)


def _must(holds: bool, field: str, sentence: str) -> None:  # noqa: FBT001 - reads as the sentence it is
    if not holds:
        raise TermsError(field, sentence)
