"""Which goods the app manages, by the merchant's rules or their word, and how many of those one order or customer may have."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Select, and_, func, select, update

from backorder.db.arrays import among
from backorder.db.catalogue import items, variants
from backorder.db.columns import SHOP
from backorder.rules.eligibility import Managing


def order_limits(tx: Connection, shop_id: int) -> dict[int, int]:
    """How many units one order may have, by inventory item, where the merchant set a limit for what is managed."""
    return _limits(tx, shop_id, variants.c.max_per_order)


def customer_limits(tx: Connection, shop_id: int) -> dict[int, int]:
    """How many units one customer may have on backorder, by inventory item, as ``order_limits`` tells it of orders."""
    return _limits(tx, shop_id, variants.c.max_per_customer)


def _limits(tx: Connection, shop_id: int, limit: Column[Any]) -> dict[int, int]:
    rows = tx.execute(
        select(variants.c.item_id, func.min(limit).label("most"))
        .where(
            variants.c.shop_id == shop_id,
            limit.is_not(None),
            variants.c.managed.is_(True),
            variants.c.gone_at.is_(None),
        )
        .group_by(variants.c.item_id)
    )
    return {row.item_id: row.most for row in rows}


def set_managed(tx: Connection, shop_id: int, variant_ids: Iterable[int], *, managed: bool) -> None:
    """Keep which variants the app manages, as the merchant's rules say now."""
    tx.execute(
        update(variants)
        .where(variants.c.shop_id == shop_id, among(variants.c.variant_id, variant_ids))
        .values(managed=managed)
    )


def items_by_rule(tx: Connection, shop_id: int, product_ids: Iterable[int]) -> tuple[int, ...]:
    """Inventory items of these products' variants, of those about which the merchant's rules decide."""
    asked = select(variants.c.item_id).where(
        variants.c.shop_id == shop_id,
        among(variants.c.product_id, product_ids),
        variants.c.managing == Managing.BY_RULE.value,
        variants.c.gone_at.is_(None),
    )
    return tuple(tx.scalars(asked.distinct().order_by(variants.c.item_id)))


def managed_items(tx: Connection, shop_id: int) -> tuple[int, ...]:
    """Inventory items that a managed variant sells."""
    return tuple(
        tx.scalars(
            select(variants.c.item_id)
            .where(variants.c.shop_id == shop_id, variants.c.managed.is_(True), variants.c.gone_at.is_(None))
            .distinct()
            .order_by(variants.c.item_id)
        )
    )


def managed_of(tx: Connection, shop_id: int, item_ids: Iterable[int]) -> frozenset[int]:
    """Which of these items the app handles the shortage of: tracked, and sold by a managed variant."""
    return frozenset(tx.scalars(_managed_of(), {"shop": shop_id, "items": set(item_ids)}))


@cache
def _managed_of() -> Select[Any]:
    return handled().where(variants.c.shop_id == SHOP, among(variants.c.item_id, "items")).distinct()


def handled() -> Select[Any]:
    """The question for inventory items of which the app handles the shortage (``managed_of``), of every shop."""
    sold = (variants.c.managed.is_(True), variants.c.gone_at.is_(None))
    # Of an item that was never read it is not known that the store does not count it.
    counted = variants.outerjoin(
        items, and_(items.c.shop_id == variants.c.shop_id, items.c.item_id == variants.c.item_id)
    )
    return select(variants.c.item_id).select_from(counted).where(*sold, items.c.tracked.is_not(False))
