"""Whose day would move, as shown."""

from datetime import date

from backorder.movement import Moved, Movement
from plugin.shown.model import Shown


class MovedShown(Shown):
    """A line of an order whose expected day moves; no day: none can be named. ``hears``: the customer is written to.

    ``waited`` and ``waits``: not all of it was covered by stock, or would be; what is covered can ship.
    """

    order_id: int
    order: str
    title: str
    units: int
    before: date | None
    after: date | None
    later: bool
    hears: bool
    waited: bool
    waits: bool


class MovementShown(Shown):
    """How many waiting lines get an earlier or a later day, how many customers hear of it; ``named`` are the first of them."""

    earlier: int
    later: int
    hear: int
    named: tuple[MovedShown, ...]


def of(movement: Movement) -> MovementShown:
    """A movement as shown."""
    return MovementShown(
        earlier=movement.earlier, later=movement.later, hear=movement.hear, named=tuple(map(_moved, movement.named))
    )


def _moved(moved: Moved) -> MovedShown:
    return MovedShown(
        order_id=moved.order_id,
        order=moved.order,
        title=moved.title,
        units=moved.units,
        before=moved.before,
        after=moved.after,
        later=moved.later,
        hears=moved.hears,
        waited=moved.waited,
        waits=moved.waits,
    )
