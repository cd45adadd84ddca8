"""Supply: lots follow from purchase orders, transfers and what rose unexplained; recomputed whole, so that they cannot drift."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from backorder.db import levels, lots, purchase_orders, shops, transfers
from backorder.db.engine import Connection
from backorder.db.lots import Place
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.db.transfers import TransferPart
from backorder.rules.lots import Lot, LotKind
from backorder.rules.rises import Awaited
from backorder.rules.transfers import Carried, Ordered, counted_once
from backorder.rules.working_calendar import WorkingCalendar

# What makes a lot: its kind, and the line or part it comes from.
Source = tuple[LotKind, int]
Goods = tuple[int, int]  # (purchase order, item)


@dataclass(frozen=True)
class Supply:
    """``units`` that a source brings, as a lot. So many of them as are to ``come`` may have risen on the shelf already."""

    source: Source
    units: int
    due_on: date | None
    label: str
    come: int


@dataclass
class Expected:
    """What is expected at one place: lines of purchase orders, soonest due first, and parts of transfers.

    ``counted`` units of each are to come, goods that were announced twice being counted once.
    """

    lines: list[PurchaseOrderLine] = field(default_factory=list)
    parts: list[TransferPart] = field(default_factory=list)
    counted: dict[Source, int] = field(default_factory=dict)

    @property
    def outstanding(self) -> int:
        """Units that are to come."""
        return sum(self.counted.values())

    @property
    def docked(self) -> int:
        """Units that arrived and that no reading of the level has shown yet."""
        return sum(line.at_dock for line in self.lines) + sum(part.at_dock for part in self.parts)


def expected(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> dict[Place, Expected]:
    """What is expected of these items, by (item, location)."""
    wanted = set(item_ids)
    lines = purchase_orders.lines_of_items(tx, shop_id, wanted)
    parts = transfers.parts_of_items(tx, shop_id, wanted)
    counted = _counted(lines, parts, _called_off(tx, shop_id, lines, parts))
    found: dict[Place, Expected] = defaultdict(Expected)
    for line in lines:
        place = found[line.item_id, line.location_id]
        place.lines.append(line)
        place.counted[LotKind.PURCHASE_ORDER, line.line_id] = counted[LotKind.PURCHASE_ORDER, line.line_id]
    for part in parts:
        place = found[part.item_id, part.location_id]
        place.parts.append(part)
        place.counted[_source(part)] = counted[_source(part)]
    return found


def _called_off(
    tx: Connection, shop_id: int, lines: Sequence[PurchaseOrderLine], parts: Sequence[TransferPart]
) -> frozenset[Goods]:
    """Of what these parts carry: goods of purchase orders that were cancelled whole, whose lines are expected no more."""
    carried = {(part.purchase_order_id, part.item_id) for part in parts if part.purchase_order_id is not None}
    gone = carried - {(line.purchase_order_id, line.item_id) for line in lines}
    return purchase_orders.cancelled_goods(tx, shop_id, {order_id for order_id, _ in gone}) if gone else frozenset()


def _counted(
    lines: Sequence[PurchaseOrderLine], parts: Sequence[TransferPart], called_off: Collection[Goods]
) -> dict[Source, int]:
    """Units to come of each source. What carries a purchase order brings that order's units, wherever it brings them."""
    counted = {(LotKind.PURCHASE_ORDER, line.line_id): line.outstanding for line in lines}
    counted |= {_source(part): part.to_come for part in parts}
    carried: dict[Goods, list[TransferPart]] = defaultdict(list)
    for part in sorted(parts, key=lambda part: (part.arrives_at is None, part.arrives_at, part.part_id)):
        if part.purchase_order_id is not None:
            carried[part.purchase_order_id, part.item_id].append(part)
    for (order_id, item_id), by in carried.items():
        ordered = [line for line in lines if (line.purchase_order_id, line.item_id) == (order_id, item_id)]
        by_line, by_part = counted_once(
            [Ordered(line.line_id, line.outstanding, line.due_on) for line in ordered],
            [Carried(part.part_id, part.shipped, part.to_come, part.booked) for part in by],
            struck_off=(order_id, item_id) in called_off or any(line.cancelled for line in ordered),
        )
        counted |= {(LotKind.PURCHASE_ORDER, line_id): units for line_id, units in by_line.items()}
        counted |= {_source(part): by_part[part.part_id] for part in by}
    return counted


def refresh(
    tx: Connection,
    shop_id: int,
    item_ids: Iterable[int],
    known: Mapping[Place, Expected] | None = None,
    early: Mapping[Place, int] | None = None,
) -> tuple[Lot, ...] | None:
    """Write the lots that are to come for these items: at the dock, on their way, and outstanding on purchase orders.

    All lots of the items as they stand then, by id; None where some were made or taken away, so that who wants them reads them.

    Units that rose on a shelf before they were booked in are presumed to be the soonest due: they are not to come twice.
    The caller holds the items' lock. ``known``: what is expected of them, for a caller who has just read it, and how many came
    ``early`` at each place.
    """
    wanted = sorted(set(item_ids))
    at_place = expected(tx, shop_id, wanted) if known is None else known
    day = _days(tx, shop_id, [part for place in at_place.values() for part in place.parts])
    presumed = (
        {(level.item_id, level.location_id): level.presumed for level in levels.of_items(tx, shop_id, wanted)}
        if early is None
        else dict(early)
    )
    before = lots.of_items(tx, shop_id, wanted)
    current: dict[tuple[int, int, LotKind, int], Lot] = {
        (lot.item_id, lot.location_id, lot.kind, lot.source_id): lot
        for lot in before
        if lot.kind is not LotKind.ON_HAND
    }
    moved: dict[int, Lot] = {}
    the_same_lots = True
    for (item_id, location_id), here in at_place.items():
        left = presumed.get((item_id, location_id), 0)
        for supply, came in _less_the_early(_supplies(here, day), left):
            left -= came
            kind, source_id = supply.source
            lot = current.pop((item_id, location_id, kind, source_id), None)
            units = supply.units - came
            if lot and units:
                if (lot.units, lot.due_on, lot.label) != (units, supply.due_on, supply.label):
                    moved[lot.lot_id] = replace(lot, units=units, due_on=supply.due_on, label=supply.label)
            elif lot or units:
                the_same_lots = False
                lots.set_supply(
                    tx,
                    shop_id,
                    item_id,
                    location_id,
                    kind,
                    source_id=source_id,
                    units=units,
                    due_on=supply.due_on,
                    label=supply.label,
                )
        presumed[item_id, location_id] = presumed.get((item_id, location_id), 0) - left
        if left:  # what is no longer expected is not presumed either
            levels.set_presumed(tx, shop_id, item_id, location_id, presumed[item_id, location_id])
    lots.change(tx, shop_id, [(lot.lot_id, lot.units, lot.due_on, lot.label) for lot in moved.values()])
    _clear_away(tx, shop_id, current, {place: units for place, units in presumed.items() if place not in at_place})
    return tuple(moved.get(lot.lot_id, lot) for lot in before) if the_same_lots and not current else None


def _clear_away(
    tx: Connection, shop_id: int, lots_left: Iterable[tuple[int, int, LotKind, int]], presumed: Mapping[Place, int]
) -> None:
    """Take away lots that nothing on order makes any more, and presumptions where nothing is on order."""
    for (item_id, location_id), units in presumed.items():
        if units:
            levels.set_presumed(tx, shop_id, item_id, location_id, 0)
    for item_id, location_id, kind, source_id in lots_left:
        lots.set_supply(tx, shop_id, item_id, location_id, kind, source_id=source_id, units=0)


def _supplies(here: Expected, day: Mapping[int, date | None]) -> Iterator[Supply]:
    """The lots that lines and parts make; one that has ended makes one of 0 units."""
    for line in here.lines:
        source = (LotKind.PURCHASE_ORDER, line.line_id)
        units = here.counted[source]
        yield Supply(source, units, line.due_on, line.number, come=units)
        docked = (LotKind.DOCK, line.line_id)
        yield Supply(docked, line.at_dock, None, f"{line.number}, at the dock", come=0)
    for part in here.parts:
        # What the store accepted stays on its way until a reading shows it: it is counted neither twice nor nowhere.
        units = here.counted[_source(part)]
        yield Supply(_source(part), units + part.at_dock, day[part.part_id], part.label, come=units)


def _less_the_early(supplies: Iterable[Supply], early: int) -> Iterator[tuple[Supply, int]]:
    """Each with how many of its units are here already: of ``early`` in all, the soonest due first, what has no day last."""
    for supply in sorted(supplies, key=lambda one: (one.due_on or date.max, *one.source)):
        came = min(early, supply.come)
        early -= came
        yield supply, came


def _source(part: TransferPart) -> Source:
    return (LotKind.SHIPMENT if part.shipped else LotKind.TRANSFER), part.part_id


def _days(tx: Connection, shop_id: int, parts: Sequence[TransferPart]) -> dict[int, date | None]:
    """On which of the shop's days each part arrives."""
    if not parts:
        return {}
    calendar = WorkingCalendar(timezone=shops.one(tx, shop_id).timezone)
    return {part.part_id: calendar.day(part.arrives_at) if part.arrives_at else None for part in parts}


def awaited(here: Expected, presumed: int, calendar: WorkingCalendar) -> tuple[Awaited, ...]:
    """The lots that are still to come to a place, less the ``presumed`` units that are here already."""
    day = {part.part_id: calendar.day(part.arrives_at) if part.arrives_at else None for part in here.parts}
    lots_here = _less_the_early(_supplies(here, day), presumed)
    return tuple(
        Awaited(supply.come - came, supply.due_on, in_transit=supply.source[0] is LotKind.SHIPMENT)
        for supply, came in lots_here
        if supply.come > came
    )


def take_from_dock(tx: Connection, shop_id: int, here: Expected, units: int) -> bool:
    """The store has counted in ``units`` that had arrived: they are on the shelf now. Whether there were any.

    What the store itself received goes first, then what stood at the dock, soonest due first.
    """
    arrived = units > 0
    for part in here.parts:
        counted = min(units, part.at_dock)
        if counted:
            transfers.dock(tx, shop_id, part.part_id, part.at_dock - counted, part.docked_at)
        units -= counted
    for line in here.lines:
        counted = min(units, line.at_dock)
        if counted:
            purchase_orders.change_line(tx, shop_id, line.line_id, at_dock=line.at_dock - counted)
        units -= counted
    return arrived
