"""How much may be sold beyond stock: the cap closes at once and opens again slowly, so that the shop does not flicker (domain §7)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from backorder.rules.claims import Claim

# It opens again for a twentieth of the cap, and when neither supply nor terms have changed, only after a day.
A_TWENTIETH = 20
A_DAY = timedelta(hours=24)


@dataclass(frozen=True)
class Cap:
    """``room``: units that may still be sold, of ``size`` in all; it closes at ``reserve``, the units sold in our reaction time.

    ``supply``: units on the shelves and to come, whoever claimed them, which demand does not change. ``terms``: what the merchant
    has chosen, as text. ``final``: once sold out it never opens again.
    """

    room: int
    size: int
    supply: int
    terms: str
    reserve: int = 0
    final: bool = False

    @property
    def reached(self) -> bool:
        """Whether nothing more may be sold."""
        return self.room <= self.reserve

    @property
    def opens_at(self) -> int:
        """The room from which it may open again."""
        return self.reserve + max(1, self.size // A_TWENTIETH)


@dataclass(frozen=True)
class Closed:
    """Since when the cap is closed, and what it was closed on: the least ``supply`` since, the ``terms``, the largest ``size``."""

    since: datetime
    supply: int
    terms: str
    size: int

    @property
    def sold_out(self) -> bool:
        """Whether there was something to sell, and it is sold."""
        return self.size > 0


def judge(cap: Cap, closed: Closed | None, now: datetime) -> Closed | None:
    """Whether the cap is closed now, given that it was ``closed`` so far or not; None: open."""
    if closed is None:
        return Closed(now, cap.supply, cap.terms, max(0, cap.size)) if cap.reached else None
    if not (cap.final and closed.sold_out) and cap.room >= cap.opens_at and _may_open(cap, closed, now):
        return None
    # Shipping takes from the supply; whatever is more than the least there was has come since.
    return replace(closed, supply=min(closed.supply, cap.supply), size=max(closed.size, cap.size))


def youngest(queue: Iterable[Claim], units: int) -> dict[tuple[int, int], int]:
    """Whose the last ``units`` that wait in a queue are, by (line, location): those sold beyond the cap, the youngest first."""
    found: dict[tuple[int, int], int] = {}
    for claim in sorted(queue, key=lambda claim: claim.age, reverse=True):
        taken = min(claim.backordered, units)
        if taken:
            found[claim.line_id, claim.location_id] = taken
        units -= taken
    return found


def _may_open(cap: Cap, closed: Closed, now: datetime) -> bool:
    changed = cap.supply > closed.supply or cap.terms != closed.terms
    return changed or now - closed.since >= A_DAY
