"""Allow: give each lot on a purchase order the days that its supplier is late, at the merchant's confidence."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from backorder.db import lateness, purchase_orders
from backorder.db.engine import Connection
from backorder.rules.allowance import allowance, chance
from backorder.rules.lots import Lot, LotKind
from backorder.rules.terms import Terms


def allowed(tx: Connection, shop_id: int, lots: Iterable[Lot], terms: Terms, earliest: date) -> tuple[Lot, ...]:
    """The lots with their allowances; as they are, where the merchant promises stated days or nothing was learned yet.

    ``earliest``: the first day on which what is not here can still come.
    """
    known, percent = tuple(lots), terms.confidence_percent
    coming = {lot.purchase_order_line_id for lot in known if lot.kind is LotKind.PURCHASE_ORDER}
    if percent is None or not coming:
        return known
    learned = lateness.get(tx, shop_id)
    if not learned.receipts():
        return known
    lines = {line.line_id: line for line in purchase_orders.lines(tx, shop_id, [n for n in coming if n is not None])}

    def with_allowance(lot: Lot) -> Lot:
        line = lines.get(lot.purchase_order_line_id or 0)
        if lot.kind is not LotKind.PURCHASE_ORDER or line is None or lot.due_on is None:
            return lot
        rests_on = (learned, line.supplier, percent, line.stated_first, lot.due_on, earliest)
        return replace(lot, allowance=allowance(*rests_on), chance=chance(*rests_on))

    return tuple(map(with_allowance, known))
