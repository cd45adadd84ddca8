"""How late each supplier is, as shown."""

from datetime import date

from backorder.db import lateness, named_suppliers
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.allowance import key
from backorder.rules.terms import Terms
from plugin.shown.model import Shown

# What is shown to a shop that has not chosen a confidence of its own.
USUAL_PERCENT = 85


class SupplierLateness(Shown):
    """Half of a supplier's shipments are at most ``usual_days`` late (negative: early), ``percent`` at most ``allowed_days``."""

    supplier: str
    receipts: int
    usual_days: int
    allowed_days: int


class LatenessShown(Shown):
    """``promised``: days are promised at this confidence; otherwise it is only told. ``newcomer_days``: of a supplier without receipts.

    ``learned_on``: the day on which it was learned last; what is late and not here counts as it was then.
    """

    percent: int
    promised: bool
    learned_on: date | None
    newcomer_days: int
    suppliers: tuple[SupplierLateness, ...]


def of_shop(house: House, shop: Shop) -> LatenessShown:
    """What was learned of the suppliers of a shop, those with most receipts first."""
    chosen = Terms.from_json(shop.terms).confidence_percent
    percent = chosen or USUAL_PERCENT
    with house.db.read() as tx:
        learned, learned_on = lateness.get(tx, shop.shop_id), lateness.learned_on(tx, shop.shop_id)
        names = {key(name): name.strip() for name in named_suppliers.every(tx, shop.shop_id)}
    found = [
        SupplierLateness(
            supplier=names.get(supplier, supplier),
            receipts=learned.receipts(supplier),
            usual_days=learned.usual(supplier),
            allowed_days=learned.days(supplier, percent / 100),
        )
        for supplier in learned.suppliers
    ]
    return LatenessShown(
        percent=percent,
        promised=chosen is not None,
        learned_on=learned_on,
        newcomer_days=learned.newcomer_days(percent / 100),
        suppliers=tuple(sorted(found, key=lambda one: (-one.receipts, one.supplier))),
    )
