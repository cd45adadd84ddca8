"""What may be asked of the picking list."""

from plugin.api.schema.model import Query
from plugin.api.schema.values import Id


class PickingAsked(Query):
    """``location_id``: only what is sent from there."""

    location_id: Id | None = None
