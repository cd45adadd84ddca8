"""Suppliers from a spreadsheet, and into one."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from backorder import suppliers as verbs
from backorder.bell import Ring
from backorder.db import catalogue, suppliers
from backorder.db.engine import Connection
from backorder.db.suppliers import Supplier, key_of
from backorder.errors import Refused
from backorder.house import House
from backorder.movement import Movement, moving
from backorder.rules.sheet.cells import written
from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.rules.sheet.supplier_rows import HEADINGS, SupplierRow, SupplierSheet, read_suppliers
from backorder.sheets.approval import MOST_CHANGES, approved
from backorder.suppliers import SupplierDraft

log = structlog.get_logger(__name__)

_COLUMNS = {"name": "name", "lead_time_days": "days", "email": "email", "note": "note"}


@dataclass(frozen=True)
class SupplierChange:
    """A supplier that is written down (``before`` None) or changed, by this row of the file."""

    row: int
    before: Supplier | None
    after: SupplierDraft


@dataclass(frozen=True)
class SupplierOutcome:
    """What a file changed, or would change, and who gets another day. ``seen`` stands for exactly this."""

    changes: tuple[SupplierChange, ...]
    unchanged: int
    movement: Movement
    unread: tuple[str, ...]
    seen: str


def preview(house: House, shop_id: int, raw: bytes, now: datetime) -> SupplierOutcome:
    """What the file would change and for whom. Raises SheetRefused with everything that is wrong."""
    sheet = read_suppliers(raw, key_of)
    return house.db.rehearse(lambda tx: _take_in(tx, shop_id, sheet, None, "a preview", now))


def carry_out(
    house: House, shop_id: int, raw: bytes, *, seen: str | None, actor: str, now: datetime
) -> SupplierOutcome:
    """Take the file in, all of it or nothing; as ``sheets.purchase_orders.carry_out``."""
    sheet = read_suppliers(raw, key_of)
    outcome = house.db.run(lambda tx: _take_in(tx, shop_id, sheet, seen, actor, now))
    log.info("suppliers taken in", shop_id=shop_id, actor=actor, changes=len(outcome.changes))
    house.bell.ring(Ring.OUTBOX)
    return outcome


def export(house: House, shop_id: int) -> str:
    """All suppliers as a sheet. Taken in again as it is, it changes nothing."""
    with house.db.read() as tx:
        found = suppliers.every(tx, shop_id)
    return written(HEADINGS, ((one.name, one.lead_time_days, one.email, one.note) for one in found))


def _take_in(
    tx: Connection, shop_id: int, sheet: SupplierSheet, seen: str | None, actor: str, now: datetime
) -> SupplierOutcome:
    known = suppliers.named(tx, shop_id, [row.name for row in sheet.rows])
    changes = _changes(sheet, known)
    mark = approved(changes, seen, "suppliers")
    before = [change.before.supplier_id for change in changes if change.before]
    ids = [verbs.write(tx, shop_id, one.before.supplier_id if one.before else None, one.after) for one in changes]
    items = verbs.of_suppliers(tx, shop_id, {*before, *ids})
    catalogue.lock_items(tx, shop_id, items)
    movement = moving(tx, shop_id, items, lambda: verbs.decide_about(tx, shop_id, items, actor, now))
    return SupplierOutcome(changes, len(sheet.rows) - len(changes), movement, sheet.unread, mark)


def _changes(sheet: SupplierSheet, known: dict[str, Supplier]) -> tuple[SupplierChange, ...]:
    changes, faults = [], []
    for row in sheet.rows:
        before = known.get(key_of(row.name))
        try:
            after = verbs.checked(_laid_over(row, before))
        except Refused as refused:
            faults.append(Fault(refused.sentence, row.row, sheet.headings.get(_COLUMNS[refused.field])))
            continue
        if before is None or _draft_of(before) != after:
            changes.append(SupplierChange(row.row, before, after))
    if faults:
        raise SheetRefused(faults)
    if len(changes) > MOST_CHANGES:
        sentence = f"The file changes {len(changes):,} suppliers at once, and {MOST_CHANGES:,} is the most. Split it."
        raise SheetRefused([Fault(sentence)])
    return tuple(changes)


def _laid_over(row: SupplierRow, before: Supplier | None) -> SupplierDraft:
    """What a row makes of a supplier."""
    was = _draft_of(before) if before else SupplierDraft(row.name)
    days = was.lead_time_days if row.days is None else row.days
    return SupplierDraft(row.name, days, row.email or was.email, row.note or was.note)


def _draft_of(known: Supplier) -> SupplierDraft:
    return SupplierDraft(known.name, known.lead_time_days, known.email, known.note)
