"""Everything that is true in a shop, as JSON: what a story is checked against."""

from typing import Any

from devstore.model import Delivery, FulfillmentOrder, Level, Metafield, Order, Shop
from devstore.sellable import inventory_quantity, sellable_online
from devstore.standing import display_fulfillment_status, supported_actions
from devstore.world import World

Book = dict[str, Any]


def ledger(world: World, shop: Shop) -> Book:
    """The whole book of a shop; moments are ISO 8601 UTC."""
    with world.lock:
        return {
            "now": world.now().isoformat(),
            "shop": {
                "id": shop.id,
                "domain": shop.domain,
                "name": shop.name,
                "timezone": shop.timezone,
                "currency": shop.currency,
                "installed": shop.installed,
                "scopes": sorted(shop.granted),
            },
            "locations": [
                {"id": each.id, "name": each.name, "active": each.active, "is_service": each.is_service}
                for each in shop.locations.values()
            ],
            "variants": _variants(shop),
            "levels": [_level(level) for level in shop.levels.values()],
            "orders": [_order(world, shop, order) for order in shop.orders.values()],
            "metafields": [_metafield(field) for field in shop.metafields.values()],
            "deliveries": [_delivery(each) for each in world.post.made if each.shop == shop.domain],
            "journal": journal(shop),
            "failures": list(world.background.failures),
        }


def open_orders(world: World, shop: Shop) -> Book:
    """Levels, and the orders that have something to ship still; each fulfillment order with its age in seconds."""
    parts = [part for part in shop.fulfillment_orders.values() if part.remaining and part.status != "CANCELLED"]
    named: dict[int, list[Book]] = {}
    for part in parts:
        age = (world.now() - part.created_at).total_seconds()
        named.setdefault(part.order_id, []).append({**_part(part), "age": age})
    orders = [{"id": number, "fulfillment_orders": found} for number, found in named.items()]
    return {"levels": [_level(level) for level in shop.levels.values()], "orders": orders}


def journal(shop: Shop, after: int = 0) -> list[Book]:
    """The acts whose number is above ``after``."""
    return [
        {"seq": act.seq, "at": act.at.isoformat(), "act": act.act, "by": act.by, **act.detail}
        for act in shop.journal[after:]
    ]


def _variants(shop: Shop) -> list[Book]:
    return [
        {
            "id": variant.id,
            "product_id": variant.product_id,
            "item_id": variant.item_id,
            "product": shop.product_of(variant).title,
            "handle": shop.product_of(variant).handle,
            "title": variant.title,
            "sku": variant.sku,
            "price": f"{variant.price:.2f}",
            "policy": variant.inventory_policy,
            "tracked": shop.item_of(variant).tracked,
            "available": inventory_quantity(shop, variant.item_id),
            "sellable_online": sellable_online(shop, variant.item_id),
            "metafields": [
                _metafield(field)
                for (owner, owner_id, _, _), field in shop.metafields.items()
                if owner == "PRODUCTVARIANT" and owner_id == variant.id
            ],
        }
        for variant in shop.variants.values()
    ]


def _level(level: Level) -> Book:
    return {
        "item_id": level.item_id,
        "location_id": level.location_id,
        "available": level.available,
        "committed": level.committed,
        "on_hand": level.on_hand,
        "incoming": level.incoming,
        "reserved": level.reserved,
        "damaged": level.damaged,
        "quality_control": level.quality_control,
        "safety_stock": level.safety_stock,
        "updated_at": level.updated_at.isoformat(),
    }


def _order(world: World, shop: Shop, order: Order) -> Book:
    return {
        "id": order.id,
        "name": order.name,
        "token": order.token,
        "status_url": f"{world.origin(shop)}/orders/{order.token}",
        "email": order.email,
        "created_at": order.created_at.isoformat(),
        "cancelled_at": order.cancelled_at.isoformat() if order.cancelled_at else None,
        "financial_status": order.financial_status,
        "fulfillment_status": display_fulfillment_status(shop, order),
        "tags": list(order.tags),
        "test": order.test,
        "source": order.source_name,
        "lines": [
            {
                "id": line.id,
                "variant_id": line.variant_id,
                "item_id": line.item_id,
                "title": line.name,
                "sku": line.sku,
                "quantity": line.quantity,
                "current_quantity": line.current_quantity,
                "fulfilled": line.fulfilled,
                "returned": line.returned,
                "properties": dict(line.properties),
            }
            for line in order.line_items
        ],
        "fulfillment_orders": [_part(part) for part in shop.fulfillment_orders_of(order.id)],
        "metafields": [
            _metafield(field)
            for (owner, owner_id, _, _), field in shop.metafields.items()
            if owner == "ORDER" and owner_id == order.id
        ],
    }


def _part(part: FulfillmentOrder) -> Book:
    return {
        "id": part.id,
        "order_id": part.order_id,
        "location_id": part.location_id,
        "status": part.status,
        "request_status": part.request_status,
        "actions": list(supported_actions(part)),
        "fulfill_by": part.fulfill_by.isoformat() if part.fulfill_by else None,
        "updated_at": part.updated_at.isoformat(),
        "lines": [
            {"id": line.id, "line_item_id": line.line_item_id, "item_id": line.item_id, "remaining": line.remaining}
            for line in part.lines
        ],
        "holds": [
            {"id": hold.id, "handle": hold.handle, "reason": hold.reason, "notes": hold.notes, "app_id": hold.app_id}
            for hold in part.holds
        ],
    }


def _metafield(field: Metafield) -> Book:
    return {
        "owner": field.owner,
        "owner_id": field.owner_id,
        "namespace": field.namespace,
        "key": field.key,
        "type": field.type,
        "value": field.value,
        "updated_at": field.updated_at.isoformat(),
    }


def _delivery(delivery: Delivery) -> Book:
    return {
        "topic": delivery.topic,
        "webhook_id": delivery.webhook_id,
        "event_id": delivery.event_id,
        "state": delivery.state,
        "answers": list(delivery.answers),
    }
