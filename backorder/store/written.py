"""What was asked of a store, and what it said when it was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backorder.rules.seen import FulfillmentOrderSeen, Policy
from backorder.store.errors import UserError


@dataclass(frozen=True)
class Held:
    """A hold was placed: ``held`` as it stands now. If only parts were held, ``rest`` is what stays shippable."""

    hold_id: int
    held: FulfillmentOrderSeen
    rest: FulfillmentOrderSeen | None


@dataclass(frozen=True)
class Released:
    """Our holds are gone; ``status`` is ON_HOLD still if holds of others remain."""

    fulfillment_order_id: int
    status: str


@dataclass(frozen=True)
class OfferChange:
    """How one variant shall be sold from now on; None leaves the policy, or the promise, as it is."""

    variant_id: int
    policy: Policy | None
    promise: Mapping[str, Any] | None


@dataclass(frozen=True)
class OfferWritten:
    """What a variant has after the write, as of ``updated_at`` in the store's time: policy, and its promise's digest."""

    variant_id: int
    policy: Policy
    updated_at: datetime
    promise_digest: str | None


@dataclass(frozen=True)
class OfferOutcome:
    """Every variant that was asked for is in exactly one of the two, by its id."""

    written: Mapping[int, OfferWritten]
    refused: Mapping[int, UserError]


@dataclass(frozen=True)
class SubscriptionSeen:
    """A webhook subscription of this shop: ``topic`` as the API names it (``ORDERS_CREATE``) and where it goes."""

    topic: str
    uri: str
