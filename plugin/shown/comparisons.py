"""Comparisons of the books with the store, as shown: the one under way, the last ones, and their picture."""

from collections.abc import Sequence
from datetime import datetime

from backorder.db import reconciliations
from backorder.db.reconciliations import Run, Step
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown.model import Shown

SHOWN = 30
# The picture's own measures.
WIDTH, HEIGHT, LEAST = 10, 56, 3


class ComparisonShown(Shown):
    """One comparison. ``found`` is the sum of what differed and was mended; ``error`` says why it failed, or why it waits.

    ``unexplained`` of it nothing explains; ``effects_missing``: changes of ours that the store did not show besides.
    """

    comparison_id: int
    why: str
    asked_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    seconds: int | None
    step: str
    step_number: int
    steps: int
    orders_read: int
    items_read: int
    orders_unknown: int
    orders_changed: int
    transfers_read: int
    transfers_changed: int
    levels_changed: int
    policies_changed: int
    holds_changed: int
    marks_changed: int
    effects_missing: int
    unexplained: int
    found: int
    error: str | None

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def failed(self) -> bool:
        return self.ended_at is not None and self.error is not None


class Bar(Shown):
    """A comparison as a bar of the picture, in its own measures."""

    x: int
    y: int
    height: int
    look: str


class Comparisons(Shown):
    """``under_way``: the open one; ``ended``: those that ended, newest first."""

    under_way: ComparisonShown | None
    ended: tuple[ComparisonShown, ...]

    @property
    def last(self) -> ComparisonShown | None:
        """The last one that succeeded, among those shown."""
        return next((run for run in self.ended if not run.failed), None)

    @property
    def picture(self) -> bool:
        """Whether there is something to see: a sentence says better that nothing ever differed."""
        return any(run.found or run.failed for run in self.ended)

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The picture: one bar each, the newest at the right; the most that was found is as high as the picture."""
        return _bars(self.ended[::-1])

    @property
    def most(self) -> int:
        """The most that one of them found."""
        return max((run.found for run in self.ended), default=0)


def of_shop(house: House, shop: Shop) -> Comparisons:
    """The comparisons of a shop."""
    with house.db.read() as tx:
        runs = reconciliations.recent(tx, shop.shop_id, SHOWN + 1)
    known = [shown(run) for run in runs]
    return Comparisons(
        under_way=next((run for run in known if run.is_open), None),
        ended=tuple(run for run in known if not run.is_open)[:SHOWN],
    )


def shown(run: Run) -> ComparisonShown:
    """A comparison as shown."""
    drift, lasted, steps = run.drift, run.lasted, tuple(Step)
    return ComparisonShown(
        comparison_id=run.run_id,
        why=run.why.value,
        asked_at=run.asked_at,
        began_at=run.began_at,
        ended_at=run.ended_at,
        seconds=None if lasted is None else round(lasted.total_seconds()),
        step=run.step.value,
        step_number=steps.index(run.step) + 1,
        steps=len(steps),
        orders_read=drift.orders_read,
        items_read=drift.items_read,
        orders_unknown=drift.orders_unknown,
        orders_changed=drift.orders_changed,
        transfers_read=drift.transfers_read,
        transfers_changed=drift.transfers_changed,
        levels_changed=drift.levels_changed,
        policies_changed=drift.policies_changed,
        holds_changed=drift.holds_changed,
        marks_changed=drift.marks_changed,
        effects_missing=drift.effects_missing,
        unexplained=drift.unexplained,
        found=drift.found,
        error=run.error,
    )


def _bars(runs: Sequence[ComparisonShown]) -> tuple[Bar, ...]:
    most = max((run.found for run in runs), default=0) or 1
    bars = []
    for at, run in enumerate(runs, SHOWN - len(runs)):
        height = HEIGHT if run.failed else max(LEAST, round(HEIGHT * run.found / most))
        look = "failed" if run.failed else "found" if run.found else "none"
        bars.append(Bar(x=at * WIDTH, y=HEIGHT - height, height=height, look=look))
    return tuple(bars)
