"""Webhook bodies of things with plain numbers: orders, products, levels, fulfillments."""

from datetime import datetime
from zoneinfo import ZoneInfo

from devstore.gids import gid, level_gid
from devstore.model import Collection, Fulfillment, Level, LineItem, Location, Order, Product, Refund, Shop, Variant
from devstore.sellable import inventory_quantity
from devstore.standing import fulfillment_status, line_fulfillment_status
from devstore.world import World

Payload = dict[str, object]


def local(shop: Shop, at: datetime | None) -> str | None:
    """A moment as webhooks write it: the shop's offset, whole seconds."""
    if at is None:
        return None
    return at.astimezone(ZoneInfo(shop.timezone)).isoformat(timespec="seconds")


def level_payload(shop: Shop, level: Level) -> Payload:
    """``inventory_levels/update``."""
    return {
        "inventory_item_id": level.item_id,
        "location_id": level.location_id,
        "available": level.available,
        "updated_at": local(shop, level.updated_at),
        "admin_graphql_api_id": level_gid(level.id, level.item_id),
    }


def item_payload(shop: Shop, item_id: int) -> Payload:
    """``inventory_items/update``."""
    item = shop.items[item_id]
    return {
        "id": item.id,
        "sku": item.sku,
        "tracked": item.tracked,
        "requires_shipping": item.requires_shipping,
        "cost": None if item.cost is None else f"{item.cost:.2f}",
        "created_at": local(shop, item.created_at),
        "updated_at": local(shop, item.updated_at),
        "admin_graphql_api_id": gid("InventoryItem", item.id),
    }


def location_payload(shop: Shop, location: Location, at: datetime) -> Payload:
    """``locations/update`` and its siblings."""
    return {
        "id": location.id,
        "name": location.name,
        "active": location.active,
        "country_code": location.country,
        "updated_at": local(shop, at),
        "admin_graphql_api_id": gid("Location", location.id),
    }


def variant_payload(shop: Shop, variant: Variant, *, before: int | None = None) -> Payload:
    """``variants/*``; ``before`` is the quantity before the change."""
    now = inventory_quantity(shop, variant.item_id)
    return {
        "id": variant.id,
        "product_id": variant.product_id,
        "sku": variant.sku,
        "title": variant.title,
        "price": f"{variant.price:.2f}",
        "inventory_policy": variant.inventory_policy.lower(),
        "inventory_item_id": variant.item_id,
        "inventory_quantity": now,
        "old_inventory_quantity": now if before is None else before,
        "updated_at": local(shop, variant.updated_at),
        "admin_graphql_api_id": gid("ProductVariant", variant.id),
    }


def product_payload(shop: Shop, product: Product) -> Payload:
    """``products/update``."""
    return {
        "id": product.id,
        "title": product.title,
        "handle": product.handle,
        "status": product.status.lower(),
        "vendor": product.vendor,
        "product_type": product.product_type,
        "tags": ", ".join(product.tags),
        "created_at": local(shop, product.created_at),
        "updated_at": local(shop, product.updated_at),
        "variants": [variant_payload(shop, variant) for variant in product.variants],
        "admin_graphql_api_id": gid("Product", product.id),
    }


def collection_payload(shop: Shop, collection: Collection) -> Payload:
    """``collections/create`` and ``collections/update``; which products are in it they do not say."""
    return {
        "id": collection.id,
        "title": collection.title,
        "handle": collection.handle,
        "updated_at": local(shop, collection.updated_at),
        "admin_graphql_api_id": gid("Collection", collection.id),
    }


def order_payload(world: World, shop: Shop, order: Order) -> Payload:
    """``orders/*``."""
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "name": order.name,
        "order_number": order.number,
        "email": order.email,
        "phone": order.phone,
        "customer_locale": order.locale,
        "created_at": local(shop, order.created_at),
        "processed_at": local(shop, order.processed_at),
        "updated_at": local(shop, order.updated_at),
        "cancelled_at": local(shop, order.cancelled_at),
        "cancel_reason": order.cancel_reason.lower() if order.cancel_reason else None,
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": fulfillment_status(order),
        "currency": order.currency,
        "total_price": f"{order.total:.2f}",
        "order_status_url": f"{world.origin(shop)}/orders/{order.token}",
        "source_name": order.source_name,
        "tags": ", ".join(order.tags),
        "note": order.note,
        "note_attributes": [{"name": name, "value": value} for name, value in order.note_attributes.items()],
        "test": order.test,
        "customer": None if order.customer is None else {"id": order.customer.id, "email": order.customer.email},
        "refunds": [refund_payload(shop, order, refund) for refund in order.refunds],
        "line_items": [line_payload(line) for line in order.line_items],
    }


def line_payload(line: LineItem) -> Payload:
    """One line of an order."""
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "title": line.title,
        "name": line.name,
        "sku": line.sku,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "fulfillable_quantity": line.unfulfilled,
        "fulfillment_status": line_fulfillment_status(line),
        "requires_shipping": line.requires_shipping,
        "price": f"{line.price:.2f}",
        "properties": [{"name": name, "value": value} for name, value in line.properties.items()],
    }


def refund_payload(shop: Shop, order: Order, refund: Refund) -> Payload:
    """``refunds/create``."""
    return {
        "id": refund.id,
        "order_id": order.id,
        "created_at": local(shop, refund.created_at),
        "note": refund.note,
        "restock": refund.restock,
        "refund_line_items": [
            {
                "id": line.id,
                "line_item_id": line.line_item_id,
                "quantity": line.quantity,
                "restock_type": line.restock_type,
                "location_id": line.location_id,
                "line_item": line_payload(order.line(line.line_item_id)),
            }
            for line in refund.lines
        ],
        "transactions": [
            {
                "id": money.id,
                "kind": money.kind.lower(),
                "status": money.status.lower(),
                "amount": f"{money.amount:.2f}",
            }
            for money in refund.transactions
        ],
        "order_adjustments": [],
    }


def fulfillment_payload(shop: Shop, order: Order, parcel: Fulfillment) -> Payload:
    """``fulfillments/*``."""
    return {
        "id": parcel.id,
        "admin_graphql_api_id": gid("Fulfillment", parcel.id),
        "order_id": parcel.order_id,
        "name": f"{order.name}.{order.fulfillments.index(parcel) + 1}",
        "status": parcel.status.lower(),
        "location_id": parcel.location_id,
        "created_at": local(shop, parcel.created_at),
        "updated_at": local(shop, parcel.updated_at),
        "shipment_status": None,
        "tracking_company": parcel.tracking_company,
        "tracking_number": parcel.tracking_number,
        "tracking_url": parcel.tracking_url,
        "line_items": [
            {**line_payload(order.line(line.line_item_id)), "quantity": line.quantity} for line in parcel.lines
        ],
    }
