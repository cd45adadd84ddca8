"""The projection once more, as a person would do it: write every unit on a card and deal the cards to the queue."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import product

from backorder.rules.claims import Claim
from backorder.rules.lots import Lot
from backorder.rules.projection import Future, Projection
from backorder.rules.promises import Basis

Place = tuple[int, int]  # (line, location)


def cards(future: Future) -> list[Lot]:
    """One card for every unit that is to come, soonest first."""
    soonest = sorted(future.lots, key=lambda lot: (lot.due(future.today), lot.lot_id))
    return [lot for lot in soonest for _ in range(lot.units)]


def deal(claims: Sequence[Claim], future: Future, deficit: int) -> dict[Place, list[Lot | None]]:
    """The card of each waiting unit, None where none is left."""
    deck = iter(cards(future)[deficit:])
    return {
        (claim.line_id, claim.location_id): [next(deck, None) for _ in range(claim.backordered)]
        for claim in claims
        if claim.backordered
    }


def coming(future: Future) -> list[Lot]:
    """The lots with a day, empty ones too."""
    return [lot for lot in future.lots if lot.dated]


def first_day(future: Future, place: int) -> date:
    """The first day by which so many units are here in enough of all the ways in which lots can come or stay away."""
    lots = [lot for lot in coming(future) if lot.units]
    sure = max((lot.chance.sure for lot in lots if lot.chance), default=1.0)
    day = future.earliest
    while how_often(lots, place, day, future) < sure - 1e-9:
        day += timedelta(days=1)
    return day


def how_often(lots: Sequence[Lot], place: int, day: date, future: Future) -> float:
    """Of all the ways in which these lots can have come by a day: how likely those are that bring so many units."""
    total = 0.0
    for comes in product((True, False), repeat=len(lots)):
        way = 1.0
        for lot, here in zip(lots, comes, strict=True):
            way *= here_by(lot, day, future) if here else 1 - here_by(lot, day, future)
        total += way * (sum(lot.units for lot, here in zip(lots, comes, strict=True) if here) >= place)
    return total


def here_by(lot: Lot, day: date, future: Future) -> float:
    """How likely a lot is here by a day; a trusted one is from its day on."""
    if lot.chance is None:
        return 1.0 if day >= lot.due(future.today) else 0.0
    at = (day - lot.chance.first).days
    return 0.0 if at < 0 else 1.0 if at >= len(lot.chance.by) else lot.chance.by[at]


def day_of(dealt: Sequence[Lot | None], claim: Claim, future: Future, place: int) -> tuple[date | None, Basis]:
    """The day on which a line ships whole, and what that rests on: the date of its last unit."""
    last = dealt[-1]
    if last is not None:
        if len(coming(future)) > 1 and any(lot.chance for lot in future.lots):
            return future.calendar.ships_on(first_day(future, place)), Basis.LOT
        return max(future.calendar.ships_on(lot.due(future.today)) for lot in dealt if lot), Basis.LOT
    if future.lead_time_days is None:
        return None, Basis.ASAP if future.allow_asap else Basis.UNKNOWN
    delivered = future.calendar.day(claim.since) + timedelta(days=future.lead_time_days)
    # Everything that is to come goes to the older ones first, so it comes first.
    every_lot = [lot.due(future.today) for lot in cards(future)]
    if every_lot and any(lot.chance for lot in future.lots):
        every_lot = [first_day(future, len(cards(future)))]
    return future.calendar.ships_on(max([delivered, future.today, *every_lot])), Basis.LEAD_TIME


def units_by_lot(projection: Projection) -> dict[int, int]:
    return {serving.lot.lot_id: serving.units for serving in projection.servings}
