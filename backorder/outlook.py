"""Outlook: what everybody who waits for some goods may expect, walked anew from the books, beside what they were told.

Deep queues are decided by their front, and a day beside a claim may be of another morning; whoever compares days walks the whole
queues, as this does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from backorder.db import promises
from backorder.db.engine import Connection
from backorder.rules.promises import promised
from backorder.scene import Scene, load


@dataclass(frozen=True)
class Outlook:
    """One order line: ``units`` that wait, the day on which the last of them ships (None: no day can be named).

    ``promised_on`` is the day that the buyer goes by (``rules.promises.promised``).
    """

    line_id: int
    order_id: int
    units: int
    ship_by: date | None
    promised_on: date | None = None

    @property
    def broken(self) -> bool:
        """Whether it ships later than promised."""
        return self.promised_on is not None and (self.ship_by is None or self.ship_by > self.promised_on)


def outlook(tx: Connection, shop_id: int, item_ids: Iterable[int], now: datetime) -> dict[int, Outlook]:
    """Everybody who waits for these items, by order line. A line with claims at several places has the latest of their days."""
    found: dict[int, Outlook] = {}
    for line_id, order_id, units, ship_by in _walk(load(tx, shop_id, item_ids, now)):
        one = Outlook(line_id, order_id, units, ship_by)
        found[line_id] = _both(found[line_id], one) if line_id in found else one
    days = promised(promises.history(tx, shop_id, found)) if found else {}
    return {line_id: replace(one, promised_on=days.get(line_id)) for line_id, one in found.items()}


def _both(one: Outlook, other: Outlook) -> Outlook:
    """A line that waits at two places."""
    latest = max(one.ship_by, other.ship_by) if one.ship_by and other.ship_by else None
    return replace(one, units=one.units + other.units, ship_by=latest)


def _walk(scene: Scene) -> Iterable[tuple[int, int, int, date | None]]:
    """Line, order, waiting units and day of every claim that waits.

    Where capacity is limited the days of all goods hang together, so it is what was decided last that holds; no queue is decided by its
    front there.
    """
    for goods in scene.goods:
        for place in goods.places if goods.managed else ():
            days = scene.queue(goods, place).claims
            for claim in place.claims:
                projection = days.get((claim.line_id, claim.location_id))
                if projection is not None:
                    ship_by = projection.ship_by if scene.slots is None else claim.projected_on
                    yield claim.line_id, claim.order_id, claim.backordered, ship_by
            sent = scene.sent(goods, place) if place.drop_shipped else {}
            for claim in place.drop_shipped:
                projection = sent.get((claim.line_id, claim.location_id))
                if projection is not None:
                    yield claim.line_id, claim.order_id, claim.units, projection.ship_by
