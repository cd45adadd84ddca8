"""Explain: “why this date”, one sentence and a trace, written from the numbers that the date was made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from backorder.db import claims, promises
from backorder.errors import Unknown
from backorder.house import House
from backorder.rules.claims import Claim
from backorder.rules.promises import Promise


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
    told = tuple(_told(promise) for promise in history)
    if not waiting:
        sentence = (
            "Nothing of this line waits: all of it is covered by stock." if found else "Nothing of this line is open."
        )
        return Explanation(sentence, told)
    claim = waiting[-1]
    day, numbers = projected.get((claim.line_id, claim.location_id), (None, None))
    return Explanation(_sentence(claim, day, numbers), (*_steps(claim, day, numbers), *told))


def _sentence(claim: Claim, day: date | None, numbers: Mapping[str, Any] | None) -> str:
    if numbers is None:
        return f"{_units(claim.backordered)} wait; no date has been worked out yet."
    ahead = numbers["ahead"]
    behind = f"behind {_units(ahead)} ordered earlier" if ahead else "first in the queue"
    if numbers["basis"] == "lot" and day is not None:
        lot = numbers["lots"][-1]
        late = ", which is overdue" if numbers["overdue"] else ""
        due = f", due {lot['due_on']}{late}" if lot["due_on"] else ""
        return (
            f"{_units(claim.backordered)} wait {behind}; {lot['label']} ({_units(lot['of'])}{due}) serves this place, "
            f"and receiving and handling make it {day.isoformat()}."
        )
    if numbers["basis"] == "lead_time" and day is not None:
        return f"Nothing on order serves this place; the supplier's lead time from the order date makes it {day.isoformat()}."
    return f"{_units(claim.backordered)} wait {behind}, and nothing on order serves this place."


def _steps(claim: Claim, day: date | None, numbers: Mapping[str, Any] | None) -> tuple[str, ...]:
    if numbers is None:
        return ()
    served = tuple(
        f"{_units(lot['units'])} from {lot['label']}" + (f", due {lot['due_on']}" if lot["due_on"] else "")
        for lot in numbers["lots"]
    )
    return (
        f"Ordered {_units(claim.units)}, {claim.given} covered by stock, {claim.backordered} waiting.",
        f"In the queue since {claim.since.isoformat()}; {_units(numbers['ahead'])} ahead.",
        *served,
        f"Receiving {numbers['receiving_days']} and handling {numbers['handling_days']} working days.",
        f"Ships by {day.isoformat()}." if day else "No day can be named.",
    )


def _told(promise: Promise) -> str:
    day = promise.ship_by.isoformat() if promise.ship_by else "no date"
    when = f"told {promise.told_at.date().isoformat()}" if promise.told_at else "not told"
    return f"Version {promise.version}: {day} ({when}). {promise.reason}"


def _units(count: int) -> str:
    return "1 unit" if count == 1 else f"{count} units"
