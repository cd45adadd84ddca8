"""What may be asked of the settings and of the rules."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from plugin.api.schema.model import Body
from plugin.api.schema.values import MOST_UNITS, Day, Id, Line, Percent, Price, TimeOfDay, Weekday, without_controls


class EligibilityRule(Body):
    """Variants that meet all of these conditions are managed without being chosen. Prices are in the shop's currency.

    ``margin_from`` and ``margin_to``: percent of the price that is left after the unit cost; ``collection``: its title.
    """

    tag: Line | None = None
    vendor: Line | None = None
    product_type: Line | None = None
    price_from: Price | None = None
    price_to: Price | None = None
    has_inbound: bool = False
    collection: Line | None = None
    margin_from: Percent | None = None
    margin_to: Percent | None = None


class SettingsChange(Body):
    """The settings to change; what is left out stays as it is."""

    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7)] | None = None
    holidays_country: Annotated[str, StringConstraints(max_length=2), AfterValidator(without_controls)] | None = None
    holidays_region: Annotated[str, StringConstraints(max_length=8), AfterValidator(without_controls)] | None = None
    closed_days: Annotated[list[Day], Field(max_length=400)] | None = None
    cut_off: TimeOfDay | None = None
    receiving_days: Annotated[int, Field(ge=0, le=60)] | None = None
    handling_days: Annotated[int, Field(ge=0, le=60)] | None = None
    lead_time_days: Annotated[int, Field(ge=0, le=730)] | None = None
    allow_asap: bool | None = None
    payment_rule: Literal["paid", "authorized", "any"] | None = None
    inbound_limit_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    notify_customers: bool | None = None
    confidence_percent: Annotated[int, Field(ge=50, le=99)] | None = None
    show_as: Literal["day", "range", "week"] | None = None
    ship_window_days: Annotated[int, Field(ge=0, le=60)] | None = None
    selling: bool | None = None
    open_at_units: Annotated[int, Field(ge=0, le=10_000)] | None = None
    reserve_units: Annotated[int, Field(ge=0, le=10_000)] | None = None
    eligibility: Annotated[list[EligibilityRule], Field(max_length=20)] | None = None
    tell_below_percent: Annotated[int, Field(ge=0, le=90)] | None = None
    units_a_day: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    mixed_orders: Literal["split", "together", "ask"] | None = None
    ask_hours: Annotated[int, Field(ge=1, le=168)] | None = None
    keep_after_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None
    foreign_hold_hours: Annotated[int, Field(ge=1, le=720)] | None = None
    narrow_holds: bool | None = None
    set_deadlines: bool | None = None
    serve_elsewhere: bool | None = None
    minutes_an_order: Annotated[int, Field(ge=1, le=480)] | None = None
    release_orders: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    release_per: Literal["hour", "day"] | None = None
    repromise: Literal["first come", "promise first", "chosen first", "complete orders first"] | None = None
    chosen_tags: Annotated[list[Line], Field(max_length=100)] | None = None
    chosen_channels: Annotated[list[Line], Field(max_length=100)] | None = None
    chosen_customers: Annotated[list[Id], Field(max_length=100)] | None = None
    chosen_percent: Annotated[int, Field(ge=1, le=90)] | None = None
    chosen_units_a_day: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    whole: Literal["off", "line", "order"] | None = None
    customer_units: Annotated[int, Field(ge=1, le=10_000)] | None = None
    passed_over_days: Annotated[int, Field(ge=1, le=365)] | None = None
    believe_unannounced: bool | None = None


class RulesAsked(Body):
    """The rules that would hold instead of those that do."""

    eligibility: Annotated[list[EligibilityRule], Field(max_length=20)]
