"""When a promise has become so unlikely that its buyer must hear of it (domain §10 d).

Once the stated day of a shipment has come without it, a buyer who rests on it is told when it is less likely than the merchant's
threshold that the promise is kept; and on the last day on which goods may still come for it, unless they almost surely come. Before,
nothing was heard of the shipment: that its supplier is trusted less than when the day was told is no news. The day told instead is one
that is kept almost surely, so that nobody is put off twice.

Judged by whole days: what is due today may come until tonight.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from backorder.rules.enough import chances_of, surely_by
from backorder.rules.lots import HERE, Lot
from backorder.rules.projection import Future, Projection
from backorder.rules.promises import Basis
from backorder.rules.revision import Revision, Why, source
from backorder.rules.working_calendar import ONE_DAY

# On the last day on which goods may come for a promise, one that is less likely than this is told to be late.
AT_LAST = 0.9
# A day that is told instead is kept with so much confidence, in percent.
AGAIN_PERCENT = 95
RULE = "queue place × lot × supplier's lateness × working calendar, told because the promise had become unlikely"


@dataclass(frozen=True)
class Prospect:
    """What is thought of a promise: how ``likely`` it is kept, and whether today is the ``last_day`` on which goods may come for it.

    ``missed``: the stated day of a shipment that it rests on has come without it.
    ``surely``: the day by which it ships with ``AGAIN_PERCENT`` confidence; None: nothing that we know of makes it ship.
    """

    likely: float
    last_day: bool
    missed: bool
    surely: date | None

    def must_be_told(self, below_percent: int) -> bool:
        """Whether the buyer must hear that it will be late, where the merchant tells of what is less likely than so many percent."""
        return self.missed and (self.likely < below_percent / 100 or (self.last_day and self.likely < AT_LAST))


@dataclass(frozen=True)
class Prospects:
    """The prospects of one queue: its ``future`` with what its lots are believed to do, trusted ones until they are overdue."""

    future: Future

    def of(
        self, projection: Projection, promised_on: date, beyond: Lot | None = None, *, by_place: bool
    ) -> Prospect | None:
        """The prospect of a place in the queue that was promised a day; None where nothing about it is in doubt.

        ``beyond``: what the lead time stands for, where no lot serves the place. ``by_place``: whichever lots come first serve it, not just
        those that it is given.
        """
        lots = self._lots(projection, beyond, by_place=by_place)
        place = projection.place if by_place and beyond is None else sum(lot.units for lot in lots)
        in_house = sum(lot.units for lot in lots if lot.kind in HERE)
        if place <= in_house or not any(lot.chance for lot in lots):
            return None
        last = self._last_day(promised_on)
        surely = surely_by(lots, self.future.today, place)
        return Prospect(
            likely=chances_of(lots, self.future.today, last).of(place) if last else 0.0,
            last_day=last is None or last <= self.future.today,
            missed=any(lot.chance and lot.due_on and lot.due_on <= self.future.today for lot in _up_to(place, lots)),
            surely=self.future.ships_on(surely) if surely else None,
        )

    def _lots(self, projection: Projection, beyond: Lot | None, *, by_place: bool) -> tuple[Lot, ...]:
        if beyond is not None:
            return (beyond,)
        if by_place:
            return self.future.in_order()
        given = {serving.lot.lot_id for serving in projection.servings}
        return tuple(lot for lot in self.future.in_order() if lot.lot_id in given)

    def _last_day(self, promised_on: date) -> date | None:
        """The last day on which goods may come to ship by the promised one; None: whatever comes now is too late."""
        ships_on, at = self.future.ships_on, self.future.today
        if ships_on(at) > promised_on:
            return None
        at = max(at, promised_on)
        while ships_on(at) > promised_on:
            at -= ONE_DAY
        return at


def _up_to(place: int, lots: Iterable[Lot]) -> Iterator[Lot]:
    """The lots that a place rests on, as they are expected."""
    reached = 0
    for lot in lots:
        if reached < place:
            yield lot
        reached += lot.units


def revised(prospect: Prospect, projection: Projection) -> Revision:
    """The version that tells of a promise that became unlikely."""
    lot = projection.last_lot
    known = prospect.surely is not None
    return Revision(
        ship_by=prospect.surely,
        basis=projection.basis if known else Basis.UNKNOWN,
        source=source(projection),
        reason=Why.UNLIKELY.value,
        rule=RULE,
        confidence=AGAIN_PERCENT / 100 if known else None,
        stated_on=lot.due_on if lot else None,
    )
