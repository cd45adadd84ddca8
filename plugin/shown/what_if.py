"""What a change would do, as shown: whose days move, which promises break, what that is worth, which mails would go."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from backorder import what_if
from backorder.db.shops import Shop
from backorder.house import House
from backorder.what_if import Moved, Question
from plugin.shown.backlog import Sum, Total
from plugin.shown.model import Money, Shown

MOST = 250


class MovedShown(Shown):
    """An order line whose day would move. ``was`` and ``would_be`` are ship days; empty where none can be named.

    ``waited`` units wait now, ``would_wait`` would then; ``value`` is that of the larger number. ``breaks``: it would ship later
    than the day that was promised. ``mail``: a letter of the order would speak of it.
    """

    order_id: int
    order_name: str
    line_id: int
    title: str
    sku: str | None
    waited: int
    would_wait: int
    was: date | None
    would_be: date | None
    promised_on: date | None
    breaks: bool
    mail: bool
    value: Money


class SoldOtherwiseShown(Shown):
    """A variant that would be sold differently, with the reason that would be given."""

    variant_id: int
    title: str
    state: str
    would_be_state: str
    ship_by: date | None
    would_ship_by: date | None
    reason: str


class WhatIfShown(Shown):
    """What would become of it. Nothing was changed, and nobody was written to.

    ``broken``: promises that would break; ``later`` and ``sooner``: lines that would ship later and sooner; ``mails`` letters would
    go, one an order. ``lines`` are the first of all ``moved`` lines, broken promises first; ``looked_at`` lines wait.
    """

    broken: Total
    later: Total
    sooner: Total
    mails: int
    moved: int
    looked_at: int
    lines: tuple[MovedShown, ...]
    sold: tuple[SoldOtherwiseShown, ...]


def ask(house: House, shop: Shop, questions: Sequence[Question], now: datetime) -> WhatIfShown:
    """What all of these changes together would do. Raises Unknown, Refused, TermsError."""
    answer = what_if.what_if(house, shop.shop_id, questions, now)
    return WhatIfShown(
        broken=_total(one for one in answer.moved if one.breaks),
        later=_total(one for one in answer.moved if one.later),
        sooner=_total(one for one in answer.moved if one.sooner),
        mails=answer.mails,
        moved=len(answer.moved),
        looked_at=answer.looked_at,
        lines=tuple(_line(one) for one in answer.moved[:MOST]),
        sold=tuple(
            SoldOtherwiseShown(
                variant_id=one.variant_id,
                title=one.title,
                state=one.state,
                would_be_state=one.would_be_state,
                ship_by=one.ship_by,
                would_ship_by=one.would_ship_by,
                reason=one.reason,
            )
            for one in answer.sold
        ),
    )


def _total(lines: Iterable[Moved]) -> Total:
    found = Sum()
    for one in lines:
        found.add(one.order_id, one.units, one.unit_price, one.currency)
    return found.total()


def _line(one: Moved) -> MovedShown:
    return MovedShown(
        order_id=one.order_id,
        order_name=one.order_name,
        line_id=one.line_id,
        title=one.title,
        sku=one.sku,
        waited=one.waited,
        would_wait=one.would_wait,
        was=one.was,
        would_be=one.would_be,
        promised_on=one.promised_on,
        breaks=one.breaks,
        mail=one.mail,
        value=Money(amount=one.money, currency=one.currency),
    )
