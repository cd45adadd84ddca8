"""The cast of the books' tests: Alice's Lamplight and Bob's shop next door, whose goods have the same numbers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from backorder.db.counts import Counted
from backorder.db.inbox import Delivery
from backorder.db.levels import Level
from backorder.db.tokens import TokenPair
from backorder.rules.claims import Claim
from backorder.rules.promises import Basis, Promise
from backorder.rules.seen import (
    FulfillmentOrderSeen,
    HoldSeen,
    LineSeen,
    LocationSeen,
    OrderSeen,
    PartSeen,
    Policy,
    ShopSeen,
    VariantSeen,
)

ALICE, BOB = "alice-lamplight.myshopify.com", "bobs-bikes.myshopify.com"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DUE = date(2026, 12, 4)
SECOND = timedelta(seconds=1)

LAMP, CHAIR = 11, 12  # inventory items
LAMP_VARIANT, CHAIR_VARIANT = 21, 22
LAMPS = 31  # a product
HERE, THERE = 41, 42  # locations
FIRST, SECOND_ORDER = 51, 52  # orders
FIRST_LINE, SECOND_LINE = 61, 62
PARCEL = 71  # a fulfillment order
REQUEST = 81  # what a customer asked is kept about them


def shop_seen(name: str = "Lamplight") -> ShopSeen:
    return ShopSeen(9001, ALICE, name, "America/New_York", "USD", "alice@lamplight.example", frozenset())


def location(location_id: int = HERE, name: str = "Warehouse") -> LocationSeen:
    return LocationSeen(location_id, name, active=True, fulfills_online=True, is_service=False, country="US")


def variant(**changed: Any) -> VariantSeen:
    """A lamp as the store shows it."""
    seen: dict[str, Any] = {
        "variant_id": LAMP_VARIANT,
        "product_id": LAMPS,
        "item_id": LAMP,
        "title": "Brass",
        "product_title": "Lamp",
        "product_handle": "lamp",
        "product_status": "ACTIVE",
        "sku": "LAMP-1",
        "price": Decimal("49.90"),
        "policy": Policy.DENY,
        "tracked": True,
        "requires_shipping": True,
        "updated_at": NOON,
    }
    return VariantSeen(**{**seen, **changed})


def line(line_id: int = FIRST_LINE, **changed: Any) -> LineSeen:
    """Two lamps of an order."""
    seen: dict[str, Any] = {
        "line_id": line_id,
        "variant_id": LAMP_VARIANT,
        "item_id": LAMP,
        "title": "Lamp – Brass",
        "sku": "LAMP-1",
        "quantity": 2,
        "current_quantity": 2,
        "unfulfilled": 2,
        "requires_shipping": True,
        "unit_price": Decimal("49.90"),
    }
    return LineSeen(**{**seen, **changed})


def parcel(
    fulfillment_order_id: int = PARCEL, order_id: int = FIRST, line_id: int = FIRST_LINE
) -> FulfillmentOrderSeen:
    """A fulfillment order that we hold."""
    return FulfillmentOrderSeen(
        fulfillment_order_id=fulfillment_order_id,
        order_id=order_id,
        location_id=HERE,
        status="ON_HOLD",
        request_status="UNSUBMITTED",
        updated_at=NOON,
        is_service=False,
        actions=frozenset({"RELEASE_HOLD", "MOVE"}),
        holds=(HoldSeen(81, "backorder", "INVENTORY_OUT_OF_STOCK", ours=True),),
        parts=(PartSeen(91, line_id, LAMP, 2, requires_shipping=True),),
    )


def order(order_id: int = FIRST, **changed: Any) -> OrderSeen:
    """An order of two lamps that waits."""
    seen: dict[str, Any] = {
        "order_id": order_id,
        "name": f"#{order_id}",
        "created_at": NOON,
        "processed_at": NOON,
        "updated_at": NOON,
        "cancelled_at": None,
        "closed": False,
        "test": False,
        "financial_status": "PAID",
        "currency": "USD",
        "country": "US",
        "source": "web",
        "tags": frozenset({"backorder"}),
        "status_url": "https://lamplight.example/orders/1",
        "promise": None,
        "promise_digest": None,
        "transactions": (),
        "agreements": (),
        "lines": (line(),),
        "fulfillment_orders": (parcel(),),
        "customer_id": 77,
    }
    return OrderSeen(**{**seen, **changed})


def claim(line_id: int = FIRST_LINE, order_id: int = FIRST, **changed: Any) -> Claim:
    """Two lamps that somebody waits for."""
    seen: dict[str, Any] = {"item_id": LAMP, "location_id": HERE, "units": 2, "since": NOON}
    return Claim(line_id, order_id, **{**seen, **changed})


def level(**changed: Any) -> Level:
    """What the last read found of lamps in the warehouse."""
    seen: dict[str, Any] = {
        "item_id": LAMP,
        "location_id": HERE,
        "available": 1,
        "committed": 2,
        "on_hand": 3,
        "incoming": 0,
        "updated_at": NOON,
        "read_at": NOON,
        "shipped_since": 0,
        "presumed": 0,
        "unseen": 0,
    }
    return Level(**{**seen, **changed})


def counted(**changed: Any) -> Counted:
    """Three lamps are missing."""
    found: dict[str, Any] = {
        "item_id": LAMP,
        "location_id": HERE,
        "at": NOON,
        "on_hand": 3,
        "supply": 3,
        "by": -3,
        "supply_by": -3,
        "shipped": 0,
        "received": 0,
        "returned": 0,
        "unexplained": -3,
        "row": "lost",
        "aside": 0,
        "aside_by": 0,
        "presumed_by": 0,
        "actor": "promised",
    }
    return Counted(**{**found, **changed})


def promise(version: int = 1, line_id: int = FIRST_LINE, **changed: Any) -> Promise:
    """A version of what the first buyer was promised."""
    said: dict[str, Any] = {
        "order_id": FIRST,
        "ship_by": DUE,
        "basis": Basis.LOT,
        "source": "PO-7",
        "rule": "thin",
        "confidence": None,
        "reason": "PO-7 is due.",
        "actor": "promised",
        "made_at": NOON,
        "told_at": None,
        "previous": None,
    }
    return Promise(line_id=line_id, version=version, **{**said, **changed})


def delivery(**changed: Any) -> Delivery:
    """A webhook that Alice's store sent."""
    arrived: dict[str, Any] = {
        "shop_domain": ALICE,
        "topic": "orders/create",
        "event_key": "event-1",
        "webhook_id": "webhook-1",
        "triggered_at": NOON,
        "body": b'{"email":"carol@example.com"}',
    }
    return Delivery(**{**arrived, **changed})


def pair(access: str = "shpat_clear_access", refresh: str | None = "shprt_clear_refresh") -> TokenPair:
    """Tokens that last an hour, and ninety days."""
    return TokenPair(
        access, NOON + timedelta(hours=1), refresh, NOON + timedelta(days=90), frozenset({"write_orders", "read_x"})
    )
