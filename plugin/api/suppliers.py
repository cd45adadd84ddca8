"""Suppliers: who delivers, how long they take and how late they are."""

from backorder import suppliers as verbs
from backorder.suppliers import SupplierDraft
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.model import NoQuery, Nothing
from plugin.api.schema.suppliers import SupplierBody
from plugin.here import business_now
from plugin.shown import lateness, suppliers
from plugin.shown.lateness import LatenessShown
from plugin.shown.suppliers import Suppliers, SupplierShown


@endpoint("All suppliers, by name", reads=NoQuery, answers=Suppliers)
def list_suppliers(call: Call, _: NoQuery) -> Suppliers:
    return suppliers.every(call.house, call.caller.shop)


@endpoint("Write a supplier down", reads=SupplierBody, answers=SupplierShown, status=201)
def add_supplier(call: Call, body: SupplierBody) -> SupplierShown:
    created = verbs.add(call.house, call.shop_id, _draft(body), actor=call.caller.actor, now=business_now())
    return _one(call, created)


@endpoint("Change what is known of a supplier", reads=SupplierBody, answers=SupplierShown)
def change_supplier(call: Call, body: SupplierBody, supplier_id: int) -> SupplierShown:
    _one(call, supplier_id)
    actor, now = call.caller.actor, business_now()
    verbs.change(call.house, call.shop_id, supplier_id, _draft(body), actor=actor, now=now)
    return _one(call, supplier_id)


@endpoint("Forget a supplier; purchase orders keep the name", reads=Nothing, answers=Suppliers)
def remove_supplier(call: Call, _: Nothing, supplier_id: int) -> Suppliers:
    _one(call, supplier_id)
    verbs.remove(call.house, call.shop_id, supplier_id, actor=call.caller.actor, now=business_now())
    return suppliers.every(call.house, call.caller.shop)


@endpoint("How late each supplier is, as learned from what was booked in", reads=NoQuery, answers=LatenessShown)
def list_lateness(call: Call, _: NoQuery) -> LatenessShown:
    return lateness.of_shop(call.house, call.caller.shop)


def _draft(body: SupplierBody) -> SupplierDraft:
    return SupplierDraft(body.name, body.lead_time_days, body.email, body.note)


def _one(call: Call, supplier_id: int) -> SupplierShown:
    found = suppliers.one(call.house, call.caller.shop, supplier_id)
    if found is None:
        raise not_found("The shop has no such supplier.")
    return found
