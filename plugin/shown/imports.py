"""The first reading of a shop, as shown while it runs."""

from backorder.db import imports
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown.model import Shown


class StepShown(Shown):
    """One step; ``read`` counts what was read in it."""

    step: str
    read: int
    finished: bool
    error: str | None


class ImportShown(Shown):
    """How far the import has come. ``running``: some step is not finished yet."""

    running: bool
    finished_steps: int
    steps: tuple[StepShown, ...]

    @property
    def current(self) -> StepShown | None:
        """The step at hand."""
        return next((step for step in self.steps if not step.finished), None)


def of_shop(house: House, shop: Shop) -> ImportShown:
    """The import of a shop; one that never began has no steps and is not running."""
    with house.db.read() as tx:
        known = imports.progress(tx, shop.shop_id)
    steps = tuple(StepShown(step=s.step, read=s.done, finished=s.finished, error=s.error) for s in known)
    finished = sum(step.finished for step in steps)
    return ImportShown(running=finished < len(steps), finished_steps=finished, steps=steps)
