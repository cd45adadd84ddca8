"""Sweeps: every fulfillment order that changed since a mark, and every order that is still open."""

from datetime import UTC, datetime, timedelta, timezone

from backorder.rules.seen import SweptSeen
from tests.store.answers import connection, in_the_shop
from tests.store.cast import lamplight
from tests.store.shelf import gid

THEN = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def test_a_sweep_asks_for_everything_since_the_mark_closed_ones_too():
    rows = [
        {
            "id": gid("FulfillmentOrder", n),
            "orderId": gid("Order", 1042),
            "status": "CLOSED",
            "updatedAt": "2026-11-25T09:30:00Z",
        }
        for n in range(120)
    ]
    everything = connection(rows)

    def found(info, includeClosed, sortKey, **others):  # noqa: N803 -- the schema's names
        assert (includeClosed, sortKey) == (True, "UPDATED_AT")
        return everything(info, **others)

    asked = in_the_shop(fulfillmentOrders=found)
    mark = datetime(2026, 11, 25, 4, 30, 0, 999_999, tzinfo=timezone(timedelta(hours=-5)))
    first, cursor = lamplight().sweep(mark)
    rest, end = lamplight().sweep(mark, cursor)
    assert (len(first), len(rest), end) == (100, 20, None)
    assert first[0] == SweptSeen(0, 1042, "CLOSED", THEN)
    assert {each["query"] for each in asked} == {"updated_at:>='2026-11-25T09:30:00Z'"}


def test_an_import_finds_each_open_order_once_a_page():
    rows = [{"orderId": gid("Order", number)} for number in [4, 4, 2, 9, 2]]

    def found(info, includeClosed, **others):  # noqa: N803 -- the schema's name
        assert includeClosed is False
        return connection(rows)(info, **others)

    in_the_shop(fulfillmentOrders=found)
    assert lamplight().open_orders() == ((4, 2, 9), None)


def test_an_open_order_page_says_where_the_next_begins():
    in_the_shop(fulfillmentOrders=connection([{"orderId": gid("Order", number)} for number in range(30)]))
    first, cursor = lamplight().open_orders()
    rest, end = lamplight().open_orders(cursor)
    assert first + rest == tuple(range(30))
    assert end is None
