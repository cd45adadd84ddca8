"""The proof that goods were booked in as recorded."""

from sqlalchemy import Connection, and_, func, select

from backorder.db.proofs.check import Check, judged, of_shop
from backorder.db.purchase_orders import purchase_order_lines
from backorder.db.receipts import receipts


def receipts_add_up(tx: Connection, shop_id: int | None) -> Check:
    """What a purchase order line has received, whole and damaged, is the sum of its receipts."""
    booked = (
        select(
            receipts.c.shop_id,
            receipts.c.purchase_order_line_id,
            func.sum(receipts.c.units).label("units"),
            func.sum(receipts.c.damaged).label("damaged"),
        )
        .group_by(receipts.c.shop_id, receipts.c.purchase_order_line_id)
        .subquery()
    )
    of_the_line = and_(
        booked.c.shop_id == purchase_order_lines.c.shop_id,
        booked.c.purchase_order_line_id == purchase_order_lines.c.id,
    )
    asked = select(
        purchase_order_lines.c.id,
        purchase_order_lines.c.received,
        purchase_order_lines.c.damaged,
        func.coalesce(booked.c.units, 0).label("n"),
        func.coalesce(booked.c.damaged, 0).label("d"),
    ).outerjoin(booked, of_the_line)
    rows = tx.execute(of_shop(shop_id, purchase_order_lines, asked)).all()
    wrong = [
        f"purchase order line {r.id}: received {r.received} ({r.damaged} damaged), receipts {r.n} ({r.d})"
        for r in rows
        if (r.received, r.damaged) != (r.n, r.d)
    ]
    return judged("receipts add up", rows, wrong)
