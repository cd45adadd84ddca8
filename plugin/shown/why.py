"""Why a date: the same trace for the merchant, for support and for whoever waits, in words and in numbers."""

from datetime import date, datetime

from backorder.explain import Explanation
from backorder.rules.trace import LotUsed, Trace
from plugin.shown.model import Shown


class AllowanceShown(Shown):
    """What a lot's ``supplier`` is allowed at a confidence of ``percent``: of its ``receipts`` half were at most ``usual`` days late.

    ``days[m - 1]`` after ``stated_on``, the day first stated, it is reckoned with where m lots must all be here.
    """

    supplier: str
    receipts: int
    usual: int
    percent: int
    stated_on: date
    days: tuple[int, ...]


class UndatedShown(Shown):
    """Units to come of which nobody has said when: they serve no date."""

    label: str
    units: int


class LotUsedShown(Shown):
    """One of the lots up to the one that decides the day. Of its ``units``, ``before`` go to others first, ``here`` to this place.

    Without an ``allowance`` its stated day is believed.
    """

    label: str
    kind: str
    units: int
    before: int
    here: int
    due_on: date | None
    counts_on: date
    overdue: bool
    allowance: AllowanceShown | None


class StepsShown(Shown):
    """From the day on which the last unit is here to the day on which it ships. ``closed``: days between that are not worked."""

    counts_on: date
    begins_on: date
    received_on: date
    ships_on: date
    receiving_days: int
    handling_days: int
    closed: tuple[date, ...]


class TraceShown(Shown):
    """The numbers that a day is made of, from which it can be worked out again. Units, and days in the shop's time zone."""

    line_id: int
    location_id: int
    ordered: int
    covered: int
    waiting: int
    missing: int
    ahead: int
    since: datetime
    ready: bool
    basis: str
    promises_first: bool
    policy: str
    today: date
    earliest: date
    cut_off: str
    lots: tuple[LotUsedShown, ...]
    ordered_on: date
    lead_time_days: int | None
    steps: StepsShown | None
    ship_by: date | None
    units_a_day: int | None
    full: tuple[date, ...]
    by_week: bool
    undated: tuple[UndatedShown, ...]


class Why(Shown):
    """Why this date: a sentence for the merchant, one for the customer, the steps in words, and the numbers they are written from."""

    sentence: str
    for_buyer: str
    steps: tuple[str, ...]
    trace: TraceShown | None


def of(explanation: Explanation) -> Why:
    """An explanation as shown."""
    return Why(
        sentence=explanation.sentence,
        for_buyer=explanation.for_buyer,
        steps=explanation.steps,
        trace=_trace(explanation.trace) if explanation.trace else None,
    )


def _trace(trace: Trace) -> TraceShown:
    made = {"lots", "steps", "cut_off", "basis", "undated"}
    own = {name: getattr(trace, name) for name in TraceShown.model_fields if name not in made}
    return TraceShown(
        **own,
        basis=trace.basis.value,
        cut_off=f"{trace.cut_off:%H:%M}",
        lots=tuple(_lot(lot) for lot in trace.lots),
        steps=StepsShown(**vars(trace.steps)) if trace.steps else None,
        undated=tuple(UndatedShown(label=label, units=units) for label, units in trace.undated),
    )


def _lot(lot: LotUsed) -> LotUsedShown:
    said = lot.allowance
    allowed = AllowanceShown(**{name: getattr(said, name) for name in AllowanceShown.model_fields}) if said else None
    return LotUsedShown(**vars(lot) | {"kind": lot.kind.value, "allowance": allowed})
