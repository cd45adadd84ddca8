"""Orders that were drafts for which staff had set units aside: they are born keeping them (domain §11).

The store does not tell an app what a draft set aside. But units that a draft had aside could not ship before and can now, with none more
on the shelf, and nothing else that places an order does that.
"""

from collections.abc import Iterable, Mapping

from backorder.rules.claims import Claim
from backorder.rules.rises import Row

# What the store calls the source of an order that was a draft.
FROM_A_DRAFT = "shopify_draft_order"


def born_keeping(claims: Iterable[Claim], risen: int) -> Mapping[tuple[int, int], int]:
    """How many units the claims on one shelf of orders that were drafts until now keep of ``risen`` units, by (line, location).

    ``risen`` could not ship before, and nothing came in meanwhile. Who keeps something already, or was given it, had their share. Who
    waits under a hold of ours was decided about before: their draft had nothing aside, or it was free by then.
    """
    found = {}
    for claim in sorted(claims, key=lambda each: each.age):
        units = min(claim.units, risen)
        held = claim.routed and claim.exposed < claim.units
        if units > 0 and not claim.given and not held:
            found[claim.line_id, claim.location_id] = units
            risen -= units
    return found


def set_free(row: str, supply_by: int, shipped: int, received: int, returned: int) -> int:
    """Units of a change of a count that could not ship before and can now, though none came in; 0 where it is another kind of change."""
    return max(0, supply_by + shipped - received - returned) if row == Row.MADE_AVAILABLE else 0
