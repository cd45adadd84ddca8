"""Export: what a merchant needs to keep their word without us, as files that people and spreadsheets read."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from backorder import owed
from backorder.db import catalogue, orders, promises, shops
from backorder.db.catalogue import Variant
from backorder.house import House
from backorder.rules.promises import Promise
from backorder.rules.sheet.cells import written
from backorder.rules.terms import Terms
from backorder.sheets import purchase_orders, suppliers

VARIANTS = (
    *("Variant", "SKU", "Product", "Managed", "By", "Lead time (days)", "Most on backorder", "Most per order"),
    *("Most per customer", "Sell until", "Lifecycle", "Supplier", "Made to order", "Sent by the supplier", "Bin"),
)
PROMISES = (
    *("Order", "Order line", "Version", "Ships from", "Ships by", "Before", "Told", "Promised", "Why"),
    *("Rests on", "Source", "Rule", "Confidence", "By"),
)
YES = {True: "yes", False: "no"}
AT_ONCE = 1000

Row = tuple[str | int | None, ...]


def files(house: House, shop_id: int) -> Iterator[tuple[str, str]]:
    """Names and contents, one file after the other. Days are days in the shop's time zone, instants are UTC.

    ``purchase-orders.csv`` and ``suppliers.csv`` can be taken in again. Raises CannotOpen for an address that was sealed under another key.
    """
    yield "owed.csv", owed.export(house, shop_id)
    yield "promises.csv", written(PROMISES, _promises(house, shop_id))
    yield "purchase-orders.csv", purchase_orders.export(house, shop_id)
    yield "suppliers.csv", suppliers.export(house, shop_id)
    yield "variants.csv", written(VARIANTS, _variants(house, shop_id))
    yield "settings.json", _settings(house, shop_id)


def _promises(house: House, shop_id: int) -> Iterator[Row]:
    """The ledger: every version of every promise, told or not."""
    with house.db.read() as tx:
        after = 0
        while versions := promises.of_lines_after(tx, shop_id, after, AT_ONCE):
            after = versions[-1].line_id
            names = {id_: order.name for id_, order in orders.many(tx, shop_id, _orders(versions)).items()}
            yield from (_version(one, names.get(one.order_id, str(one.order_id))) for one in versions)


def _orders(versions: Iterable[Promise]) -> frozenset[int]:
    return frozenset(one.order_id for one in versions)


def _version(one: Promise, order: str) -> Row:
    days = (None if day is None else day.isoformat() for day in (one.ship_from, one.ship_by, one.previous))
    confidence = None if one.confidence is None else f"{one.confidence:g}"
    why = (one.reason, one.basis.value, one.source, one.rule, confidence, one.actor)
    return (order, one.line_id, one.version, *days, _instant(one.told_at), _instant(one.made_at), *why)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%d %H:%M:%S")


def _variants(house: House, shop_id: int) -> Iterator[Row]:
    """The merchant's choices, for every variant that the store still has."""
    with house.db.read() as tx:
        after = 0
        while found := catalogue.page(tx, shop_id, after=after, limit=AT_ONCE):
            after = found[-1].variant_id
            yield from (_chosen(one) for one in found)


def _chosen(one: Variant) -> Row:
    limits = (one.lead_time_days, one.max_backorders, one.max_per_order, one.max_per_customer)
    until = one.sell_until.isoformat() if one.sell_until else None
    ways = (YES[one.made_to_order], YES[one.drop_shipped], one.bin)
    named = (one.variant_id, one.sku, one.full_title, YES[one.managed], one.managing.value)
    return (*named, *limits, until, one.lifecycle.value, one.supplier, *ways)


def _settings(house: House, shop_id: int) -> str:
    with house.db.read() as tx:
        shop = shops.one(tx, shop_id)
    about = {"shop": shop.domain, "name": shop.name, "timezone": shop.timezone, "currency": shop.currency}
    return json.dumps({**about, "settings": Terms.from_json(shop.terms).to_json()}, indent=2, ensure_ascii=False) + "\n"
