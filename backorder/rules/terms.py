"""A merchant's terms: how the shop works, what may be promised, who is served when. One frozen value, strict."""

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
from backorder.rules.said_terms import parse
from backorder.rules.terms_error import TermsError, must

PAYMENT_RULES = ("paid", "authorized", "any")
SHOW_AS = ("day", "range", "week")
LEAST_CONFIDENCE, MOST_CONFIDENCE = 50, 99
LONGEST_LEAD_TIME = 730
MOST_WORKING_DAYS = 60
MOST_UNITS = 10_000
MOST_UNITS_A_DAY = 1_000_000
MOST_KEEP_AFTER = 1440  # minutes
SHORTEST_HOLD, LONGEST_HOLD = 1, 720  # hours
MOST_MINUTES = 480
# On the last day on which goods may come, what is less likely than this is told anyway.
MOST_TELL_BELOW = 90


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
        must(
            bool(self.weekdays) and set(self.weekdays) <= set(range(7)),
            "weekdays",
            "Choose at least one day of the week on which the warehouse works (0 is Monday, 6 is Sunday).",
        )
        for name in ("receiving_days", "handling_days"):
            must(
                0 <= getattr(self, name) <= MOST_WORKING_DAYS,
                name,
                f"Give a number of working days from 0 to {MOST_WORKING_DAYS}.",
            )
        must(
            self.lead_time_days is None or 0 <= self.lead_time_days <= LONGEST_LEAD_TIME,
            "lead_time_days",
            f"Give a lead time from 0 to {LONGEST_LEAD_TIME} days, or leave it empty.",
        )
        must(
            self.ship_window_days is None or 0 <= self.ship_window_days <= MOST_WORKING_DAYS,
            "ship_window_days",
            f"Give a number of working days from 0 to {MOST_WORKING_DAYS}, or leave it empty.",
        )
        for name in ("open_at_units", "reserve_units"):
            must(0 <= getattr(self, name) <= MOST_UNITS, name, f"Give a number of units from 0 to {MOST_UNITS}.")
        must(
            self.payment_rule in PAYMENT_RULES,
            "payment_rule",
            "Serve orders that are paid, authorized, or any.",
        )
        _check_policy(self.queue_policy)
        must(
            self.units_a_day is None or 0 < self.units_a_day <= MOST_UNITS_A_DAY,
            "units_a_day",
            f"Give a number of units from 1 to {MOST_UNITS_A_DAY}, or leave it empty.",
        )
        must(
            0 <= self.tell_below_percent <= MOST_TELL_BELOW,
            "tell_below_percent",
            f"Give a probability from 0 to {MOST_TELL_BELOW} percent.",
        )
        must(
            0 <= self.inbound_limit_percent <= 100,
            "inbound_limit_percent",
            "Sell between 0 and 100 percent of what is to come.",
        )
        must(
            self.confidence_percent is None or LEAST_CONFIDENCE <= self.confidence_percent <= MOST_CONFIDENCE,
            "confidence_percent",
            f"Give a confidence from {LEAST_CONFIDENCE} to {MOST_CONFIDENCE} percent, or leave it empty.",
        )
        must(
            self.mixed_orders in MIXED,
            "mixed_orders",
            "Send what is there (“split”), send everything “together”, or “ask” the customer.",
        )
        must(
            LEAST_HOURS <= self.ask_hours <= MOST_HOURS,
            "ask_hours",
            f"Give a number of hours from {LEAST_HOURS} to {MOST_HOURS}.",
        )
        must(
            0 < self.minutes_an_order <= MOST_MINUTES,
            "minutes_an_order",
            f"Give a number of minutes from 1 to {MOST_MINUTES}.",
        )
        must(
            self.release_orders is None or 0 < self.release_orders <= MOST_UNITS_A_DAY,
            "release_orders",
            f"Give a number of orders from 1 to {MOST_UNITS_A_DAY}, or leave it empty.",
        )
        must(self.release_per in PERIODS, "release_per", "Let orders go by the hour or by the day.")
        must(
            0 <= self.keep_after_minutes <= MOST_KEEP_AFTER,
            "keep_after_minutes",
            f"Give a number of minutes from 0 to {MOST_KEEP_AFTER}.",
        )
        must(
            SHORTEST_HOLD <= self.foreign_hold_hours <= LONGEST_HOLD,
            "foreign_hold_hours",
            f"Give a number of hours from {SHORTEST_HOLD} to {LONGEST_HOLD}.",
        )
        must(self.show_as in SHOW_AS, "show_as", "Show a day, a range or a week.")
        must(
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
            must(name in known, name, f"There is no setting called {name}.")
        return replace(self, **{name: parse(name, value, _MAY_BE_EMPTY) for name, value in changes.items()})

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


def _check_policy(policy: QueuePolicy) -> None:
    must(policy.goes_first in GOES_FIRST, "repromise", f"Say one of: {', '.join(GOES_FIRST)}.")
    must(policy.whole in WHOLE, "whole", f"Say one of: {', '.join(WHOLE)}.")
    for name, most in (
        ("chosen_percent", MOST_PERCENT),
        ("chosen_units_a_day", MOST_UNITS_A_DAY),
        ("customer_units", MOST_UNITS),
        ("passed_over_days", LONGEST_PASSED_OVER),
    ):
        said = getattr(policy, name)
        must(said is None or 0 < said <= most, name, f"Give a number from 1 to {most}, or leave it empty.")
    wrong = cannot_be(policy)
    if wrong is not None:
        raise TermsError(*wrong)
