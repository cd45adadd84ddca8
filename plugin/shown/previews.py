"""What a choice about variants would change, as shown before it is made."""

from datetime import date

from backorder.bulk import Preview, Sold
from backorder.movement import Movement
from plugin.shown.model import Shown


class SoldShown(Shown):
    """How a variant is sold: managed or not, its state with the reason, the day for the next buyer."""

    managed: bool
    state: str | None
    ship_by: date | None
    reason: str | None


class ChangeShown(Shown):
    """A variant as it is and as it would be; ``differs``: the choice would change how it is sold."""

    variant_id: int
    title: str
    before: SoldShown
    after: SoldShown
    differs: bool


class PreviewShown(Shown):
    """What a choice would do to each of its variants, and whose day it would move."""

    variants: tuple[ChangeShown, ...]
    movement: Movement


def of(preview: Preview) -> PreviewShown:
    """A preview as shown."""
    return PreviewShown(
        variants=tuple(
            ChangeShown(
                variant_id=change.variant_id,
                title=change.title,
                before=_sold(change.before),
                after=_sold(change.after),
                differs=change.before != change.after,
            )
            for change in preview.changes
        ),
        movement=preview.movement,
    )


def _sold(sold: Sold) -> SoldShown:
    return SoldShown(managed=sold.managed, state=sold.state, ship_by=sold.ship_by, reason=sold.reason)
