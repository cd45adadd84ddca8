"""The topics this store knows, by the name the Admin API gives them."""

_NAMES = (
    "app/scopes_update",
    "app/uninstalled",
    "customers/data_request",
    "customers/redact",
    "fulfillment_holds/added",
    "fulfillment_holds/released",
    "fulfillment_orders/cancelled",
    "fulfillment_orders/hold_released",
    "fulfillment_orders/order_routing_complete",
    "fulfillment_orders/placed_on_hold",
    "fulfillment_orders/split",
    "fulfillments/create",
    "fulfillments/update",
    "inventory_items/update",
    "inventory_levels/connect",
    "inventory_levels/update",
    "orders/cancelled",
    "orders/create",
    "orders/paid",
    "orders/updated",
    "products/update",
    "refunds/create",
    "shop/redact",
    "variants/in_stock",
    "variants/out_of_stock",
)

TOPICS = {name.upper().replace("/", "_"): name for name in _NAMES}
