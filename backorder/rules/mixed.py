"""How an order leaves of which something waits: what can ship now, or everything together (domain §§4, 10 g).

The shop says by a setting, or asks the customer; staff may say otherwise for a single order. What was said stands on the order
from the first day that it waits, so a setting that is changed later changes nothing that a buyer was told.
"""

from collections.abc import Container, Sequence
from enum import StrEnum

from backorder.rules.claims import Claim


class Way(StrEnum):
    """How one order leaves. ``ASKED``: its customer was asked and has not answered; until then nothing of it is sent."""

    SPLIT = "split"
    TOGETHER = "together"
    ASKED = "asked"


class By(StrEnum):
    """Who said so."""

    SHOP = "shop"  # by its settings
    STAFF = "staff"  # on the order's page
    CUSTOMER = "customer"
    WAREHOUSE = "warehouse"  # somebody released a hold of ours in the store
    SILENCE = "silence"  # the customer was asked and did not answer in time


SPLIT, TOGETHER, ASK = "split", "together", "ask"
POLICIES = (SPLIT, TOGETHER, ASK)
LEAST_HOURS, MOST_HOURS = 1, 168


def is_whole(way: Way | None) -> bool:
    """Whether nothing of the order may leave before all of it can."""
    return way in {Way.TOGETHER, Way.ASKED}


def first_way(policy: str, claims: Sequence[Claim], managed: Container[int], *, may_ask: bool) -> Way | None:
    """How an order is to leave that waits for the first time; None: part by part, as if nobody had asked.

    ``claims`` are all open units of the order, ``managed`` the items whose shortage we handle. A customer is asked only if something
    of the order could leave at once: there is nothing to choose otherwise.
    """
    waiting = sum(claim.backordered for claim in claims if claim.item_id in managed)
    all_units = sum(claim.units for claim in claims)
    if not waiting or all_units == 1:
        return None
    if policy == TOGETHER:
        return Way.TOGETHER
    if policy == ASK and may_ask and waiting < all_units and all(claim.ready for claim in claims):
        return Way.ASKED
    return None


def covered_whole(claims: Sequence[Claim], managed: Container[int]) -> bool:
    """Whether nothing of an order waits any more, so that an order that ships together may leave."""
    return not any(claim.backordered for claim in claims if claim.item_id in managed)
