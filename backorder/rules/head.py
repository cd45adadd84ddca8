"""The head of a long queue, column by column: those of whom nothing need be known but how much they want.

A queue may have thousands, and mostly nothing was ever given to any of them: they are ready, held whole, in no tranches. Whoever serves
them goes down a column of numbers, and a restock takes half the time that a claim for each of them would cost.
Two ways to the same decision: ``rules.allocation.allocate`` gives the same units to the same people.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate

from backorder.rules.claims import Claim


@dataclass(frozen=True)
class Head:
    """Claims at one place in the order of their age, all of them ready, given nothing, and exposed nowhere; each column as in ``Claim``."""

    item_id: int
    location_id: int
    line_ids: Sequence[int] = ()
    order_ids: Sequence[int] = ()
    units: Sequence[int] = ()
    since: Sequence[datetime] = ()
    ranks: Sequence[int] = ()
    routed: Sequence[bool] = ()
    projected_on: Sequence[date | None] = ()
    runs: Sequence[int | None] = ()
    stopped_since: Sequence[datetime | None] = ()
    lost_turn: Sequence[bool] = ()

    def __len__(self) -> int:
        return len(self.line_ids)

    def claims(self, *, ready: bool = True) -> list[Claim]:
        """The same, a claim each; or as they would be if they were not ``ready``."""
        columns = (self.line_ids, self.order_ids, self.units, self.since, self.ranks, self.routed, self.projected_on, self.runs,
                   self.stopped_since, self.lost_turn)  # fmt: skip
        found = []
        for row in zip(*columns, strict=True):
            # As the constructor would, but ten times as fast.
            claim = object.__new__(Claim)
            of = claim.__dict__
            (of["line_id"], of["order_id"], of["units"], of["since"], of["rank"], of["routed"], of["projected_on"], of["run"],
             of["stopped_since"], of["lost_turn"]) = row  # fmt: skip
            of["item_id"], of["location_id"], of["ready"], of["later"], of["drop_shipped"] = (
                self.item_id, self.location_id, ready, (), False)  # fmt: skip
            of["given"], of["kept"], of["exposed"], of["in_works"] = 0, 0, 0, 0
            found.append(claim)
        return found

    def serve(self, free: int) -> "Served":
        """Give ``free`` units of a shelf, the oldest first."""
        if free <= 0 or not self.units:
            return Served(self, ())
        upto = list(accumulate(self.units))
        whole = bisect_right(upto, free)
        given = self.units[:whole]
        rest = free - (upto[whole - 1] if whole else 0)
        if whole < len(upto) and rest:
            given = (*given, rest)
        return Served(self, given)


@dataclass(frozen=True)
class Served:
    """What those at the front of a head were ``given``, in their order; everybody behind them nothing."""

    head: Head
    given: Sequence[int]

    @cached_property
    def total(self) -> int:
        """Units given in all."""
        return sum(self.given)

    @property
    def line_ids(self) -> Sequence[int]:
        return self.head.line_ids[: len(self.given)]

    @property
    def order_ids(self) -> Sequence[int]:
        return self.head.order_ids[: len(self.given)]

    @property
    def by_run(self) -> Counter[int | None]:
        """Units given, by the run that their claims are in."""
        if len(set(self.head.runs[: len(self.given)])) == 1:  # as mostly: one shipment was to serve them all
            return Counter({self.head.runs[0]: self.total})
        found: Counter[int | None] = Counter()
        for run, units in zip(self.head.runs, self.given, strict=False):
            found[run] += units
        return found

    @property
    def released(self) -> list[int]:
        """Orders of which something may go now: units that were held and are covered, and that nobody else holds."""
        columns = zip(self.order_ids, self.head.routed, self.head.stopped_since, strict=False)
        return [order_id for order_id, routed, stopped_since in columns if routed and stopped_since is None]

    def claims(self) -> list[Claim]:
        """The head as it was served, a claim each."""
        given = (*self.given, *[0] * (len(self.head) - len(self.given)))
        return [claim.served(units, 0) for claim, units in zip(self.head.claims(), given, strict=True)]
