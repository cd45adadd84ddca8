"""Explain: “why this date”, one sentence and a trace, worked out by the rule that the date itself comes from."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from backorder.db import claims, promises
from backorder.errors import Unknown
from backorder.house import House
from backorder.rules.claims import Claim
from backorder.rules.lots import Lot
from backorder.rules.projection import Projection
from backorder.rules.promises import Basis
from backorder.rules.wording import behind, day, units, units_wait
from backorder.rules.working_calendar import WorkingCalendar
from backorder.scene import Scene, load


@dataclass(frozen=True)
class Explanation:
    """``sentence`` says it to anybody; ``trace`` lists each step for whoever wants to check it."""

    sentence: str
    trace: tuple[str, ...]


def why(house: House, shop_id: int, line_id: int, now: datetime) -> Explanation:
    """Why an order line has the date it has. Raises Unknown for a line that never waited and is not open."""
    with house.db.read() as tx:
        history = promises.history(tx, shop_id, [line_id])
        found = claims.of_lines(tx, shop_id, [line_id])
        scene = load(tx, shop_id, {claim.item_id for claim in found}, now)
    if not history and not found:
        raise Unknown("line", "There is no such order line.")
    waiting = [claim for claim in found if claim.backordered]
    if not waiting:
        covered = "Nothing of this line waits: all of it is covered by stock."
        return Explanation(covered if found else "Nothing of this line is open.", ())
    claim = waiting[-1]
    projection = _projection(scene, claim)
    if projection is None:
        return Explanation(f"{units_wait(claim.backordered)}; no date has been worked out yet.", ())
    return Explanation(_sentence(claim, projection), _steps(claim, projection, scene.calendar, _undated(scene, claim)))


def _projection(scene: Scene, claim: Claim) -> Projection | None:
    for goods in scene.goods:
        for place in goods.places:
            if goods.managed and (place.item_id, place.location.location_id) == (claim.item_id, claim.location_id):
                return scene.queue(goods, place).claims.get((claim.line_id, claim.location_id))
    return None


def _undated(scene: Scene, claim: Claim) -> tuple[Lot, ...]:
    """What is to come to the claim's place without a day: it serves nobody's date."""
    places = (place for goods in scene.goods for place in goods.places)
    here = (p for p in places if (p.item_id, p.location.location_id) == (claim.item_id, claim.location_id))
    return tuple(lot for place in here for lot in place.coming if not lot.dated)


def _sentence(claim: Claim, projection: Projection) -> str:
    place = f"{units_wait(claim.backordered)}, {behind(projection.ahead)}"
    lot, ship_by = projection.last_lot, projection.ship_by
    if projection.basis is Basis.LOT and lot is not None and ship_by is not None:
        late = ", which is overdue" if projection.overdue else ""
        supply = f"{place}; {lot.label} ({units(lot.units)}{_due(lot)}{late}) serves this place"
        if lot.allowance:
            return f"{supply}. {lot.allowance.sentence()} Receiving and handling make it {day(ship_by)}."
        return f"{supply}, and receiving and handling make it {day(ship_by)}."
    if projection.basis is Basis.LEAD_TIME and ship_by is not None:
        return f"{place}; nothing on order serves this place, and the supplier's lead time makes it {day(ship_by)}."
    return f"{place}, and nothing on order serves this place."


def _steps(
    claim: Claim, projection: Projection, calendar: WorkingCalendar, undated: tuple[Lot, ...]
) -> tuple[str, ...]:
    ship_by = projection.ship_by
    return (
        f"Ordered {units(claim.units)}, {claim.given} covered by stock, {claim.backordered} waiting.",
        f"In the queue since {day(claim.since.date())}, {claim.since:%H:%M} UTC; {units(projection.ahead)} ahead.",
        *(f"{units(serving.units)} from {serving.lot.label}{_due(serving.lot)}." for serving in projection.servings),
        *(f"{units(lot.units)} on {lot.label}: no day is known, so they serve no date." for lot in undated),
        *_lateness(projection),
        f"Receiving {calendar.receiving_days} and handling {calendar.handling_days} working days.",
        f"Ships by {day(ship_by)}." if ship_by else "No day can be named.",
    )


def _lateness(projection: Projection) -> Iterator[str]:
    """What is allowed to each supplier, and how it is where several lots must all be here."""
    allowed = [serving.lot.allowance for serving in projection.servings if serving.lot.allowance]
    if projection.basis is not Basis.LOT:
        return
    yield from dict.fromkeys(one.sentence() for one in allowed)
    if len(allowed) > 1:
        yield (
            f"All {len(allowed)} lots must be here, so each is reckoned with more surely: by "
            f"{day(max(one.here_by(len(allowed)) for one in allowed))}."
        )


def _due(lot: Lot) -> str:
    return f", due {day(lot.due_on)}" if lot.due_on else ""
