"""A merchant's terms: how the shop works, what may be promised, who is served when. One frozen value, strict."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from backorder.rules.eligibility import Rule
from backorder.rules.mixed import LEAST_HOURS, MOST_HOURS, SPLIT
from backorder.rules.mixed import POLICIES as MIXED
from backorder.rules.pace import HOUR, PERIODS
from backorder.rules.queue_policy import (
    GOES_FIRST,
    LONGEST_PASSED_OVER,
    MOST_PERCENT,
    NOT_WHOLE,
    WHOLE,
    QueuePolicy,
    cannot_be,
)
from backorder.rules.repromise import FIRST_COME

PAYMENT_RULES = ("paid", "authorized", "any")
SHOW_AS = ("day", "range", "week")
LEAST_CONFIDENCE, MOST_CONFIDENCE = 50, 99
LONGEST_LEAD_TIME = 730
MOST_WORKING_DAYS = 60
MOST_UNITS = 10_000
MOST_RULES, LONGEST_WORD = 20, 255
MOST_UNITS_A_DAY = 1_000_000
MOST_KEEP_AFTER = 1440  # minutes
SHORTEST_HOLD, LONGEST_HOLD = 1, 720  # hours
MOST_MINUTES = 480
# On the last day on which goods may come, what is less likely than this is told anyway.
MOST_TELL_BELOW = 90
MOST_CHOSEN = 100


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
    date where nothing is on order; without it and without ``allow_asap`` such a variant is not for sale. So many promises in a
    hundred are to be kept (``confidence_percent``; None: the stated days are promised as they are), shown as a *day*, a *range* or a
    *week*, whose last day is the promise. What ships within ``ship_window_days`` working days is sold as if in stock (None: never).
    ``selling`` off: every policy is given back. From ``open_at_units`` free units on, the backorder is open already;
    ``reserve_units`` of the cap are kept back, as many as are sold before the store hears that it is reached. What meets one of the
    ``eligibility`` rules is managed without being chosen. ``repromise`` says who goes first when supply does not suffice for all; it and
    what follows up to ``passed_over_days`` are the ``queue_policy`` (rules.queue_policy). ``units_a_day``: so many that waited can be shipped on a day
    (rules.slots); None: as many as there are. A buyer hears that a promise has become unlikely once it is kept with less than
    ``tell_below_percent`` probability (rules.unlikely).
    An order keeps what was open to whoever packs for ``keep_after_minutes`` (rules.keeping), and its turn under a hold of somebody else for
    ``foreign_hold_hours`` (rules.foreign_holds).
    ``believe_unannounced``: stock that rises for goods which never were on order has arrived; else a person is asked (rules.rises).
    ``mixed_orders`` says how an order leaves of which some waits (rules.mixed); a customer who is asked has ``ask_hours`` to answer.
    ``narrow_holds``: a hold that covers more than waits may be released and placed anew on less (rules.holds).
    ``set_deadlines``: fulfillment orders that wait get the promised day as their deadline in the store (rules.deadlines).
    ``serve_elsewhere``: what would wait is sent from another location where it lies free (rules.elsewhere).
    To pack an order takes ``minutes_an_order``; ``release_orders`` of them are let go ``release_per`` *hour* or *day* (rules.pace); None: all at once.
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
    confidence_percent: int | None = None
    show_as: str = "day"
    ship_window_days: int | None = None
    selling: bool = True
    open_at_units: int = 0
    reserve_units: int = 0
    eligibility: tuple[Rule, ...] = ()
    repromise: str = FIRST_COME
    chosen_tags: tuple[str, ...] = ()
    chosen_channels: tuple[str, ...] = ()
    chosen_customers: tuple[int, ...] = ()
    chosen_percent: int | None = 50
    chosen_units_a_day: int | None = None
    whole: str = NOT_WHOLE
    customer_units: int | None = None
    passed_over_days: int | None = 14
    units_a_day: int | None = None
    mixed_orders: str = SPLIT
    ask_hours: int = 24
    narrow_holds: bool = False
    set_deadlines: bool = False
    serve_elsewhere: bool = False
    minutes_an_order: int = 6
    release_orders: int | None = None
    release_per: str = HOUR
    tell_below_percent: int = 35
    believe_unannounced: bool = True
    keep_after_minutes: int = 15
    foreign_hold_hours: int = 48

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
            self.ship_window_days is None or 0 <= self.ship_window_days <= MOST_WORKING_DAYS,
            "ship_window_days",
            f"Give a number of working days from 0 to {MOST_WORKING_DAYS}, or leave it empty.",
        )
        for name in ("open_at_units", "reserve_units"):
            _must(0 <= getattr(self, name) <= MOST_UNITS, name, f"Give a number of units from 0 to {MOST_UNITS}.")
        _must(
            self.payment_rule in PAYMENT_RULES,
            "payment_rule",
            "Serve orders that are paid, authorized, or any.",
        )
        _check_policy(self.queue_policy)
        _must(
            self.units_a_day is None or 0 < self.units_a_day <= MOST_UNITS_A_DAY,
            "units_a_day",
            f"Give a number of units from 1 to {MOST_UNITS_A_DAY}, or leave it empty.",
        )
        _must(
            0 <= self.tell_below_percent <= MOST_TELL_BELOW,
            "tell_below_percent",
            f"Give a probability from 0 to {MOST_TELL_BELOW} percent.",
        )
        _must(
            0 <= self.inbound_limit_percent <= 100,
            "inbound_limit_percent",
            "Sell between 0 and 100 percent of what is to come.",
        )
        _must(
            self.confidence_percent is None or LEAST_CONFIDENCE <= self.confidence_percent <= MOST_CONFIDENCE,
            "confidence_percent",
            f"Give a confidence from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE} percent, or leave it empty.",
        )
        _must(
            self.mixed_orders in MIXED,
            "mixed_orders",
            "Send what is there (“split”), send everything “together”, or “ask” the customer.",
        )
        _must(
            LEAST_HOURS <= self.ask_hours <= MOST_HOURS,
            "ask_hours",
            f"Give a number of hours from {LEAST_HOURS} to {MOST_HOURS}.",
        )
        _must(
            0 < self.minutes_an_order <= MOST_MINUTES,
            "minutes_an_order",
            f"Give a number of minutes from 1 to {MOST_MINUTES}.",
        )
        _must(
            self.release_orders is None or 0 < self.release_orders <= MOST_UNITS_A_DAY,
            "release_orders",
            f"Give a number of orders from 1 to {MOST_UNITS_A_DAY}, or leave it empty.",
        )
        _must(self.release_per in PERIODS, "release_per", "Let orders go by the hour or by the day.")
        _must(
            0 <= self.keep_after_minutes <= MOST_KEEP_AFTER,
            "keep_after_minutes",
            f"Give a number of minutes from 0 to {MOST_KEEP_AFTER}.",
        )
        _must(
            SHORTEST_HOLD <= self.foreign_hold_hours <= LONGEST_HOLD,
            "foreign_hold_hours",
            f"Give a number of hours from {SHORTEST_HOLD} to {LONGEST_HOLD}.",
        )
        _must(self.show_as in SHOW_AS, "show_as", "Show a day, a range or a week.")
        _must(
            self.units_a_day is None or not self.by_week,
            "show_as",
            "Where only so many units a day can be shipped, a day or a range is promised, not a week.",
        )

    @property
    def by_week(self) -> bool:
        """Whether promises name a week."""
        return self.show_as == "week"

    @property
    def by_range(self) -> bool:
        """Whether promises name a range of days."""
        return self.show_as == "range"

    @property
    def by_place_alone(self) -> bool:
        """Whether a day follows from a place in its queue, so that the front of a queue can speak for it (rules.footing)."""
        return self.queue_policy.by_age and self.units_a_day is None

    @property
    def queue_policy(self) -> QueuePolicy:
        """Who goes before whom."""
        return QueuePolicy(
            goes_first=self.repromise,
            **{field.name: getattr(self, field.name) for field in fields(QueuePolicy) if field.name != "goes_first"},
        )

    @property
    def collections(self) -> frozenset[str]:
        """The collections that a rule names, whatever the case of their letters."""
        return frozenset(rule.collection.casefold() for rule in self.eligibility if rule.collection is not None)

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
        plain["eligibility"] = [
            {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(rule).items()}
            for rule in self.eligibility
        ]
        return plain


# Numbers that may be left out.
_MAY_BE_EMPTY = frozenset(field.name for field in fields(Terms) if field.type == int | None)


def _counted(name: str) -> str:
    """What a number that may be left out counts."""
    if name.endswith("percent"):
        return "percent"
    return next((noun for noun in ("units", "orders") if noun in name), "days")


def _parse(name: str, value: Any) -> Any:
    match name:
        case "weekdays":
            _must(_is_list_of(value, int), name, "Give the working days as numbers, 0 for Monday to 6 for Sunday.")
            return tuple(sorted(set(value)))
        case "closed_days" | "eligibility":
            return _rules(value) if name == "eligibility" else _closed_days(name, value)
        case "cut_off":
            return _time(name, value)
        case (
            "allow_asap"
            | "notify_customers"
            | "selling"
            | "narrow_holds"
            | "set_deadlines"
            | "serve_elsewhere"
            | "believe_unannounced"
        ):
            _must(isinstance(value, bool), name, "Say true or false.")
        case (
            "receiving_days"
            | "handling_days"
            | "inbound_limit_percent"
            | "open_at_units"
            | "reserve_units"
            | "ask_hours"
            | "minutes_an_order"
            | "tell_below_percent"
            | "keep_after_minutes"
            | "foreign_hold_hours"
        ):
            _must(_is_int(value), name, "Give a whole number.")
        case "chosen_tags" | "chosen_channels" | "chosen_customers":
            return _chosen(name, value)
        case _ if name in _MAY_BE_EMPTY:
            counted = _counted(name)
            _must(value is None or _is_int(value), name, f"Give a whole number of {counted}, or leave it empty.")
        case "holidays_country" | "holidays_region":
            _must(value is None or isinstance(value, str), name, "Give a code like US or NL, or leave it empty.")
            return (value.strip().upper() or None) if isinstance(value, str) else None
        case _:
            _must(isinstance(value, str), name, "Give a text.")
    return value


def _closed_days(name: str, value: Any) -> tuple[date, ...]:
    _must(_is_list_of(value, str), name, "Give closed days as dates like 2026-12-24.")
    return tuple(sorted({_date(name, day) for day in value}))


def _chosen(name: str, value: Any) -> tuple[str, ...] | tuple[int, ...]:
    """Who goes first: words, each once, or numbers of customers."""
    if name == "chosen_customers":
        fits = _is_list_of(value, int) and len(value) <= MOST_CHOSEN
        _must(fits, name, f"Give at most {MOST_CHOSEN} customers, by their numbers.")
        return tuple(sorted(set(value)))
    fits = _is_list_of(value, str) and len(value) <= MOST_CHOSEN and all(len(word) <= LONGEST_WORD for word in value)
    _must(fits, name, f"Give at most {MOST_CHOSEN} short texts.")
    return tuple(sorted({word.strip() for word in value} - {""}))


def _check_policy(policy: QueuePolicy) -> None:
    _must(policy.goes_first in GOES_FIRST, "repromise", f"Say one of: {', '.join(GOES_FIRST)}.")
    _must(policy.whole in WHOLE, "whole", f"Say one of: {', '.join(WHOLE)}.")
    for name, most in (
        ("chosen_percent", MOST_PERCENT),
        ("chosen_units_a_day", MOST_UNITS_A_DAY),
        ("customer_units", MOST_UNITS),
        ("passed_over_days", LONGEST_PASSED_OVER),
    ):
        said = getattr(policy, name)
        _must(said is None or 0 < said <= most, name, f"Give a number from 1 to {most}, or leave it empty.")
    wrong = cannot_be(policy)
    if wrong is not None:
        raise TermsError(*wrong)


def _rules(value: Any) -> tuple[Rule, ...]:
    _must(
        isinstance(value, list | tuple)
        and len(value) <= MOST_RULES
        and all(isinstance(each, Mapping) for each in value),
        "eligibility",
        f"Give at most {MOST_RULES} rules, each with its conditions.",
    )
    read = (_rule(f"eligibility.{number}", each) for number, each in enumerate(value))
    return tuple(rule for rule in read if not rule.says_nothing)


def _rule(where: str, said: Mapping[str, Any]) -> Rule:
    conditions: dict[str, Any] = {}
    known = {field.name for field in fields(Rule)}
    for name, value in said.items():
        at = f"{where}.{name}"
        _must(name in known, at, f"There is no condition called {name}.")
        if name == "has_inbound":
            _must(isinstance(value, bool), at, "Say true or false.")
            conditions[name] = value
        elif value is not None and value != "":
            _must(isinstance(value, str) and len(value) <= LONGEST_WORD, at, "Give a short text.")
            read = _price if name.startswith("price") else _percent if name.startswith("margin") else _word
            conditions[name] = read(at, value)
    rule = Rule(**conditions)
    _must(
        rule.price_from is None or rule.price_to is None or rule.price_from <= rule.price_to,
        f"{where}.price_to",
        "Give a highest price that is not below the lowest.",
    )
    _must(
        rule.margin_from is None or rule.margin_to is None or rule.margin_from <= rule.margin_to,
        f"{where}.margin_to",
        "Give a highest margin that is not below the lowest.",
    )
    return rule


def _price(at: str, value: str) -> Decimal:
    _must(re.fullmatch(r"\s*[0-9]{1,9}([.][0-9]{1,3})?\s*", value) is not None, at, "Give a price like 49.90.")
    return Decimal(value.strip())


def _percent(at: str, value: str) -> Decimal:
    read = re.fullmatch(r"\s*(-?[0-9]{1,3}([.][0-9]{1,2})?)\s*%?\s*", value)
    _must(read is not None and Decimal(read[1]) <= 100, at, "Give a percentage up to 100, like 35 or 12.5.")
    assert read is not None
    return Decimal(read[1])


def _word(_at: str, value: str) -> str | None:
    return value.strip() or None


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
