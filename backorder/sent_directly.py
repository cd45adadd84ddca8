"""Sent directly: the merchant says that a supplier has shipped a line, and how its parcel can be followed; the store tells the buyer."""

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import structlog

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, claims, drop_ships, order_lines, outbox
from backorder.db.drop_ships import DropShip
from backorder.db.engine import Connection
from backorder.db.outbox import Effect
from backorder.errors import Refused, Unknown
from backorder.house import House

log = structlog.get_logger(__name__)

LONGEST_CARRIER, LONGEST_TRACKING, LONGEST_URL = 64, 128, 500


@dataclass(frozen=True)
class Parcel:
    """How the parcel of a supplier can be followed; each may be left empty."""

    carrier: str = ""
    tracking: str = ""
    url: str = ""


def shipped(house: House, shop_id: int, line_id: int, parcel: Parcel, *, actor: str, now: datetime) -> int:
    """A supplier shipped what is open of an order line, as far as it was told of it; its order.

    What it was not told of, as units that were added since, it did not ship. Raises Unknown, and Refused for what cannot be.
    """
    order_id = house.db.run(lambda tx: shipped_in(tx, shop_id, line_id, parcel, actor=actor, now=now))
    log.info("shipped by a supplier", shop_id=shop_id, actor=actor, line_id=line_id)
    house.bell.ring(Ring.OUTBOX)
    return order_id


def shipped_in(tx: Connection, shop_id: int, line_id: int, parcel: Parcel, *, actor: str, now: datetime) -> int:
    """``shipped`` within the caller's transaction."""
    parcel = checked(parcel)
    catalogue.lock_items(tx, shop_id, {claim.item_id for claim in claims.of_lines(tx, shop_id, [line_id])})
    row = drop_ships.of_lines(tx, shop_id, [line_id]).get(line_id)
    if row is None:
        raise Unknown("line", "No supplier sends this order line.")
    open_ones = claims.of_lines(tx, shop_id, [line_id])
    if row.supplier_id is None or not open_ones:
        raise Refused("line", "Nothing of this line is open for a supplier to send.")
    if not row.told.units:
        raise Refused("line", "The supplier was not told of this line yet: pass it on first.")
    if any(claim.in_works for claim in open_ones):
        raise Refused("line", "Somebody is packing this line: see in the store's admin who.")
    left = _left(tx, shop_id, row)
    units = min(sum(claim.units for claim in open_ones), row.told.owed(left))
    if not units:
        raise Refused("line", "The supplier was told of nothing that is open of this line: pass it on first.")
    said = {"carrier": parcel.carrier or None, "tracking": parcel.tracking or None, "tracking_url": parcel.url or None}
    drop_ships.shipped(tx, shop_id, line_id, left + units, now, actor, said)
    outbox.want(tx, shop_id, Effect.FULFIL, outbox.order_lane(row.order_id), row.order_id, transport_now())
    return row.order_id


def _left(tx: Connection, shop_id: int, row: DropShip) -> int:
    """Units of a line that have left in all; of one that the books have no more, as many as when it was passed on."""
    lines = order_lines.of_orders(tx, shop_id, [row.order_id]).get(row.order_id, ())
    return next((line.shipped for line in lines if line.line_id == row.line_id), row.told.shipped_before)


def checked(parcel: Parcel) -> Parcel:
    """The parcel without blanks around its texts. Raises Refused with the field that is wrong."""
    carrier, tracking, url = parcel.carrier.strip(), parcel.tracking.strip(), parcel.url.strip()
    for field, text, most in (("carrier", carrier, LONGEST_CARRIER), ("tracking", tracking, LONGEST_TRACKING)):
        if len(text) > most or not text.isprintable():
            raise Refused(field, f"Give at most {most} characters, or leave it empty.")
    if url and not _is_web_address(url):
        raise Refused("url", "Give an address like https://carrier.example/parcel/1, or leave it empty.")
    return Parcel(carrier, tracking, url)


def _is_web_address(url: str) -> bool:
    if len(url) > LONGEST_URL or re.search(r"\s", url) or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
