"""The trace of a date: the numbers that a place in the queue's day is made of, complete enough to work the day out from them alone.

Every sentence about a date is written from its trace, whoever reads it; a test works the day out again from the trace. Pages and API
show these very values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backorder.rules.allowance import Allowance
from backorder.rules.claims import Claim
from backorder.rules.enough import Reckoned, here
from backorder.rules.lots import Lot, LotKind
from backorder.rules.projection import Future, Projection, Queue
from backorder.rules.promises import Basis
from backorder.rules.wording import behind, day, enough_is_here, units, units_wait
from backorder.rules.working_calendar import ONE_DAY, WorkingCalendar


@dataclass(frozen=True)
class LotUsed:
    """One of the lots up to the one that decides the day, soonest first.

    Of its ``units``, ``before`` are for others who go first and ``here`` for this place. ``counts_on``: the day from which they
    are taken to be here: that on which they are due, or the first possible one if that has passed; with an ``allowance`` for how late
    its supplier is, that much later. ``likely`` and ``likely_before``: how likely it is here by the day on which enough is reckoned to
    be here, and by the day before.
    """

    label: str
    kind: LotKind
    units: int
    before: int
    here: int
    due_on: date | None
    counts_on: date
    overdue: bool
    allowance: Allowance | None = None
    likely: float | None = None
    likely_before: float | None = None


@dataclass(frozen=True)
class Undated:
    """``units`` to come on what is called ``label``, of which nobody has said when."""

    label: str
    units: int


@dataclass(frozen=True)
class Steps:
    """From the day on which the last unit is here to the day on which it ships, by the shop's working calendar.

    Goods count as here on ``counts_on``, work on them begins on the next day that is worked, ``begins_on``; ``receiving_days`` and
    ``handling_days`` later (working days) it is ``received_on`` and ``ships_on``. ``closed`` are the days until the ship day that are not worked.
    """

    counts_on: date
    begins_on: date
    received_on: date
    ships_on: date
    receiving_days: int
    handling_days: int
    closed: tuple[date, ...]


@dataclass(frozen=True)
class Trace:
    """What a claim's day rests on, as of ``today``.

    ``ordered`` units are open, ``covered`` of them by stock, ``waiting`` wait since ``since`` behind ``ahead`` units (all units). What
    comes now counts from ``earliest`` on: tomorrow after ``cut_off``. ``lead_time_days`` from ``ordered_on`` give the day where the
    lots do not suffice. ``steps`` is None where no day can be named. ``promises_first``: told days go before age;
    ``policy``: what else goes before age, in a sentence.
    Where only ``units_a_day`` can be shipped, ``full`` are the days from ``steps.ships_on`` on that have no room for this place.
    ``by_week``: a week is promised, by its last day; ``ship_from`` is the first day of the week or range that is told. Days and times
    are told as of the shop's ``timezone``. ``undated`` are units to come of which nobody has said when, by what brings them.

    Where suppliers of several lots are allowed to be late, ``reckoned`` says from when on enough is here: the first day by which what
    is ``likely`` of ``lots`` and of those ``beside`` them, which may come before them, brings the units up to this place at the level asked.
    Lots of one supplier that were stated for the same day come together, all others independently.
    """

    line_id: int
    location_id: int
    ordered: int
    covered: int
    waiting: int
    missing: int
    ahead: int
    since: datetime
    ready: bool
    basis: Basis
    promises_first: bool
    today: date
    earliest: date
    cut_off: str
    lots: tuple[LotUsed, ...]
    ordered_on: date
    lead_time_days: int | None
    steps: Steps | None
    ship_by: date | None
    units_a_day: int | None = None
    full: tuple[date, ...] = ()
    by_week: bool = False
    undated: tuple[Undated, ...] = ()
    reckoned: Reckoned | None = None
    beside: tuple[LotUsed, ...] = ()
    policy: str = ""
    timezone: str = "UTC"
    ship_from: date | None = None

    @property
    def deciding(self) -> LotUsed | None:
        """The lot of the last unit, if lots serve all of this place."""
        return self.lots[-1] if self.lots and self.basis is Basis.LOT else None

    @property
    def shipments(self) -> tuple[LotUsed, ...]:
        """The lots that may bring what this place needs by the day on which enough is reckoned to be here."""
        return tuple(lot for lot in (*self.lots, *self.beside) if lot.likely)

    @property
    def uncertain(self) -> tuple[Allowance, ...]:
        """What the lots of this place are allowed; where there are several, each is reckoned with more surely."""
        return tuple(lot.allowance for lot in self.lots if lot.here and lot.allowance)


def trace(claim: Claim, queue: Queue, future: Future, *, promises_first: bool, policy: str = "") -> Trace:
    """The trace of the day of a claim that waits in this queue. Raises KeyError if it does not."""
    spot = (claim.line_id, claim.location_id)
    projection = queue.claims[spot]
    ordered_on = future.calendar.day(claim.since)
    used = _lots(projection, queue, spot, future, by_age=not (promises_first or policy))
    reckoned = projection.reckoned
    if reckoned is None and projection.basis is Basis.LEAD_TIME and future.enough:
        reckoned = future.enough.everything
    used, beside = _likely(used, reckoned, future)
    steps = None
    if projection.ship_by is not None:
        arrival = _arrival(projection, used, future, ordered_on)
        steps = _steps(arrival, projection.ship_by, future.calendar)
    return Trace(
        line_id=claim.line_id,
        location_id=claim.location_id,
        ordered=claim.units,
        covered=claim.given,
        waiting=claim.backordered,
        missing=claim.backordered - sum(lot.here for lot in used),
        ahead=projection.ahead,
        since=claim.since,
        ready=claim.ready,
        basis=projection.basis,
        promises_first=promises_first,
        today=future.today,
        earliest=future.earliest,
        cut_off=f"{future.calendar.cut_off:%H:%M}",
        lots=used,
        ordered_on=ordered_on,
        lead_time_days=future.lead_time_days,
        steps=steps,
        ship_by=projection.ship_by,
        units_a_day=queue.slots.units_a_day if queue.slots else None,
        full=tuple(_worked(steps.ships_on, projection.ship_by, future.calendar))
        if steps and projection.ship_by and queue.slots
        else (),
        by_week=future.by_week,
        undated=tuple(Undated(lot.label, lot.units) for lot in future.lots if not lot.dated),
        reckoned=reckoned,
        beside=beside,
        policy=policy,
        timezone=future.calendar.timezone,
        ship_from=projection.ship_from,
    )


def _likely(
    used: tuple[LotUsed, ...], reckoned: Reckoned | None, future: Future
) -> tuple[tuple[LotUsed, ...], tuple[LotUsed, ...]]:
    """The lots with how likely they are here when enough is, and those further back that may be here by then."""
    if reckoned is None:
        return used, ()
    coming = future.in_order()
    further = [_used(lot, 0, 0, future, 1) for lot in coming[len(used) :]]
    found = [
        replace(
            one,
            likely=here(lot, future.earliest, reckoned.on),
            likely_before=here(lot, future.earliest, reckoned.on - ONE_DAY),
        )
        for one, lot in zip((*used, *further), coming, strict=True)
    ]
    return tuple(found[: len(used)]), tuple(one for one in found[len(used) :] if one.likely)


def _lots(
    projection: Projection, queue: Queue, spot: tuple[int, int], future: Future, *, by_age: bool
) -> tuple[LotUsed, ...]:
    """The lots up to the last one that this place needs; all of them where they do not suffice."""
    here: dict[int, int] = {}
    for serving in projection.servings:
        here[serving.lot.lot_id] = here.get(serving.lot.lot_id, 0) + serving.units
    before = _used_up(projection.ahead, future) if by_age else _for_others(queue, spot)
    last = projection.last_lot if projection.basis is Basis.LOT else None
    together = projection.reckoned is None
    needed = sum(serving.lot.allowance is not None for serving in projection.servings) if together else 1
    found = []
    for lot in future.in_order():
        found.append(_used(lot, before.get(lot.lot_id, 0), here.get(lot.lot_id, 0), future, needed))
        if last is not None and lot.lot_id == last.lot_id:
            break
    return tuple(found)


def _used_up(ahead: int, future: Future) -> dict[int, int]:
    """Who is ahead takes the soonest units."""
    found = {}
    for lot in future.in_order():
        found[lot.lot_id] = min(ahead, lot.units)
        ahead -= found[lot.lot_id]
    return found


def _for_others(queue: Queue, spot: tuple[int, int]) -> Mapping[int, int]:
    found: dict[int, int] = {}
    for other, projection in queue.claims.items():
        for serving in projection.servings if other != spot else ():
            found[serving.lot.lot_id] = found.get(serving.lot.lot_id, 0) + serving.units
    return found


def _used(lot: Lot, before: int, here: int, future: Future, needed: int) -> LotUsed:
    """``needed`` uncertain lots must all be here."""
    return LotUsed(
        label=lot.label,
        kind=lot.kind,
        units=lot.units,
        before=before,
        here=here,
        due_on=lot.due_on,
        counts_on=max(lot.due(future.today, needed if here else 1), future.earliest),
        overdue=lot.overdue(future.earliest),
        allowance=lot.allowance,
    )


def _arrival(projection: Projection, used: tuple[LotUsed, ...], future: Future, ordered_on: date) -> date:
    """The day on which the last unit is here."""
    if projection.reckoned is not None:
        return max(projection.reckoned.on, future.earliest)
    if projection.basis is Basis.LOT:
        # The last may serve nobody here and still say when: by it, what was set aside is enough.
        return max(lot.counts_on for lot in used if lot.here or lot is used[-1])
    made = ordered_on + timedelta(days=future.lead_time_days or 0)
    return max(made, future.earliest, future.all_here_by or made)


def _worked(first: date, end: date, calendar: WorkingCalendar) -> Iterator[date]:
    """The days that are worked from ``first`` on, before ``end``."""
    days = (first + ahead * ONE_DAY for ahead in range((end - first).days))
    return (each for each in days if calendar.is_working(each))


def _steps(arrival: date, ship_by: date, calendar: WorkingCalendar) -> Steps:
    begins = calendar.first_working(arrival)
    received = calendar.after(begins, calendar.receiving_days)
    ships = calendar.after(received, calendar.handling_days)
    between = [arrival + ahead * ONE_DAY for ahead in range((ship_by - arrival).days + 1)]
    closed = tuple(each for each in between if not calendar.is_working(each))
    return Steps(arrival, begins, received, ships, calendar.receiving_days, calendar.handling_days, closed)


def sentence(trace: Trace) -> str:
    """Why this date, to the merchant and support: one sentence."""
    place = f"{units_wait(trace.waiting)}, {behind(trace.ahead)}"
    lot, ship_by = trace.deciding, trace.ship_by
    if lot is not None and ship_by is not None:
        late = ", which is overdue" if lot.overdue else ""
        supply = f"{place}; {lot.label} ({units(lot.units)}{_due(lot)}{late}) serves this place"
        if trace.reckoned:
            return f"{supply}. {enough_is_here(trace.reckoned.on, trace.reckoned.percent)} Receiving and handling make it {day(ship_by)}."
        if lot.allowance:
            return f"{supply}. {lot.allowance.sentence()} Receiving and handling make it {day(ship_by)}."
        return f"{supply}, and receiving and handling make it {day(ship_by)}."
    if ship_by is not None:
        return f"{place}; nothing on order serves this place, and the supplier's lead time makes it {day(ship_by)}."
    return f"{place}, and nothing on order serves this place."


def for_buyer(trace: Trace) -> str:
    """Why this date, to whoever waits: without the names of suppliers' papers."""
    lot, ship_by = trace.deciding, trace.ship_by
    place = (
        f"{units(trace.ahead)} ordered earlier go first"
        if trace.ahead > 1
        else ("1 unit ordered earlier goes first" if trace.ahead else "You are next")
    )
    if lot is not None and ship_by is not None:
        if lot.overdue:
            return (
                f"{place}; your part comes from a shipment of {units(lot.units)} that is late and expected any day. "
                f"If it came now, yours would ship by {day(ship_by)}."
            )
        when = f"expected {day(lot.due_on)}" if lot.due_on else "expected any day"
        if lot.kind is LotKind.DOCK:
            when = "here and being counted"
        return (
            f"{place}; your part comes from a shipment of {units(lot.units)} that is {when}, "
            f"and with receiving and packing it ships {_told(ship_by, trace.ship_from)}."
        )
    if ship_by is not None:
        return f"{place}; yours is being ordered, and by the supplier's usual time it ships {_told(ship_by, trace.ship_from)}."
    return f"{place}; no shipment that covers your order is announced yet, so no day can be named."


def _told(ship_by: date, ship_from: date | None) -> str:
    """A day, or a range by its two ends, in the words of the page."""
    return f"between {day(ship_from)} and {day(ship_by)}" if ship_from else f"by {day(ship_by)}"


def in_steps(trace: Trace) -> tuple[str, ...]:
    """The trace as sentences, for whoever wants to check it."""
    since = trace.since.astimezone(ZoneInfo(trace.timezone))
    found = [
        f"Ordered {units(trace.ordered)}, {trace.covered} covered by stock, {trace.waiting} waiting.",
        f"In the queue since {day(since.date())}, {since:%H:%M}; {units(trace.ahead)} ahead.",
    ]
    if trace.promises_first:
        found.append("Promises go before age: who was told an earlier day is served by it.")
    if trace.policy:
        found.append(trace.policy)
    found += [
        f"{lot.label}: {units(lot.units)}{_due(lot)}, {lot.before} for others first, {lot.here} for this place."
        for lot in trace.lots
    ]
    found += [f"{units(one.units)} on {one.label}: no day is known, so they serve no date." for one in trace.undated]
    found += _lateness(trace)
    if trace.steps is None:
        return (*found, "No day can be named.")
    if trace.basis is Basis.LEAD_TIME:
        found.append(f"Lead time: {trace.lead_time_days} days from {day(trace.ordered_on)}.")
    steps = trace.steps
    found.append(f"Here on {day(steps.counts_on)}; work begins on {day(steps.begins_on)}.")
    if steps.closed:
        found.append(f"Not worked: {', '.join(day(each) for each in steps.closed)}.")
    found.append(
        f"Receiving {steps.receiving_days} and handling {steps.handling_days} working days: "
        f"on the shelf on {day(steps.received_on)}, packed on {day(steps.ships_on)}."
    )
    if trace.full:
        found.append(f"{units(trace.units_a_day or 0)} a day can ship; no room on {', '.join(map(day, trace.full))}.")
    if trace.by_week:
        found.append("A week is promised, by its last day.")
    return (*found, f"Ships by {day(trace.ship_by or steps.ships_on)}.")


def _lateness(trace: Trace) -> Iterator[str]:
    """What is allowed to each supplier, and how it is where several lots must all be here."""
    yield from dict.fromkeys(one.sentence() for one in trace.uncertain)
    if trace.reckoned:
        chances = ", ".join(f"{lot.label} {_percent(lot)}" for lot in trace.shipments)
        yield f"{enough_is_here(trace.reckoned.on, trace.reckoned.percent)} Likely to be here by then: {chances}."
        return
    together = len(trace.uncertain)
    if together > 1:
        by = max(one.here_by(together) for one in trace.uncertain)
        yield f"All {together} lots must be here, so each is reckoned with more surely: by {day(by)}."


def _percent(lot: LotUsed) -> str:
    """Never surer than it is."""
    return f"{int(100 * (lot.likely or 0))} %"


def _due(lot: LotUsed) -> str:
    return f", due {day(lot.due_on)}" if lot.due_on else ""
