"""Promises that may not be kept, before their day has come: the least likely first."""

from datetime import date, datetime

from backorder import risk
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown.backlog import Sum, Total
from plugin.shown.model import Money, Shown

PAGE = 100


class AtRiskShown(Shown):
    """An order line that waits. ``likely``: the probability, from 0 to 1, that it ships by ``promised_on``.

    ``ship_by`` is when it would ship as things are; empty where no day can be named, and only hoped for where what serves it is
    ``overdue`` and has no new day.
    """

    order_id: int
    order_name: str
    line_id: int
    title: str
    units: int
    promised_on: date
    ship_by: date | None
    overdue: bool
    source: str
    likely: float
    value: Money


class RiskShown(Shown):
    """Promises less likely to be kept than 9 in 10: their ``total``, and the worst of them."""

    total: Total
    lines: tuple[AtRiskShown, ...]


def of_shop(house: House, shop: Shop, now: datetime, most: int = PAGE) -> RiskShown:
    """What may come too late in a shop, as of ``now``; the ``most`` worst lines."""
    found = risk.at_risk(house, shop.shop_id, now)
    total = Sum()
    for one in found:
        total.add(one.order_id, one.units, one.unit_price, one.currency)
    return RiskShown(
        total=total.total(),
        lines=tuple(
            AtRiskShown(
                order_id=one.order_id,
                order_name=one.order_name,
                line_id=one.line_id,
                title=one.title,
                units=one.units,
                promised_on=one.promised_on,
                ship_by=one.ship_by,
                overdue=one.overdue,
                source=one.source,
                likely=round(one.likely, 4),
                value=Money(amount=one.money, currency=one.currency),
            )
            for one in found[:most]
        ),
    )
