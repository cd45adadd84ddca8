"""What a choice about variants, or other rules for them, would change, as shown before it is made."""

from collections.abc import Iterable
from datetime import date

from backorder.bulk import Preview, RulesPreview, Sold
from backorder.db.catalogue import Variant
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


# More than a person reads.
MOST_NAMED = 100


class SomeVariants(Shown):
    """So many variants, and the titles of the first of them."""

    variants: int
    titles: tuple[str, ...]


class RulesPreviewShown(Shown):
    """What other rules would do: variants that are managed from then on, that are no longer, and whose day would move.

    ``goes_on``: no rule would hold for these any longer; they are managed until nobody waits for them.
    """

    begins: SomeVariants
    ends: SomeVariants
    goes_on: SomeVariants
    movement: Movement


def of_rules(preview: RulesPreview) -> RulesPreviewShown:
    """What other rules would do, as shown."""
    return RulesPreviewShown(
        begins=_some(preview.begins),
        ends=_some(preview.ends),
        goes_on=_some(preview.goes_on),
        movement=preview.movement,
    )


def _some(variants: Iterable[Variant]) -> SomeVariants:
    titles = sorted((variant.full_title for variant in variants), key=str.casefold)
    return SomeVariants(variants=len(titles), titles=tuple(titles[:MOST_NAMED]))
