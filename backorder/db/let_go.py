"""Units that were let go for good, as the allocation ledger tells it: what a policy that counts by the day must know."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from backorder.db.arrays import among
from backorder.db.lots import Place, allocation_ledger
from backorder.db.order_lines import order_lines

Rows = tuple[tuple[Place, int, datetime, int], ...]


def since(tx: Connection, shop_id: int, item_ids: Iterable[int], moment: datetime) -> Rows:
    """What was let go of these items since a moment: (item, location), order, when, units. What was taken back later counts all the same."""
    ledger = allocation_ledger
    rows = tx.execute(
        select(ledger.c.item_id, ledger.c.location_id, order_lines.c.order_id, ledger.c.at, ledger.c.kept)
        .join(order_lines, (order_lines.c.shop_id == ledger.c.shop_id) & (order_lines.c.line_id == ledger.c.line_id))
        .where(ledger.c.shop_id == shop_id, among(ledger.c.item_id, item_ids), ledger.c.at >= moment, ledger.c.kept > 0)
    )
    return tuple(((item_id, at), order_id, when, units) for item_id, at, order_id, when, units in rows)


def last_changed(tx: Connection, shop_id: int, item_id: int, location_id: int) -> datetime | None:
    """When anything was last given or taken at a shelf."""
    ledger = allocation_ledger
    here = (ledger.c.shop_id == shop_id, ledger.c.item_id == item_id, ledger.c.location_id == location_id)
    found: datetime | None = tx.execute(select(func.max(ledger.c.at)).where(*here)).scalar_one()
    return found
