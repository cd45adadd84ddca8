"""Whether a promise made at 85 % is kept 85 % of the time, and what that costs in days: simulated shops of unlike suppliers.

Every seed is a shop with six to twelve suppliers and some that join later without any history: *punctual* ones (a day off at most),
*usual* ones (some days late), *slow* ones (weeks late, all of them) and *wild* ones, whose lateness has a heavy tail. Each draws its
own numbers, and none has a shape that ``rules.lateness`` knows. The shop orders every two weeks for two years. At each
round it knows what has come by then and what has not, nothing else. After half a year promises count: *at the order*, one for
each shipment, and *overdue*, one for each shipment that a round finds past its stated day and not here.

A promise is a number of days after the stated day, never before it, and kept if the shipment is here by then. Compared are those
at the order, over all seeds, **at equal mean wait** (mean days promised beyond the stated day):

- *ours*: learned, at the confidence asked for;
- *baseline*: the stated day + the mean lateness of all shipments that have come to this shop by then + the same number of days
  everywhere, chosen so that its mean wait is ours (between two whole days by chance);
- *bound*: the true quantile of each supplier, all at the level at which their mean wait is ours.

The share of the distance closed is (ours - baseline) / (bound - baseline), in promises kept. The wait at which the baseline would keep
as many as we do is told too, and the wait of the bound.

Beside it stands *a shrunk quantile*, the simple way: the quantile of the supplier's own receipts, drawn towards that of the whole shop,
the less the more receipts it has; the shop's counts as many as in ours. Its share is taken as ours is: at its own mean wait.
"""

import argparse
import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from backorder.rules.lateness import OWN_WEIGHT, Lateness, Shipment
from backorder.rules.shapes import EARLIEST, LATEST
from bench.line import Shown, say

ROUNDS, ROUND_DAYS, LEARNING_ROUNDS = 52, 14, 13
KINDS = ("punctual", "usual", "slow", "wild")
# The true distribution is known from so many draws.
TRUTH = 2000
KEPT_WITHIN, SHARE = 3.0, 0.7

Draw = Callable[[random.Random], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seeds", type=int, default=200, metavar="N", help="shops to simulate (200)")
    parser.add_argument("--confidence", type=int, default=85, metavar="P", help="percent of promises to be kept (85)")


@dataclass(frozen=True)
class Supplier:
    """``draw`` makes a shipment's days late, ``truth`` are many of them in order; it ``joins`` in a round, new if not in the first."""

    name: str
    kind: str
    draw: Draw
    truth: tuple[int, ...]
    joins: int
    orders: float

    def quantile(self, level: float) -> int:
        """The days within which a shipment is here at this level, never less than 0."""
        return max(0, self.truth[min(len(self.truth) - 1, max(0, math.ceil(level * len(self.truth)) - 1))])


@dataclass(frozen=True)
class Sent:
    """A shipment ordered on a day, and the days on which it was stated to come and came."""

    supplier: Supplier
    ordered: int
    stated: int
    came: int

    @property
    def late(self) -> int:
        return self.came - self.stated


@dataclass(frozen=True)
class Promised:
    """What was promised of a shipment, in days after the stated day; the shop's mean lateness then, and its supplier's ``receipts``.

    ``shrunk``: what a shrunk quantile would have promised.
    """

    sent: Sent
    days: int
    mean: float
    receipts: int
    shrunk: int = 0

    @property
    def kept(self) -> bool:
        return self.sent.late <= self.days


def run(asked: argparse.Namespace) -> int:
    """0 whatever is found: figures are for people to judge."""
    began = time.perf_counter()
    at_order: list[Promised] = []
    overdue: list[Promised] = []
    for seed in range(asked.seeds):
        first, late = walk(seed, asked.confidence / 100)
        at_order += first
        overdue += late
    _say(asked, at_order, overdue, time.perf_counter() - began)
    return 0


def walk(seed: int, confidence: float) -> tuple[list[Promised], list[Promised]]:
    """The promises of one shop through time, at the order and overdue."""
    sent = _history(random.Random(seed))
    at_order, overdue = [], []
    for day in range(LEARNING_ROUNDS * ROUND_DAYS, ROUNDS * ROUND_DAYS, ROUND_DAYS):
        known = Lateness(_known(sent, day))
        came = sorted(one.days for one in known.shipments if one.came)
        mean = sum(came) / max(1, len(came))
        for one in sent:
            name = one.supplier.name
            if one.ordered == day:
                simple = shrunk(known.shipments, came, name, confidence)
                at_order.append(Promised(one, known.days(name, confidence), mean, known.receipts(name), simple))
            elif one.ordered < day and one.stated <= day < one.came:
                days = known.days(name, confidence, beyond=day - one.stated)
                overdue.append(Promised(one, days, mean, known.receipts(name)))
    return at_order, overdue


def _known(sent: Sequence[Sent], day: int) -> tuple[Shipment, ...]:
    """What came by this day, in the order in which it came, and how late it is by now what did not."""
    here = sorted((one for one in sent if one.came <= day), key=lambda one: one.came)
    out = (one for one in sent if one.ordered < day < one.came and EARLIEST <= day - one.stated < LATEST)
    return (
        *(Shipment(one.supplier.name, one.late) for one in here),
        *(Shipment(one.supplier.name, day - one.stated, came=False) for one in out),
    )


def _history(dice: random.Random) -> list[Sent]:
    suppliers = _suppliers(dice)
    sent = []
    for turn in range(ROUNDS):
        for supplier in suppliers:
            if turn >= supplier.joins and dice.random() < supplier.orders:
                ordered = turn * ROUND_DAYS
                stated = ordered + dice.randint(14, 60)
                sent.append(Sent(supplier, ordered, stated, max(ordered + 1, stated + supplier.draw(dice))))
    return sent


def _suppliers(dice: random.Random) -> list[Supplier]:
    """Those of the first day, and about a quarter more that join when promises count already."""
    old = dice.randint(6, 12)
    found = []
    for number in range(old + max(1, old // 4)):
        kind = dice.choice(KINDS)
        draw = _draw(kind, dice)
        joins = 0 if number < old else dice.randint(LEARNING_ROUNDS, ROUNDS - 12)
        truth = tuple(sorted(draw(dice) for _ in range(TRUTH)))
        found.append(Supplier(f"{kind} {number}", kind, draw, truth, joins, dice.uniform(0.25, 0.8)))
    return found


def _draw(kind: str, dice: random.Random) -> Draw:
    """A supplier of this kind, with numbers of its own."""
    if kind == "punctual":
        middle, width = dice.uniform(-0.5, 0.2), dice.uniform(0.5, 1.0)
        return lambda one: round(one.gauss(middle, width))
    if kind == "wild":
        middle, width, begin = dice.uniform(0.8, 1.8), dice.uniform(0.8, 1.2), dice.uniform(-3, 0)
        return lambda one: round(min(200.0, one.lognormvariate(middle, width)) + begin)
    steps, scale, begin = (
        (dice.uniform(1.5, 3), dice.uniform(1, 2.5), dice.uniform(-2, 1))
        if kind == "usual"
        else (dice.uniform(4, 8), dice.uniform(1.2, 2.5), dice.uniform(0, 6))
    )
    return lambda one: round(one.gammavariate(steps, scale) + begin)


def shrunk(shipments: Sequence[Shipment], came: Sequence[int], name: str, confidence: float) -> int:
    """Days late by a supplier's own quantile, drawn towards that of all that ``came`` to the shop (in order); never less than 0."""
    own = sorted(one.days for one in shipments if one.came and one.supplier == name)
    weight = len(own) / (len(own) + OWN_WEIGHT)
    mixed = (weight * _empirical(own, confidence) if own else 0.0) + (1 - weight) * _empirical(came, confidence)
    return max(0, math.ceil(mixed - 1e-9))


def _empirical(ordered: Sequence[int], level: float) -> int:
    """The smallest value that so large a share of these, and one more that could be anything, does not exceed."""
    if not ordered:
        return 0
    return ordered[min(len(ordered), math.ceil(level * (len(ordered) + 1))) - 1]


def kept(promised: Sequence[Promised]) -> float:
    """Percent of the promises that were kept."""
    return 100 * sum(one.kept for one in promised) / max(1, len(promised))


def wait(promised: Sequence[Promised]) -> float:
    """Mean days promised beyond the stated day."""
    return sum(one.days for one in promised) / max(1, len(promised))


def baseline(promised: Sequence[Promised], more: float) -> tuple[float, float]:
    """Percent kept and mean wait of: stated day + the shop's mean lateness + ``more`` days."""
    held = waits = 0.0
    for one in promised:
        days = max(0.0, one.mean + more)
        whole = math.floor(days)
        waits += days
        held += (1 - days + whole) * (one.sent.late <= whole) + (days - whole) * (one.sent.late <= whole + 1)
    return 100 * held / len(promised), waits / len(promised)


def bound(promised: Sequence[Promised], level: float) -> tuple[float, float]:
    """Percent kept and mean wait of the true quantiles at this level."""
    days = [one.sent.supplier.quantile(level) for one in promised]
    held = sum(one.sent.late <= quantile for one, quantile in zip(promised, days, strict=True))
    return 100 * held / len(promised), sum(days) / len(promised)


def _where(figure: Callable[[float], float], wanted: float, low: float, high: float) -> float:
    """Where a figure that grows reaches what is wanted."""
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if figure(middle) < wanted else (low, middle)
    return high


def closed(promised: Sequence[Promised]) -> tuple[float, float, float]:
    """The share of the distance that these promises close, and what baseline and bound keep at their mean wait, in percent."""
    days = wait(promised)
    plain, _ = baseline(promised, _where(lambda more: baseline(promised, more)[1], days, -60, 60))
    true, _ = bound(promised, _where(lambda level: bound(promised, level)[1], days, 0.2, 1.0))
    return (kept(promised) - plain) / (true - plain) if true > plain else math.nan, plain, true


def _say(asked: argparse.Namespace, at_order: list[Promised], overdue: list[Promised], seconds: float) -> None:
    ours, days = kept(at_order), wait(at_order)
    share, plain, true = closed(at_order)
    as_often = baseline(at_order, _where(lambda more: baseline(at_order, more)[0], ours, -60, 90))[1]
    simple = [replace(one, days=one.shrunk) for one in at_order]
    simply, *_ = closed(simple)
    of = {
        **{f"from {kind} suppliers": [p for p in at_order if p.sent.supplier.kind == kind] for kind in KINDS},
        "from suppliers without receipts": [p for p in at_order if p.receipts == 0],
        "from suppliers with 1 to 4 receipts": [p for p in at_order if 0 < p.receipts < 5],
        "made when overdue": overdue,
    }
    figures: dict[str, Any] = {
        "seeds": asked.seeds,
        "confidence_percent": asked.confidence,
        "promises": len(at_order),
        "kept_percent": round(ours, 1),
        "mean_wait_days": round(days, 2),
        "baseline_kept_percent": round(plain, 1),
        "bound_kept_percent": round(true, 1),
        "share_closed": round(share, 3),
        "baseline_wait_days_at_equal_kept": round(as_often, 2),
        "shrunk_quantile_kept_percent": round(kept(simple), 1),
        "shrunk_quantile_wait_days": round(wait(simple), 2),
        "shrunk_quantile_share_closed": round(simply, 3),
        "average_alone_kept_percent": round(baseline(at_order, 0.0)[0], 1),
        "of": {
            what: {"promises": len(some), "kept_percent": round(kept(some), 1), "mean_wait_days": round(wait(some), 2)}
            for what, some in of.items()
        },
        "seconds": round(seconds, 1),
    }
    low, high = asked.confidence - KEPT_WITHIN, asked.confidence + KEPT_WITHIN
    shown = [
        Shown(
            f"promises at {asked.confidence} % kept, {asked.seeds} shops",
            f"{ours:.1f} %",
            "",
            None,
            f"{low:.0f}–{high:.0f} %",
        ),
        Shown(
            "share of the way from the average to the truth",
            f"{ours:.1f} %",
            f"{plain:.1f}–{true:.1f} %",
            round(share, 3),
            f"≥ {SHARE}",
        ),
        Shown("mean days added to the stated day", f"{days:.1f}", f"{as_often:.1f} by the average"),
        Shown("the same by a shrunk quantile", f"{kept(simple):.1f} %, {wait(simple):.1f} days", "", round(simply, 3)),
        *(Shown(f"kept {what}", f"{kept(some):.1f} %") for what, some in of.items()),
    ]
    say("coverage", figures, shown)
