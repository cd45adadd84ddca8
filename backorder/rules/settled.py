"""The settled read: what can really be given away at a location (domain §1).

After the changed fulfillment orders were swept, the level is read. ``committed`` against the open units that we know is
the checksum: it shows an order we have not seen, without knowing anything about it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settled:
    """``supply`` S = available + committed units; ``unseen`` δ = committed − known open units."""

    supply: int
    unseen: int

    @property
    def anonymous(self) -> int:
        """Units that orders we cannot see have already spoken for: one claim, older than all, never released."""
        return max(0, self.unseen)

    @property
    def complete(self) -> bool:
        """Whether every committed unit is known. While not, nothing is taken from anybody."""
        return self.unseen == 0

    @property
    def to_give(self) -> int:
        """Units for the claims we know; negative when the shelf owes."""
        return self.supply - self.anonymous


def settle(available: int, committed: int, known_open: int) -> Settled:
    """Judge a level that was read after a sweep, ``known_open`` being the open units we know there (all in units)."""
    return Settled(supply=available + committed, unseen=committed - known_open)


@dataclass(frozen=True)
class Matched:
    """How a rise or fall between two settled reads was explained: what is left at the dock, and what is still presumed."""

    docked: int
    presumed: int


def match_rise(change: int, shipped: int, docked: int, presumed: int, outstanding: int) -> Matched:
    """Explain a change of S between two settled reads, all in units (thin form of domain §2).

    ``change`` is S now less S then, ``shipped`` units are known to have left meanwhile and explain a fall. What rose beyond
    that is first what was booked in and stood at the dock; the rest is presumed to be the early part of what is still
    ``outstanding`` on purchase orders, so that no unit is counted both on the shelf and on its way. A fall eats what was
    presumed first. What is no longer expected is not presumed either.
    """
    rise = change + shipped
    if rise < 0:
        return Matched(docked, min(max(0, presumed + rise), outstanding))
    from_dock = min(rise, docked)
    return Matched(docked - from_dock, min(presumed + rise - from_dock, outstanding))


def match_receipt(units: int, presumed: int) -> tuple[int, int]:
    """Book in ``units``: how many go to the dock, and how many stay presumed. What rose before its receipt is not to come twice."""
    already = min(units, presumed)
    return units - already, presumed - already
