"""What may be asked of the API: the bodies and queries, validated strictly. ``/api/openapi.json`` is made from these."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

LARGEST_ID = 2**63 - 1
MOST_UNITS = 1_000_000
LARGEST_SHEET = (
    3_000_000  # characters of base64: a file of two megabytes and a bit, whose size is judged when it is read
)
# A ship date beyond these is a slip of the finger, and calendars end somewhere.
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


def _without_controls(text: str) -> str:
    if any(character < " " or character == "\x7f" for character in text):
        raise ValueError("Use plain text without control characters.")
    return text


def _like(pattern: str, sentence: str) -> Callable[[str], str]:
    """Reads a text of one form only; another is refused with a sentence that shows the form."""

    def read(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(sentence)
        return text

    return read


def _by_commas(text: str) -> list[str]:
    return text.split(",") if text else []


Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=255), AfterValidator(_without_controls)]
Number = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), AfterValidator(_without_controls)
]
_PRICE, _PERCENT, _TIME = (
    r"[0-9]{1,9}([.][0-9]{1,3})?",
    r"-?[0-9]{1,3}([.][0-9]{1,2})?\s?%?",
    r"([01][0-9]|2[0-3]):[0-5][0-9]",
)
Price = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_like(_PRICE, "Give a price like 49.90.")),
    Field(json_schema_extra={"pattern": f"^{_PRICE}$"}),
]
Percent = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_like(_PERCENT, "Give a percentage up to 100, like 35 or 12.5.")),
    Field(json_schema_extra={"pattern": f"^{_PERCENT}$"}),
]
TimeOfDay = Annotated[
    str,
    AfterValidator(_like(_TIME, "Give a time of day like 14:00.")),
    Field(json_schema_extra={"pattern": f"^{_TIME}$"}),
]
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Units = Annotated[int, Field(ge=1, le=MOST_UNITS)]
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
Weekday = Annotated[int, Field(ge=0, le=6)]


class Body(BaseModel):
    """JSON in: exactly the fields named, of exactly their types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """A query string in: only the parameters named, each once; texts are read as what they stand for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Body):
    """No body, or an empty object."""


class LeavingSaid(Body):
    """That the app is to leave. ``sure``: what it takes back is known and wanted."""

    sure: bool = False


class NoQuery(Query):
    """No query parameters."""


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
    holidays_country: Annotated[str, StringConstraints(max_length=2), AfterValidator(_without_controls)] | None = None
    holidays_region: Annotated[str, StringConstraints(max_length=8), AfterValidator(_without_controls)] | None = None
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


class VariantsChoice(Body):
    """Choices for several variants at once; what is left out stays, null takes a number away."""

    variant_ids: Annotated[list[Id], Field(min_length=1, max_length=250)]
    managed: bool | None = None
    lead_time_days: Annotated[int, Field(ge=0, le=730)] | None = None
    max_backorders: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None = None
    managing: Literal["by_rule", "always", "never"] | None = None
    max_per_order: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    max_per_customer: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    sell_until: Day | None = None
    lifecycle: Literal["regular", "limited", "discontinued"] | None = None
    made_to_order: bool | None = None
    drop_shipped: bool | None = None
    supplier_id: Id | None = None
    bin: Annotated[str, StringConstraints(max_length=64), AfterValidator(_without_controls)] | None = None
    substitutes: Annotated[list[Id], Field(max_length=3)] | None = None


class PurchaseOrderLineDraft(Body):
    """Units of a variant, due at the location on a day (the shop's calendar)."""

    variant_id: Id
    units: Units
    due_on: Day


class PurchaseOrderDraft(Body):
    """A purchase order as the merchant writes it; a shop with one location that sells online need not name it."""

    number: Number
    supplier: Line = ""
    location_id: Id | None = None
    lines: Annotated[list[PurchaseOrderLineDraft], Field(min_length=1, max_length=100)]


class DueChange(Body):
    """The day on which the rest of a line is due now."""

    due_on: Day


class ReceiptDraft(Body):
    """Units that arrived for one line of a purchase order; ``damaged`` ones came besides and cannot be sold.

    ``sure``: they may be more than were still to come. Without it, so many are refused, as a slip of the finger.
    """

    units: Annotated[int, Field(ge=0, le=MOST_UNITS)]
    damaged: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None = None
    sure: bool = False


class LineReceived(Body):
    """What arrived for one line; without units, nothing did."""

    line_id: Id
    units: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None = None


class ReceiptsDraft(Body):
    """What arrived for several lines of a purchase order, as it was scanned: all of it is booked in, or nothing.

    ``sure``: it may be more than was still to come, as for a single line.
    """

    lines: Annotated[list[LineReceived], Field(min_length=1, max_length=500)]
    sure: bool = False


class PickingAsked(Query):
    """``location_id``: only what is sent from there."""

    location_id: Id | None = None


class LineSplit(Body):
    """So many of what is still to come on a line are due on another day."""

    units: Units
    due_on: Day


class PushDraft(Body):
    """Everything still to come on a purchase order is due so many days later; less than 0: earlier."""

    days: Annotated[int, Field(ge=-730, le=730)]


class SupplierNamed(Body):
    """From whom a purchase order comes."""

    supplier: Line


class SupplierBody(Body):
    """Who delivers, and in how many calendar days from the order."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(_without_controls)
    ]
    lead_time_days: Annotated[int, Field(ge=0, le=730)] | None = None
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(_without_controls)
    ] = ""
    note: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(_without_controls)
    ] = ""


class PassOnDraft(Body):
    """What a supplier is told now: these lines, or all that are to be passed on. ``by_mail``: by a letter to them; else the merchant did it.

    ``note`` is added to the letter, which holds 250 lines at most.
    """

    line_ids: Annotated[list[Id], Field(min_length=1, max_length=5_000)] | None = None
    note: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_without_controls)
    ] = ""
    by_mail: bool = True


class ExportAsked(Query):
    """The lines of which a supplier is told now, by commas; without them, all that are to be passed on."""

    line_ids: Annotated[list[Id], BeforeValidator(_by_commas), Field(min_length=1, max_length=250)] | None = None


class FileOfLines(Body):
    """The lines of which a supplier is told by a file: more than an address has room for."""

    line_ids: Annotated[list[Id], Field(min_length=1, max_length=5_000)]


class ShippedBySupplier(Body):
    """A supplier shipped what is open of a line, and how its parcel can be followed; each may be left out."""

    carrier: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=64), AfterValidator(_without_controls)
    ] = ""
    tracking: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=128), AfterValidator(_without_controls)
    ] = ""
    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_without_controls)] = (
        ""
    )


class SheetDraft(Body):
    """A CSV file, as its bytes in base64. ``dates`` says how 04/12/2026 is read, where the file itself does not show it."""

    content: Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_SHEET)]
    dates: Literal["guess", "day first", "month first"] = "guess"


class SheetApproved(SheetDraft):
    """The file again, with ``seen`` of the preview that somebody approved; without it, whatever the file says is done."""

    seen: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class WayChoice(Body):
    """How an order leaves of which something waits: what is there now and the rest later, or everything together."""

    way: Literal["split", "together"]


class TransferLink(Body):
    """The purchase order that a transfer carries; null for none of ours."""

    purchase_order_id: Id | None = None


class AsidePlace(Body):
    """The location at which units of a variant are set aside."""

    location_id: Id


class AsideUnits(AsidePlace):
    """So many units of a variant at a location."""

    units: Units


class AsideBelongs(AsideUnits):
    """The line of a purchase order that units which were set aside came with; ``sure``: they may be more than were still to come."""

    line_id: Id
    sure: bool = False


class OverwritingAnswer(Body):
    """Whether another system overwrites *available* at a location; null: nobody knows."""

    location_id: Id
    overwrites: bool | None


class CountsAsked(Query):
    """``falls``: only what is missing; ``before`` is the ``next_before`` of the page before."""

    falls: bool = False
    before: Id | None = None


class CountsExported(Query):
    """The variant whose counts are meant; without one, all changes that nothing explains."""

    variant_id: Id | None = None


class DifferencesExported(Query):
    """``kind``: only differences of this kind."""

    kind: Literal["order", "hold", "tag", "metafield", "level", "policy", "transfer"] | None = None


class DifferencesAsked(DifferencesExported):
    """``offset`` is the ``next_offset`` of the page before."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class VariantsAsked(Query):
    """``search`` looks in titles and SKU; ``after`` is the ``next_after`` of the page before."""

    search: Line = ""
    managed: bool | None = None
    after: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0


class PurchaseOrdersAsked(Query):
    """``search`` looks in numbers, suppliers, titles and SKU; ``before`` is the ``next_before`` of the page before."""

    search: Line = ""
    before: Id | None = None


class BacklogAsked(Query):
    """``waiting``: only what no stock covers; ``search`` looks in order names, titles and SKU.

    ``offset`` is the ``next_offset`` of the page before.
    """

    waiting: bool = False
    search: Line = ""
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class QueueAsked(Query):
    """``location_id``: whose queue is listed, where there are several; ``offset`` is the ``next_offset`` of the page before."""

    location_id: Id | None = None
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class ByHand(Body):
    """What a person does with a line's place in its queue. A line that is open at one location only need not name it.

    *give* it ``units`` of the shelf (all that it still wants, if left out), *take back* what it keeps, *move up* to the head of its
    queue, *move back* to its own place. *Send by supplier*: the supplier of its variant sends it to the buyer directly; *send from here*:
    not, as long as the supplier was not told.
    """

    what: Literal["give", "take back", "move up", "move back", "send by supplier", "send from here"]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_without_controls)
    ]
    units: Units | None = None
    location_id: Id | None = None


class BacklogThenAsked(Query):
    """The past day, in the shop's time zone, whose end is asked for."""

    day: Day


class QuoteAsked(Query):
    """What would be promised to the next buyer of this many units."""

    variant_id: Id
    units: Annotated[int, Field(ge=1, le=10_000)] = 1


class SlipAsked(Body):
    """What is still to come on a purchase order (or on one line of it) comes ``days`` later, below 0 sooner, or ``on`` a day."""

    purchase_order_id: Id
    line_id: Id | None = None
    days: Annotated[int, Field(ge=-1000, le=1000)] = 0
    on: Day | None = None


class ArrivalAsked(Body):
    """So many more units of a variant come on a day, as if they were ordered now."""

    variant_id: Id
    units: Units
    due_on: Day
    location_id: Id | None = None


class CapAsked(Body):
    """At most so many units of a variant may wait; null: as many as like."""

    variant_id: Id
    max_backorders: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None


class WhatIfAsked(Body):
    """Changes to try out together, ten at most. ``cancelled``: purchase orders of which the rest does not come."""

    slips: Annotated[list[SlipAsked], Field(max_length=10)] = []
    cancelled: Annotated[list[Id], Field(max_length=10)] = []
    arrivals: Annotated[list[ArrivalAsked], Field(max_length=10)] = []
    caps: Annotated[list[CapAsked], Field(max_length=10)] = []
    settings: SettingsChange | None = None
