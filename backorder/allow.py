"""Allow: give each lot on a purchase order the days that its supplier is late, at the merchant's confidence; doubt what is overdue."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from backorder.db import lateness, purchase_orders
from backorder.db.engine import Connection
from backorder.rules.allowance import allowance, chance
from backorder.rules.lateness import Lateness
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
        return _late(lot, learned, line.supplier, percent, line.stated_first, earliest)

    return tuple(map(with_allowance, known))


def doubted(tx: Connection, shop_id: int, lots: Iterable[Lot], today: date, percent: int) -> tuple[Lot, ...]:
    """The lots with what may be believed of them: what is overdue, or has an allowance, comes with its supplier's lateness.

    Reckoned with at ``percent``. All others come on their day, as the merchant has chosen.
    """
    known = tuple(lots)
    unsure = {lot.lot_id for lot in known if lot.due_on and (lot.chance or lot.overdue(today))}
    if not unsure:
        return known
    learned = lateness.get(tx, shop_id)
    wanted = [lot.purchase_order_line_id for lot in known if lot.lot_id in unsure]
    lines = {line.line_id: line for line in purchase_orders.lines(tx, shop_id, [n for n in wanted if n is not None])}

    def with_doubt(lot: Lot) -> Lot:
        if lot.lot_id not in unsure or lot.due_on is None:
            return lot
        line = lines.get(lot.purchase_order_line_id or 0)
        supplier, stated_on = (line.supplier, line.stated_first) if line else ("", lot.due_on)
        return _late(lot, learned, supplier, percent, stated_on, today)

    return tuple(map(with_doubt, known))


def doubted_lead_time(tx: Connection, shop_id: int, lot: Lot, today: date, percent: int, supplier: str = "") -> Lot:
    """What a lead time stands for: once it has passed, a late shipment of its ``supplier``; nothing is known of one without a name."""
    if lot.due_on is None or lot.due_on >= today:
        return lot
    return _late(lot, lateness.get(tx, shop_id), supplier, percent, lot.due_on, today)


def learned(tx: Connection, shop_id: int) -> Lateness | None:
    """How late the shop's suppliers are; None before anything was learned."""
    known = lateness.get(tx, shop_id)
    return known if known.receipts() else None


def late_lot(lot: Lot, known: Lateness, supplier: str, percent: int, earliest: date) -> Lot:
    """What a supplier's lead time stands for, with the days that they are late at so much confidence."""
    return lot if lot.due_on is None else _late(lot, known, supplier, percent, lot.due_on, earliest)


def _late(lot: Lot, learned: Lateness, supplier: str, percent: int, stated_on: date, earliest: date) -> Lot:
    """The lot with its supplier's lateness."""
    rests_on = (learned, supplier, percent, stated_on, lot.due_on or stated_on, earliest)
    return replace(lot, allowance=allowance(*rests_on), chance=chance(*rests_on))
