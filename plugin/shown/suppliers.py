"""Suppliers as shown, and what a file of them changes."""

from backorder.db import suppliers
from backorder.db.shops import Shop
from backorder.db.suppliers import Supplier
from backorder.house import House
from backorder.movement import Movement
from backorder.rules.sheet.faults import Fault
from backorder.sheets.suppliers import SupplierChange, SupplierOutcome
from plugin.shown.model import Shown
from plugin.shown.sheets import MOST_FAULTS, FaultShown, shown_faults


class SupplierShown(Shown):
    """Who delivers, and in how many calendar days from the order, if that is known."""

    supplier_id: int
    name: str
    lead_time_days: int | None
    email: str
    note: str


class Suppliers(Shown):
    """All suppliers, by name."""

    suppliers: tuple[SupplierShown, ...]


class SupplierRowShown(Shown):
    """What one row does: a *new* supplier, or one that is *changed*."""

    what: str
    row: int
    name: str
    days_before: int | None
    days: int | None
    email: str
    note: str


class SupplierSheetShown(Shown):
    """What a file of suppliers changes. ``faults``: then nothing is changed, and there is no ``seen``."""

    rows: tuple[SupplierRowShown, ...] = ()
    unchanged: int = 0
    unread: tuple[str, ...] = ()
    movement: Movement | None = None
    seen: str | None = None
    faults: tuple[FaultShown, ...] = ()
    more_faults: int = 0


def every(house: House, shop: Shop) -> Suppliers:
    """The suppliers of a shop."""
    with house.db.read() as tx:
        return Suppliers(suppliers=tuple(map(_shown, suppliers.every(tx, shop.shop_id))))


def one(house: House, shop: Shop, supplier_id: int) -> SupplierShown | None:
    """A supplier of the shop, or None."""
    with house.db.read() as tx:
        found = suppliers.one(tx, shop.shop_id, supplier_id)
    return _shown(found) if found else None


def of_faults(faults: tuple[Fault, ...]) -> SupplierSheetShown:
    """A file that cannot be used."""
    return SupplierSheetShown(faults=shown_faults(faults), more_faults=max(0, len(faults) - MOST_FAULTS))


def of_outcome(outcome: SupplierOutcome) -> SupplierSheetShown:
    """What a file of suppliers does."""
    return SupplierSheetShown(
        rows=tuple(map(_row, outcome.changes)),
        unchanged=outcome.unchanged,
        unread=outcome.unread,
        movement=outcome.movement,
        seen=outcome.seen,
    )


def _shown(known: Supplier) -> SupplierShown:
    return SupplierShown(
        supplier_id=known.supplier_id,
        name=known.name,
        lead_time_days=known.lead_time_days,
        email=known.email,
        note=known.note,
    )


def _row(change: SupplierChange) -> SupplierRowShown:
    return SupplierRowShown(
        what="changed" if change.before else "new",
        row=change.row,
        name=change.after.name,
        days_before=change.before.lead_time_days if change.before else None,
        days=change.after.lead_time_days,
        email=change.after.email,
        note=change.after.note,
    )
