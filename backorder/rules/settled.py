"""The settled read: what can really be given away at a location (domain §1).

After the changed fulfillment orders were swept, the level is read. ``committed`` against the open units that we know is
the checksum: it shows an order we have not seen, without knowing anything about it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settled:
    """``supply`` S′ = available + committed units less what is aside; ``unseen`` δ = committed − known open units.

    ``looked``: it stayed so however often it was looked at, and the orders were read again. Of the supply ``counted_off`` units are not
    in the store's own count.
    """

    supply: int
    unseen: int
    looked: bool = False
    counted_off: int = 0

    @property
    def anonymous(self) -> int:
        """Units that orders we cannot see have already spoken for: one claim, older than all, never released."""
        return max(0, self.unseen)

    @property
    def complete(self) -> bool:
        """Whether every committed unit is known. While not, nothing is taken from anybody.

        Open units that the store has not committed (of an order that came while it did not count them, or that passed its stock by) are
        claims like any other, once it is sure that they are open.
        """
        return self.unseen == 0 or (self.looked and self.unseen < 0)

    @property
    def to_give(self) -> int:
        """Units for the claims we know; negative when the shelf owes."""
        return self.supply - self.anonymous


def settle(available: int, committed: int, known_open: int, aside: int = 0, counted_off: int = 0) -> Settled:
    """Judge a level that was read after a sweep, ``known_open`` being the open units we know there (all in units).

    What is set ``aside`` (rules.rises) is there and serves nobody: S′ = S − Q. What the store took off the count with parcels that
    suppliers sent, ``counted_off``, never lay there and is added back.
    """
    can_ship = available + committed + counted_off
    supply = can_ship - min(aside, max(0, can_ship))
    return Settled(supply, unseen=committed - known_open, counted_off=counted_off)
