"""Proofs about shelves: nothing is given twice, nothing that is not there, nothing is left over while somebody waits."""

from sqlalchemy import Connection, and_, case, exists, func, or_, select

from backorder.db.catalogue import items, variants
from backorder.db.claims import claims
from backorder.db.drop_ships import drop_ships
from backorder.db.lots import allocations, lots
from backorder.db.proofs.check import Check, judged, of_shop, settled
from backorder.db.shops import shops
from backorder.rules.lots import LotKind
from backorder.rules.queue_policy import NOT_WHOLE
from backorder.rules.terms import Terms

_OF_THE_CLAIM = and_(
    claims.c.shop_id == allocations.c.shop_id,
    claims.c.line_id == allocations.c.line_id,
    claims.c.location_id == allocations.c.location_id,
)


def lots_add_up(tx: Connection, shop_id: int | None) -> Check:
    """Each lot's ``allocated`` is the sum of its allocation rows, and every allocation is of a lot that exists."""
    given = (
        select(allocations.c.shop_id, allocations.c.lot_id, func.sum(allocations.c.units).label("given"))
        .group_by(allocations.c.shop_id, allocations.c.lot_id)
        .subquery()
    )
    of_the_lot = and_(given.c.shop_id == lots.c.shop_id, given.c.lot_id == lots.c.id)
    on_lots = select(lots.c.id, lots.c.allocated, func.coalesce(given.c.given, 0).label("given")).outerjoin(
        given, of_the_lot
    )
    rows = tx.execute(of_shop(shop_id, lots, on_lots)).all()
    wrong = [f"lot {r.id}: {r.allocated} on the lot, {r.given} in its rows" for r in rows if r.allocated != r.given]
    of_none = select(given.c.lot_id, given.c.given).outerjoin(lots, of_the_lot).where(lots.c.id.is_(None))
    wrong += [
        f"lot {r.lot_id}: there is none, {r.given} in its rows" for r in tx.execute(of_shop(shop_id, given, of_none))
    ]
    return judged("every lot's allocated units are the sum of its allocations", rows, wrong)


def never_more_than_there_is(tx: Connection, shop_id: int | None) -> Check:
    """``allocated <= units + short``."""
    rows = tx.execute(of_shop(shop_id, lots, select(lots))).all()
    wrong = [
        f"lot {r.id}: {r.allocated} of {r.units} + {r.short} short" for r in rows if r.allocated > r.units + r.short
    ]
    return judged("no lot gives more than it holds and is recorded short of", rows, wrong)


def nobody_gets_more_than_they_claim(tx: Connection, shop_id: int | None) -> Check:
    """An allocation belongs to an open claim and is not larger, once the goods are settled."""
    asked = (
        select(allocations.c.line_id, allocations.c.units, claims.c.units.label("claimed"))
        .join(lots, and_(lots.c.shop_id == allocations.c.shop_id, lots.c.id == allocations.c.lot_id))
        .outerjoin(claims, _OF_THE_CLAIM)
        .where(settled(lots))
    )
    rows = tx.execute(of_shop(shop_id, allocations, asked)).all()
    wrong = [f"line {r.line_id}: given {r.units}, claims {r.claimed or 0}" for r in rows if r.units > (r.claimed or 0)]
    return judged("no claim holds more than it asks for", rows, wrong)


def nothing_is_given_to_what_suppliers_send(tx: Connection, shop_id: int | None) -> Check:
    """What a supplier sends holds no unit of a shelf, once the goods are settled; and whoever is out of the queue has a sender written down."""
    sender = and_(
        drop_ships.c.shop_id == claims.c.shop_id,
        drop_ships.c.line_id == claims.c.line_id,
        drop_ships.c.supplier_id.is_not(None),
    )
    asked = (
        select(
            claims.c.line_id,
            claims.c.drop_shipped,
            drop_ships.c.supplier_id,
            func.coalesce(allocations.c.units, 0).label("given"),
        )
        .select_from(claims.outerjoin(allocations, _OF_THE_CLAIM).outerjoin(drop_ships, sender))
        .where(or_(claims.c.drop_shipped.is_(True), drop_ships.c.supplier_id.is_not(None)), settled(claims))
    )
    rows = tx.execute(of_shop(shop_id, claims, asked)).all()
    wrong = [f"line {r.line_id}: a supplier sends it, and it is given {r.given}" for r in rows if r.given]
    wrong += [
        f"line {r.line_id}: the queue and the book of what suppliers send disagree"
        for r in rows
        if r.drop_shipped is not (r.supplier_id is not None)
    ]
    return judged("what suppliers send takes nothing of a shelf", rows, wrong)


def nothing_is_left_while_somebody_waits(tx: Connection, shop_id: int | None) -> Check:
    """I2b: no unit is left on a shelf of goods that we manage while a claim on it is short, once they are settled.

    Where a merchant has goods given whole or not at all, what lies there is judged by deciding again (``verify.given_by_policy``).
    """
    missing = claims.c.units - func.coalesce(allocations.c.units, 0)
    short = func.sum(case((missing > 0, missing), else_=0))  # what one holds too much serves nobody else
    waiting = (
        select(claims.c.shop_id, claims.c.item_id, claims.c.location_id, short.label("short"))
        .outerjoin(allocations, _OF_THE_CLAIM)
        .where(claims.c.drop_shipped.is_(False))
        .group_by(claims.c.shop_id, claims.c.item_id, claims.c.location_id)
        .subquery()
    )
    here = and_(
        waiting.c.shop_id == lots.c.shop_id,
        waiting.c.item_id == lots.c.item_id,
        waiting.c.location_id == lots.c.location_id,
    )
    managed = exists().where(
        variants.c.shop_id == lots.c.shop_id,
        variants.c.item_id == lots.c.item_id,
        variants.c.managed.is_(True),
        variants.c.gone_at.is_(None),
    )
    counted = exists().where(
        items.c.shop_id == lots.c.shop_id, items.c.item_id == lots.c.item_id, items.c.tracked.is_(True)
    )
    asked = (
        select(lots.c.id, lots.c.shop_id, lots.c.units, lots.c.allocated, waiting.c.short)
        .join(waiting, here)
        .where(lots.c.kind == LotKind.ON_HAND.value, managed, counted, settled(lots))
    )
    whole = {
        row.id
        for row in tx.execute(select(shops.c.id, shops.c.terms))
        if Terms.from_json(row.terms).queue_policy.whole != NOT_WHOLE
    }
    rows = [row for row in tx.execute(of_shop(shop_id, lots, asked)) if row.shop_id not in whole]
    wrong = [
        f"lot {r.id}: {r.units - r.allocated} free while {r.short} units wait"
        for r in rows
        if r.units > r.allocated and r.short > 0
    ]
    return judged("no unit stays on a shelf while somebody waits for it", rows, wrong)
