"""What becomes of given and kept units when those of their line leave: with a parcel, by an edit, or for another location (domain §§3, 11)."""

from collections.abc import Iterable, Mapping

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


def lessened(
    before: Iterable[Claim], now: Iterable[Claim], shipped: Mapping[Spot, int]
) -> tuple[tuple[Claim, int, int], ...]:
    """Claims of which units left that were given: each as it was, with what is given and kept of it now.

    ``shipped`` units were given, and were kept if anything was; what else is gone was so as far as no hold of ours was on it. The rest
    of the line waits as it did: nothing that waits is there because another unit of its line was. But what could be shipped before, and
    still can be, is taken for what was given and kept.
    """
    is_now = {(claim.line_id, claim.location_id): claim for claim in now}
    found = []
    for was in before:
        spot = (was.line_id, was.location_id)
        claim = is_now.get(spot)
        if claim is None or not was.given:
            continue
        gone = max(shipped.get(spot, 0), min(was.units - claim.units, was.exposed - claim.exposed))
        stays = min(claim.exposed, was.exposed - gone)
        given, kept = (min(units, max(units - gone, stays, 0)) for units in (was.given, was.kept))
        if gone > 0 and (given, kept) != (was.given, was.kept):
            found.append((was, given, kept))
    return tuple(found)
