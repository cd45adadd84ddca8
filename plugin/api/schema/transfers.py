"""What may be said of a transfer."""

from plugin.api.schema.model import Body
from plugin.api.schema.values import Id


class TransferLink(Body):
    """The purchase order that a transfer carries; null for none of ours."""

    purchase_order_id: Id | None = None
