"""How many units of a variant one customer may have on backorder, over all of their orders.

As with orders, the store takes any number, so what is more is told to the merchant.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backorder.rules.claims import Claim


@dataclass(frozen=True)
class Beyond:
    """A customer for whom more ``units`` of an item wait than may, and the orders that they wait in."""

    customer_id: int
    item_id: int
    units: int
    orders: tuple[int, ...]


def beyond_customer_limit(
    claims: Iterable[Claim], customers: Mapping[int, int], limits: Mapping[int, int]
) -> tuple[Beyond, ...]:
    """Who has more units of an item on backorder than one customer may (``limits`` by item; ``customers`` by order).

    What stock covers does not count. An order of nobody known counts for nobody.
    """
    waiting: dict[tuple[int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for claim in claims:
        customer = customers.get(claim.order_id)
        if customer is not None and claim.item_id in limits and claim.backordered > 0:
            waiting[customer, claim.item_id][claim.order_id] += claim.backordered
    return tuple(
        Beyond(customer, item_id, sum(by_order.values()), tuple(sorted(by_order)))
        for (customer, item_id), by_order in sorted(waiting.items())
        if sum(by_order.values()) > limits[item_id]
    )
