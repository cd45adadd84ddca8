"""What buyers have in their hands: carts, kept by the cookie's token."""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass
class CartLine:
    """Units of one variant with one set of properties. ``properties`` are what the product form sent."""

    key: str
    variant_id: int
    quantity: int
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Cart:
    token: str
    lines: list[CartLine] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Units in the cart."""
        return sum(line.quantity for line in self.lines)

    def wanted(self, variant_id: int) -> int:
        """Units of a variant over all lines."""
        return sum(line.quantity for line in self.lines if line.variant_id == variant_id)

    def line(self, key: str) -> CartLine | None:
        return next((line for line in self.lines if line.key == key), None)

    def add(self, variant_id: int, quantity: int, properties: Mapping[str, str]) -> CartLine:
        """Put units in. Equal variant and properties share a line, as in any Shopify cart."""
        for line in self.lines:
            if line.variant_id == variant_id and line.properties == dict(properties):
                line.quantity += quantity
                return line
        line = CartLine(secrets.token_hex(8), variant_id, quantity, dict(properties))
        self.lines.append(line)
        return line

    def change(self, key: str, quantity: int) -> None:
        """Set a line's quantity; 0 takes it out."""
        for line in self.lines:
            if line.key == key:
                line.quantity = quantity
        self.lines = [line for line in self.lines if line.quantity > 0]


class Carts:
    """Carts by shop and token."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._carts: dict[tuple[str, str], Cart] = {}

    def peek(self, shop: str, token: str | None) -> Cart:
        """The cart of this token; an empty one that nobody keeps when there is none."""
        with self._lock:
            return self._carts.get((shop, token or ""), Cart(""))

    def of(self, shop: str, token: str | None) -> Cart:
        """The cart of this token, or a new one with a token nobody can guess."""
        with self._lock:
            found = self._carts.get((shop, token or ""))
            if found is None:
                found = Cart(secrets.token_urlsafe(18))
                self._carts[shop, found.token] = found
            return found

    def forget(self, shop: str, token: str) -> None:
        """The cart became an order."""
        with self._lock:
            self._carts.pop((shop, token), None)
