"""What was seen in the merchant's store, as frozen values.

The gateway makes them, the books keep them, the rules decide on them. Ids are the store's own
numbers (the tail of a GID), instants are aware UTC, money is ``Decimal`` in the shop's currency.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from backorder.rules.evidence import Evidence


class Policy(StrEnum):
    """Whether a variant may be sold beyond its stock."""

    DENY = "DENY"
    CONTINUE = "CONTINUE"


@dataclass(frozen=True)
class ShopSeen:
    """The shop itself; ``scopes`` are what the installation was granted."""

    shop_id: int
    domain: str
    name: str
    timezone: str
    currency: str
    email: str
    scopes: frozenset[str]


@dataclass(frozen=True)
class LocationSeen:
    location_id: int
    name: str
    active: bool
    fulfills_online: bool
    is_service: bool
    country: str | None


@dataclass(frozen=True)
class LevelSeen:
    """One inventory level: units by state at one location. ``incoming`` is outside ``on_hand``."""

    item_id: int
    location_id: int
    available: int
    committed: int
    on_hand: int
    incoming: int
    updated_at: datetime

    @property
    def shippable(self) -> int:
        """Units that can ship from here: available + committed (domain §1); may be negative."""
        return self.available + self.committed


@dataclass(frozen=True)
class VariantSeen:
    """A variant with its inventory item; ``promise_digest`` is the compare digest of our metafield, if it is set."""

    variant_id: int
    product_id: int
    item_id: int
    title: str
    product_title: str
    product_handle: str
    product_status: str
    sku: str | None
    price: Decimal
    policy: Policy
    tracked: bool
    requires_shipping: bool
    updated_at: datetime
    promise: object = None
    promise_digest: str | None = None
    vendor: str = ""
    product_type: str = ""
    tags: tuple[str, ...] = ()
    barcode: str | None = None
    unit_cost: Decimal | None = None


@dataclass(frozen=True)
class ItemSeen:
    """An inventory item after a settled read: its levels at every location and the variants that sell it; none: it does not say which."""

    item_id: int
    tracked: bool
    levels: tuple[LevelSeen, ...]
    variants: tuple[VariantSeen, ...]


@dataclass(frozen=True)
class TransactionSeen:
    kind: str
    status: str
    processed_at: datetime | None


@dataclass(frozen=True)
class AgreementSeen:
    """Units that joined (positive) or left (negative) an order line at one moment (domain §3, tranches)."""

    line_id: int
    units: int
    happened_at: datetime


@dataclass(frozen=True)
class LineSeen:
    """One order line. ``unfulfilled`` units are still to be shipped, ``taken_out`` left the order before they were.

    ``shown`` is the day that the page showed, ``token`` what came with it to prove that, both as the buyer sent them. They are
    judged as the order is read: the books keep only the ``evidence`` (``rules.evidence``).
    """

    line_id: int
    variant_id: int | None
    item_id: int | None
    title: str
    sku: str | None
    quantity: int
    current_quantity: int
    unfulfilled: int
    requires_shipping: bool
    unit_price: Decimal
    shown: str | None = None
    token: str | None = None
    evidence: Evidence | None = None
    # Only a reading tells it, and it says nothing that the books do not know otherwise.
    taken_out: int | None = field(default=None, compare=False)

    @property
    def shipped(self) -> int:
        """Units that have left, by whomever they were sent, and are not back."""
        return self.current_quantity - self.unfulfilled


@dataclass(frozen=True)
class HoldSeen:
    hold_id: int
    handle: str | None
    reason: str
    ours: bool
    # When a hold of somebody else was first seen, in the store's time, which does not tell when it was placed.
    since: datetime | None = None


@dataclass(frozen=True)
class PartSeen:
    """One line of a fulfillment order: ``remaining`` units of order line ``line_id``."""

    part_id: int
    line_id: int
    item_id: int | None
    remaining: int
    requires_shipping: bool


@dataclass(frozen=True)
class FulfillmentOrderSeen:
    fulfillment_order_id: int
    order_id: int
    location_id: int | None
    status: str
    request_status: str
    updated_at: datetime
    is_service: bool
    actions: frozenset[str]
    holds: tuple[HoldSeen, ...]
    parts: tuple[PartSeen, ...]
    fulfill_by: datetime | None = None


@dataclass(frozen=True)
class SweptSeen:
    """One row of a fulfillment-order sweep: enough to know whether the order must be read again."""

    fulfillment_order_id: int
    order_id: int
    status: str
    updated_at: datetime


@dataclass(frozen=True)
class OrderSeen:
    """An order as the store tells it now. Of its customer only the store's number is part of it: see ``ContactSeen``."""

    order_id: int
    name: str
    created_at: datetime
    processed_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None
    closed: bool
    test: bool
    financial_status: str
    currency: str
    country: str | None
    source: str | None
    tags: frozenset[str]
    status_url: str | None
    promise: object
    promise_digest: str | None
    transactions: tuple[TransactionSeen, ...]
    agreements: tuple[AgreementSeen, ...]
    lines: tuple[LineSeen, ...]
    fulfillment_orders: tuple[FulfillmentOrderSeen, ...]
    customer_id: int | None = None


@dataclass(frozen=True)
class ContactSeen:
    """Whom to write to about an order; read only when a message is owed."""

    order_id: int
    email: str | None
    first_name: str | None
    locale: str | None
