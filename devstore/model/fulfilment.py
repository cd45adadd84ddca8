"""What is to be shipped, what is kept back, and what has left the house."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class Hold:
    """A reason why a fulfillment order waits. ``app_id`` None: placed by the merchant's staff."""

    id: int
    reason: str
    handle: str = ""
    notes: str | None = None
    app_id: int | None = None


@dataclass
class FOLine:
    """Units of one order line in one fulfillment order; ``remaining`` are still to be shipped."""

    id: int
    line_item_id: int
    item_id: int | None
    total: int
    remaining: int


# Somebody else is asked to ship it, or ships it: nobody may hold, split, move or edit it meanwhile.
AT_A_SERVICE = frozenset({"SUBMITTED", "ACCEPTED", "CANCELLATION_REQUESTED", "CANCELLATION_REJECTED"})


@dataclass
class FulfillmentOrder:
    """Work for one location. ``status``, ``request_status`` and ``method`` of delivery are the Admin API's words."""

    id: int
    order_id: int
    location_id: int
    created_at: datetime
    updated_at: datetime
    status: str = "OPEN"
    request_status: str = "UNSUBMITTED"
    lines: list[FOLine] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    fulfill_by: datetime | None = None
    method: str = "SHIPPING"

    @property
    def remaining(self) -> int:
        """Units still to be shipped."""
        return sum(line.remaining for line in self.lines)

    @property
    def finished(self) -> bool:
        """Nothing more will happen to it."""
        return self.status in {"CLOSED", "CANCELLED"}

    @property
    def at_a_service(self) -> bool:
        """Whether a fulfillment service was asked for it and has not given it back."""
        return self.request_status in AT_A_SERVICE


@dataclass
class ShippedLine:
    line_item_id: int
    quantity: int


@dataclass
class FulfillmentEvent:
    id: int
    status: str
    happened_at: datetime


@dataclass
class Fulfillment:
    """One parcel."""

    id: int
    order_id: int
    location_id: int
    created_at: datetime
    updated_at: datetime
    lines: list[ShippedLine] = field(default_factory=list)
    status: str = "SUCCESS"
    display_status: str = "FULFILLED"
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    in_transit_at: datetime | None = None
    events: list[FulfillmentEvent] = field(default_factory=list)
