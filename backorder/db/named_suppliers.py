"""Suppliers as purchase orders name them: by their words, which the book of suppliers brings together."""

from collections.abc import Iterable

from sqlalchemy import Connection, func, select, update

from backorder.db.arrays import among
from backorder.db.purchase_orders import OF_THE_LINE, purchase_order_lines, purchase_orders


def every(tx: Connection, shop_id: int) -> tuple[str, ...]:
    """Every supplier that a purchase order names, as it is written there."""
    asked = select(purchase_orders.c.supplier).where(
        purchase_orders.c.shop_id == shop_id, purchase_orders.c.supplier != ""
    )
    return tuple(tx.scalars(asked.distinct().order_by(purchase_orders.c.supplier)))


def last(tx: Connection, shop_id: int, variant_ids: Iterable[int]) -> dict[int, str]:
    """Who was named on the newest purchase order of each of these variants that names anybody."""
    newest = (
        select(purchase_order_lines.c.variant_id, func.max(purchase_order_lines.c.purchase_order_id).label("order_id"))
        .join(purchase_orders, OF_THE_LINE)
        .where(
            purchase_order_lines.c.shop_id == shop_id,
            among(purchase_order_lines.c.variant_id, set(variant_ids)),
            purchase_orders.c.supplier != "",
        )
        .group_by(purchase_order_lines.c.variant_id)
        .subquery()
    )
    asked = select(newest.c.variant_id, purchase_orders.c.supplier).join(
        purchase_orders, (purchase_orders.c.id == newest.c.order_id) & (purchase_orders.c.shop_id == shop_id)
    )
    return {row.variant_id: row.supplier for row in tx.execute(asked)}


def variants_from(tx: Connection, shop_id: int, spellings: Iterable[str]) -> tuple[int, ...]:
    """The variants on purchase orders that name one of these suppliers."""
    asked = (
        select(purchase_order_lines.c.variant_id)
        .join(purchase_orders, OF_THE_LINE)
        .where(purchase_order_lines.c.shop_id == shop_id, among(purchase_orders.c.supplier, set(spellings)))
    )
    return tuple(tx.scalars(asked.distinct().order_by(purchase_order_lines.c.variant_id)))


def rename(tx: Connection, shop_id: int, spellings: Iterable[str], name: str) -> None:
    """Write a supplier's new name on all of their purchase orders."""
    tx.execute(
        update(purchase_orders)
        .where(purchase_orders.c.shop_id == shop_id, among(purchase_orders.c.supplier, set(spellings)))
        .values(supplier=name)
    )
