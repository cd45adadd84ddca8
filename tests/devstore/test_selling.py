"""Buyers, stock and policy."""

import pytest

from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.fulfilment import cancel_fulfilment, hold, ship
from devstore.model import Level, Location
from devstore.policy import set_policy
from devstore.saying import StoreSays
from devstore.sellable import sellable_online
from devstore.stock import correct, receive, set_aside
from tests.devstore.conftest import empty_the_post, level_of, only_part, told


def test_the_last_lamp_can_be_bought_and_then_it_is_sold_out(world, shop, lamp, buy):
    buy((lamp, 1))
    with pytest.raises(StoreSays, match="sold out"):
        buy((lamp, 1))
    assert len(shop.orders) == 1


def test_two_lines_of_one_variant_count_together(world, shop, lamp, buy):
    with pytest.raises(StoreSays, match="Only 1"):
        buy((lamp, 1), (lamp, 1))


def test_a_variant_that_continues_sells_below_zero(world, shop, lamp, buy):
    set_policy(world, shop, lamp.id, "CONTINUE")
    buy((lamp, 3))
    level = level_of(shop, lamp)
    assert (level.available, level.committed, level.on_hand) == (-2, 3, 1)


def test_what_can_ship_does_not_move_when_an_order_is_placed_or_cancelled_with_restock(world, shop, chair, buy):
    level = level_of(shop, chair)
    order = buy((chair, 5))
    assert level.available + level.committed == 12
    cancel_order(world, shop, order.id)
    assert (level.available, level.committed, level.on_hand) == (12, 0, 12)


def test_a_cancellation_without_restock_takes_the_units_off_the_shelf(world, shop, chair, buy):
    order = buy((chair, 5))
    cancel_order(world, shop, order.id, restock=False)
    level = level_of(shop, chair)
    assert (level.available, level.committed, level.on_hand) == (7, 0, 7)


def test_shipping_lowers_committed_and_on_hand_and_nothing_else(world, shop, chair, buy):
    order = buy((chair, 5))
    ship(world, shop, only_part(shop, order).id)
    level = level_of(shop, chair)
    assert (level.available, level.committed, level.on_hand) == (7, 0, 7)
    assert only_part(shop, order).status == "CLOSED"


def test_a_part_of_a_fulfillment_order_can_ship(world, shop, chair, buy):
    order = buy((chair, 5))
    part = only_part(shop, order)
    ship(world, shop, part.id, {part.lines[0].id: 2})
    assert (part.status, part.remaining, order.line_items[0].unfulfilled) == ("IN_PROGRESS", 3, 3)


def test_a_parcel_called_back_is_committed_again(world, shop, chair, buy):
    order = buy((chair, 2))
    parcel = ship(world, shop, only_part(shop, order).id)
    reopened = cancel_fulfilment(world, shop, parcel.id)
    assert (reopened.status, reopened.remaining, level_of(shop, chair).committed) == ("OPEN", 2, 2)


def test_what_is_held_does_not_ship(world, shop, chair, buy):
    part = only_part(shop, buy((chair, 1)))
    hold(world, shop, part.id, reason="OTHER")
    with pytest.raises(StoreSays, match="ON_HOLD"):
        ship(world, shop, part.id)


def test_an_order_that_shipped_cannot_be_cancelled(world, shop, chair, buy):
    order = buy((chair, 1))
    ship(world, shop, only_part(shop, order).id)
    with pytest.raises(StoreSays, match="shipped"):
        cancel_order(world, shop, order.id)


def test_fulfillment_orders_come_after_the_order(world, shop, chair):
    order = place_order(world, shop, [(chair.id, 1, {})])
    assert not list(shop.fulfillment_orders_of(order.id))
    assert level_of(shop, chair).committed == 1
    world.background.run_due()
    assert only_part(shop, order).remaining == 1


def test_an_order_cancelled_before_routing_gets_no_fulfillment_orders(world, shop, chair):
    order = place_order(world, shop, [(chair.id, 1, {})])
    cancel_order(world, shop, order.id)
    world.background.run_due()
    assert not list(shop.fulfillment_orders_of(order.id))


def test_one_location_that_has_everything_ships_everything(world, shop, lamp, chair, brooklyn, buy):
    queens = _open(world, shop, "Queens", {lamp.item_id: 5, chair.item_id: 5})
    order = buy((lamp, 2), (chair, 1))
    assert only_part(shop, order).location_id == queens


def test_lines_that_no_single_location_can_ship_are_divided(world, shop, lamp, chair, brooklyn, buy):
    queens = _open(world, shop, "Queens", {lamp.item_id: 5})
    order = buy((lamp, 2), (chair, 1))
    places = {part.location_id: part.remaining for part in shop.fulfillment_orders_of(order.id)}
    assert places == {queens: 2, brooklyn: 1}


def test_what_is_owed_at_a_place_that_does_not_sell_drags_the_total_down(world, shop, chair):
    closed = Location(shop.next_id(), "Show room", fulfills_online=False)
    shop.locations[closed.id] = closed
    shop.levels[chair.item_id, closed.id] = Level(shop.next_id(), chair.item_id, closed.id, world.now(), available=-10)
    assert sellable_online(shop, chair.item_id) == 2


def test_stock_at_a_place_that_does_not_sell_cannot_be_bought_online(world, shop, lamp, buy):
    closed = Location(shop.next_id(), "Show room", fulfills_online=False)
    shop.locations[closed.id] = closed
    receive(world, shop, lamp.item_id, closed.id, 10)
    with pytest.raises(StoreSays, match="Only 1"):
        buy((lamp, 2))


def test_counting_goods_in_raises_available(world, shop, lamp, brooklyn):
    receive(world, shop, lamp.item_id, brooklyn, 3)
    assert (level_of(shop, lamp).available, level_of(shop, lamp).on_hand) == (4, 4)


def test_correcting_on_hand_leaves_what_is_committed(world, shop, chair, brooklyn, buy):
    buy((chair, 4))
    correct(world, shop, chair.item_id, brooklyn, on_hand=10)
    level = level_of(shop, chair)
    assert (level.available, level.committed, level.on_hand) == (6, 4, 10)


def test_what_is_set_aside_stays_on_hand(world, shop, chair, brooklyn):
    set_aside(world, shop, chair.item_id, brooklyn, "damaged", 2)
    level = level_of(shop, chair)
    assert (level.available, level.damaged, level.on_hand) == (10, 2, 12)


def test_the_level_speaks_only_when_available_changes(world, shop, chair, buy):
    order = buy((chair, 1))
    assert "inventory_levels/update" in told(world)
    empty_the_post(world)
    ship(world, shop, only_part(shop, order).id)
    assert told(world) == ["fulfillments/create", "orders/updated"]


def test_an_untracked_item_never_runs_out(world, shop, lamp, buy):
    shop.item_of(lamp).tracked = False
    buy((lamp, 50))
    assert level_of(shop, lamp).available == 1


def test_the_journal_tells_who_did_what_in_order(world, shop, lamp, chair, brooklyn, buy):
    order = buy((chair, 1))
    receive(world, shop, lamp.item_id, brooklyn, 2)
    set_policy(world, shop, lamp.id, "CONTINUE")
    ship(world, shop, only_part(shop, order).id)
    acts = [(act.act, act.by) for act in shop.journal]
    assert acts == [
        ("app installed", "merchant"),
        ("order placed", "buyer"),
        ("routed", "store"),
        ("stock received", "merchant"),
        ("policy set", "merchant"),
        ("shipped", "merchant"),
    ]
    assert [act.seq for act in shop.journal] == [1, 2, 3, 4, 5, 6]


def _open(world, shop, name, units):
    place = Location(shop.next_id(), name)
    shop.locations[place.id] = place
    for item_id, available in units.items():
        shop.levels[item_id, place.id] = Level(shop.next_id(), item_id, place.id, world.now(), available=available)
    return place.id
