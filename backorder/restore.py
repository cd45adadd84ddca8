"""Restore: switch selling on backorder off in a shop and give every borrowed policy back, without waiting for the workers."""

from dataclasses import dataclass
from datetime import datetime

from backorder import manage
from backorder.allocate import decide
from backorder.db import catalogue, offers
from backorder.db.engine import Connection
from backorder.deliver import deliver
from backorder.house import House

# Rows delivered by hand before the rest is left to the workers.
MOST_ROWS = 10_000


@dataclass(frozen=True)
class GivenBack:
    """How many policies were given back, and how many are still owed."""

    returned: int
    owed: int


def restore(house: House, shop_id: int, *, actor: str, now: datetime) -> GivenBack:
    """Give back every policy that we borrowed. What somebody set by hand since is left as it is.

    The choices of the merchant stay: switched on again, the app goes on as before.
    """
    manage.set_terms(house, shop_id, {"selling": False}, actor=actor, now=now)

    def let_go(tx: Connection) -> int:
        # Of variants that are managed no more, too.
        items = offers.borrowed_items(tx, shop_id)
        catalogue.lock_items(tx, shop_id, items)
        decide(tx, shop_id, items, now, cause="policies are given back", actor=actor)
        return len(offers.held_leases(tx, shop_id))

    borrowed = house.db.run(let_go)
    for _ in range(MOST_ROWS):
        if not _owed(house, shop_id) or not deliver(house, shop_id, now):
            break
    owed = _owed(house, shop_id)
    return GivenBack(borrowed - owed, owed)


def _owed(house: House, shop_id: int) -> int:
    with house.db.read() as tx:
        return len(offers.held_leases(tx, shop_id))
