"""Departures: what left the shelves with parcels, or came back, as an order shows it. It explains why counts fell and rose."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from backorder import counted
from backorder.db import catalogue, levels, lots
from backorder.db.engine import Connection
from backorder.rules.carried import lessened
from backorder.rules.claims import Claim
from backorder.rules.seen import LineSeen, OrderSeen

Spot = tuple[int, int]  # (line, location)
Place = tuple[int, int]  # (item, location)


def count_shipped(
    tx: Connection,
    shop_id: int,
    seen: OrderSeen,
    stored: Iterable[LineSeen],
    before: Iterable[Claim],
    now: Iterable[Claim],
) -> dict[Spot, int]:
    """Count units of each line that left since we last looked, or came back with a cancelled parcel, where its claims show it.

    They explain why the shelf fell or rose. What a supplier sent explains why the count did, and nothing left the shelf. Returns what
    left it, by (line, location); below 0 is what came back to it.
    """
    found: dict[Spot, int] = {}
    stored = tuple(stored)
    known = {line.line_id: _shipped(line) for line in stored}
    added = _added(seen, stored)
    gained = {line.line_id: _shipped(line) - known.get(line.line_id, _shipped(line)) for line in seen.lines}
    was = {(claim.line_id, claim.location_id): claim for claim in before}
    is_now = {(claim.line_id, claim.location_id): claim for claim in now}
    for key in sorted({*was, *is_now}):
        claim = was.get(key) or is_now[key]
        shrank = (was[key].units if key in was else 0) - (is_now[key].units if key in is_now else 0)
        left = gained.get(claim.line_id, 0)
        units = min(shrank, left) if left > 0 and shrank > 0 else max(shrank, left) if left < 0 and shrank < 0 else 0
        if left > 0 and key in was:
            # What an edit added since hides that as much left.
            hidden = min(left - units, added.get(claim.line_id, 0), max(0, was[key].exposed - units))
            added[claim.line_id] = added.get(claim.line_id, 0) - hidden
            units += hidden
        if units:
            gained[claim.line_id] -= units
            if claim.drop_shipped:
                if not catalogue.untracked(
                    tx, shop_id, [claim.item_id]
                ):  # of what the store does not count, no count falls
                    levels.sent_by_suppliers(tx, shop_id, claim.item_id, claim.location_id, units)
                continue
            levels.shipped(tx, shop_id, claim.item_id, claim.location_id, units)
            found[key] = units
    counted.came_back(tx, shop_id, _came_back(seen, gained), seen.updated_at)
    return found


def _added(seen: OrderSeen, stored: Iterable[LineSeen]) -> dict[int, int]:
    """Units that edits added to lines since they were stored, less what was taken out."""
    before = {line.line_id: line.current_quantity for line in stored}
    return {line.line_id: max(0, line.current_quantity - before.get(line.line_id, 0)) for line in seen.lines}


def take_off(
    tx: Connection,
    shop_id: int,
    before: Iterable[Claim],
    now: Iterable[Claim],
    shipped: Mapping[Spot, int],
    at: datetime,
) -> None:
    """Give to no other unit of a line what those had that left (rules.carried). The caller keeps the claims, and holds their items' lock."""
    lots.lessen(
        tx,
        shop_id,
        [
            lots.Change(claim.line_id, claim.location_id, claim.item_id, given, kept, claim.given, claim.kept)
            for claim, given, kept in lessened(before, now, shipped)
        ],
        cause="units of it left",
        actor="store",
        at=at,
    )


def _came_back(seen: OrderSeen, gained: Mapping[int, int]) -> dict[Place, int]:
    """Units that had been shipped and were refunded since: perhaps they are back on the shelf that they were shipped from."""
    back: Counter[Place] = Counter()
    for line in seen.lines:
        place = _shipped_from(seen, line)
        if place is not None and gained.get(line.line_id, 0) < 0:
            back[place] -= gained[line.line_id]
    return dict(back)


def count_sold(tx: Connection, shop_id: int, seen: OrderSeen) -> frozenset[int]:
    """Units that left before we ever saw their order, as over a counter; the items concerned.

    An order that is older than what the level last said was in it already.
    """
    sold = [(line, place) for line in seen.lines if _shipped(line) > 0 and (place := _shipped_from(seen, line))]
    if not sold:
        return frozenset()
    at = {(one.item_id, one.location_id): one for one in levels.of_items(tx, shop_id, {place[0] for _, place in sold})}
    fresh = [(line, place) for line, place in sold if place in at and seen.created_at > at[place].updated_at]
    for line, (item_id, location_id) in fresh:
        levels.shipped(tx, shop_id, item_id, location_id, _shipped(line))
    return frozenset(place[0] for _, place in fresh)


def _shipped_from(seen: OrderSeen, line: LineSeen) -> Place | None:
    """Where a line is shipped from, if it is one place."""
    at = {fo.location_id for fo in seen.fulfillment_orders for part in fo.parts if part.line_id == line.line_id}
    location_id = at.pop() if len(at) == 1 else None
    return (line.item_id, location_id) if line.item_id is not None and location_id is not None else None


def _shipped(line: LineSeen) -> int:
    return line.current_quantity - line.unfulfilled
