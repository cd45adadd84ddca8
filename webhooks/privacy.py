"""The three topics the law asks of every app: tell what is kept, erase a customer, erase a shop."""

from datetime import datetime

import structlog

from backorder import erase
from backorder.db.inbox import Kept
from backorder.house import House
from webhooks.errand import Errand, same_shop
from webhooks.payload import Payload

REDACT = "customers/redact"

log = structlog.get_logger(__name__)


def data_request(house: House, kept: Kept, payload: Payload, now: datetime) -> None:
    """A customer asks what we know about them; the merchant reads of it and hands it on. The log says of how many orders, not what."""
    same_shop(kept, payload.text("shop_domain"))
    asked = payload.part("data_request")
    # A store that gave it no number is answered all the same.
    number = asked.id_if_any("id", "DataRequest") if asked else None
    orders = payload.ids("orders_requested", "Order")
    known = erase.note_request(house, kept.shop_domain, number or kept.inbox_id, orders, now)
    log.info("data requested", shop=kept.shop_domain, orders=known)


def redact_customer(house: House, kept: Kept, payload: Payload, _now: datetime) -> None:
    """A customer asks to be forgotten."""
    same_shop(kept, payload.text("shop_domain"))
    erase.redact_customer(house, kept.shop_domain, payload.ids("orders_to_redact", "Order"))


def redact_shop(house: House, kept: Kept, payload: Payload, _now: datetime) -> None:
    """A shop left two days ago: nothing of it stays, this delivery included, unless it came back."""
    same_shop(kept, payload.text("shop_domain"))
    erase.redact_shop(house, kept.shop_domain)


ERRANDS: dict[str, Errand] = {
    "customers/data_request": data_request,
    REDACT: redact_customer,
    "shop/redact": redact_shop,
}
