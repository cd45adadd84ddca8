"""Facts: what a reading says of an order, a level or a transfer, in few words, so that two of them can be laid side by side.

Each fact has a label, by which it is found again in the other reading; only facts that differ are shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backorder.rules.order_claims import is_open
from backorder.rules.seen import FulfillmentOrderSeen, LineSeen
from backorder.rules.wording import units

Facts = Mapping[str, str]
ABSENT = "nothing of it"


@dataclass(frozen=True)
class Differing:
    """The facts that differ, as the store says them now and as the books said them before."""

    store_said: str
    books_said: str


def differing(store: Facts, books: Facts) -> Differing | None:
    """What differs between two readings; None if nothing does."""
    labels = [label for label in {**books, **store} if store.get(label) != books.get(label)]
    if not labels:
        return None
    said = ("; ".join(facts.get(label, ABSENT) for label in labels) for facts in (store, books))
    return Differing(*said)


def of_order(
    lines: Iterable[LineSeen],
    parts: Iterable[FulfillmentOrderSeen],
    places: Mapping[int, str],
    *,
    cancelled: bool,
    financial_status: str,
) -> Facts:
    """What is ordered, paid and open of an order, and from where it ships. ``places`` are locations by name."""
    facts = {
        "cancelled": "cancelled" if cancelled else "not cancelled",
        "payment": f"payment {financial_status.lower().replace('_', ' ')}",
    }
    facts |= {
        f"line {line.line_id}": f"{line.title}: {line.current_quantity} ordered, {line.unfulfilled} to ship"
        for line in lines
    }
    return facts | {f"part {fo.fulfillment_order_id}": _shipping(fo, places) for fo in parts}


def _shipping(part: FulfillmentOrderSeen, places: Mapping[int, str]) -> str:
    """A fulfillment order without its holds: of those it is told apart."""
    here = places.get(part.location_id or 0, "an unknown place")
    if not is_open(part):
        return f"a part at {here} {part.status.lower().replace('_', ' ')}"
    left = ", ".join(f"{one.remaining} of line {one.line_id}" for one in part.parts if one.remaining)
    packing = ", in progress" if part.status == "IN_PROGRESS" else ""
    return f"to ship from {here}: {left or 'nothing'}{packing}"


def of_holds(parts: Iterable[FulfillmentOrderSeen]) -> Facts:
    """What is held of an order, and by whom."""
    return {f"part {fo.fulfillment_order_id}": _holding(fo) for fo in parts if is_open(fo)}


def _holding(part: FulfillmentOrderSeen) -> str:
    count = units(sum(one.remaining for one in part.parts))
    ours = ["the app"] * sum(hold.ours for hold in part.holds)
    others = [f"others ({hold.reason.lower().replace('_', ' ')})" for hold in part.holds if not hold.ours]
    return f"{count} held by {' and '.join((*ours, *others))}" if part.holds else f"{count} not held"


def of_level(available: int, committed: int) -> Facts:
    """What a level counts."""
    return {"level": f"{available} available, {committed} committed"}
