"""Goods on their way to a location: transfers, and the shipments that carry them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class ShipmentLine:
    """``quantity`` units that a shipment carries; ``accepted`` and ``rejected`` were received, at times more than it carried."""

    id: int
    item_id: int
    quantity: int
    accepted: int = 0
    rejected: int = 0

    @property
    def unreceived(self) -> int:
        """Units still to be received."""
        return max(0, self.quantity - self.accepted - self.rejected)


@dataclass
class Shipment:
    """``status`` is the Admin API's word: DRAFT, IN_TRANSIT, PARTIALLY_RECEIVED or RECEIVED."""

    id: int
    name: str
    transfer_id: int
    created_at: datetime
    status: str = "DRAFT"
    lines: list[ShipmentLine] = field(default_factory=list)
    arrives_at: datetime | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    shipped_at: datetime | None = None
    received_at: datetime | None = None


@dataclass
class TransferLine:
    id: int
    item_id: int
    quantity: int


@dataclass
class Transfer:
    """``origin_id`` None: the goods come from outside. ``status``: DRAFT, READY_TO_SHIP, IN_PROGRESS, TRANSFERRED, CANCELED."""

    id: int
    name: str
    origin_id: int | None
    destination_id: int
    created_at: datetime
    status: str = "DRAFT"
    reference: str | None = None
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    lines: list[TransferLine] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether anything of it is still to move."""
        return self.status in {"READY_TO_SHIP", "IN_PROGRESS"}

    def shipped(self, item_id: int) -> int:
        """Units of an item that shipments of this transfer carry."""
        return sum(line.quantity for each in self.shipments for line in each.lines if line.item_id == item_id)

    def left_to_ship(self, item_id: int) -> int:
        """Units of an item that no shipment carries yet."""
        total = sum(line.quantity for line in self.lines if line.item_id == item_id)
        return max(0, total - self.shipped(item_id))
