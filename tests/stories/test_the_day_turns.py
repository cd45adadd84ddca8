"""When a day is over in a shop's zone, what its pages say of a lead time is a day later: they say so at once, and not a sold-out shipment."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backorder.expire import new_day
from backorder.verify import verify
from devstore.catalogue import delete_product
from tests.machine_time import MachineTime
from tests.stories.test_shown_is_promised import buys, promised, shows, words
from tests.stories.town import Town

ZONES = [
    "Pacific/Auckland",
    *(pytest.param(far, marks=pytest.mark.long) for far in ("America/Los_Angeles", "Pacific/Kiritimati")),
]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> ZoneInfo:
    return ZoneInfo(request.param)


@pytest.fixture
def time(zone: ZoneInfo) -> MachineTime:
    """Half an hour before midnight on the shop's wall."""
    return MachineTime(datetime(2027, 3, 2, 23, 30, tzinfo=zone))


@pytest.fixture
def shop(town: Town, zone: ZoneInfo) -> Town:
    """It works every day. Its chairs are made to order, within a week; lamps are on order."""
    town.store.timezone = zone.key
    town.install()
    town.set_terms(weekdays=list(range(7)), receiving_days=0, handling_days=0)
    town.manage(town.lamp, town.chair)
    town.choose(town.chair, lead_time_days=7)
    town.buy("Lena", *((each, town.level(each).available) for each in (town.lamp, town.chair)))
    town.order_goods("PO-12", town.lamp, 3, due_in=12)
    return town


def sends(town: Town) -> dict[str, str]:
    """What the page of a chair puts into the cart."""
    shown = shows(town, town.chair)
    return {"Ships by": "a day", "_ships_by": str(shown["ship_by"]), "_promised": str(shown["token"])}


def test_the_page_of_a_lead_time_turns_with_the_day_of_the_shop(shop: Town) -> None:
    today, lamps = date(2027, 3, 2), shows(shop, shop.lamp)
    assert shows(shop, shop.chair)["ship_by"] == (today + timedelta(days=7)).isoformat()
    assert new_day(shop.house, shop.now()) == 0, "the day is not over"
    shop.days_pass(1 / 24)
    assert new_day(shop.house, shop.now()) == 2
    shop.settle()
    assert new_day(shop.house, shop.now()) == 0
    assert shows(shop, shop.chair)["ship_by"] == (today + timedelta(days=8)).isoformat()
    assert shows(shop, shop.lamp) == lamps, "what has a shipment does not move with the calendar"
    order = buys(shop, "Anna", shop.chair, 1, sends(shop))
    assert [told.ship_by for told in promised(shop, order)] == [today + timedelta(days=8)]
    assert shop.mails("Anna") == [f"Order {order.name} is on backorder"]
    assert verify(shop.house).holds


def test_whose_cart_lay_over_midnight_hears_of_no_shipment_that_was_sold_out(shop: Town) -> None:
    sent = sends(shop)
    shop.days_pass(1 / 24)
    order = buys(shop, "Anna", shop.chair, 1, sent)
    assert [told.ship_by for told in promised(shop, order)] == [date(2027, 3, 9), date(2027, 3, 10)]
    assert "What this order waits for will be here later than planned." in words(shop)
    assert "sold out" not in words(shop)


@pytest.mark.long
def test_what_the_store_has_no_more_is_not_asked_for_again_and_again(shop: Town) -> None:
    delete_product(shop.world, shop.store, shop.chair.product_id)
    shop.settle()
    shop.days_pass(1 / 24)
    assert new_day(shop.house, shop.now()) == 1, "the lamp alone"
    shop.settle()
    assert new_day(shop.house, shop.now()) == 0
