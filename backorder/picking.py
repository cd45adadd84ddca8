"""Picking: what the warehouse may send now, with where it lies and what a scanner reads on it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backorder.db import backlog, catalogue, fulfillment_orders, locations, managing, order_lines
from backorder.db.backlog import Waiting
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.order_claims import in_the_works
from backorder.rules.seen import FulfillmentOrderSeen
from backorder.rules.sheet.cells import written

HEADINGS = ("Location", "Bin", "SKU", "Barcode", "Title", "Units", "Order", "Order line")
MOST_LINES = 2_000


@dataclass(frozen=True)
class Pick:
    """Units of one order line to be taken from one place."""

    order_id: int
    order_name: str
    line_id: int
    location_id: int
    location: str
    bin: str | None
    sku: str | None
    barcode: str | None
    title: str
    units: int


@dataclass(frozen=True)
class Picks:
    """What may be sent now, the oldest orders first, each whole; ``cut_off``: there is more than a list holds."""

    lines: tuple[Pick, ...]
    cut_off: bool


def picks(house: House, shop_id: int, location_id: int | None = None) -> Picks:
    """What may be sent now and is not being packed yet: the oldest orders first, each by location and bin.

    Of goods whose shortage we handle, what stock covers; of all others, what is open. What is on hold is not among it.
    """
    listed: list[Pick] = []
    with house.db.read() as tx:
        places = {place.location_id: place.name for place in locations.all_locations(tx, shop_id)}
        offset = 0
        while len(listed) <= MOST_LINES:
            # Whatever somebody else holds is passed over, so that it hides nothing behind it.
            found = backlog.shippable(tx, shop_id, location_id, MOST_LINES, offset)
            listed += _listed(tx, shop_id, found, places)
            offset += len(found)
            if len(found) < MOST_LINES:
                break
    if len(listed) <= MOST_LINES:
        return Picks(tuple(listed), cut_off=False)
    # An order of which half is on the list would be packed as half an order.
    whole = [pick for pick in listed[:MOST_LINES] if pick.order_id != listed[MOST_LINES].order_id]
    return Picks(tuple(whole or listed[:MOST_LINES]), cut_off=True)


def _listed(tx: Connection, shop_id: int, found: Sequence[Waiting], places: Mapping[int, str]) -> list[Pick]:
    managed = managing.managed_of(tx, shop_id, {row.claim.item_id for row in found})
    of_lines = order_lines.variants(tx, shop_id, {row.claim.order_id for row in found})
    wanted = {variant_id for variant_id in of_lines.values() if variant_id is not None}
    variants = {variant.variant_id: variant for variant in catalogue.by_ids(tx, shop_id, wanted)}
    free_at = open_to_packers(fulfillment_orders.of_orders(tx, shop_id, {row.claim.order_id for row in found}))
    listed = []
    for row in found:
        claim = row.claim
        free = min(claim.exposed - claim.in_works, free_at[claim.line_id, claim.location_id])
        units = min(free, max(0, claim.given - claim.in_works)) if claim.item_id in managed else free
        variant = variants.get(of_lines.get(claim.line_id) or 0)
        if units > 0:
            listed.append(
                Pick(
                    order_id=claim.order_id,
                    order_name=row.order_name,
                    line_id=claim.line_id,
                    location_id=claim.location_id,
                    location=places.get(claim.location_id, ""),
                    bin=variant.bin if variant else None,
                    sku=row.sku,
                    barcode=variant.barcode if variant else None,
                    title=row.title,
                    units=units,
                )
            )
    return listed


def open_to_packers(parts: Mapping[int, Iterable[FulfillmentOrderSeen]]) -> Counter[tuple[int, int]]:
    """Units by (line, location) that nobody holds, packs or has scheduled for later: neither we nor anybody else."""
    free: Counter[tuple[int, int]] = Counter()
    for each in (fo for some in parts.values() for fo in some):
        if each.status == "OPEN" and not each.holds and not in_the_works(each) and each.location_id is not None:
            for part in each.parts:
                free[part.line_id, each.location_id] += part.remaining
    return free


def by_bin(listed: tuple[Pick, ...]) -> tuple[Pick, ...]:
    """In the order in which somebody walks: by location, bin, then goods; what has no bin comes last."""
    return tuple(
        sorted(listed, key=lambda pick: (pick.location, pick.bin is None, pick.bin or "", pick.title, pick.line_id))
    )


def export(house: House, shop_id: int, location_id: int | None = None) -> str:
    """The pick list as a sheet, in the order in which somebody walks."""
    rows = by_bin(picks(house, shop_id, location_id).lines)
    return written(
        HEADINGS,
        ((p.location, p.bin, p.sku, p.barcode, p.title, p.units, p.order_name, p.line_id) for p in rows),
    )
