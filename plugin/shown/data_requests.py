"""Customers who asked what is kept about them, as shown, and the file that answers them. Who they are stands in the file alone."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from backorder import erase
from backorder.db import data_requests, orders
from backorder.db.data_requests import DataRequest
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.sheet.cells import written
from plugin.shown.model import Shown
from plugin.shown.sheets import FileShown
from plugin.shown.today import today
from plugin.words import day, moment

# Within which the law wants an answer.
ANSWER_WITHIN = timedelta(days=30)
HEADINGS = ("Order", "What", "Value")
CHOICES = {"split": "send what is there", "together": "send everything together"}


class OfOrder(Shown):
    """One of the customer's orders."""

    order_id: int
    name: str


class DataRequestShown(Shown):
    """A customer's question, to be answered by ``answer_by``. Its file is to be had until ``kept_until``."""

    data_request_id: int
    asked_at: datetime
    answer_by: date
    kept_until: date
    orders: tuple[OfOrder, ...]
    answered_at: datetime | None
    answered_by: str | None


class DataRequests(Shown):
    """All that are kept, the newest first."""

    data_requests: tuple[DataRequestShown, ...]


def of_shop(house: House, shop: Shop) -> DataRequests:
    """The questions of a shop's customers."""
    with house.db.read() as tx:
        found = data_requests.of_shop(tx, shop.shop_id)
        known = orders.many(tx, shop.shop_id, {order_id for each in found for order_id in each.order_ids})
    names = {order_id: order.name for order_id, order in known.items()}
    return DataRequests(data_requests=tuple(_shown(shop, each, names) for each in found))


def _shown(shop: Shop, asked: DataRequest, names: dict[int, str]) -> DataRequestShown:
    return DataRequestShown(
        data_request_id=asked.request_id,
        asked_at=asked.asked_at,
        answer_by=today(shop, asked.asked_at + ANSWER_WITHIN),
        kept_until=today(shop, asked.asked_at + data_requests.KEPT),
        orders=tuple(OfOrder(order_id=each, name=names[each]) for each in asked.order_ids if each in names),
        answered_at=asked.answered_at,
        answered_by=asked.answered_by,
    )


def sheet(house: House, shop: Shop, request_id: int) -> FileShown | None:
    """What is kept about the customer who asked, as it is now, as a CSV file; None for no such question."""
    with house.db.read() as tx:
        asked = data_requests.one(tx, shop.shop_id, request_id)
        held = erase.held(tx, house, shop.shop_id, asked.order_ids) if asked else []
    if asked is None:
        return None
    return FileShown(name=f"customer-data-{request_id}.csv", content=written(HEADINGS, _rows(held, shop.timezone)))


def _rows(held: Iterable[dict[str, Any]], timezone: str) -> Iterator[tuple[str, str, str]]:
    for order in held:
        for what, value in _said(order, timezone):
            if value:
                yield order["order"], what, value


def _said(order: dict[str, Any], timezone: str) -> Iterator[tuple[str, str | None]]:
    yield "E-mail", order["email"]
    yield "First name", order["first_name"]
    yield "Language", order["locale"]
    yield "Number of the customer in the store", order["customer_id"] and str(order["customer_id"])
    yield "Placed", moment(order["placed_at"], timezone)
    yield "Page of the order", order["status_page"]
    yield "Country it goes to", order["country"]
    yield "Tags", ", ".join(order["tags"])
    for line in order["lines"]:
        yield "Ordered", f"{line['units']} × {line['title']}"
        for told in line["told"]:
            when = f"ships by {day(told['ship_by'])}" if told["ship_by"] else "ships as soon as it can"
            yield f"Told of {line['title']}", f"{when}, told {moment(told['told_at'], timezone)}"
    for choice in order["choices"]:
        yield "Chosen by the customer", f"{CHOICES.get(choice['way'], choice['way'])}, {moment(choice['at'], timezone)}"
    for parcel in order.get("parcels", ()):
        yield "Parcel", " ".join(part for part in (parcel["carrier"], parcel["tracking"], parcel["url"]) if part)
