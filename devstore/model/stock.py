"""Where the goods are: locations and the inventory level of each item at each of them."""

from dataclasses import dataclass
from datetime import datetime

STATES = ("available", "committed", "reserved", "damaged", "quality_control", "safety_stock", "incoming")
ON_HAND = ("available", "committed", "reserved", "damaged", "quality_control", "safety_stock")


@dataclass
class Location:
    id: int
    name: str
    country: str = "US"
    province: str = "NY"
    zip: str = "11201"
    active: bool = True
    fulfills_online: bool = True
    is_service: bool = False


@dataclass
class Level:
    """Units of one item at one location by state. ``available`` may be negative; ``incoming`` is outside ``on_hand``."""

    id: int
    item_id: int
    location_id: int
    updated_at: datetime
    available: int = 0
    committed: int = 0
    reserved: int = 0
    damaged: int = 0
    quality_control: int = 0
    safety_stock: int = 0
    incoming: int = 0

    @property
    def on_hand(self) -> int:
        """Everything that stands on the shelf, whoever it is meant for."""
        return sum(int(getattr(self, state)) for state in ON_HAND)

    def quantity(self, name: str) -> int:
        """Units in the state called ``name`` (``on_hand`` included)."""
        return self.on_hand if name == "on_hand" else int(getattr(self, name))
