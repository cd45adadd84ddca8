"""What a webhook asks for. It is only a bell: it says where to look, never what there is to see (domain §1)."""

from collections.abc import Callable
from dataclasses import dataclass

from webhooks.payload import Payload


@dataclass(frozen=True)
class Look:
    """Where to look again. Variants, products, fulfillment orders and shipments are found in our books first."""

    orders: tuple[int, ...] = ()
    items: tuple[int, ...] = ()
    variants: tuple[int, ...] = ()
    products: tuple[int, ...] = ()
    # None: the topic is not about fulfillment orders. Empty: it is, but it names none.
    fulfillment_orders: tuple[int, ...] | None = None
    transfers: tuple[int, ...] = ()
    # As with fulfillment orders: a shipment does not say which transfer it carries.
    shipments: tuple[int, ...] | None = None
    locations: bool = False
    # Collections themselves, and whatever may have come into one or left one with the products named here.
    collections: tuple[int, ...] = ()
    memberships: bool = False
    shop: bool = False
    # Our own acts ring for this too, and what else may ring has a topic of its own: known things can wait a little.
    echo: bool = False


Hint = Callable[[Payload], Look]
"""Reads a body of one topic. Raises Unreadable."""
