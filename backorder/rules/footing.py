"""Whether the days of all who wait still stand, told without looking at each of them.

A queue walks through what is to come, soonest due first, so it falls into *runs*: those whose last unit comes of the first lot,
of the second …, and those behind every lot. Whose lot is the same, due as before, has the same day. So as long as every run ends
where it ended, nobody's day has moved, however many were served in front: a delivery takes as many units off its lot as it
takes people off the head of the queue.

Where a place has its day over all lots (rules.enough), the runs are the days on which enough is here: the places of one day instead of
those of one lot.

What is kept of a queue is its ``Footing``. Any doubt is settled by walking the whole queue again.
"""

import json
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from backorder.rules.claims import Claim
from backorder.rules.lots import Lot
from backorder.rules.projection import Future, Projection
from backorder.rules.promises import Basis

# The run of those whom no lot serves whole.
BEHIND_ALL = 0
Run = int | None  # the lot that decides a claim's day, a day as a number below 0, BEHIND_ALL, or None: not worked out


@dataclass(frozen=True)
class Standing:
    """A queue as a whole: how many claims, their open units in all and by run (given units included).

    ``divided``: some claim is in tranches or is sent by a supplier, so that the front cannot speak for the queue.
    """

    claims: int
    by_run: Mapping[Run, int]
    divided: bool

    @property
    def units(self) -> int:
        """Open units of all claims."""
        return sum(self.by_run.values())


@dataclass(frozen=True)
class Footing:
    """What the days of a queue rest on: ``waiting`` units by run, and of each lot what is said of it and what is left over.

    ``over`` units of the lots up to this one are not for the runs up to it: the next run begins with them.
    """

    terms: str
    last_due: str | None
    lots: Mapping[int, tuple[str, int]]
    waiting: Mapping[int, int]

    @property
    def worked_out_on(self) -> date:
        """The shop's day on which the queue was last worked out."""
        return date.fromisoformat(json.loads(self.terms)[0])

    def written(self) -> str:
        """As kept in the books; equal footings are written alike."""
        lots = [[number, said, over] for number, (said, over) in sorted(self.lots.items())]
        return json.dumps([self.terms, self.last_due, lots, sorted(self.waiting.items())])

    @classmethod
    def read(cls, text: str) -> "Footing":
        """What ``written`` wrote."""
        terms, last_due, lots, waiting = json.loads(text)
        return cls(terms, last_due, {number: (said, over) for number, said, over in lots}, dict(waiting))


def run_of(projection: Projection) -> int:
    """The run that a place in the queue belongs to."""
    lot = projection.last_lot
    if projection.basis is not Basis.LOT or lot is None:
        return BEHIND_ALL
    return _run_of(projection.reckoned.on) if projection.reckoned else lot.lot_id


def footing(future: Future, waiting: Mapping[int, int]) -> Footing:
    """What a queue rests on in which everybody is in the right run: ``waiting`` units by run, nothing being owed before them."""
    lots: dict[int, tuple[str, int]] = {}
    over = 0
    for run, units, said in _runs(future):
        over += units - waiting.get(run, 0)
        lots[run] = (said, over)
    if future.enough is not None:
        lots |= {lot.lot_id: (_said(lot), 0) for lot in future.in_order()}
    return Footing(_terms(future), _last_due(future), lots, {run: units for run, units in waiting.items() if units})


def is_current(before: Footing, future: Future) -> bool:
    """Whether it was worked out on the terms of today."""
    return before.terms == _terms(future)


def only_forward(queue: Iterable[Claim], served: Container[int], future: Future, behind: Collection[Run] = ()) -> bool:
    """Whether those who were ``served`` (line ids) of a queue, oldest first, stood before all who still wait, in its first run.

    ``behind``: the runs of others who were served, one after the other, behind this queue.
    If somebody of a later run is served while the first lot is still to come, those behind may take what they leave of it.
    """
    coming = [run for run, _, _ in _runs(future)]
    later = {*coming[1:], BEHIND_ALL} if coming else set()
    somebody_waits = False
    for claim in queue:
        if claim.line_id in served and (somebody_waits or claim.run in later):
            return False
        somebody_waits = somebody_waits or claim.backordered > 0
    return not (behind and somebody_waits) and later.isdisjoint(behind)


def stands(before: Footing, future: Future, waiting: Mapping[int, int]) -> bool:
    """Whether everybody has the day that stands in the books, with what is to come now and ``waiting`` units by run.

    Since ``before`` nobody may have come, gone or changed, and nobody been served but ``only_forward``.
    """
    if not is_current(before, future):
        return False
    if waiting.get(BEHIND_ALL) and before.last_due != _last_due(future):
        return False
    if future.enough is not None and any(_is_new(lot, before) for lot in future.in_order()):
        return False
    still = sum(waiting.values())
    over = 0
    for run, units, says in _runs(future):
        here = waiting.get(run, 0)
        still -= here
        over += units - here
        said, was_over = before.lots.get(run, ("", -1))
        if over < 0 or (here and said != says):
            return False
        if still and (said, was_over) != (says, over):
            return False
    return still == waiting.get(BEHIND_ALL, 0)


def _runs(future: Future) -> list[tuple[int, int, str]]:
    """The runs that a queue can fall into, those behind all apart: each with its number, its units, and what is said of it."""
    if future.enough is None:
        return [(lot.lot_id, lot.units, _said(lot)) for lot in future.in_order()]
    places = future.enough.places
    units = [place - before for before, place in zip((0, *places), places, strict=False)]
    return [(_run_of(day), count, "") for day, count in zip(future.enough.days, units, strict=True)]


def _run_of(day: date) -> int:
    """The number of the run of those for whom enough is here on a day; no lot has it."""
    return -day.toordinal()


def _is_new(lot: Lot, before: Footing) -> bool:
    """Whether something else was said of a lot, or nothing."""
    return before.lots.get(lot.lot_id, ("", 0))[0] != _said(lot)


def _said(lot: Lot) -> str:
    allowed = f" {lot.allowance.said()}" if lot.allowance else ""
    return f"{lot.kind.value} {lot.due_on or ''} {lot.label}{allowed}"


def _last_due(future: Future) -> str | None:
    return future.all_here_by.isoformat() if future.all_here_by else None


def _terms(future: Future) -> str:
    """Everything but the lots that turns a place in the queue into a day, as text."""
    calendar = future.calendar
    closed = sorted(day for day in calendar.closed if day >= future.today)
    return json.dumps(
        [
            future.today.isoformat(),
            future.earliest.isoformat(),
            future.lead_time_days,
            future.allow_asap,
            future.ship_window_days,
            calendar.timezone,
            sorted(calendar.weekdays),
            [day.isoformat() for day in closed],
            calendar.cut_off.isoformat(),
            calendar.receiving_days,
            calendar.handling_days,
            *(["week"] if future.by_week else []),
        ]
    )
