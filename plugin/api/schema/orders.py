"""What may be asked of an order and its lines."""

from typing import Annotated, Literal

from pydantic import AfterValidator, StringConstraints

from plugin.api.schema.model import Body
from plugin.api.schema.values import Id, Units, without_controls


class WayChoice(Body):
    """How an order leaves of which something waits: what is there now and the rest later, or everything together."""

    way: Literal["split", "together"]


class ByHand(Body):
    """What a person does with a line's place in its queue. A line that is open at one location only need not name it.

    *give* it ``units`` of the shelf (all that it still wants, if left out), *take back* what it keeps, *move up* to the head of its
    queue, *move back* to its own place. *Send by supplier*: the supplier of its variant sends it to the buyer directly; *send from here*:
    not, as long as the supplier was not told.
    """

    what: Literal["give", "take back", "move up", "move back", "send by supplier", "send from here"]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(without_controls)
    ]
    units: Units | None = None
    location_id: Id | None = None
