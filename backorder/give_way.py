"""Give way: an order that somebody else has held for too long lets others go first until that hold ends (domain §3).

Nothing rings when the time is over, so somebody has to ask. The end of the hold rings, and the reading that follows gives the order its
place back.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

import structlog

from backorder.allocate import decide
from backorder.bell import Ring
from backorder.db import catalogue, claims, shops
from backorder.db.engine import Connection
from backorder.house import House
from backorder.rules.foreign_holds import has_lost_its_turn
from backorder.rules.terms import SHORTEST_HOLD, Terms

log = structlog.get_logger(__name__)


def give_way(house: House, now: datetime) -> int:
    """Let others go before whoever has been held for too long by now, and decide anew; how many order lines that were."""
    with house.db.read() as tx:
        found = claims.stopped(tx, now - timedelta(hours=SHORTEST_HOLD))
        terms = {shop.shop_id: Terms.from_json(shop.terms) for shop in shops.installed(tx)} if found else {}
    over: dict[int, dict[int, int]] = defaultdict(dict)
    for one in found:
        hours = terms[one.shop_id].foreign_hold_hours if one.shop_id in terms else None
        if hours is not None and has_lost_its_turn(one.since, timedelta(hours=hours), now):
            over[one.shop_id][one.line_id] = one.item_id
    for shop_id, items in over.items():
        house.db.run(partial(_give_way, shop_id=shop_id, line_ids=items.keys(), items=set(items.values()), now=now))
        log.info("held by others for too long", shop_id=shop_id, lines=len(items))
    if over:
        house.bell.ring(Ring.OUTBOX)
    return sum(map(len, over.values()))


def _give_way(tx: Connection, *, shop_id: int, line_ids: Collection[int], items: set[int], now: datetime) -> None:
    catalogue.lock_items(tx, shop_id, items)
    claims.lose_turn(tx, shop_id, line_ids)
    decide(tx, shop_id, items, now, cause="held by others for too long")
