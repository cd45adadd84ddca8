"""What may be asked of purchase orders, their lines and what arrived for them."""

from typing import Annotated

from pydantic import Field

from plugin.api.schema.model import Body, Query
from plugin.api.schema.values import MOST_UNITS, Day, Id, Line, Number, Units


class PurchaseOrderLineDraft(Body):
    """Units of a variant, due at the location on a day (the shop's calendar)."""

    variant_id: Id
    units: Units
    due_on: Day


class PurchaseOrderDraft(Body):
    """A purchase order as the merchant writes it; a shop with one location that sells online need not name it."""

    number: Number
    supplier: Line = ""
    location_id: Id | None = None
    lines: Annotated[list[PurchaseOrderLineDraft], Field(min_length=1, max_length=100)]


class Carefully(Body):
    """``moving_nobody``: refused, naming this field, where the day of somebody who waits would move."""

    moving_nobody: bool = False


class DueChange(Carefully):
    """The day on which the rest of a line is due now. ``moving_nobody``: refused where the day of somebody who waits would move."""

    due_on: Day


class ReceiptDraft(Body):
    """Units that arrived for one line of a purchase order; ``damaged`` ones came besides and cannot be sold.

    ``sure``: they may be more than were still to come. Without it, so many are refused, as a slip of the finger.
    """

    units: Annotated[int, Field(ge=0, le=MOST_UNITS)]
    damaged: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None = None
    sure: bool = False


class LineReceived(Body):
    """What arrived for one line; without units, nothing did."""

    line_id: Id
    units: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None = None


class ReceiptsDraft(Body):
    """What arrived for several lines of a purchase order, as it was scanned: all of it is booked in, or nothing.

    ``sure``: it may be more than was still to come, as for a single line.
    """

    lines: Annotated[list[LineReceived], Field(min_length=1, max_length=500)]
    sure: bool = False


class LineSplit(Carefully):
    """So many of what is still to come on a line are due on another day.

    ``moving_nobody``: refused where the day of somebody who waits would move.
    """

    units: Units
    due_on: Day


class PushDraft(Body):
    """Everything still to come on a purchase order is due so many days later; less than 0: earlier."""

    days: Annotated[int, Field(ge=-730, le=730)]


class LocationNamed(Body):
    """Where a purchase order comes to."""

    location_id: Id


class SupplierNamed(Body):
    """From whom a purchase order comes."""

    supplier: Line


class PurchaseOrdersAsked(Query):
    """``search`` looks in numbers, suppliers, titles and SKU; ``to_come``: only those of which something is still to come.

    ``before`` is the ``next_before`` of the page before.
    """

    search: Line = ""
    to_come: bool = False
    before: Id | None = None
