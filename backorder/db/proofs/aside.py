"""The proof that what nothing explains serves nobody (domain §2: the quarantine Q)."""

from sqlalchemy import Connection, and_, select

from backorder.db.levels import levels
from backorder.db.lots import lots
from backorder.db.proofs.check import Check, judged, of_shop, settled
from backorder.rules.lots import LotKind


def what_is_aside_serves_nobody(tx: Connection, shop_id: int | None) -> Check:
    """S' = S - Q: at settled goods no shelf offers more than can ship from there less what is set aside; Q has its reason and its day.

    What was shipped since the level was read is gone from it already.
    """
    here = and_(
        lots.c.shop_id == levels.c.shop_id,
        lots.c.item_id == levels.c.item_id,
        lots.c.location_id == levels.c.location_id,
        lots.c.kind == LotKind.ON_HAND.value,
    )
    asked = select(levels, lots.c.id.label("lot_id"), lots.c.units).join(lots, here).where(settled(lots))
    rows = tx.execute(of_shop(shop_id, levels, asked)).all()
    wrong = []
    for row in rows:
        # What the store counted off for suppliers' parcels lies there still.
        can_ship = max(0, row.available + row.committed + row.counted_off - row.shipped_since)
        if row.units > can_ship - min(row.aside, can_ship):
            wrong.append(
                f"lot {row.lot_id}: {row.units} are offered of {can_ship} that can ship, of which {row.aside} are aside"
            )
        if row.aside < 0 or (row.aside and row.aside_since is None):
            wrong.append(f"item {row.item_id}: {row.aside} units are aside, and nobody knows since when")
    return judged("what is set aside serves nobody", rows, wrong)
