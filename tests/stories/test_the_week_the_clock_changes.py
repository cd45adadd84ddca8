"""The week in which the clocks change: cut-off and days are those on the shop's wall, in the nights of both changes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backorder.verify import verify
from tests.machine_time import MachineTime
from tests.stories.town import Town

# The Sunday on which the clock is turned, an hour ahead in Berlin and an hour back in New York.
BERLIN = (ZoneInfo("Europe/Berlin"), date(2027, 3, 28))
NEW_YORK = (ZoneInfo("America/New_York"), date(2027, 11, 7))
WEEKS = [BERLIN, NEW_YORK]


@pytest.fixture(params=WEEKS, ids=["Berlin in spring", "New York in autumn"])
def week(request: pytest.FixtureRequest) -> tuple[ZoneInfo, date]:
    found: tuple[ZoneInfo, date] = request.param
    return found


@pytest.fixture
def time(week: tuple[ZoneInfo, date]) -> MachineTime:
    """Friday at noon on the shop's wall."""
    zone, sunday = week
    return MachineTime(datetime(sunday.year, sunday.month, sunday.day, 12, tzinfo=zone) - timedelta(days=2))


@pytest.fixture
def at(town: Town, week: tuple[ZoneInfo, date]) -> Callable[[int, int, int], None]:
    """So many days after the Friday it is so late on the shop's wall; everything is looked at once more."""
    zone, sunday = week

    def turn(days: int, hour: int, minute: int) -> None:
        day = sunday + timedelta(days=days - 2)
        wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
        town.world.clock.advance((wall - town.now()).total_seconds())
        town.settle_again()

    return turn


@pytest.fixture
def shop(town: Town, week: tuple[ZoneInfo, date]) -> Town:
    """It works every day, ships what arrives before two on the same day, and lamps come on the Tuesday after."""
    town.store.timezone = week[0].key
    town.install()
    works = {"weekdays": list(range(7)), "cut_off": "14:00", "receiving_days": 0, "handling_days": 0}
    town.set_terms(**works, lead_time_days=7)
    town.manage(town.lamp, town.chair)
    town.buy("Lena", *((each, town.level(each).available) for each in (town.lamp, town.chair)))
    town.order_goods("PO-12", town.lamp, 3, due_in=4)
    return town


def told(town: Town, who: str) -> date:
    (promise,) = town.promises(who)
    assert promise.ship_by is not None
    return promise.ship_by


def test_midnight_is_the_one_on_the_wall_in_the_nights_around_the_change(
    shop: Town, at: Callable[[int, int, int], None], week: tuple[ZoneInfo, date]
) -> None:
    """Lamps come; chairs are not on order, so their date is the day of the order and the lead time of a week."""
    sunday = week[1]
    shop.buy("Anna", (shop.lamp, 1))
    at(1, 23, 30)
    shop.buy("Dora", (shop.chair, 1))
    at(2, 0, 30)
    shop.buy("Eva", (shop.chair, 1))
    at(2, 13, 30)
    shop.buy("Ben", (shop.lamp, 1))
    at(2, 14, 30)
    shop.buy("Cleo", (shop.lamp, 1))
    at(2, 23, 30)
    shop.buy("Fay", (shop.chair, 1))
    at(3, 0, 30)
    shop.buy("Gus", (shop.chair, 1))
    expected = {"Anna": 2, "Ben": 2, "Cleo": 2, "Dora": 6, "Eva": 7, "Fay": 7, "Gus": 8}
    assert {who: told(shop, who) for who in expected} == {
        who: sunday + timedelta(days=days) for who, days in expected.items()
    }
    assert {who: len(shop.mails(who)) for who in expected} == dict.fromkeys(expected, 1)
    assert f"{told(shop, 'Gus'):%B} {told(shop, 'Gus').day}, 2027" in str(shop.mailbox.messages[-1].text)
    assert verify(shop.house).holds
