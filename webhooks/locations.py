"""Places changed: which of them are active and sell online decides whose stock counts."""

from webhooks.look import Hint, Look
from webhooks.payload import Payload


def location(payload: Payload) -> Look:
    """A location was opened, changed, switched on or off, or deleted."""
    payload.id("id", "Location")
    return Look(locations=True)


TOPICS: dict[str, Hint] = {
    "locations/create": location,
    "locations/update": location,
    "locations/activate": location,
    "locations/deactivate": location,
    "locations/delete": location,
}
