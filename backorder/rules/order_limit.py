"""How many of a variant one order may have. The store takes any number, so what is more is told to the merchant."""

from collections import Counter
from collections.abc import Iterable, Mapping

from backorder.rules.claims import Claim


def beyond_order_limit(claims: Iterable[Claim], limits: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """Open units of orders that have more of an item than one order may (``limits`` by item), by (order, item).

    Lines of one order are counted together. What no longer waits is no matter any more.
    """
    units: Counter[tuple[int, int]] = Counter()
    waits: set[tuple[int, int]] = set()
    for claim in claims:
        if claim.item_id in limits:
            units[claim.order_id, claim.item_id] += claim.units
            if claim.backordered:
                waits.add((claim.order_id, claim.item_id))
    return {spot: count for spot, count in sorted(units.items()) if spot in waits and count > limits[spot[1]]}
