"""Silent selling: supply that lands within the time in which the shop ships anyway is sold as if in stock.

Nothing about a backorder is said to the buyer, and the wait stands in the backlog all the same. Silence ends by itself when
the risk rises: the shipment is overdue, or its day moves out of the window.
"""

from datetime import date, datetime

from backorder.rules.projection import Projection
from backorder.rules.promises import Basis
from backorder.rules.revision import RULE
from backorder.rules.working_calendar import WorkingCalendar

# Stands in the ledger beside a promise of which the buyer hears nothing.
SILENT_RULE = f"{RULE}, silent"


def window_ends(calendar: WorkingCalendar, ordered_at: datetime, window_days: int) -> date:
    """The last day on which the shop ordinarily ships what is ordered at this instant: so many working days later."""
    return calendar.after(calendar.arrival_now(ordered_at), window_days)


def is_silent(projection: Projection, calendar: WorkingCalendar, ordered_at: datetime, window_days: int | None) -> bool:
    """Whether a place in the queue ships within the ordinary window of somebody who ordered then. None: never silent."""
    if window_days is None or projection.basis is not Basis.LOT or projection.overdue or projection.ship_by is None:
        return False
    return projection.ship_by <= window_ends(calendar, ordered_at, window_days)
