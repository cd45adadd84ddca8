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


def data_request(house: House, kept: Kept, payload: Payload, _now: datetime) -> None:
    """A customer asks what we know about them; the merchant hands it on. The log says how much there is, not what."""
    same_shop(kept, payload.text("shop_domain"))
    held = erase.data_request(house, kept.shop_domain, payload.ids("orders_requested", "Order"))
    log.info("data requested", held={name: len(rows) for name, rows in held.items() if isinstance(rows, list)})


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
