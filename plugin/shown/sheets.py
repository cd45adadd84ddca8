"""What a file from a spreadsheet changes, or would change, as shown; and what is wrong with one."""

from collections.abc import Iterable
from datetime import date

from backorder.movement import Movement
from backorder.rules.sheet.faults import Fault
from backorder.rules.sheet.order_plan import Plan
from backorder.sheets.purchase_orders import Outcome
from plugin.shown.model import Shown

# More than a person mends at once; the file is looked at again after each mending anyway.
MOST_FAULTS = 100


class FileShown(Shown):
    """A file to keep: its name and its text."""

    name: str
    content: str


class FaultShown(Shown):
    """What is wrong at one place of a file. ``row`` counts as spreadsheets do; without it, it concerns the whole file."""

    row: int | None
    column: str | None
    sentence: str


class OrderRowShown(Shown):
    """What one row does. ``what``: *new order*, *new line*, *changed* or *supplier*; what was is empty for what is new."""

    what: str
    row: int | None
    number: str
    title: str
    units_before: int | None = None
    units: int | None = None
    due_before: date | None = None
    due_on: date | None = None
    supplier_before: str | None = None
    supplier: str | None = None


class OrderSheetShown(Shown):
    """What a file of purchase orders changes. ``faults``: then nothing is changed, and there is no ``seen``.

    ``unchanged`` rows say what the books say; ``unread`` are the columns that nobody looks at.
    """

    rows: tuple[OrderRowShown, ...] = ()
    unchanged: int = 0
    unread: tuple[str, ...] = ()
    movement: Movement | None = None
    seen: str | None = None
    faults: tuple[FaultShown, ...] = ()
    more_faults: int = 0


def of_faults(faults: tuple[Fault, ...]) -> OrderSheetShown:
    """A file that cannot be used."""
    return OrderSheetShown(faults=shown_faults(faults), more_faults=max(0, len(faults) - MOST_FAULTS))


def shown_faults(faults: tuple[Fault, ...]) -> tuple[FaultShown, ...]:
    """The first of what is wrong."""
    return tuple(
        FaultShown(row=fault.row, column=fault.column, sentence=fault.sentence) for fault in faults[:MOST_FAULTS]
    )


def of_outcome(outcome: Outcome) -> OrderSheetShown:
    """What a file of purchase orders does."""
    return OrderSheetShown(
        rows=tuple(_rows(outcome.plan, outcome.goods)),
        unchanged=outcome.plan.unchanged,
        unread=outcome.unread,
        movement=outcome.movement,
        seen=outcome.seen,
    )


def _rows(plan: Plan, goods: dict[int, str]) -> Iterable[OrderRowShown]:
    fresh = [("new order", order.number, order.supplier, line) for order in plan.entered for line in order.lines]
    fresh += [("new line", more.order.number, "", line) for more in plan.added for line in more.lines]
    for what, number, supplier, line in fresh:
        yield OrderRowShown(
            what=what,
            row=line.row,
            number=number,
            title=goods[line.variant_id],
            units=line.units,
            due_on=line.due_on,
            supplier=supplier or None,
        )
    for change in plan.changed:
        yield OrderRowShown(
            what="changed",
            row=change.row,
            number=change.order.number,
            title=goods[change.line.variant_id],
            units_before=change.line.ordered,
            units=change.units,
            due_before=change.line.due_on,
            due_on=change.due_on,
        )
    for order, supplier in plan.suppliers:
        yield OrderRowShown(
            what="supplier",
            row=None,
            number=order.number,
            title="",
            supplier_before=order.supplier,
            supplier=supplier,
        )
