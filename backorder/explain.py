"""Explain: “why this date”, one sentence and a trace, written from the numbers that the date was made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backorder.db import claims, promises
from backorder.errors import Unknown
from backorder.house import House
from backorder.rules.claims import Claim
from backorder.rules.wording import behind, day, units, units_wait


@dataclass(frozen=True)
class Explanation:
    """``sentence`` says it to anybody; ``trace`` lists each step for whoever wants to check it."""

    sentence: str
    trace: tuple[str, ...]


def why(house: House, shop_id: int, line_id: int) -> Explanation:
    """Why an order line has the date it has. Raises Unknown for a line that never waited and is not open."""
    with house.db.read() as tx:
        history = promises.history(tx, shop_id, [line_id])
        found = claims.of_lines(tx, shop_id, [line_id])
        projected = claims.projections(tx, shop_id, {claim.order_id for claim in found})
    if not history and not found:
        raise Unknown("line", "There is no such order line.")
    waiting = [claim for claim in found if claim.backordered]
    if not waiting:
        covered = "Nothing of this line waits: all of it is covered by stock."
        return Explanation(covered if found else "Nothing of this line is open.", ())
    claim = waiting[-1]
    ship_by, numbers = projected.get((claim.line_id, claim.location_id), (None, None))
    return Explanation(_sentence(claim, ship_by, numbers), _steps(claim, ship_by, numbers))


def _sentence(claim: Claim, ship_by: date | None, numbers: Mapping[str, Any] | None) -> str:
    if numbers is None:
        return f"{units_wait(claim.backordered)}; no date has been worked out yet."
    place = f"{units_wait(claim.backordered)}, {behind(numbers['ahead'])}"
    if numbers["basis"] == "lot" and ship_by is not None:
        lot = numbers["lots"][-1]
        late = ", which is overdue" if numbers["overdue"] else ""
        return (
            f"{place}; {lot['label']} ({units(lot['of'])}{_due(lot)}{late}) serves this place, "
            f"and receiving and handling make it {day(ship_by)}."
        )
    if numbers["basis"] == "lead_time" and ship_by is not None:
        return f"{place}; nothing on order serves this place, and the supplier's lead time makes it {day(ship_by)}."
    return f"{place}, and nothing on order serves this place."


def _steps(claim: Claim, ship_by: date | None, numbers: Mapping[str, Any] | None) -> tuple[str, ...]:
    if numbers is None:
        return ()
    return (
        f"Ordered {units(claim.units)}, {claim.given} covered by stock, {claim.backordered} waiting.",
        f"In the queue since {day(claim.since.date())}, {claim.since:%H:%M} UTC; {units(numbers['ahead'])} ahead.",
        *(f"{units(lot['units'])} from {lot['label']}{_due(lot)}." for lot in numbers["lots"]),
        f"Receiving {numbers['receiving_days']} and handling {numbers['handling_days']} working days.",
        f"Ships by {day(ship_by)}." if ship_by else "No day can be named.",
    )


def _due(lot: Mapping[str, Any]) -> str:
    return f", due {day(date.fromisoformat(lot['due_on']))}" if lot["due_on"] else ""
