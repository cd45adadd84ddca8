"""Erase: what the law and the store ask us to show or forget about a customer."""

from collections.abc import Iterable

import structlog

from backorder.db import books, contacts, drop_ships, inbox, orders, shops
from backorder.db.drop_ships import DropShip
from backorder.house import House

log = structlog.get_logger(__name__)


def data_request(house: House, domain: str, order_ids: Iterable[int]) -> dict[str, object]:
    """What we hold about a customer's orders, for the merchant to hand on."""
    wanted = sorted(set(order_ids))
    with house.db.read() as tx:
        shop = shops.by_domain(tx, domain)
        if shop is None:
            return {"orders": []}
        known = orders.many(tx, shop.shop_id, wanted)
        held = {order_id: contacts.get(tx, house.sealer, shop.shop_id, order_id) for order_id in known}
        sent = [row for row in drop_ships.of_orders(tx, shop.shop_id, known).values() if row.tracking or row.carrier]
    return {
        "orders": [
            {
                "order": known[order_id].name,
                "customer_id": known[order_id].customer_id,
                "email": contact.email if contact else None,
                "first_name": contact.first_name if contact else None,
                "locale": contact.locale if contact else None,
                **_parcels(row for row in sent if row.order_id == order_id),
            }
            for order_id, contact in sorted(held.items())
        ]
    }


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
