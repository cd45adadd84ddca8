"""A file of suppliers as shown: what it changes, or would change."""

from backorder.sheets.suppliers import SupplierChange, SupplierOutcome
from plugin.shown.model import Shown
from plugin.shown.sheets import SheetShown


class SupplierRowShown(Shown):
    """What one row does: a *new* supplier, or one that is *changed*."""

    what: str
    row: int
    name: str
    days_before: int | None
    days: int | None
    email: str
    note: str


class SupplierSheetShown(SheetShown):
    """What a file of suppliers changes. ``faults``: then nothing is changed, and there is no ``seen``."""

    rows: tuple[SupplierRowShown, ...] = ()


def of_outcome(outcome: SupplierOutcome) -> SupplierSheetShown:
    """What a file of suppliers does."""
    return SupplierSheetShown(
        rows=tuple(map(_row, outcome.changes)),
        unchanged=outcome.unchanged,
        unread=outcome.unread,
        movement=outcome.movement,
        seen=outcome.seen,
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
