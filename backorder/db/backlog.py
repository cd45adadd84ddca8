"""The backlog: the book of claims as people read it, with words, sums and pages; now, or as it was."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)

from backorder.db.arrays import among
from backorder.db.catalogue import variants
from backorder.db.claim_ledger import claim_ledger
from backorder.db.claims import BY_AGE, IN_QUEUE_ORDER, OF_THE_CLAIM, as_claim, claims, selected
from backorder.db.columns import Money
from backorder.db.lots import allocations
from backorder.db.managing import handled
from backorder.db.order_lines import order_lines
from backorder.db.orders import orders
from backorder.db.searching import says
from backorder.rules.claims import Claim


@dataclass(frozen=True)
class Waiting:
    """One row of the backlog: a claim with the words a person needs."""

    claim: Claim
    order_name: str
    title: str
    sku: str | None
    unit_price: Decimal
    currency: str


@dataclass(frozen=True)
class OpenThen:
    """Units of one order line that were open at a past moment, with the words a person needs."""

    order_id: int
    order_name: str
    line_id: int
    title: str
    sku: str | None
    units: int
    unit_price: Decimal
    currency: str


@dataclass(frozen=True)
class Summed:
    """Open units of a part of the backlog, in how many orders, and what they are worth by currency."""

    units: int
    orders: int
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True)
class Owing:
    """Units that no stock covers, in how many orders, of how many customers; an order of nobody known counts as a customer."""

    units: int
    orders: int
    customers: int


def page(
    tx: Connection, shop_id: int, *, only_waiting: bool = False, search: str = "", offset: int = 0, limit: int = 100
) -> tuple[Waiting, ...]:
    """Everything ordered and not yet shipped, in queue order; ``only_waiting``: what no stock covers (``sums``).

    ``search``: in the names of orders, titles and SKU.
    """
    wanted = claims.c.shop_id == shop_id
    if search:
        wanted = and_(wanted, _mentions(shop_id, search))
    return _page(tx, shop_id, wanted, IN_QUEUE_ORDER, only_waiting=only_waiting, offset=offset, limit=limit)


def _mentions(shop_id: int, search: str) -> ColumnElement[bool]:
    """Whether a claim has a text in the name of its order, or the title or SKU of its goods."""
    named = select(orders.c.order_id).where(orders.c.shop_id == shop_id, says(search, orders.c.name))
    listed = select(order_lines.c.line_id).where(
        order_lines.c.shop_id == shop_id, says(search, order_lines.c.title, order_lines.c.sku)
    )
    return or_(claims.c.order_id.in_(named), claims.c.line_id.in_(listed))


def queue_page(
    tx: Connection, shop_id: int, item_id: int, location_id: int, *, offset: int = 0, limit: int = 100
) -> tuple[Waiting, ...]:
    """Everybody in one queue, in its order, those who are covered too; what suppliers send is in none."""
    here = and_(
        claims.c.shop_id == shop_id,
        claims.c.item_id == item_id,
        claims.c.location_id == location_id,
        claims.c.drop_shipped.is_(False),
    )
    # Along the index, however long the queue is: those who are ready, then those who are not.
    ready = _page(tx, shop_id, and_(here, claims.c.ready.is_(True)), BY_AGE, offset=offset, limit=limit)
    if len(ready) == limit:
        return ready
    before = tx.execute(select(func.count()).select_from(claims).where(here, claims.c.ready.is_(True))).scalar_one()
    unready = and_(here, claims.c.ready.is_(False))
    after = max(0, offset - before)
    return ready + _page(tx, shop_id, unready, BY_AGE, offset=after, limit=limit - len(ready))


def _page(
    tx: Connection,
    shop_id: int,
    of: ColumnElement[bool],
    order: Sequence[Any],
    *,
    only_waiting: bool = False,
    offset: int = 0,
    limit: int = 100,
) -> tuple[Waiting, ...]:
    """A page of claims. It is chosen from the claims alone; words are looked up for those that are shown."""
    spots = select(claims.c.line_id, claims.c.location_id).where(of)
    if only_waiting:
        spots = spots.select_from(claims.outerjoin(allocations, OF_THE_CLAIM)).where(
            claims.c.units > func.coalesce(allocations.c.units, 0), _handled(shop_id)
        )
    page = spots.order_by(*order).offset(offset).limit(limit).subquery("page")
    shown = _with_words(shop_id).join(
        page, and_(page.c.line_id == claims.c.line_id, page.c.location_id == claims.c.location_id)
    )
    return tuple(_waiting(row) for row in tx.execute(shown.order_by(*IN_QUEUE_ORDER)))


def with_words(tx: Connection, shop_id: int, line_ids: Iterable[int]) -> tuple[Waiting, ...]:
    """The claims of these order lines as rows of the backlog, in queue order."""
    asked = _with_words(shop_id).where(among(claims.c.line_id, line_ids)).order_by(*IN_QUEUE_ORDER)
    return tuple(_waiting(row) for row in tx.execute(asked))


def shippable(
    tx: Connection, shop_id: int, location_id: int | None, limit: int, offset: int = 0
) -> tuple[Waiting, ...]:
    """Claims of which something is under no hold of ours and not being packed, of ready orders, the oldest order first; none that a supplier sends.

    ``offset``: so many of them are passed over.
    """
    asked = _with_words(shop_id).where(claims.c.ready.is_(True), claims.c.routed.is_(True))
    asked = asked.where(claims.c.exposed > claims.c.in_works, claims.c.drop_shipped.is_(False))
    if location_id is not None:
        asked = asked.where(claims.c.location_id == location_id)
    by_order = (orders.c.created_at, claims.c.order_id, claims.c.line_id, claims.c.location_id)
    return tuple(_waiting(row) for row in tx.execute(asked.order_by(*by_order).limit(limit).offset(offset)))


def sums(tx: Connection, shop_id: int) -> tuple[Summed, Summed]:
    """What waits (no stock covers it), and the whole backlog.

    Of goods whose shortage the app does not handle nothing is given out, so nobody knows who of their buyers waits.
    """
    missing = claims.c.units - func.coalesce(allocations.c.units, 0)
    waits = case((and_(missing > 0, _handled(shop_id)), missing), else_=0)
    price = type_coerce(order_lines.c.unit_price, BigInteger)
    rows = tx.execute(
        select(
            orders.c.currency,
            *(
                column
                for units, name in ((waits, "waiting"), (claims.c.units, "whole"))
                for column in (
                    func.sum(units).label(name),
                    func.count(case((units > 0, claims.c.order_id)).distinct()).label(f"{name}_orders"),
                    type_coerce(func.sum(units * price), Money).label(f"{name}_amount"),
                )
            ),
        )
        .select_from(claims.outerjoin(allocations, OF_THE_CLAIM))
        .join(order_lines, and_(order_lines.c.shop_id == claims.c.shop_id, order_lines.c.line_id == claims.c.line_id))
        .join(orders, and_(orders.c.shop_id == claims.c.shop_id, orders.c.order_id == claims.c.order_id))
        .where(claims.c.shop_id == shop_id)
        .group_by(orders.c.currency)
    ).all()
    waiting, whole = (
        Summed(
            units=sum(int(getattr(row, name)) for row in rows),
            orders=sum(getattr(row, f"{name}_orders") for row in rows),
            amounts={row.currency: getattr(row, f"{name}_amount") for row in rows if getattr(row, name)},
        )
        for name in ("waiting", "whole")
    )
    return waiting, whole


def _handled(shop_id: int) -> ColumnElement[bool]:
    """Whether it is known of a claim what waits: the app handles the shortage of its goods, or their supplier sends them."""
    return or_(claims.c.drop_shipped.is_(True), claims.c.item_id.in_(handled().where(variants.c.shop_id == shop_id)))


def owing(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> Owing:
    """What is owed of these items. Test orders are owed nothing."""
    missing = claims.c.units - func.coalesce(allocations.c.units, 0)
    nobodys = case((orders.c.customer_id.is_(None), claims.c.order_id))
    row = tx.execute(
        select(
            func.coalesce(func.sum(missing), 0).label("units"),
            func.count(claims.c.order_id.distinct()).label("orders"),
            (func.count(orders.c.customer_id.distinct()) + func.count(nobodys.distinct())).label("customers"),
        )
        .select_from(claims.outerjoin(allocations, OF_THE_CLAIM))
        .join(orders, and_(orders.c.shop_id == claims.c.shop_id, orders.c.order_id == claims.c.order_id))
        .where(claims.c.shop_id == shop_id, among(claims.c.item_id, item_ids), missing > 0, orders.c.test.is_(False))
    ).one()
    return Owing(int(row.units), row.orders, row.customers)


def as_of(
    tx: Connection, shop_id: int, moment: datetime, *, offset: int = 0, limit: int = 1000
) -> tuple[OpenThen, ...]:
    """What was ordered and not yet shipped at a past moment, oldest line first."""
    said = (order_lines.c.order_id, order_lines.c.title, order_lines.c.sku, order_lines.c.unit_price)
    of_order = (orders.c.name, orders.c.currency)
    open_then = func.sum(claim_ledger.c.units)
    rows = tx.execute(
        select(claim_ledger.c.line_id, open_then.label("units"), *said, *of_order)
        .join(
            order_lines,
            and_(order_lines.c.shop_id == claim_ledger.c.shop_id, order_lines.c.line_id == claim_ledger.c.line_id),
        )
        .join(orders, and_(orders.c.shop_id == order_lines.c.shop_id, orders.c.order_id == order_lines.c.order_id))
        .where(claim_ledger.c.shop_id == shop_id, claim_ledger.c.at <= moment)
        .group_by(claim_ledger.c.line_id, *said, *of_order)
        .having(open_then > 0)
        .order_by(claim_ledger.c.line_id)
        .offset(offset)
        .limit(limit)
    )
    return tuple(
        OpenThen(r.order_id, r.name, r.line_id, r.title, r.sku, r.units, r.unit_price, r.currency) for r in rows
    )


def _with_words(shop_id: int) -> Select[Any]:
    """Claims with the words that a person needs."""
    return (
        selected(
            orders.c.name.label("order_name"),
            orders.c.currency,
            order_lines.c.title,
            order_lines.c.sku,
            order_lines.c.unit_price,
        )
        .join(order_lines, and_(order_lines.c.shop_id == claims.c.shop_id, order_lines.c.line_id == claims.c.line_id))
        .join(orders, and_(orders.c.shop_id == claims.c.shop_id, orders.c.order_id == claims.c.order_id))
        .where(claims.c.shop_id == shop_id)
    )


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(
        claim=as_claim(row),
        order_name=row.order_name,
        title=row.title,
        sku=row.sku,
        unit_price=row.unit_price,
        currency=row.currency,
    )
