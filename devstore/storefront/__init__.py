"""The shop as its buyers see it: a small theme of its own, the cart, the checkout, the order status page."""

from devstore.storefront import basket, catalogue, status, till  # noqa: F401  # their routes join the door
from devstore.storefront.door import storefront

__all__ = ["storefront"]
