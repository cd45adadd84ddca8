"""How late each supplier is, learned from what came of its shipments (domain §6).

1. A supplier's days late follow one of many plausible shapes (``rules.shapes``). How common each shape is among this shop's
   suppliers is learned from all of them, and which of them one supplier has from its own shipments: empirical Bayes with a
   nonparametric prior (Kiefer and Wolfowitz 1956, Laird 1978), found by expectation and maximisation. Where suppliers are alike a
   new one is expected to be like them; where they are unlike, a few receipts of its own say which kind it is.
2. The more shipments of its own, the more its own record counts beside the shape, as in the posterior of a Dirichlet process
   (Ferguson 1973). The record is Kaplan and Meier's (1958): what is late and still not here counts as *later than today*. To leave
   it out would make every supplier look more punctual than it is.
3. The level is corrected by what it would have kept of the latest receipts, each judged by what the others say of it
   (cross-conformal prediction, Vovk 2015; Barber et al. 2021): what was asked is what is kept.

Refused: to shrink a quantile of the supplier towards the shop's. It mixes the punctual with the wild; a mixture of distributions
tells them apart after two or three receipts (``promised bench coverage``).
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from math import exp

from backorder.rules.shapes import BY, DAYS, EARLIEST, JUST, LOG_JUST, LOG_LATER, SHAPES, place

# So many receipts of its own weigh as much as all that its kind of supplier says.
OWN_WEIGHT = 20
# Suppliers of any shape that we reckon with beside those that the shop has had.
STRANGERS = 2.0
ROUNDS = 12
# The level is corrected by so many receipts, as if so many more had kept exactly what was asked.
LATEST_RECEIPTS, STEADY = 120, 16
# Chances below this change no day.
NEGLIGIBLE = 1e-4

Curve = tuple[float, ...]


@dataclass(frozen=True)
class Shipment:
    """What came of a shipment: ``days`` after the day first stated it came (negative: before), or so late it is by now and not here."""

    supplier: str
    days: int
    came: bool = True


@dataclass(frozen=True)
class _Record:
    """One supplier's shipments, counted by their place in the tables."""

    came: Mapping[int, int]
    not_yet: Mapping[int, int]

    @property
    def receipts(self) -> int:
        return sum(self.came.values())

    @cached_property
    def likelihoods(self) -> Curve:
        """How likely this record is under each shape, the best being 1."""
        logs = [0.0] * len(SHAPES)
        for counted, table in ((self.came, LOG_JUST), (self.not_yet, LOG_LATER)):
            for at, times in counted.items():
                logs = [log + times * more for log, more in zip(logs, table[at], strict=True)]
        best = max(logs)
        return tuple(exp(log - best) for log in logs)

    @cached_property
    def curve(self) -> Curve:
        """Kaplan and Meier's estimate of the chance of being at most so late, by day."""
        at_risk = self.receipts + sum(self.not_yet.values())
        still_out = 1.0
        found = []
        for at in range(len(DAYS)):
            if at_risk:
                still_out *= 1 - self.came.get(at, 0) / at_risk
            at_risk -= self.came.get(at, 0) + self.not_yet.get(at, 0)
            found.append(1 - still_out)
        return tuple(found)


@dataclass(frozen=True)
class Lateness:
    """What is known of the suppliers of a shop. ``shipments``: those that came, in the order in which they came, and those that did not."""

    shipments: tuple[Shipment, ...]

    def days(self, supplier: str, confidence: float, beyond: int | None = None) -> int:
        """Days after the stated day by which a shipment of ``supplier`` is here with this confidence (0 to 1).

        ``beyond``: it is known to come more than so many days late, because it is not here yet. Never less than 0: the stated day is
        what the supplier said. A supplier without receipts is as the shop's suppliers are; without any receipt it is the stated day.
        """
        return self._days(supplier, confidence, beyond)

    def _days(self, supplier: str | None, confidence: float, beyond: int | None) -> int:
        first = _first(beyond)
        if not self.receipts():
            return first
        chances = self._chances(supplier, beyond)
        return first + bisect_left(chances, self.level(confidence) - 1e-9, hi=len(chances) - 1)

    def chances(self, supplier: str, beyond: int | None = None) -> Curve:
        """How likely a shipment of ``supplier`` is here by each day from the first on that is not before the stated day, nor ``beyond``.

        The last of these chances is 1. Where nothing has ever been received, suppliers are of any shape alike.
        """
        return self._chances(supplier, beyond)

    def _chances(self, supplier: str | None, beyond: int | None) -> Curve:
        known = supplier if supplier in self._records else None
        if (known, beyond) not in self._beyond:
            curve = self._curve(known)
            passed = 0.0 if beyond is None or beyond < EARLIEST else curve[place(beyond)]
            left = curve[place(_first(beyond)) :]
            chances = [min(1.0, max(0.0, by - passed) / (1 - passed)) for by in left] if passed < 1 else [1.0]
            self._beyond[known, beyond] = (*chances[:-1], 1.0)
        return self._beyond[known, beyond]

    @cached_property
    def _beyond(self) -> dict[tuple[str | None, int | None], Curve]:
        return {}

    def chance(self, supplier: str, days: int, beyond: int | None = None) -> float:
        """How likely a shipment of ``supplier`` comes no more than so many days after its stated day, if it comes more than ``beyond``.

        Without any receipt the stated day is kept.
        """
        if beyond is not None and days <= beyond:
            return 0.0
        if not self.receipts():
            return 1.0 if days >= 0 else 0.0
        curve = self._curve(supplier)
        passed = 0.0 if beyond is None or beyond < EARLIEST else curve[place(beyond)]
        reached = 0.0 if days < EARLIEST else curve[place(days)]
        return min(1.0, max(0.0, reached - passed) / (1 - passed)) if passed < 1 else 0.0

    def newcomer_days(self, confidence: float) -> int:
        """As ``days``, for a supplier who has not sent anything yet."""
        return self._days(None, confidence, None)

    def usual(self, supplier: str) -> int:
        """Days late that half of its shipments keep."""
        return EARLIEST + bisect_left(self._curve(supplier), 0.5, hi=len(DAYS) - 1) if self.receipts() else 0

    def receipts(self, supplier: str | None = None) -> int:
        """Shipments that have come, of one supplier or of all."""
        records = self._records
        if supplier is None:
            return sum(record.receipts for record in records.values())
        return records[supplier].receipts if supplier in records else 0

    @property
    def suppliers(self) -> tuple[str, ...]:
        """Suppliers of whom anything is known, in order."""
        return tuple(self._records)

    @cached_property
    def _records(self) -> dict[str, _Record]:
        came: dict[str, Counter[int]] = {one.supplier: Counter() for one in self.shipments}
        not_yet: dict[str, Counter[int]] = {supplier: Counter() for supplier in came}
        for one in self.shipments:
            (came if one.came else not_yet)[one.supplier][place(one.days)] += 1
        return {supplier: _Record(came[supplier], not_yet[supplier]) for supplier in sorted(came)}

    @cached_property
    def _common(self) -> Curve:
        """How common each shape is among the suppliers of this shop."""
        alike = 1 / len(SHAPES)
        common = [alike] * len(SHAPES)
        for _ in range(ROUNDS):
            counted = [STRANGERS * alike] * len(SHAPES)
            for record in self._records.values():
                counted = [sum_ + share for sum_, share in zip(counted, _shares(common, record), strict=True)]
            common = [count / sum(counted) for count in counted]
        return tuple(common)

    @cached_property
    def _kinds(self) -> dict[str, Curve]:
        """By supplier: the chances that it has each of the shapes."""
        return {supplier: _shares(self._common, record) for supplier, record in self._records.items()}

    @cached_property
    def _curves(self) -> dict[str | None, Curve]:
        return {}

    def _curve(self, supplier: str | None) -> Curve:
        """The chance that a shipment of this supplier is at most so late, by day; None: of one without a record."""
        known = supplier if supplier in self._records else None
        if known not in self._curves:
            kinds = self._common if known is None else self._kinds[known]
            self._curves[known] = _mixed(kinds, None if known is None else self._records[known])
        return self._curves[known]

    @cached_property
    def _levels(self) -> dict[float, float]:
        return {}

    def level(self, confidence: float) -> float:
        """The level at which, of the latest receipts, as many would have been promised in time as were asked for."""
        if confidence not in self._levels:
            low, high = 0.0, 1.0
            for _ in range(24):
                middle = (low + high) / 2
                low, high = (low, middle) if self._kept(middle) >= confidence else (middle, high)
            self._levels[confidence] = high
        return self._levels[confidence]

    def _kept(self, level: float) -> float:
        """The share of promises that a level would have kept; one that is late and not here may still be kept, evenly by what it has left."""
        needed, out = self._needed
        surely = bisect_left(needed, level)
        maybe = sum(max(0.0, (level - passed) / (1 - passed)) for passed in out)
        return (STEADY * level + surely + maybe) / (STEADY + len(needed) + len(out))

    @cached_property
    def _needed(self) -> tuple[list[float], list[float]]:
        """The level above which each of the latest receipts would have been in time, and what those that are late have passed."""
        came = [one for one in self.shipments if one.came][-LATEST_RECEIPTS:]
        out = [
            min(self._curve(one.supplier)[place(one.days)], 1 - 1e-6)
            for one in self.shipments
            if not one.came and one.days >= 0
        ]
        return sorted(self._before(one) for one in came), out

    def _before(self, one: Shipment) -> float:
        """The chance, by what all others say, that this shipment is earlier than it was; what is not late needs no level."""
        if one.days <= 0:
            return 0.0
        record = self._records[one.supplier]
        at = place(one.days)
        without = [share / just for share, just in zip(self._kinds[one.supplier], JUST[at], strict=True)]
        kind = sum(share * by for share, by in zip(without, BY[at - 1], strict=True)) / sum(without)
        others = record.receipts - 1
        if not others:
            return kind
        own = others / (others + OWN_WEIGHT)
        return own * min(1.0, record.curve[at - 1] * (others + 1) / others) + (1 - own) * kind


def _first(beyond: int | None) -> int:
    """The first day, counted from the stated one, on which a shipment can come that is known to come later than ``beyond``."""
    return 0 if beyond is None else max(0, beyond + 1)


def _shares(common: Iterable[float], record: _Record) -> Curve:
    """The chances of the shapes once the record is known (Bayes)."""
    weighed = [share * likely for share, likely in zip(common, record.likelihoods, strict=True)]
    whole = sum(weighed)
    return tuple(share / whole for share in weighed)


def _mixed(kinds: Curve, record: _Record | None) -> Curve:
    """What its kind says, and its own record, by the number of its receipts.

    One part in n + 1 of the record is kept for what is worse than all that was seen of this supplier: as much worse as its kind says.
    """
    telling = [(shape, share) for shape, share in enumerate(kinds) if share > NEGLIGIBLE]
    whole = sum(share for _, share in telling)
    kind = [sum(share * by[shape] for shape, share in telling) / whole for by in BY]
    if record is None or not record.receipts:
        return tuple(accumulate(kind, max))
    receipts = record.receipts
    own = receipts / (receipts + OWN_WEIGHT)
    worst = kind[max(record.came)]
    seen, tail = receipts / (receipts + 1), max(1e-9, 1 - worst)
    mixed = (
        own * (seen * record_by + (1 - seen * record.curve[-1]) * max(0.0, kind_by - worst) / tail)
        + (1 - own) * kind_by
        for record_by, kind_by in zip(record.curve, kind, strict=True)
    )
    return tuple(accumulate(mixed, max))
