"""Who gets the units of a shelf under the merchant's policy (rules.queue_policy), and who those of each arrival to come.

The shelf and the days of those who wait are given out by the same function, so that on the day on which goods land they go to whom the
day was named (decision 80).

1. Whoever has waited long enough, or was moved up by a person, by age.
2. Who goes first by the policy, by age: chosen ones as far as their part of the day goes, orders that can be completed.
3. Everybody by age, as far as a customer's units of the day go.
4. Everybody by age.
5. Who is not ready (their payment rule is not met), by age.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter

from backorder.rules.claims import Claim
from backorder.rules.queue_policy import CHOSEN_FIRST, COMPLETE_FIRST, NOT_WHOLE, WHOLE_ORDERS, QueuePolicy
from backorder.rules.tranches import pieces

Wanted = Sequence[tuple[Claim, int]]  # oldest first, with the units that each still wants


@dataclass(frozen=True)
class Whose:
    """What a policy must know of orders. ``customers``: who is who, by order; an order of nobody known is a customer of its own.

    ``incomplete`` orders wait for something else that is not there.
    """

    chosen: frozenset[int] = frozenset()
    customers: Mapping[int, int] = field(default_factory=dict)
    incomplete: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Serves:
    """A policy at one shelf: ``day`` says on which day of the shop an instant falls; ``kept`` units were let go on a day, by order."""

    policy: QueuePolicy
    whose: Whose
    day: Callable[[datetime], date]
    kept: Mapping[date, Mapping[int, int]] = field(default_factory=dict)

    def give(self, queue: Wanted, free: int, on: date, also: Mapping[int, int] | None = None) -> list[int]:
        """What each of a queue is given of ``free`` units on a day on which ``also`` units were given out besides, by order."""
        gone = Counter(self.kept.get(on, {})) + Counter(also or {})
        giving = _Giving(self, queue, free, gone, on)
        for step in giving.steps():
            step()
        return giving.given

    def passed_over_no_more(self, claim: Claim, on: date) -> bool:
        """Whether only the older go before a claim on a day."""
        days = self.policy.passed_over_days
        return claim.rank < 0 or (days is not None and self.day(claim.since) + timedelta(days=days) <= on)

    def set_aside(self, queue: Iterable[Claim], free: int, on: date) -> int:
        """Of the ``free`` units of a shelf that was given out, those that lie there for somebody who is passed over no more."""
        if self.policy.whole == NOT_WHOLE:
            return 0
        groups: dict[object, list[Claim]] = {}
        for claim in queue:
            if claim.ready and claim.backordered:
                groups.setdefault(together(self.policy, claim), []).extend(pieces(claim))
        long = (group for group in groups.values() if all(self.passed_over_no_more(piece, on) for piece in group))
        return min(free, sum(piece.backordered for group in long for piece in group))


def together(policy: QueuePolicy, claim: Claim) -> object:
    """What is served whole or not at all, where anything is: all with the same name. An edit makes two pieces of a line, not two lines."""
    return claim.order_id if policy.whole == WHOLE_ORDERS else (claim.line_id, claim.location_id)


class _Giving:
    """Units of one shelf being given out. ``aside`` are set aside for somebody who takes all or nothing."""

    def __init__(self, serves: Serves, queue: Wanted, free: int, gone: Mapping[int, int], on: date) -> None:
        self.serves, self.policy, self.whose = serves, serves.policy, serves.whose
        self.queue, self.left, self.on = queue, free, on
        self.given = [0] * len(queue)
        self.part_left = self._part(free, gone)
        self.had: Counter[int] = Counter()
        for order_id, units in gone.items():
            self.had[self._customer(order_id)] += units

    def steps(self) -> Iterator[Callable[[], None]]:
        """What is done, in its order."""
        ready = self._groups(ready=True)
        long = [group for group in ready if self._long(group)]
        yield lambda: self._pass(long, sets_aside=True)
        if self.policy.goes_first == CHOSEN_FIRST:
            chosen = [group for group in ready if self._order(group) in self.whose.chosen]
            yield lambda: self._pass(chosen, limited=True, in_part=True)
        if self.policy.goes_first == COMPLETE_FIRST:
            yield self._complete
        if self.policy.customer_units is not None:
            yield lambda: self._pass(ready, limited=True)
        yield lambda: self._pass(ready)
        yield lambda: self._pass(self._groups(ready=False))

    def _part(self, free: int, gone: Mapping[int, int]) -> int:
        """Units that chosen ones may still be given on this day before their turn."""
        had = sum(units for order_id, units in gone.items() if order_id in self.whose.chosen)
        most = free
        if self.policy.chosen_percent is not None:
            most = (sum(gone.values()) + free) * self.policy.chosen_percent // 100 - had
        if self.policy.chosen_units_a_day is not None:
            most = min(most, self.policy.chosen_units_a_day - had)
        return max(0, most)

    def _groups(self, *, ready: bool) -> list[list[int]]:
        """What is served together, by the age of its youngest part: an edit that adds units does not bring them forward."""
        places = [at for at, (claim, _) in enumerate(self.queue) if claim.ready is ready]
        if self.policy.whole == NOT_WHOLE:
            return [[at] for at in places]
        return self._grouped(places, lambda claim: together(self.policy, claim))

    def _grouped(self, places: Sequence[int], by: Callable[[Claim], object]) -> list[list[int]]:
        found: dict[object, list[int]] = {}
        for at in places:
            found.setdefault(by(self.queue[at][0]), []).append(at)
        return sorted(found.values(), key=lambda group: group[-1])

    def _order(self, group: Sequence[int]) -> int:
        return self.queue[group[0]][0].order_id

    def _customer(self, order_id: int) -> int:
        """A number for whoever ordered; orders without a known customer are nobody else's."""
        return self.whose.customers.get(order_id, -order_id)

    def _long(self, group: Sequence[int]) -> bool:
        return all(self.serves.passed_over_no_more(self.queue[at][0], self.on) for at in group)

    def _wants(self, at: int) -> int:
        return self.queue[at][1] - self.given[at]

    def _pass(
        self, groups: Sequence[Sequence[int]], *, limited: bool = False, in_part: bool = False, sets_aside: bool = False
    ) -> None:
        """Serve groups in their order."""
        for group in groups:
            if not self.left:
                return
            wanted = sum(self._wants(at) for at in group)
            most = self.left
            if limited and self.policy.customer_units is not None:
                most = min(most, self.policy.customer_units - self.had[self._customer(self._order(group))])
            if in_part:
                most = min(most, self.part_left)
            if self.policy.whole == NOT_WHOLE or self._fits(group, wanted, most):
                taken = self._take(group, max(0, min(wanted, most)))
                self.part_left -= taken if in_part else 0
            elif sets_aside:
                self.left -= min(self.left, wanted)

    def _fits(self, group: Sequence[int], wanted: int, most: int) -> bool:
        """Whether what is served whole can be."""
        apart = self.policy.whole == WHOLE_ORDERS and self._order(group) in self.whose.incomplete
        return wanted <= most and not apart

    def _complete(self) -> None:
        """Orders of which everything else is covered and which this shelf can complete."""
        ready = [at for at, (claim, _) in enumerate(self.queue) if claim.ready]
        for group in self._grouped(ready, attrgetter("order_id")):
            wanted = sum(self._wants(at) for at in group)
            room = self.left
            if self.policy.customer_units is not None:
                room = min(room, self.policy.customer_units - self.had[self._customer(self._order(group))])
            if 0 < wanted <= room and self._order(group) not in self.whose.incomplete:
                self._take(group, wanted)

    def _take(self, group: Sequence[int], units: int) -> int:
        """Give a group so many units, its oldest part first."""
        taken = units
        for at in group:
            some = min(units, self._wants(at))
            self.given[at] += some
            units -= some
        taken -= units
        self.left -= taken
        self.had[self._customer(self._order(group))] += taken
        return taken


Shares = tuple[tuple[int, int], ...]  # pairs of the number of an arrival and units


def share_out(
    serves: Serves, queue: Sequence[Claim], free: int, arrivals: Sequence[tuple[date, int]]
) -> tuple[list[Shares], list[int], int]:
    """Give out what is to come as it lands: ``free`` units are on the shelf, set aside, and on each day units arrive, soonest first.

    Of each of a queue, oldest first: which units of which arrivals, the last of which says when it is served; how many it was given;
    and how many of the shelf are left. Units of the shelf are in none of the shares, so they may be fewer. A share of no units says that
    somebody is served by what was set aside until then.
    """
    wanted = [claim.backordered for claim in queue]
    given = [0] * len(queue)
    shares: list[list[tuple[int, int]]] = [[] for _ in queue]
    heap = [[-1, free]]  # what lies on the shelf: which arrival brought it, and how many are left of it
    days: dict[date, Counter[int]] = {}
    for number, (on, units) in enumerate(arrivals):
        heap.append([number, units])
        waiting = [at for at, units_wanted in enumerate(wanted) if units_wanted > given[at]]
        lying = sum(units_left for _, units_left in heap)
        besides = days.setdefault(on, Counter())
        found = serves.give([(queue[at], wanted[at] - given[at]) for at in waiting], lying, on, besides)
        for at, taken in zip(waiting, found, strict=True):
            if taken:
                given[at] += taken
                besides[queue[at].order_id] += taken
                shares[at] += _taken_off(heap, taken, number)
    return [tuple(sorted(some)) for some in shares], given, sum(left for number, left in heap if number < 0)


def _taken_off(heap: list[list[int]], units: int, newest: int) -> Iterator[tuple[int, int]]:
    """Take units off what lies there, the oldest first. The newest is always named: it is why somebody is served now."""
    found = Counter({newest: 0})
    for pile in heap:
        some = min(units, pile[1])
        pile[1] -= some
        units -= some
        if some and pile[0] >= 0:
            found[pile[0]] += some
    return iter(sorted(found.items()))
