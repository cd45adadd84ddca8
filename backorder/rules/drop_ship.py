"""Drop-shipping: what a supplier sends to the buyer directly takes no part in a shelf, and has the supplier's day.

Such a line is in no queue: it takes no unit from a shelf or a shipment, and nobody stands behind it. Its day is that of the order and the
supplier's lead time, with the days that the supplier is usually late where the merchant has chosen a confidence. Our own receiving
and handling are not in it: the goods never come by.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from backorder.rules.claims import Claim
from backorder.rules.lots import Lot
from backorder.rules.projection import Future, Projection, Serving, told_from
from backorder.rules.promises import Basis
from backorder.rules.wording import day, units, units_wait


@dataclass(frozen=True)
class Sender:
    """Who sends an order line: the ``supplier``, within ``days`` calendar days (None: not known) from ``since`` on.

    ``told``: it was passed on. ``let_go``: our hold on it was released, by staff or because it was shipped, and is not placed again.
    ``managed``: the merchant lets the app manage its variant.
    """

    supplier: str
    days: int | None
    since: datetime
    told: bool = False
    let_go: bool = False
    managed: bool = True

    @property
    def held(self) -> bool:
        """Whether a hold of ours keeps others from packing it. Of what the app does not manage, only what the supplier knows of."""
        return not self.let_go and (self.managed or self.told)

    def waits_since(self, claim: Claim) -> datetime:
        """From when its lead time counts: an order that was paid, or handed to the supplier, later than it joined counts from then."""
        return max(self.since, claim.since)


def sent_directly(future: Future, days: int | None) -> Future:
    """The future of goods that are sent by a supplier within so many days: nothing of ours is to come, and no work of ours is in it."""
    calendar = replace(future.calendar, receiving_days=0, handling_days=0)
    return replace(future, lots=(), calendar=calendar, lead_time_days=days)


def sending(lot: Lot, supplier: str, future: Future) -> Projection:
    """When a supplier sends the units of a ``lot``, which stands for the lead time, with its allowance; ``future`` as ``sent_directly`` says.

    Raises ValueError for a lot without a day: without a lead time there is nothing to work out (``sending_unknown``).
    """
    if lot.due_on is None:
        raise ValueError("a lead time has a day")
    arrival = lot.expected_on() or lot.due_on
    ship_by, stated = future.ships_on(arrival), future.calendar.ships_on(max(lot.due_on, future.earliest))
    soonest = future.calendar.ships_on(max(lot.allowance.here_from(), future.earliest)) if lot.allowance else None
    return Projection(
        ship_by=ship_by,
        basis=Basis.LEAD_TIME,
        servings=(Serving(lot, lot.units),),
        overdue=lot.overdue(future.earliest),
        stated=stated if stated != ship_by else None,
        ship_from=told_from(ship_by, soonest, future),
        sent_by=supplier,
    )


def sending_unknown(supplier: str, future: Future) -> Projection:
    """When a supplier sends something of which no lead time is known: no day can be named."""
    return Projection(None, Basis.ASAP if future.allow_asap else Basis.UNKNOWN, sent_by=supplier)


class Tell(StrEnum):
    """What a supplier is to be told of an order line."""

    NEW = "new"
    CHANGED = "changed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Told:
    """What a supplier has been told of a line: to send so many ``units``, when ``shipped_before`` units of the line had left."""

    units: int = 0
    shipped_before: int = 0

    def owed(self, shipped: int) -> int:
        """Units that the supplier still means to send, now that ``shipped`` units of the line have left in all."""
        return max(0, self.units - max(0, shipped - self.shipped_before))

    def to_tell(self, open_units: int, shipped: int) -> Tell | None:
        """What must be told where ``open_units`` of the line are to be sent; None: the supplier knows."""
        owed = self.owed(shipped)
        if owed == open_units:
            return None
        if owed == 0:
            return Tell.NEW
        return Tell.CHANGED if open_units else Tell.CANCELLED


def sentence(claim: Claim, sender: Sender, projection: Projection, ordered_on: date) -> str:
    """Why this date, to the merchant and support: one sentence."""
    who = f"{units_wait(claim.units)}, sent by {sender.supplier} directly"
    if projection.ship_by is None or sender.days is None:
        return f"{who}, and no lead time of theirs is known."
    made = f"{who}: {sender.days} days from {day(ordered_on)}"
    lot = projection.last_lot
    if lot is not None and lot.allowance is not None:
        return f"{made}. {lot.allowance.sentence()} That makes it {day(projection.ship_by)}."
    return f"{made} make it {day(projection.ship_by)}."


def for_buyer(claim: Claim, projection: Projection) -> str:
    """Why this date, to whoever waits."""
    if projection.ship_by is None:
        return f"{units(claim.units)} of yours come from our supplier directly; no day can be named yet."
    told = f"between {day(projection.ship_from)} and" if projection.ship_from else "by"
    return (
        f"Yours is sent to you by our supplier directly; by their usual time it ships {told} {day(projection.ship_by)}."
    )
