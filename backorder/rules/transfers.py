"""Transfers: goods that the store says are on their way, as frozen values, and what of them is still to come.

A transfer announces units for a location; shipments carry them, some with a day. So its units fall into *parts*: what one
shipment carries of an item, and what no shipment carries yet.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# A day farther away than this is a slip of the pen, and is taken for none.
FURTHEST = timedelta(days=1100)
# No transfer has as many units; whatever says so is counted as this.
MOST_UNITS = 10**9
# The part of a transfer that no shipment carries yet.
UNSHIPPED = 0
OPEN = frozenset({"READY_TO_SHIP", "IN_PROGRESS"})
# How near goods announced twice are to each other: the share by which their units differ, and the days.
ALIKE_SHARE = 0.1
ALIKE_DAYS = timedelta(days=14)
_LEAST_WORD, _LONGEST_WORD = 3, 64
_AROUND = ".,;:!?()[]\"'"


@dataclass(frozen=True)
class TransferLineSeen:
    item_id: int
    units: int


@dataclass(frozen=True)
class ShipmentLineSeen:
    """``accepted`` units are on the shelf, ``rejected`` were sent back, ``unreceived`` are still to come."""

    item_id: int
    units: int
    accepted: int
    rejected: int
    unreceived: int


@dataclass(frozen=True)
class ShipmentSeen:
    """One shipment. ``arrives_at``: when the merchant or the carrier says that it comes."""

    shipment_id: int
    name: str
    status: str
    arrives_at: datetime | None
    lines: tuple[ShipmentLineSeen, ...]


@dataclass(frozen=True)
class TransferSeen:
    """A transfer as the store tells it now. Without ``origin_id`` the goods come from outside, as of a supplier."""

    transfer_id: int
    name: str
    reference: str | None
    note: str | None
    tags: frozenset[str]
    status: str
    origin_id: int | None
    destination_id: int | None
    lines: tuple[TransferLineSeen, ...]
    shipments: tuple[ShipmentSeen, ...]

    @property
    def is_open(self) -> bool:
        """Whether it was made ready and has not ended: a draft is a thought, not goods."""
        return self.status in OPEN


@dataclass(frozen=True)
class Part:
    """Units of one item of a transfer: on a shipment, or ``UNSHIPPED``. ``to_come``: what of them is still expected."""

    shipment_id: int
    item_id: int
    label: str
    units: int
    accepted: int
    to_come: int
    arrives_at: datetime | None


def parts_of(seen: TransferSeen, now: datetime) -> tuple[Part, ...]:
    """What a transfer consists of. What ended, was received or was called off is no longer to come.

    A shipment that received more than it carried leaves that much less to be shipped: no unit is expected twice.
    """
    found: list[Part] = []
    left: dict[int, int] = defaultdict(int)
    for line in seen.lines:
        left[line.item_id] += line.units
    for shipment in seen.shipments:
        for carried in _by_item(shipment.lines):
            left[carried.item_id] -= max(carried.units, carried.accepted + carried.rejected)
            found.append(_on_its_way(seen, shipment, carried, now))
    for item_id, units in left.items():
        if units > 0 and seen.is_open:
            some = _counted(units)
            found.append(Part(UNSHIPPED, item_id, f"{seen.name}, not shipped yet", some, 0, some, None))
    return tuple(found)


def _by_item(lines: Iterable[ShipmentLineSeen]) -> Iterable[ShipmentLineSeen]:
    """The lines of a shipment, those of one item as one."""
    found: dict[int, ShipmentLineSeen] = {}
    for line in lines:
        was = found.get(line.item_id, ShipmentLineSeen(line.item_id, 0, 0, 0, 0))
        found[line.item_id] = ShipmentLineSeen(
            line.item_id,
            was.units + line.units,
            was.accepted + line.accepted,
            was.rejected + line.rejected,
            was.unreceived + line.unreceived,
        )
    return found.values()


def _on_its_way(seen: TransferSeen, shipment: ShipmentSeen, line: ShipmentLineSeen, now: datetime) -> Part:
    is_open = seen.is_open and shipment.status != "RECEIVED"
    # The name of a shipment may say whose it is already.
    label = shipment.name if shipment.name.startswith(seen.name) else f"{seen.name}, {shipment.name}"
    told = shipment.arrives_at
    return Part(
        shipment_id=shipment.shipment_id,
        item_id=line.item_id,
        label=label,
        units=_counted(line.units),
        accepted=_counted(line.accepted),
        to_come=_counted(min(line.unreceived, line.units - line.accepted - line.rejected)) if is_open else 0,
        arrives_at=told if told is not None and abs(told - now) <= FURTHEST else None,
    )


def _counted(units: int) -> int:
    return min(max(0, units), MOST_UNITS)


def mentions(seen: TransferSeen) -> frozenset[str]:
    """What may be the number of a purchase order, in small letters: reference, tags, and words of reference and note with a digit."""
    whole = {_plain(text) for text in (seen.reference or "", *seen.tags)}
    words = {word.strip(_AROUND) for text in (seen.reference, seen.note) for word in _plain(text or "").split()}
    numbered = {word for word in words if len(word) >= _LEAST_WORD and re.search(r"\d", word)}
    return frozenset(text.lower() for text in whole | numbered if 0 < len(text) <= _LONGEST_WORD)


def _plain(text: str) -> str:
    """A stranger's text without what no database takes: NUL, and halves of characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode().strip()


@dataclass(frozen=True)
class Ordered:
    """A line of a purchase order: ``outstanding`` units are to come by ``due_on``."""

    line_id: int
    outstanding: int
    due_on: date


@dataclass(frozen=True)
class Carried:
    """A part of a transfer that carries a purchase order: ``to_come`` units.

    ``booked`` of them a person booked in on the order already.
    """

    part_id: int
    shipped: bool
    to_come: int
    booked: int = 0


def counted_once(
    ordered: Sequence[Ordered], carried: Sequence[Carried], *, struck_off: bool = False
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """How many units are to come on each line of a purchase order and each part of the transfers that carry it: one item.

    What a shipment carries comes by the shipment's day and is no longer to come on the order; what a person booked in before
    the store received it has come. What is not shipped yet comes by the order's day; only what the order does not know of
    stays with the transfer. ``struck_off``: a person said of some that they will not come, and so knows better than what was
    announced: no more is to come then than is outstanding on the order, and of what is ``carried``, soonest first, the last falls out.
    """
    by_part: dict[int, int] = {}
    room = sum(line.outstanding for line in ordered)
    for part in (c for c in carried if c.shipped):
        brings = max(0, part.to_come - part.booked)
        by_part[part.part_id] = min(brings, room) if struck_off else brings
        room -= by_part[part.part_id]
    on_its_way = sum(by_part.values())
    by_line: dict[int, int] = {}
    for line in sorted(ordered, key=lambda line: (line.due_on, line.line_id)):
        taken = min(on_its_way, line.outstanding)
        on_its_way -= taken
        by_line[line.line_id] = line.outstanding - taken
    known = sum(by_line.values())
    for part in (c for c in carried if not c.shipped):
        covered = min(known, part.to_come)
        known -= covered
        by_part[part.part_id] = 0 if struck_off else part.to_come - covered
    return by_line, by_part


def announced_twice(ordered: Ordered, to_come: int, due_on: date | None) -> bool:
    """Whether goods on order look like those of a transfer to the same place: about as many, about then."""
    if not ordered.outstanding or not to_come:
        return False
    close = abs(ordered.outstanding - to_come) <= max(1, ALIKE_SHARE * ordered.outstanding)
    return close and (due_on is None or abs(due_on - ordered.due_on) <= ALIKE_DAYS)
