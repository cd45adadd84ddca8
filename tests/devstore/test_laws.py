"""What stays true in the store whatever people do, and however many do it at once."""

import contextlib
import threading
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devstore import requesting, seed
from devstore.app import AppConfig
from devstore.cancel import cancel_order
from devstore.checkout import place_order
from devstore.clock import Clock
from devstore.counter import sell_over_counter, sell_to_send
from devstore.drafts import complete_draft, delete_draft, write_draft
from devstore.editing import add_line, add_units, remove_units
from devstore.fulfilment import begin_work, cancel_fulfilment, hold, release, ship, split
from devstore.merging import merge
from devstore.model import Level, Location
from devstore.moving import move
from devstore.refunding import Back, refund
from devstore.returning import KINDS, dispose, open_return
from devstore.saying import StoreSays
from devstore.stock import correct, overwrite, receive, set_aside
from devstore.world import World

ACTS = (
    *("buy", "buy", "route", "hold", "another app holds", "release", "split", "ship", "ship", "unship", "cancel"),
    *("receive", "correct", "overwrite", "set aside", "add units", "add a line", "remove units", "refund", "return"),
    *("dispose", "draft", "complete", "delete draft", "counter", "to be sent", "move", "move", "merge", "begin"),
    *("submit", "submit", "accept", "reject", "ask back", "give back", "refuse", "withdraw", "fail"),
)
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(1, 4)), max_size=60)
RESTOCKS = ("CANCEL", "RETURN", "NO_RESTOCK")


def shop_with_two_places():
    world = World(
        AppConfig("key", "secret-that-is-long-enough-for-hs256"), Clock(system=lambda: datetime(2026, 7, 1, tzinfo=UTC))
    )
    shop = seed.lamplight(world)
    queens = Location(shop.next_id(), "Queens", is_service=True)
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
    bought = pick(order.line_items, which) if order else None
    sent = pick((each for o in shop.orders.values() for made in o.returns for each in made.lines), which)
    draft = pick(shop.drafts.values(), which)
    place = pick(shop.locations, units)
    asked = pick((each for each in shop.fulfillment_orders.values() if each.at_a_service), which)
    wanted = pick(shop.variants, which)
    siblings = [each.id for each in shop.fulfillment_orders.values() if part and each.order_id == part.order_id]
    acts = {
        "buy": lambda: place_order(
            world,
            shop,
            [(wanted, units, {}), (pick(shop.variants, units), 1, {})],
            ignore_policy=True,
        ),
        "route": world.background.run_due,
        "hold": lambda: (
            line and hold(world, shop, part.id, reason="OTHER", handle=str(which), units=[(line.id, units)])
        ),
        "another app holds": lambda: part and hold(world, shop, part.id, reason="OTHER", app_id=99),
        "release": lambda: part and release(world, shop, part.id),
        "split": lambda: line and split(world, shop, part.id, [(line.id, units)]),
        "ship": lambda: line and ship(world, shop, part.id, {line.id: units}),
        "unship": lambda: parcel and cancel_fulfilment(world, shop, parcel.id),
        "cancel": lambda: order and cancel_order(world, shop, order.id, restock=units % 2 == 0),
        "receive": lambda: receive(world, shop, level.item_id, level.location_id, units),
        "correct": lambda: correct(world, shop, level.item_id, level.location_id, available=units - 2),
        "overwrite": lambda: overwrite(world, shop, level.item_id, level.location_id, 0),
        "set aside": lambda: set_aside(world, shop, level.item_id, level.location_id, "damaged", units - 2),
        "add units": lambda: order and add_units(world, shop, order.id, bought.id, units),
        "add a line": lambda: order and add_line(world, shop, order.id, wanted, units),
        "remove units": lambda: order and remove_units(world, shop, order.id, bought.id, units, restock=which % 2 == 0),
        "refund": lambda: order and refund(world, shop, order.id, [Back(bought.id, units, RESTOCKS[which % 3], place)]),
        "return": lambda: order and open_return(world, shop, order.id, [(bought.id, units)]),
        "dispose": lambda: sent and dispose(world, shop, sent.id, units, kind=KINDS[which % 4], location_id=place),
        "draft": lambda: write_draft(world, shop, [(wanted, units)], reserve=which % 2 == 0),
        "complete": lambda: draft and complete_draft(world, shop, draft.id, paid=units % 2 == 0),
        "delete draft": lambda: draft and delete_draft(world, shop, draft.id),
        "counter": lambda: sell_over_counter(world, shop, [(wanted, units)], place),
        "to be sent": lambda: sell_to_send(world, shop, [(wanted, units)]),
        "move": lambda: part and move(world, shop, part.id, place, [(line.id, units)] if line and which % 2 else ()),
        "merge": lambda: part and merge(world, shop, [part.id, pick(siblings, units)]),
        "begin": lambda: part and begin_work(world, shop, part.id),
        "submit": lambda: part and requesting.submit(world, shop, part.id, [(line.id, units)] if line else ()),
        "accept": lambda: asked and requesting.accept(world, shop, asked.id),
        "reject": lambda: asked and requesting.reject(world, shop, asked.id),
        "ask back": lambda: asked and requesting.ask_back(world, shop, asked.id),
        "give back": lambda: asked and requesting.give_back(world, shop, asked.id),
        "refuse": lambda: asked and requesting.refuse_to_give_back(world, shop, asked.id),
        "withdraw": lambda: asked and requesting.withdraw(world, shop, asked.id),
        "fail": lambda: asked and requesting.fail(world, shop, asked.id),
    }
    with contextlib.suppress(StoreSays):  # a refusal is an answer; what matters is what it leaves behind
        acts[name]()


# Something to do something with: two orders, one of them with the service.
BEGINNING = (("buy", 0, 3), ("buy", 1, 2), ("route", 0, 1), ("move", 0, 2), ("submit", 0, 4))


def after(history):
    world, shop = shop_with_two_places()
    for step in (*BEGINNING, *history):
        act(world, shop, *step)
    world.background.run_due()
    return shop


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
    shop = after(history)
    for level in shop.levels.values():
        assert level.committed == open_units(shop, level.item_id, level.location_id)


@given(steps)
@settings(max_examples=120, deadline=None)
def test_no_unit_of_a_line_is_lost_or_doubled_over_splits_moves_and_parcels(history):
    shop = after(history)
    for order in shop.orders.values():
        for line in order.line_items:
            waiting = sum(
                each.remaining
                for part in shop.fulfillment_orders_of(order.id)
                for each in part.lines
                if each.line_item_id == line.id
            )
            assert waiting == line.unfulfilled
            assert 0 <= line.shipped <= line.current_quantity
            assert 0 <= line.returned <= line.fulfilled


@given(steps)
@settings(max_examples=60, deadline=None)
def test_what_is_held_has_a_hold_and_what_has_a_hold_is_held_and_with_no_service(history):
    for part in after(history).fulfillment_orders.values():
        assert (part.status == "ON_HOLD") == bool(part.holds)
        assert not (part.holds and part.at_a_service)
        assert not (part.finished and part.remaining)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_what_buyer_and_shop_agreed_on_adds_up_to_what_a_line_has_now(history):
    for order in after(history).orders.values():
        for line in order.line_items:
            agreed = [sale for one in order.agreements for sale in one.sales if sale.line_item_id == line.id]
            assert sum(sale.quantity for sale in agreed) == line.current_quantity
            assert sum(sale.quantity for sale in agreed if sale.action == "ORDER") == line.quantity
            assert all((sale.quantity < 0) == (sale.action == "RETURN") for sale in agreed)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_what_is_reserved_is_what_open_drafts_set_aside(history):
    shop = after(history)
    for level in shop.levels.values():
        aside = [
            line.quantity
            for draft in shop.drafts.values()
            for line in draft.lines
            if draft.status == "OPEN"
            and line.location_id == level.location_id
            and shop.variants[line.variant_id].item_id == level.item_id
        ]
        assert level.reserved == sum(aside)


def on_and_off(entry, items):
    """(item, units) that an entry of the journal says have come to the shelves, or have left them (below 0)."""
    told = entry.detail
    if entry.act in {"stock received", "stock corrected"}:
        yield told["item_id"], told.get("units", 0) + told.get("delta", 0)
    elif entry.act in {"shipped", "fulfilment cancelled", "sold over the counter"}:
        sign = 1 if entry.act == "fulfilment cancelled" else -1
        yield from ((items[line["line_item_id"]], sign * line["units"]) for line in told["lines"])
    elif entry.act in {"order edited", "order cancelled"} and told.get("restock") is False:
        lines = told["lines"] if entry.act == "order cancelled" else [{**told, "units": -told["units"]}]
        yield from ((items[line["line_item_id"]], -line["units"]) for line in lines)
    elif entry.act == "refunded":
        came = {"RETURN": lambda line: line["units"], "NO_RESTOCK": lambda line: -line["unshipped"]}
        for line in told["lines"]:
            yield items[line["line_item_id"]], came.get(line["restock"], lambda _line: 0)(line)
    elif entry.act == "return disposed" and told["kind"] == "RESTOCKED":
        yield told["item_id"], told["units"]


@given(steps)
@settings(max_examples=120, deadline=None)
def test_every_unit_that_came_to_the_shelves_or_left_them_is_in_the_journal(history):
    _, fresh = shop_with_two_places()
    expected = Counter()
    for level in fresh.levels.values():
        expected[level.item_id] += level.on_hand
    shop = after(history)
    items = {line.id: line.item_id for order in shop.orders.values() for line in order.line_items}
    for entry in shop.journal:
        for item_id, units in on_and_off(entry, items):
            expected[item_id] += units
    for item_id in shop.items:
        assert sum(level.on_hand for level in shop.levels_of(item_id)) == expected[item_id]


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
