"""What the store's own ledger says of a shop at rest. Nothing of ours is read.

A unit is *free* when its fulfillment order may be shipped, and *held* when it is under a hold. A fulfillment order is let go whole:
one that waits for a chair keeps its lamp on the shelf.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

OPEN = {"OPEN", "IN_PROGRESS", "ON_HOLD", "SCHEDULED"}


@dataclass(frozen=True, order=True)
class Part:
    """What is left to ship of a fulfillment order, in the order of the queue."""

    since: str
    order: str
    number: int
    held: bool
    units: tuple[tuple[int, int], ...]


def broken(book: dict[str, Any], mails: Iterable[dict[str, Any]]) -> list[str]:
    """A sentence for each breach; none of a clean shop."""
    shelf = {level["item_id"]: level["on_hand"] for level in book["levels"]}
    parts = _parts(book)
    ids = Counter(mail["message_id"] for mail in mails)
    letters = [f"The letter {name} came {count} times." for name, count in sorted(ids.items()) if count > 1]
    return [*_oversold(parts, shelf), *_overtaken(parts, shelf), *_left_waiting(parts, shelf), *letters]


def _oversold(parts: list[Part], shelf: dict[int, int]) -> list[str]:
    """More units may be shipped than there are."""
    free = _units(part for part in parts if not part.held)
    return [
        f"Item {item} is oversold: {units} units may be shipped, {shelf.get(item, 0)} are there."
        for item, units in sorted(free.items())
        if units > shelf.get(item, 0)
    ]


def _overtaken(parts: list[Part], shelf: dict[int, int]) -> list[str]:
    """Somebody younger is served from units that somebody older would need."""
    said = []
    for item in sorted(_units(parts)):
        queue = [part for part in parts if item in dict(part.units)]
        youngest = max((part for part in queue if not part.held), default=None)
        if youngest is None:
            continue
        needed = _units(part for part in queue if not part.held or part < youngest)[item]
        older = [part.order for part in queue if part.held and part < youngest]
        if older and needed > shelf.get(item, 0):
            said.append(f"Item {item}: order {youngest.order} is served before {older[0]}, which is older.")
    return said


def _left_waiting(parts: list[Part], shelf: dict[int, int]) -> list[str]:
    """Somebody waits although what is on the shelf, given to the oldest first, is all that the order needs."""
    left = Counter(shelf)
    left.subtract(_units(part for part in parts if not part.held))
    said = []
    for part in sorted(part for part in parts if part.held):
        given = {item: min(units, max(0, left[item])) for item, units in part.units}
        left.subtract(given)
        if given == dict(part.units):
            said.append(f"Order {part.order} waits although its goods are there.")
    return said


def _units(parts: Iterable[Part]) -> Counter[int]:
    found = Counter[int]()
    for part in parts:
        found.update(dict(part.units))
    return found


def _parts(book: dict[str, Any]) -> list[Part]:
    found = []
    for order in book["orders"]:
        for part in order["fulfillment_orders"] if order["cancelled_at"] is None else ():
            units: dict[int, int] = defaultdict(int)
            for line in part["lines"]:
                if line["item_id"] is not None and line["remaining"]:
                    units[line["item_id"]] += line["remaining"]
            if part["status"] in OPEN and units:
                held = bool(part["holds"])
                found.append(Part(order["created_at"], order["name"], part["id"], held, tuple(sorted(units.items()))))
    return sorted(found)
