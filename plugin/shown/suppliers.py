"""Suppliers as shown."""

from backorder.db import suppliers
from backorder.db.shops import Shop
from backorder.db.suppliers import Supplier
from backorder.house import House
from plugin.shown.model import Shown


class SupplierShown(Shown):
    """Who delivers, and in how many calendar days from the order, if that is known."""

    supplier_id: int
    name: str
    lead_time_days: int | None
    email: str
    note: str


class Suppliers(Shown):
    """All suppliers, by name."""

    suppliers: tuple[SupplierShown, ...]


def every(house: House, shop: Shop) -> Suppliers:
    """The suppliers of a shop."""
    with house.db.read() as tx:
        return Suppliers(suppliers=tuple(map(_shown, suppliers.every(tx, shop.shop_id))))


def one(house: House, shop: Shop, supplier_id: int) -> SupplierShown | None:
    """A supplier of the shop, or None."""
    with house.db.read() as tx:
        found = suppliers.one(tx, shop.shop_id, supplier_id)
    return _shown(found) if found else None


def _shown(known: Supplier) -> SupplierShown:
    return SupplierShown(
        supplier_id=known.supplier_id,
        name=known.name,
        lead_time_days=known.lead_time_days,
        email=known.email,
        note=known.note,
    )
