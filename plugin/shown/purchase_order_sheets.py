"""A file of purchase orders as shown: what it changes, or would change."""

from collections.abc import Iterable
from datetime import date

from backorder.rules.sheet.order_plan import Plan
from backorder.sheets.purchase_orders import Outcome
from plugin.shown.model import Shown
from plugin.shown.sheets import SheetShown


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


class OrderSheetShown(SheetShown):
    """What a file of purchase orders changes. ``faults``: then nothing is changed, and there is no ``seen``.

    ``unchanged`` rows say what the books say; ``unread`` are the columns that nobody looks at.
    """

    rows: tuple[OrderRowShown, ...] = ()


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
