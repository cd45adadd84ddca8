"""One request to the Admin API: which world and shop it is about, and what its token may do."""

from dataclasses import dataclass

from devstore.model import Shop
from devstore.world import World


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

    @property
    def app_id(self) -> int:
        """The app that asks."""
        return self.world.app.app_id
