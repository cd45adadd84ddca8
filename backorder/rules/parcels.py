"""Where a parcel goes and how it can be followed, as frozen values. An address is a person's: it rests in no book."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ShipTo:
    """Where an order is to be sent, as the store tells it; ``lines`` as one writes them on a parcel, ``country`` as two letters."""

    order_id: int
    lines: tuple[str, ...] = field(repr=False)
    country: str | None = None


@dataclass(frozen=True)
class Tracking:
    """How a parcel can be followed: who carries it, its number there, a page that shows it; each may be unknown."""

    company: str | None = None
    number: str | None = None
    url: str | None = None
