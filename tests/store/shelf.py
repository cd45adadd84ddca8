"""What stands in the shop that the reading tests read: plain dictionaries under the schema's own names."""

from typing import Any

from tests.store.answers import connection

THEN = "2026-11-25T04:30:00-05:00"


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def variant(number: int = 101, **changes: Any) -> dict[str, Any]:
    usual = {
        "__typename": "ProductVariant",
        "id": gid("ProductVariant", number),
        "title": "Brass",
        "sku": "LAMP-BRASS",
        "price": "120.00",
        "inventoryPolicy": "CONTINUE",
        "updatedAt": THEN,
        "product": {
            "id": gid("Product", 9),
            "title": "Aurora lamp",
            "handle": "aurora-lamp",
            "status": "ACTIVE",
            "vendor": "Glow & Sons",
            "productType": "Lamps",
            "tags": ["brass"],
        },
        "inventoryItem": item(201),
        "metafield": {"jsonValue": {"state": "backorder"}, "compareDigest": "d1"},
    }
    return usual | changes


def item(number: int, levels: int = 1) -> dict[str, Any]:
    return {
        "id": gid("InventoryItem", number),
        "tracked": True,
        "requiresShipping": True,
        "unitCost": {"amount": "48.00"},
        "inventoryLevels": connection([level(1 + each) for each in range(levels)]),
    }


def level(location: int, available: int = -3, committed: int = 5) -> dict[str, Any]:
    units = {"available": available, "committed": committed, "on_hand": available + committed, "incoming": 40}
    return {
        "updatedAt": THEN,
        "location": {"id": gid("Location", location)},
        "quantities": [{"name": name, "quantity": quantity} for name, quantity in units.items()],
    }


def order(**changes: Any) -> dict[str, Any]:
    usual = {
        "id": gid("Order", 1042),
        "name": "#1042",
        "createdAt": THEN,
        "processedAt": THEN,
        "updatedAt": THEN,
        "cancelledAt": None,
        "closed": False,
        "test": False,
        "displayFinancialStatus": "PAID",
        "currencyCode": "USD",
        "sourceName": "web",
        "tags": ["gift"],
        "statusPageUrl": "https://lamplight.example/orders/1042",
        "shippingAddress": {"countryCodeV2": "US"},
        "customer": {"id": gid("Customer", 77)},
        "metafield": None,
        "transactions": [{"kind": "SALE", "status": "SUCCESS", "processedAt": THEN}],
        "agreements": connection([agreement()]),
        "lineItems": connection([line()]),
        "fulfillmentOrders": connection([fulfillment_order()]),
    }
    return usual | changes


def line(number: int = 7, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": gid("LineItem", number),
        "name": "Aurora lamp - Brass",
        "sku": "LAMP-BRASS",
        "quantity": 3,
        "currentQuantity": 2,
        "unfulfilledQuantity": 2,
        "nonFulfillableQuantity": 1,
        "requiresShipping": True,
        "discountedUnitPriceAfterAllDiscountsSet": {"shopMoney": {"amount": "108.5"}},
        "customAttributes": [
            {"key": "_ships_by", "value": "2026-12-07"},
            {"key": "_promised", "value": "a.b"},
            {"key": "Engraving", "value": "A."},
        ],
        "variant": {"id": gid("ProductVariant", 101), "inventoryItem": {"id": gid("InventoryItem", 201)}},
    }
    return usual | changes


def agreement(*sales: dict[str, Any], at: str = THEN) -> dict[str, Any]:
    return {"__typename": "OrderAgreement", "happenedAt": at, "sales": connection(sales or [sale()])}


def sale(units: int | None = 3, action: str = "ORDER", line: int = 7) -> dict[str, Any]:
    return {
        "__typename": "ProductSale",
        "actionType": action,
        "quantity": units,
        "lineItem": {"id": gid("LineItem", line)},
    }


def fulfillment_order(number: int = 30, parts: int = 1, **changes: Any) -> dict[str, Any]:
    usual = {
        "id": gid("FulfillmentOrder", number),
        "orderId": gid("Order", 1042),
        "status": "ON_HOLD",
        "requestStatus": "UNSUBMITTED",
        "updatedAt": THEN,
        "assignedLocation": {"location": {"id": gid("Location", 1), "isFulfillmentService": False}},
        "fulfillmentHolds": [
            {
                "id": gid("FulfillmentHold", 50),
                "handle": "promised-9",
                "reason": "INVENTORY_OUT_OF_STOCK",
                "heldByRequestingApp": True,
            }
        ],
        "supportedActions": [{"action": "RELEASE_HOLD"}, {"action": "MOVE"}],
        "lineItems": connection([part(40 + each) for each in range(parts)]),
    }
    return usual | changes


def part(number: int) -> dict[str, Any]:
    return {
        "id": gid("FulfillmentOrderLineItem", number),
        "inventoryItemId": gid("InventoryItem", 201),
        "remainingQuantity": 2,
        "requiresShipping": True,
        "lineItem": {"id": gid("LineItem", 7)},
    }
