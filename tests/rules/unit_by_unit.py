"""The projection once more, as a person would do it: write every unit on a card and deal the cards to the queue."""

from collections.abc import Sequence
from datetime import date, timedelta

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


def day_of(dealt: Sequence[Lot | None], claim: Claim, future: Future) -> tuple[date | None, Basis]:
    """The day on which a line ships whole, and what that rests on: the date of its last unit."""
    last = dealt[-1]
    if last is not None:
        uncertain = len({lot.lot_id for lot in dealt if lot and lot.allowance})
        return max(future.calendar.ships_on(lot.due(future.today, uncertain)) for lot in dealt if lot), Basis.LOT
    if future.lead_time_days is None:
        return None, Basis.ASAP if future.allow_asap else Basis.UNKNOWN
    delivered = future.calendar.day(claim.since) + timedelta(days=future.lead_time_days)
    # Everything that is to come goes to the older ones first, so it comes first.
    uncertain = len({lot.lot_id for lot in cards(future) if lot.allowance})
    every_lot = [lot.due(future.today, uncertain) for lot in cards(future)]
    return future.calendar.ships_on(max([delivered, future.today, *every_lot])), Basis.LEAD_TIME


def units_by_lot(projection: Projection) -> dict[int, int]:
    return {serving.lot.lot_id: serving.units for serving in projection.servings}
