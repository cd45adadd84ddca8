"""One request to the Admin API: which world and shop it is about, and what its token may do."""

from dataclasses import dataclass
from datetime import timedelta

from devstore.model import Order, Shop
from devstore.world import World

VISIBLE_ORDERS = timedelta(days=60)


@dataclass
class Asking:
    """``scopes`` are the token's; ``touched`` counts the objects that were answered with."""

    world: World
    shop: Shop
    scopes: frozenset[str]
    touched: int = 0

    def may(self, any_of: frozenset[str]) -> bool:
        """Whether one of the scopes is granted; writing implies reading."""
        return any(scope in self.scopes or scope.replace("read_", "write_", 1) in self.scopes for scope in any_of)

    def shows(self, order: Order) -> bool:
        """Whether the app sees an order, and may write on it: without ``read_all_orders`` those of the last sixty days."""
        recent = order.created_at > self.world.now() - VISIBLE_ORDERS
        return recent or self.may(frozenset({"read_all_orders"}))

    @property
    def app_id(self) -> int:
        """The app that asks."""
        return self.world.app.app_id
