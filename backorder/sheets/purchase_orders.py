"""Purchase orders and their days from a spreadsheet, and into one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from backorder import purchase, suppliers
from backorder.bell import Ring
from backorder.db import catalogue, locations, purchase_order_acts, purchase_orders, shops
from backorder.db.engine import Connection
from backorder.db.purchase_orders import PurchaseOrder
from backorder.errors import Refused
from backorder.house import House
from backorder.movement import Movement, moving
from backorder.rules.sheet.cells import written
from backorder.rules.sheet.days import Reading
from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.rules.sheet.order_plan import Books, KnownLine, KnownOrder, LineChange, NewLine, Plan, plan
from backorder.rules.sheet.order_rows import HEADINGS, OrderRow, OrderSheet, read_orders
from backorder.rules.wording import day, units
from backorder.rules.working_calendar import WorkingCalendar
from backorder.sheets.approval import MOST_CHANGES, approved

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What a file changed, or would change: ``plan`` on ``goods`` (titles by variant), and who gets another day.

    ``seen`` stands for exactly this plan; ``unread`` are the columns that nobody looks at.
    """

    plan: Plan
    goods: dict[int, str]
    movement: Movement
    unread: tuple[str, ...]
    seen: str


def preview(house: House, shop_id: int, raw: bytes, reading: Reading, now: datetime) -> Outcome:
    """What the file would change and for whom. Raises SheetRefused with everything that is wrong."""
    sheet = _read(house, shop_id, raw, reading)
    return house.db.rehearse(lambda tx: _take_in(tx, shop_id, sheet, None, "a preview", now))


def carry_out(
    house: House, shop_id: int, raw: bytes, reading: Reading, *, seen: str | None, actor: str, now: datetime
) -> Outcome:
    """Take the file in, all of it or nothing.

    ``seen`` is that of the preview a person said yes to (None: nobody looked). Raises SheetRefused with everything that is
    wrong, and Refused if the books changed since, so that something else would happen than was shown.
    """
    sheet = _read(house, shop_id, raw, reading)
    outcome = house.db.run(lambda tx: _take_in(tx, shop_id, sheet, seen, actor, now))
    log.info("purchase orders taken in", shop_id=shop_id, actor=actor, changes=outcome.plan.changes)
    house.bell.ring(Ring.OUTBOX)
    return outcome


def export(house: House, shop_id: int) -> str:
    """All purchase orders as a sheet. Taken in again as it is, it changes nothing."""
    with house.db.read() as tx:
        found = purchase_orders.every(tx, shop_id)
        wanted = {line.variant_id for order in found for line in order.lines}
        variants = {variant.variant_id: variant for variant in catalogue.by_ids(tx, shop_id, wanted)}
        places = {place.location_id: place.name for place in locations.all_locations(tx, shop_id)}
    return written(
        HEADINGS,
        (
            (
                order.number,
                at,
                order.supplier,
                places.get(order.location_id, ""),
                variants[line.variant_id].sku if line.variant_id in variants else None,
                line.variant_id,
                variants[line.variant_id].full_title if line.variant_id in variants else None,
                line.ordered,
                line.due_on.isoformat(),
                line.received,
                line.damaged,
            )
            for order in found
            for at, line in enumerate(order.lines, 1)
        ),
    )


def _read(house: House, shop_id: int, raw: bytes, reading: Reading) -> OrderSheet:
    with house.db.read() as tx:
        timezone = shops.one(tx, shop_id).timezone
    return read_orders(raw, reading, timezone)


def _take_in(tx: Connection, shop_id: int, sheet: OrderSheet, seen: str | None, actor: str, now: datetime) -> Outcome:
    known = {order.number: order for order in purchase_orders.numbered(tx, shop_id, {row.number for row in sheet.rows})}
    made = plan(sheet, _books(tx, shop_id, sheet.rows, known.values(), now))
    if made.changes > MOST_CHANGES:
        sentence = (
            f"The file changes {made.changes:,} lines at once, and {MOST_CHANGES:,} is the most. Split it into several."
        )
        raise SheetRefused([Fault(sentence)])
    mark = approved(made, seen, "purchase orders")
    goods = _goods(tx, shop_id, made)
    of_suppliers = purchase_orders.variants_on(tx, shop_id, [order.purchase_order_id for order, _ in made.suppliers])
    touched = catalogue.by_ids(tx, shop_id, {*goods, *of_suppliers})
    items = {variant.item_id for variant in touched}
    catalogue.lock_items(tx, shop_id, items)

    def write() -> None:
        _write(tx, shop_id, made, goods, actor, now)
        suppliers.learn(tx, shop_id, [variant.variant_id for variant in touched])
        purchase.decide_anew(tx, shop_id, items, now, "purchase orders from a file", actor)

    movement = moving(tx, shop_id, items, write)
    titles = {variant_id: variant.full_title for variant_id, variant in goods.items()}
    return Outcome(made, titles, movement, sheet.unread, mark)


def _write(
    tx: Connection, shop_id: int, made: Plan, goods: dict[int, catalogue.Variant], actor: str, now: datetime
) -> None:
    acts: list[tuple[int, str, dict[str, Any] | None]] = []
    for order in made.entered:
        created = purchase_orders.create(tx, shop_id, order.number, order.supplier, order.location_id, now)
        if created is None:
            raise Refused("content", f"There is already a purchase order {order.number}.")
        _add(tx, shop_id, created, order.lines, goods)
        acts.append((created, f"Entered from a file with {len(order.lines)} {_lines(len(order.lines))}.", None))
    for more in made.added:
        _add(tx, shop_id, more.order.purchase_order_id, more.lines, goods)
        acts.append(
            (more.order.purchase_order_id, f"{len(more.lines)} more {_lines(len(more.lines))} from a file.", None)
        )
    purchase_orders.change_lines(tx, shop_id, [(one.line.line_id, one.units, one.due_on) for one in made.changed])
    for one in made.changed:
        columns: dict[str, list[Any]] = {
            "ordered": [one.line.ordered, one.units],
            "due_on": [one.line.due_on.isoformat(), one.due_on.isoformat()],
        }
        changed = {name: pair for name, pair in columns.items() if pair[0] != pair[1]}
        sentence = f"{goods[one.line.variant_id].full_title}: {_changed(one)}, from a file."
        acts.append((one.order.purchase_order_id, sentence, {"lines": {str(one.line.line_id): changed}}))
    for known, supplier in made.suppliers:
        purchase_orders.set_supplier(tx, shop_id, known.purchase_order_id, supplier)
        sentence = f"Comes from {supplier} instead of {known.supplier or 'nobody named'}."
        acts.append((known.purchase_order_id, sentence, None))
    purchase_order_acts.record_all(tx, shop_id, acts, actor=actor, at=now)


def _lines(count: int) -> str:
    return "line" if count == 1 else "lines"


def _changed(one: LineChange) -> str:
    said = []
    if one.units != one.line.ordered:
        said.append(f"{units(one.units)} instead of {one.line.ordered}")
    if one.due_on != one.line.due_on:
        said.append(f"due on {day(one.due_on)} instead of {day(one.line.due_on)}")
    return ", ".join(said)


def _add(
    tx: Connection, shop_id: int, order_id: int, lines: Iterable[NewLine], goods: dict[int, catalogue.Variant]
) -> None:
    fresh = [(line.variant_id, goods[line.variant_id].item_id, line.units, line.due_on) for line in lines]
    purchase_orders.add_lines(tx, shop_id, order_id, fresh)


def _goods(tx: Connection, shop_id: int, made: Plan) -> dict[int, catalogue.Variant]:
    """The variants that a plan touches."""
    new = {line.variant_id for order in made.entered for line in order.lines}
    new |= {line.variant_id for more in made.added for line in more.lines}
    changed = {change.line.variant_id for change in made.changed}
    return {variant.variant_id: variant for variant in catalogue.by_ids(tx, shop_id, new | changed)}


def _books(
    tx: Connection, shop_id: int, rows: Iterable[OrderRow], known: Iterable[PurchaseOrder], now: datetime
) -> Books:
    """What the rows are laid beside."""
    rows, known = tuple(rows), tuple(known)
    by_sku = catalogue.by_skus(tx, shop_id, {row.sku for row in rows if row.sku})
    named = {row.variant_id for row in rows if row.variant_id} | {line.variant_id for o in known for line in o.lines}
    variants = {variant.variant_id: variant for variant in (*catalogue.by_ids(tx, shop_id, named), *by_sku)}
    skus: dict[str, list[int]] = defaultdict(list)
    for variant in by_sku:
        skus[variant.sku or ""].append(variant.variant_id)
    places = locations.all_locations(tx, shop_id)
    active: dict[str, list[int]] = defaultdict(list)
    for place in places:
        if place.active:
            active[place.name.strip().casefold()].append(place.location_id)
    online = [place.location_id for place in places if place.active and place.fulfills_online]
    names = {place.location_id: place.name.strip() for place in places}
    today = WorkingCalendar(timezone=shops.one(tx, shop_id).timezone).day(now)
    return Books(
        orders={order.number: _known(order, names, variants) for order in known},
        variants={one.variant_id: (one.sku or "").strip() for one in variants.values() if not one.gone},
        skus={sku.strip(): tuple(ids) for sku, ids in skus.items()},
        locations={name: tuple(ids) for name, ids in active.items()},
        goes_to=online[0] if len(online) == 1 else None,
        first_day=today,
        last_day=today + purchase.FURTHEST,
    )


def _known(order: PurchaseOrder, places: dict[int, str], variants: dict[int, catalogue.Variant]) -> KnownOrder:
    return KnownOrder(
        purchase_order_id=order.purchase_order_id,
        number=order.number,
        supplier=order.supplier.strip(),
        location=places.get(order.location_id, ""),
        cancelled=order.cancelled_at is not None,
        lines=tuple(
            KnownLine(
                line_id=line.line_id,
                variant_id=line.variant_id,
                ordered=line.ordered,
                due_on=line.due_on,
                settled=line.settled,
                sku=(variants[line.variant_id].sku or "").strip() if line.variant_id in variants else "",
            )
            for line in order.lines
        ),
    )
