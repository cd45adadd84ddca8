"""Kept units follow their order line when it is moved to another location (domain §§3, 11)."""

from collections.abc import Iterable

from backorder.rules.claims import Claim

Spot = tuple[int, int]  # (line, location)


def carried(before: Iterable[Claim], now: Iterable[Claim]) -> dict[Spot, int]:
    """Units of an order that were kept where their line no longer has them unheld, and are unheld elsewhere now.

    By the (line, location) where they are to be kept. What shipped or was taken out appears nowhere, and is kept nowhere.
    """
    was = {(claim.line_id, claim.location_id): claim for claim in before}
    if not any(claim.kept for claim in was.values()):
        return {}
    is_now = {(claim.line_id, claim.location_id): claim for claim in now}
    loose: dict[int, int] = {}
    for spot, claim in was.items():
        left = is_now[spot].exposed if spot in is_now else 0
        loose[claim.line_id] = loose.get(claim.line_id, 0) + max(0, min(claim.kept, claim.exposed) - left)
    found: dict[Spot, int] = {}
    for spot, claim in sorted(is_now.items()):
        more = claim.exposed - (was[spot].exposed if spot in was else 0)
        units = min(loose.get(claim.line_id, 0), max(0, more))
        if units:
            loose[claim.line_id] -= units
            found[spot] = units
    return found
