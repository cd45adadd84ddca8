"""Erase: what the law and the store ask us to show or forget about a customer."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import structlog

from backorder.db import (
    books,
    contacts,
    data_requests,
    drop_ships,
    inbox,
    order_lines,
    orders,
    promises,
    shops,
    ways,
)
from backorder.db.drop_ships import DropShip
from backorder.db.engine import Connection
from backorder.db.orders import Order
from backorder.errors import Unknown
from backorder.house import House
from backorder.rules.mixed import By
from backorder.rules.promises import Promise

log = structlog.get_logger(__name__)


def note_request(house: House, domain: str, request_id: int, order_ids: Iterable[int], now: datetime) -> int:
    """A customer asked what is kept about these orders: keep the question for the merchant; of how many orders something is known.

    Of whom nothing is known there is nothing to hand on. What is kept is gathered when the merchant asks for it, not now.
    """
    wanted = sorted(set(order_ids))
    with house.db.write() as tx:
        shop = shops.by_domain(tx, domain)
        known = orders.many(tx, shop.shop_id, wanted) if shop else {}
        if shop is not None and known:
            data_requests.note(tx, shop.shop_id, request_id, known, now)
    return len(known)


def answer_request(house: House, shop_id: int, request_id: int, *, actor: str, now: datetime) -> None:
    """The merchant has answered a customer. Raises Unknown for no such question."""
    with house.db.write() as tx:
        if data_requests.one(tx, shop_id, request_id) is None:
            raise Unknown("data_request", "No such question is kept.")
        data_requests.answered(tx, shop_id, request_id, now, actor)
    log.info("data request answered", shop_id=shop_id, actor=actor, request_id=request_id)


def data_request(house: House, domain: str, order_ids: Iterable[int]) -> dict[str, Any]:
    """What we hold about a customer's orders, for the merchant to hand on."""
    with house.db.read() as tx:
        shop = shops.by_domain(tx, domain)
        return {"orders": [] if shop is None else held(tx, house, shop.shop_id, order_ids)}


def held(tx: Connection, house: House, shop_id: int, order_ids: Iterable[int]) -> list[dict[str, Any]]:
    """What we hold about these orders and whose they are, order by order."""
    known = orders.many(tx, shop_id, sorted(set(order_ids)))
    people = contacts.many(tx, house.sealer, shop_id, known)
    lines = order_lines.of_orders(tx, shop_id, known)
    told = [promise for promise in promises.of_orders(tx, shop_id, known) if promise.told_at]
    sent = [row for row in drop_ships.of_orders(tx, shop_id, known).values() if row.tracking or row.carrier]
    return [
        {
            "order": order.name,
            "customer_id": order.customer_id,
            "email": person.email if (person := people.get(order_id)) else None,
            "first_name": person.first_name if person else None,
            "locale": person.locale if person else None,
            "country": order.country,
            "placed_at": order.created_at,
            "status_page": orders.page_of(house.sealer, order),
            "tags": sorted(order.tags),
            "lines": [
                {"title": line.title, "units": line.quantity, "told": _told(told, line.line_id)}
                for line in lines.get(order_id, ())
            ],
            "choices": _choices(tx, shop_id, order),
            **_parcels(row for row in sent if row.order_id == order_id),
        }
        for order_id, order in sorted(known.items())
    ]


def _told(promised: Sequence[Promise], line_id: int) -> list[dict[str, Any]]:
    """The days that a line's buyer was told; None: that it comes as soon as it can."""
    return [{"ship_by": each.ship_by, "told_at": each.told_at} for each in promised if each.line_id == line_id]


def _choices(tx: Connection, shop_id: int, order: Order) -> list[dict[str, Any]]:
    """What the customer said about how the order leaves."""
    if order.way is None:
        return []
    said = ways.history(tx, shop_id, order.order_id)
    return [{"way": each.way.value, "at": each.at} for each in said if each.by is By.CUSTOMER]


def _parcels(rows: Iterable[DropShip]) -> dict[str, object]:
    """How the parcels that suppliers sent for an order can be followed, if there are any."""
    found = [{"carrier": row.carrier, "tracking": row.tracking, "url": row.tracking_url} for row in rows]
    return {"parcels": found} if found else {}


def redact_customer(house: House, domain: str, order_ids: Iterable[int]) -> int:
    """Forget the customer of these orders, in the books and in every kept webhook body; how many contacts were erased.

    The ledger of promises and allocations stays: it names order lines, nobody's person.
    """
    wanted = sorted(set(order_ids))
    with house.db.write() as tx:
        shop = shops.by_domain(tx, domain)
        erased = 0
        if shop is not None:
            erased = contacts.erase(tx, shop.shop_id, wanted)
            orders.forget_customers(tx, shop.shop_id, wanted)
            drop_ships.forget_parcels(tx, shop.shop_id, wanted)
            data_requests.forget_orders(tx, shop.shop_id, wanted)
        bodies = inbox.drop_processed_bodies(tx, domain)
    log.info("customer erased", shop=domain, orders=len(wanted), contacts=erased, bodies=bodies)
    return erased


def redact_shop(house: House, domain: str) -> None:
    """Delete everything of a shop that has left and has not come back."""
    with house.db.write() as tx:
        shop = shops.by_domain(tx, domain)
        if shop is not None and not shop.is_installed:
            books.forget_shop(tx, shop.shop_id)
        if shop is None or not shop.is_installed:
            inbox.forget_shop(tx, domain)
    log.info("shop erased", shop=domain)
