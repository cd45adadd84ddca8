"""What was bought: orders, their lines, the money and the agreements that changed them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from devstore.model.fulfilment import Fulfillment
from devstore.model.people import Address, Customer


@dataclass
class LineItem:
    """One order line. ``current_quantity`` is what is left after refunds and cancellation.

    ``fulfilled`` units have shipped; ``returned`` of them came back or were paid back, and are in no quantity any more.
    """

    id: int
    variant_id: int | None
    product_id: int | None
    item_id: int | None
    title: str
    variant_title: str
    sku: str | None
    quantity: int
    current_quantity: int
    price: Decimal
    requires_shipping: bool = True
    fulfilled: int = 0
    returned: int = 0
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The title a buyer reads: product, then variant unless there is only one."""
        return self.title if self.variant_title in {"", "Default Title"} else f"{self.title} - {self.variant_title}"

    @property
    def shipped(self) -> int:
        """Units that the buyer has."""
        return self.fulfilled - self.returned

    @property
    def unfulfilled(self) -> int:
        """Units still to be shipped."""
        return max(0, self.current_quantity - self.shipped)


@dataclass
class Transaction:
    """Money that moved. ``kind`` and ``status`` are the Admin API's words (SALE, SUCCESS, ...)."""

    id: int
    kind: str
    status: str
    amount: Decimal
    processed_at: datetime
    gateway: str = "bogus"


@dataclass
class Sale:
    """Units of a line that joined (positive) or left (negative) the order; ``had_shipped`` of those that left."""

    id: int
    line_item_id: int
    action: str
    quantity: int
    had_shipped: int = 0


@dataclass
class Agreement:
    """One moment at which buyer and shop agreed on units: the order, an edit, a refund."""

    id: int
    happened_at: datetime
    reason: str
    sales: list[Sale] = field(default_factory=list)


@dataclass
class RefundLine:
    """Units paid back. ``restock_type`` is the webhooks' word: cancel, return or no_restock."""

    id: int
    line_item_id: int
    quantity: int
    restock_type: str
    location_id: int | None


@dataclass
class Refund:
    id: int
    created_at: datetime
    note: str | None
    restock: bool
    lines: list[RefundLine] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)


@dataclass
class Disposition:
    """What became of units that came back. ``kind`` is the Admin API's word: RESTOCKED, NOT_RESTOCKED, MISSING ..."""

    id: int
    created_at: datetime
    kind: str
    quantity: int
    location_id: int | None


@dataclass
class ReturnLine:
    id: int
    line_item_id: int
    quantity: int
    dispositions: list[Disposition] = field(default_factory=list)

    @property
    def undecided(self) -> int:
        """Units of which nobody has said yet what became of them."""
        return self.quantity - sum(each.quantity for each in self.dispositions)


@dataclass
class Return:
    """Shipped units that the buyer sends back. ``status``: OPEN, or CLOSED once all are disposed of."""

    id: int
    name: str
    created_at: datetime
    lines: list[ReturnLine] = field(default_factory=list)
    status: str = "OPEN"


@dataclass
class DraftLine:
    """``location_id``: where the units are set aside; None while they are not."""

    variant_id: int
    quantity: int
    location_id: int | None = None


@dataclass
class Draft:
    """A draft order. ``status``: OPEN, COMPLETED (then ``order_id`` is what it became) or DELETED."""

    id: int
    name: str
    created_at: datetime
    customer: Customer | None
    lines: list[DraftLine] = field(default_factory=list)
    status: str = "OPEN"
    order_id: int | None = None

    @property
    def reserved(self) -> bool:
        """Whether its units are set aside."""
        return any(line.location_id is not None for line in self.lines)


@dataclass
class Order:
    """An order as the shop's books have it. ``token`` is the secret part of its status page's address.

    ``assigned`` is the location each line will be shipped from: decided when the order is placed, while the
    fulfillment orders themselves come a little later (``routed``).
    """

    id: int
    number: int
    token: str
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    currency: str
    customer: Customer | None
    shipping_address: Address | None
    email: str | None = None
    phone: str | None = None
    locale: str = "en"
    source_name: str = "web"
    financial_status: str = "PAID"
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed: bool = False
    edited: bool = False
    test: bool = False
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    note_attributes: dict[str, str] = field(default_factory=dict)
    line_items: list[LineItem] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    agreements: list[Agreement] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    assigned: dict[int, int] = field(default_factory=dict)
    routed: bool = False

    @property
    def name(self) -> str:
        """``#1001``: how everyone speaks of the order."""
        return f"#{self.number}"

    @property
    def total(self) -> Decimal:
        """Price of all lines as they were bought."""
        return sum((line.price * line.quantity for line in self.line_items), Decimal(0))

    def line(self, line_item_id: int) -> LineItem:
        """The line with this id. Raises ``KeyError`` when the order has none."""
        for line in self.line_items:
            if line.id == line_item_id:
                return line
        raise KeyError(line_item_id)
