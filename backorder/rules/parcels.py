"""Parcels of suppliers: where they go, how they can be followed, and what the store is to be told of them next.

An address is a person's: it rests in no book.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen

# Why the store would not hear of a parcel yet, by the state of its fulfillment order.
_NOT_YET = {
    "ON_HOLD": "somebody else holds it, and that hold must end first",
    "SCHEDULED": "it is scheduled for later",
    "INCOMPLETE": "a fulfillment service has it and has not finished it",
}
_PACKED = "somebody is packing it: see in the store's admin who sends it"


@dataclass(frozen=True)
class ShipTo:
    """Where an order is to be sent, as the store tells it; ``lines`` as one writes them on a parcel, ``country`` as two letters."""

    order_id: int
    lines: tuple[str, ...] = field(repr=False)
    country: str | None = None


@dataclass(frozen=True)
class Tracking:
    """How a parcel can be followed: who carries it, its number there, a page that shows it; each may be unknown."""

    company: str | None = None
    number: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class Said:
    """What the merchant said that a supplier shipped of a line: how it can be followed, and how many units the store was not told of yet.

    None: all that is open, as it was said before units were counted.
    """

    tracking: Tracking
    units: int | None = None

    def of(self, remaining: int, told: int) -> int:
        """How many of so many units that are open were shipped, where ``told`` of them are told with other ones."""
        return remaining if self.units is None else min(remaining, self.units - told)


@dataclass(frozen=True)
class Step:
    """What the store is told next: ``parts`` (part id → units) of an open fulfillment order were shipped; first ``holds`` of ours end.

    ``rest``: what goes on being held of it, or is held before: what is open of a line beyond what was shipped cannot be held any more
    once a part of its fulfillment order is fulfilled. ``sent``: suppliers send all of that rest.
    """

    fulfillment_order_id: int
    parts: Mapping[int, int]
    tracking: Tracking
    holds: tuple[int, ...] = ()
    rest: Mapping[int, int] | None = None
    sent: bool = True


@dataclass(frozen=True)
class NotYet:
    """Why the store cannot be told for now, and of which fulfillment order: what ends that is news, and the order is read then."""

    fulfillment_order_id: int
    why: str


def next_step(parts: Iterable[FulfillmentOrderSeen], shipped: Mapping[int, Said]) -> Step | NotYet | None:
    """What to tell the store next of an order's lines that suppliers have ``shipped``; None when all is told.

    What can be told goes before what cannot, and what is open before what is held: of a line of which less was shipped than is open, our
    hold stays or is placed on the rest.
    """
    found: NotYet | None = None
    for each in sorted(parts, key=lambda one: bool(one.holds)):
        ours = _shipped_of(each, shipped)
        if ours and is_open(each):
            step = _step(each, ours, shipped)
            if isinstance(step, Step):
                return step
            found = found or step
    return found


def _shipped_of(each: FulfillmentOrderSeen, shipped: Mapping[int, Said]) -> dict[int, int]:
    """The units that were shipped of a fulfillment order, by part."""
    found: dict[int, int] = {}
    told: Counter[int] = Counter()
    for part in each.parts:
        said = shipped.get(part.line_id)
        if said is not None and (units := said.of(part.remaining, told[part.line_id])):
            found[part.part_id] = units
            told[part.line_id] += units
    return found


def _step(each: FulfillmentOrderSeen, parts: Mapping[int, int], shipped: Mapping[int, Said]) -> Step | NotYet:
    number = each.fulfillment_order_id
    tracking = next(shipped[part.line_id].tracking for part in each.parts if part.part_id in parts)
    if in_the_works(each):
        return NotYet(number, _PACKED)
    if any(not hold.ours for hold in each.holds):
        return NotYet(number, _NOT_YET["ON_HOLD"])  # ours stays beside it until then
    if under_our_hold(each):
        rest = {part.part_id: part.remaining - parts.get(part.part_id, 0) for part in each.parts}
        rest = {part_id: units for part_id, units in rest.items() if units}
        sent = all(part.line_id in shipped for part in each.parts if part.part_id in rest)
        return Step(
            number, parts, tracking, tuple(hold.hold_id for hold in each.holds if hold.ours), rest or None, sent
        )
    if each.status != "OPEN":
        return NotYet(number, _NOT_YET.get(each.status, f"it is {each.status.lower().replace('_', ' ')}"))
    alike = {
        part.part_id for part in each.parts if part.part_id in parts and shipped[part.line_id].tracking == tracking
    }
    beyond = {part.part_id: part.remaining - parts.get(part.part_id, part.remaining) for part in each.parts}
    rest = {part_id: units for part_id, units in beyond.items() if units}
    return Step(number, {part: units for part, units in parts.items() if part in alike}, tracking, rest=rest or None)
