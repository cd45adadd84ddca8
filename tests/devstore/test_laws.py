"""What stays true in the store whatever people do, and however many do it at once."""

import contextlib
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devstore import seed
from devstore.app import AppConfig
from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.clock import Clock
from devstore.fulfilment import cancel_fulfilment, hold, release, ship, split
from devstore.model import Level, Location
from devstore.saying import StoreSays
from devstore.stock import correct, receive
from devstore.world import World

ACTS = ("buy", "route", "hold", "release", "split", "ship", "unship", "cancel", "receive", "correct")
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(1, 4)), max_size=40)


def shop_with_two_places():
    world = World(
        AppConfig("key", "secret-that-is-long-enough-for-hs256"), Clock(system=lambda: datetime(2026, 7, 1, tzinfo=UTC))
    )
    shop = seed.lamplight(world)
    queens = Location(shop.next_id(), "Queens")
    shop.locations[queens.id] = queens
    for item_id in shop.items:
        shop.levels[item_id, queens.id] = Level(shop.next_id(), item_id, queens.id, world.now(), available=2)
    return world, shop


def pick(things, which):
    found = list(things)
    return found[which % len(found)] if found else None


def act(world, shop, name, which, units):
    part = pick(shop.fulfillment_orders.values(), which)
    order = pick(shop.orders.values(), which)
    parcel = pick((each for placed in shop.orders.values() for each in placed.fulfillments), which)
    level = pick(shop.levels.values(), which)
    line = pick(part.lines, which) if part else None
    acts = {
        "buy": lambda: place_order(
            world,
            shop,
            [(pick(shop.variants, which), units, {}), (pick(shop.variants, units), 1, {})],
            ignore_policy=True,
        ),
        "route": world.background.run_due,
        "hold": lambda: (
            line and hold(world, shop, part.id, reason="OTHER", handle=str(which), units=[(line.id, units)])
        ),
        "release": lambda: part and release(world, shop, part.id),
        "split": lambda: line and split(world, shop, part.id, [(line.id, units)]),
        "ship": lambda: line and ship(world, shop, part.id, {line.id: units}),
        "unship": lambda: parcel and cancel_fulfilment(world, shop, parcel.id),
        "cancel": lambda: order and cancel_order(world, shop, order.id, restock=units % 2 == 0),
        "receive": lambda: receive(world, shop, level.item_id, level.location_id, units),
        "correct": lambda: correct(world, shop, level.item_id, level.location_id, available=units - 2),
    }
    with contextlib.suppress(StoreSays):  # a refusal is an answer; what matters is what it leaves behind
        acts[name]()


def open_units(shop, item_id, location_id):
    return sum(
        line.remaining
        for part in shop.fulfillment_orders.values()
        if part.location_id == location_id
        for line in part.lines
        if line.item_id == item_id
    )


@given(steps)
@settings(max_examples=120, deadline=None)
def test_committed_is_what_the_open_fulfillment_orders_say(history):
    world, shop = shop_with_two_places()
    for step in history:
        act(world, shop, *step)
    world.background.run_due()
    for level in shop.levels.values():
        assert level.committed == open_units(shop, level.item_id, level.location_id)


@given(steps)
@settings(max_examples=120, deadline=None)
def test_no_unit_of_a_line_is_lost_or_doubled_over_splits_and_parcels(history):
    world, shop = shop_with_two_places()
    for step in history:
        act(world, shop, *step)
    world.background.run_due()
    for order in shop.orders.values():
        for line in order.line_items:
            waiting = sum(
                each.remaining
                for part in shop.fulfillment_orders_of(order.id)
                for each in part.lines
                if each.line_item_id == line.id
            )
            assert waiting == line.unfulfilled
            assert 0 <= line.fulfilled <= line.current_quantity


@given(steps)
@settings(max_examples=60, deadline=None)
def test_what_is_held_has_a_hold_and_what_has_a_hold_is_held(history):
    world, shop = shop_with_two_places()
    for step in history:
        act(world, shop, *step)
    for part in shop.fulfillment_orders.values():
        assert (part.status == "ON_HOLD") == bool(part.holds)


def test_the_law_of_committed_units_can_be_broken_by_hand():
    world, shop = shop_with_two_places()
    act(world, shop, "buy", 0, 1)
    act(world, shop, "route", 0, 1)
    level = next(level for level in shop.levels.values() if level.committed)
    level.committed += 1
    assert level.committed != open_units(shop, level.item_id, level.location_id)


def test_the_last_lamp_is_sold_once_to_many_at_the_same_moment():
    world, shop = shop_with_two_places()
    lamp = next(iter(shop.variants.values()))
    for level in shop.levels_of(lamp.item_id):
        level.available = 0
    next(shop.levels_of(lamp.item_id)).available = 1
    together, sold = threading.Barrier(8), []

    def buyer():
        together.wait()
        try:
            sold.append(place_order(world, shop, [(lamp.id, 1, {})]))
        except StoreSays as said:
            sold.append(str(said))

    buyers = [threading.Thread(target=buyer) for _ in range(8)]
    for each in buyers:
        each.start()
    for each in buyers:
        each.join()
    assert len(shop.orders) == 1
    assert sum(said == "Aurora lamp is sold out." for said in sold) == 7


@pytest.mark.parametrize("count", [3])
def test_numbers_of_orders_follow_each_other(count):
    world, shop = shop_with_two_places()
    for _ in range(count):
        act(world, shop, "buy", 0, 1)
    assert [order.name for order in shop.orders.values()] == ["#1001", "#1002", "#1003"]
