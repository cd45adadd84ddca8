"""Locations open, close and are deleted, and the shop goes on with those that are left."""

import pytest

from backorder.db import locations
from backorder.store.gateway import Gateway
from devstore.model import Location
from devstore.places import open_place
from tests.stories.town import Town


def with_queens(town: Town) -> Location:
    """Brooklyn and Queens stock lamps; ten come to Queens in three days."""
    town.install()
    town.manage(town.lamp)
    queens = open_place(town.world, town.store, "Queens", stocks=[town.lamp.item_id])
    town.settle_again()
    town.buy("Lena", (town.lamp, 1))
    town.order_goods("PO-Q", town.lamp, 10, due_in=3, place=queens.id)
    assert town.offer(town.lamp).state == "backorder"
    return queens


def test_the_location_of_a_fulfillment_service_is_known_as_one(town: Town) -> None:
    service = open_place(town.world, town.store, "Ship4You", is_service=True, stocks=[town.lamp.item_id])
    town.install()
    town.settle_again()
    with town.house.db.read() as tx:
        known = {place.location_id: place for place in locations.all_locations(tx, town.shop_id)}
    assert (known[service.id].name, known[service.id].is_service, known[service.id].active) == ("Ship4You", True, True)


def test_an_answer_that_names_no_location_at_all_closes_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    with_queens(town)
    monkeypatch.setattr(Gateway, "locations", lambda *_: ((), None))
    town.settle_again()
    assert town.offer(town.lamp).state == "backorder"


def delete(town: Town, place: Location) -> None:
    """Staff close a location and delete it, while nobody hears of it."""
    del town.store.locations[place.id]
    for item_id, location_id in [spot for spot in town.store.levels if spot[1] == place.id]:
        del town.store.levels[item_id, location_id]


def by_a_comparison(town: Town) -> None:
    town.settle_again()


def by_a_new_reading(town: Town) -> None:
    town.uninstall()
    town.moved_in = None
    town.install()


@pytest.mark.parametrize("heard", [by_a_comparison, by_a_new_reading])
def test_what_is_to_come_to_a_location_that_was_deleted_is_promised_to_nobody(town: Town, heard) -> None:
    delete(town, with_queens(town))
    heard(town)
    assert town.offer(town.lamp).state == "waitlist"
    town.order_goods("PO-B", town.lamp, 5, due_in=9)
    assert town.left_to_sell() == 5, "one location is left, so nobody need say where they come"


@pytest.mark.long
def test_goods_that_come_where_no_online_orders_are_sent_from_are_not_said_to_be_none(town: Town) -> None:
    queens = with_queens(town)
    queens.fulfills_online = False
    town.settle_again()
    said = town.offer(town.lamp)
    assert (said.state, said.reason) == (
        "waitlist",
        "Sold out: 10 units will come, but to no location that sends online orders.",
    )
    queens.fulfills_online = True
    town.settle_again()
    assert town.offer(town.lamp).state == "backorder"
