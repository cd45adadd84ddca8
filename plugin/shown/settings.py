"""The merchant's settings as shown."""

from datetime import date
from typing import Literal

from backorder.db.shops import Shop
from backorder.rules.terms import Terms
from plugin.shown.model import Shown


class EligibilityShown(Shown):
    """Variants that meet all of these conditions are managed without being chosen."""

    tag: str | None
    vendor: str | None
    product_type: str | None
    price_from: str | None
    price_to: str | None
    has_inbound: bool
    collection: str | None
    margin_from: str | None
    margin_to: str | None


class SettingsShown(Shown):
    """How the shop works, what may be promised, who is served when."""

    weekdays: tuple[int, ...]
    holidays_country: str | None
    holidays_region: str | None
    closed_days: tuple[date, ...]
    cut_off: str
    receiving_days: int
    handling_days: int
    lead_time_days: int | None
    allow_asap: bool
    payment_rule: Literal["paid", "authorized", "any"]
    inbound_limit_percent: int
    notify_customers: bool
    confidence_percent: int | None
    show_as: Literal["day", "range", "week"]
    ship_window_days: int | None
    selling: bool
    open_at_units: int
    reserve_units: int
    eligibility: tuple[EligibilityShown, ...]
    units_a_day: int | None
    mixed_orders: Literal["split", "together", "ask"]
    ask_hours: int
    narrow_holds: bool
    set_deadlines: bool
    serve_elsewhere: bool
    minutes_an_order: int
    release_orders: int | None
    release_per: Literal["hour", "day"]
    tell_below_percent: int
    repromise: Literal["first come", "promise first", "chosen first", "complete orders first"]
    chosen_tags: tuple[str, ...]
    chosen_channels: tuple[str, ...]
    chosen_customers: tuple[int, ...]
    chosen_percent: int | None
    chosen_units_a_day: int | None
    whole: Literal["off", "line", "order"]
    customer_units: int | None
    passed_over_days: int | None
    believe_unannounced: bool
    keep_after_minutes: int
    foreign_hold_hours: int


def of_terms(terms: Terms) -> SettingsShown:
    """Terms as shown."""
    return SettingsShown.model_validate(terms.to_json())


def of_shop(shop: Shop) -> SettingsShown:
    """The settings of a shop. Raises TermsError if what is stored cannot be."""
    return of_terms(Terms.from_json(shop.terms))
