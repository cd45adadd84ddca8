"""What the store sends, a body a topic, in the shapes of API 2026-07."""

from tests.webhooks.cast import LAMPLIGHT, LEVEL

ORDER = {
    "id": 4507,
    "admin_graphql_api_id": "gid://shopify/Order/4507",
    "name": "#1001",
    "email": None,
    "created_at": "2026-07-01T10:00:00-04:00",
    "updated_at": "2026-07-01T10:00:00-04:00",
    "financial_status": "paid",
    "line_items": [{"id": 4661, "variant_id": 3907, "product_id": 6329, "quantity": 2, "price": "20.00"}],
}
EDIT = {
    "order_edit": {
        "id": 7891,
        "order_id": 4507,
        "line_items": {"additions": [{"id": 1, "delta": 1}], "removals": [{"id": 4661, "delta": 1}]},
    }
}
REFUND = {"id": 1, "order_id": 4507, "restock": True, "refund_line_items": [{"id": 1, "line_item_id": 4661}]}
ITEM = {"id": 2718, "sku": "A", "tracked": True, "requires_shipping": True, "cost": "5.00"}
PRODUCT = {
    "id": 6329,
    "title": "Lamp",
    "status": "active",
    "variants": [{"id": 3907, "inventory_item_id": 2718}, {"id": 3908, "inventory_item_id": 2719}],
}
COLLECTION = {"id": 88, "title": "Lights", "admin_graphql_api_id": "gid://shopify/Collection/88"}
VARIANT = {"id": 3907, "product_id": 6329, "sku": "A", "inventory_policy": "deny", "inventory_quantity": 0}
LOCATION = {"id": 2482, "name": "Main", "active": True, "country_code": "CA"}
PART = {"id": "gid://shopify/FulfillmentOrder/1", "status": "open"}
NEW_PART = {"id": "gid://shopify/FulfillmentOrder/2", "status": "open"}
ABOUT_PART = {"fulfillment_order": PART}
HELD = {
    "fulfillment_order": PART,
    "remaining_fulfillment_order": NEW_PART,
    "held_fulfillment_order_line_items": [{"id": "gid://shopify/FulfillmentOrderLineItem/5", "quantity": 1}],
    "created_fulfillment_hold": {"id": "gid://shopify/FulfillmentHold/7", "reason": "inventory_out_of_stock"},
}
SPLIT = {
    "fulfillment_order": PART,
    "remaining_fulfillment_order": NEW_PART,
    "replacement_fulfillment_order": None,
    "split_line_items": [],
}
MOVED = {
    "original_fulfillment_order": PART,
    "moved_fulfillment_order": NEW_PART,
    "source_location": {},
    "destination_location_id": "gid://shopify/Location/9",
}
# An object, where the mutation answers with a list; and plain numbers beside global ids.
MERGED = {
    "merge_intents": [{"fulfillment_order_id": 2, "fulfillment_order_line_items": [{"id": 5, "quantity": 1}]}],
    "fulfillment_order_merges": {"fulfillment_order": PART},
}
ASKED_FOR = {
    "original_fulfillment_order": PART,
    "submitted_fulfillment_order": NEW_PART,
    "fulfillment_order_merchant_request": {"id": "gid://shopify/FulfillmentOrderMerchantRequest/3", "message": None},
}
ANSWERED = {"fulfillment_order": PART, "message": ""}
HOLD = {
    "fulfillment_order": PART,
    "fulfillment_hold": {"id": "gid://shopify/FulfillmentHold/7", "reason": "inventory_out_of_stock"},
}
PARCEL = {"id": 255, "order_id": 4507, "status": "success", "line_items": [{"id": 4661, "quantity": 1}]}
SHOP = {"id": 12, "name": "Lamplight", "myshopify_domain": LAMPLIGHT, "iana_timezone": "America/Toronto"}
SCOPES = {"id": 1, "previous": [], "current": ["write_orders"], "updated_at": "2026-07-01T10:00:00Z"}
LEFT = {"id": 5483, "name": "Lamplight", "myshopify_domain": LAMPLIGHT, "email": "alice@example.com"}
ASKED = {
    "shop_id": 1,
    "shop_domain": LAMPLIGHT,
    "orders_requested": [2999],
    "customer": {"id": 1, "email": "carol@example.com"},
    "data_request": {"id": 9},
}
FORGET_CUSTOMER = {
    "shop_id": 1,
    "shop_domain": LAMPLIGHT,
    "customer": {"id": 1, "email": "carol@example.com"},
    "orders_to_redact": [2999, 3000],
}
FORGET_SHOP = {"shop_id": 1, "shop_domain": LAMPLIGHT}

AN_ORDER = {("order", 4507)}
THE_LAMP = {("item", 2718)}
THE_LIGHTS = ("collection", 88)
PLACES = {("locations", 0)}
THE_SHOP = {("shop", 0)}

TRANSFER = {"id": "gid://shopify/InventoryTransfer/71", "status": "ready_to_ship", "line_items": []}
SHIPMENT = {"id": "gid://shopify/InventoryShipment/72", "status": "in_transit", "items_received": []}
TRACKED = {"shipment_id": "gid://shopify/InventoryShipment/72", "updated_tracking": {"arrives_at": None}}
THE_TRANSFER = {("transfer", 71)}
TRANSFERS = {("transfers", 0)}

# topic -> its body, and what it asks to look at in books that know order 4507 with fulfillment order 1, variant 3907, and
# collection 88 that a rule names.
HINTS = {
    "inventory_levels/update": (LEVEL, THE_LAMP),
    "inventory_levels/connect": (LEVEL, THE_LAMP),
    "inventory_levels/disconnect": ({"inventory_item_id": 2718, "location_id": 2482}, THE_LAMP),
    "inventory_items/update": (ITEM, THE_LAMP),
    "inventory_items/delete": ({"id": 2718}, THE_LAMP),
    "products/create": (PRODUCT, {("item", 2718), ("item", 2719), THE_LIGHTS}),
    "products/update": (PRODUCT, {("item", 2718), ("item", 2719), THE_LIGHTS}),
    "products/delete": ({"id": 6329}, THE_LAMP),
    "collections/create": ({**COLLECTION, "id": 89}, {("collections", 0)}),
    "collections/update": (COLLECTION, {THE_LIGHTS}),
    "collections/delete": ({"id": 88}, {THE_LIGHTS}),
    "variants/in_stock": (VARIANT, THE_LAMP),
    "variants/out_of_stock": ({**VARIANT, "inventory_item_id": 2718}, THE_LAMP),
    "orders/create": (ORDER, AN_ORDER),
    "orders/updated": (ORDER, AN_ORDER),
    "orders/cancelled": ({**ORDER, "cancelled_at": "2026-07-02T10:00:00-04:00"}, AN_ORDER),
    "orders/paid": (ORDER, AN_ORDER),
    "orders/edited": (EDIT, AN_ORDER),
    "refunds/create": (REFUND, AN_ORDER),
    "fulfillment_orders/order_routing_complete": (ABOUT_PART, AN_ORDER),
    "fulfillment_orders/moved": (MOVED, AN_ORDER),
    "fulfillment_orders/split": (SPLIT, AN_ORDER),
    "fulfillment_orders/merged": (MERGED, AN_ORDER),
    "fulfillment_orders/placed_on_hold": (HELD, AN_ORDER),
    "fulfillment_orders/hold_released": (ABOUT_PART, AN_ORDER),
    "fulfillment_orders/rescheduled": (ABOUT_PART, AN_ORDER),
    "fulfillment_orders/scheduled_fulfillment_order_ready": (ABOUT_PART, AN_ORDER),
    "fulfillment_orders/cancelled": (ABOUT_PART, AN_ORDER),
    "fulfillment_orders/progress_reported": ({**ABOUT_PART, "progress_report": {}, "initial_status": "open"}, AN_ORDER),
    "fulfillment_orders/manually_reported_progress_stopped": (ABOUT_PART, AN_ORDER),
    "fulfillment_holds/added": (HOLD, AN_ORDER),
    "fulfillment_holds/released": (HOLD, AN_ORDER),
    "fulfillments/create": (PARCEL, AN_ORDER),
    "fulfillments/update": (PARCEL, AN_ORDER),
    "fulfillment_orders/fulfillment_request_submitted": (ASKED_FOR, AN_ORDER),
    "fulfillment_orders/fulfillment_request_accepted": (ANSWERED, AN_ORDER),
    "fulfillment_orders/fulfillment_request_rejected": (ANSWERED, AN_ORDER),
    "fulfillment_orders/cancellation_request_submitted": (ABOUT_PART, AN_ORDER),
    "fulfillment_orders/cancellation_request_accepted": (ANSWERED, AN_ORDER),
    "fulfillment_orders/cancellation_request_rejected": (ANSWERED, AN_ORDER),
    "fulfillment_orders/fulfillment_service_failed_to_complete": (ANSWERED, AN_ORDER),
    "locations/create": (LOCATION, PLACES),
    "locations/update": (LOCATION, PLACES),
    "locations/activate": (LOCATION, PLACES),
    "locations/deactivate": ({**LOCATION, "active": False}, PLACES),
    "locations/delete": ({"id": 2482}, PLACES),
    "inventory_transfers/add_items": (TRANSFER, THE_TRANSFER),
    "inventory_transfers/remove_items": (TRANSFER, THE_TRANSFER),
    "inventory_transfers/ready_to_ship": (TRANSFER, THE_TRANSFER),
    "inventory_transfers/update_item_quantities": (TRANSFER, THE_TRANSFER),
    "inventory_transfers/updated": (TRANSFER, THE_TRANSFER),
    "inventory_transfers/complete": (TRANSFER, THE_TRANSFER),
    "inventory_transfers/cancel": (TRANSFER, THE_TRANSFER),
    "inventory_shipments/create": (SHIPMENT, TRANSFERS),
    "inventory_shipments/mark_in_transit": (SHIPMENT, TRANSFERS),
    "inventory_shipments/update_tracking": (TRACKED, TRANSFERS),
    "inventory_shipments/add_items": (SHIPMENT, TRANSFERS),
    "inventory_shipments/remove_items": (SHIPMENT, TRANSFERS),
    "inventory_shipments/update_item_quantities": (SHIPMENT, TRANSFERS),
    "inventory_shipments/delete": (SHIPMENT, TRANSFERS),
    "inventory_shipments/receive_items": (
        {**SHIPMENT, "inventory_transfer_id": "gid://shopify/InventoryTransfer/71"},
        THE_TRANSFER,
    ),
    "shop/update": (SHOP, THE_SHOP),
    "app/scopes_update": (SCOPES, THE_SHOP),
}
ERRANDS = {
    "app/uninstalled": LEFT,
    "customers/data_request": ASKED,
    "customers/redact": FORGET_CUSTOMER,
    "shop/redact": FORGET_SHOP,
}
