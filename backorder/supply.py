"""Supply: lots follow from purchase orders and from what rose unexplained; recomputed whole, so that they cannot drift."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from backorder.db import levels, lots, purchase_orders
from backorder.db.engine import Connection
from backorder.db.lots import Place
from backorder.db.purchase_orders import PurchaseOrderLine
from backorder.rules.lots import Lot, LotKind


def refresh(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> None:
    """Write the lots that are to come for these items: at the dock, and outstanding on purchase orders.

    Units that rose on a shelf before they were booked in are presumed to be the soonest due: they are not to come twice.
    The caller holds the items' lock.
    """
    wanted = sorted(set(item_ids))
    lines: dict[tuple[int, int], list[PurchaseOrderLine]] = defaultdict(list)
    for line in purchase_orders.lines_of_items(tx, shop_id, wanted):
        lines[line.item_id, line.location_id].append(line)
    presumed = {(level.item_id, level.location_id): level.presumed for level in levels.of_items(tx, shop_id, wanted)}
    current: dict[tuple[int, int, LotKind, int], Lot] = {
        (lot.item_id, lot.location_id, lot.kind, lot.purchase_order_line_id or 0): lot
        for lot in lots.of_items(tx, shop_id, wanted)
        if lot.kind is not LotKind.ON_HAND
    }
    moved: list[tuple[Lot, int, date | None, str]] = []
    for (item_id, location_id), of_place in lines.items():
        early = presumed.get((item_id, location_id), 0)
        for line in of_place:
            came = min(early, line.outstanding)
            early -= came
            for kind, units, due_on, label in _lots_of(line, came):
                lot = current.pop((item_id, location_id, kind, line.line_id), None)
                if lot and units:
                    moved.append((lot, units, due_on, label))
                elif lot or units:
                    lots.set_supply(
                        tx,
                        shop_id,
                        item_id,
                        location_id,
                        kind,
                        source_id=line.line_id,
                        units=units,
                        due_on=due_on,
                        label=label,
                    )
        presumed[item_id, location_id] = presumed.get((item_id, location_id), 0) - early
        if early:  # what is no longer expected is not presumed either
            levels.set_presumed(tx, shop_id, item_id, location_id, presumed[item_id, location_id])
    lots.change(
        tx,
        shop_id,
        [
            (lot.lot_id, units, due_on, label)
            for lot, units, due_on, label in moved
            if (lot.units, lot.due_on, lot.label) != (units, due_on, label)
        ],
    )
    _clear_away(tx, shop_id, current, {place: units for place, units in presumed.items() if place not in lines})


def _clear_away(
    tx: Connection, shop_id: int, lots_left: Iterable[tuple[int, int, LotKind, int]], presumed: Mapping[Place, int]
) -> None:
    """Take away lots that nothing on order makes any more, and presumptions where nothing is on order."""
    for (item_id, location_id), units in presumed.items():
        if units:
            levels.set_presumed(tx, shop_id, item_id, location_id, 0)
    for item_id, location_id, kind, source_id in lots_left:
        lots.set_supply(tx, shop_id, item_id, location_id, kind, source_id=source_id, units=0)


def _lots_of(line: PurchaseOrderLine, came: int) -> Iterator[tuple[LotKind, int, date | None, str]]:
    """Kind, units, day and label of the lots that a line of a purchase order makes, ``came`` units of it being here."""
    yield LotKind.PURCHASE_ORDER, line.outstanding - came, line.due_on, line.number
    yield LotKind.DOCK, line.at_dock, None, f"{line.number}, at the dock"


def take_from_dock(tx: Connection, shop_id: int, lines: Iterable[PurchaseOrderLine], units: int) -> None:
    """The store has counted in ``units`` that stood at the dock: they are on the shelf now, soonest due first."""
    for line in lines:
        counted = min(units, line.at_dock)
        if counted:
            purchase_orders.change_line(tx, shop_id, line.line_id, at_dock=line.at_dock - counted)
        units -= counted
