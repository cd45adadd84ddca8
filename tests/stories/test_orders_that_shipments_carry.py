"""The same goods announced twice, on a purchase order and by the shipment that carries it: counted once, whatever people say of either."""

from functools import partial

import pytest

from backorder import amend, book_in, incoming, purchase
from backorder.db import purchase_order_acts, purchase_orders
from backorder.rules.lots import LotKind
from backorder.undo import undo
from devstore import transfers
from devstore.model import Shipment
from tests.stories.test_goods_on_their_way import (
    announce,
    coming,
    day,
    nothing_is_broken,
    presumed,
    promised,
    receive,
    send,
    shop,
    shop_on_both,
    track,
    wait,
)
from tests.stories.town import Town

__all__ = ["shop", "shop_on_both"]


def on_order(town: Town, line_id: int) -> int:
    with town.house.db.read() as tx:
        line = purchase_orders.line(tx, town.shop_id, line_id)
    assert line is not None
    return line.outstanding


def test_a_purchase_order_and_the_transfer_that_names_it_are_counted_once(shop: Town) -> None:
    lamp = shop.lamp
    line = shop.order_goods("PO-7", lamp, 100, due_in=10)
    transfer = announce(shop, lamp, 100, reference="PO-7")
    assert coming(shop, lamp) == {(LotKind.PURCHASE_ORDER, day(shop, 10)): 100}
    shipment = send(shop, transfer, lamp, 60, due_in=7)
    assert coming(shop, lamp) == {
        (LotKind.SHIPMENT, day(shop, 7)): 60,
        (LotKind.PURCHASE_ORDER, day(shop, 10)): 40,
    }
    receive(shop, shipment, lamp, 60)
    assert coming(shop, lamp) == {(LotKind.PURCHASE_ORDER, day(shop, 10)): 40}
    assert (on_order(shop, line), presumed(shop)) == (40, 0)
    nothing_is_broken(shop)


@pytest.mark.long
def test_a_purchase_order_that_is_entered_after_its_transfer_is_found_too(shop: Town) -> None:
    lamp = shop.lamp
    shipment = send(shop, announce(shop, lamp, 10, note="Ordered as PO-7."), lamp, 4, due_in=7)
    receive(shop, shipment, lamp, 1)
    line = shop.order_goods("PO-7", lamp, 10, due_in=10)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 3, (LotKind.PURCHASE_ORDER, day(shop, 10)): 6}
    assert on_order(shop, line) == 9
    nothing_is_broken(shop)


def test_a_person_says_what_a_transfer_carries_and_takes_it_back(shop: Town) -> None:
    lamp = shop.lamp
    shop.order_goods("PO-7", lamp, 10, due_in=10)
    transfer = announce(shop, lamp, 10)
    send(shop, transfer, lamp, 10, due_in=7)
    both = {(LotKind.SHIPMENT, day(shop, 7)): 10, (LotKind.PURCHASE_ORDER, day(shop, 10)): 10}
    assert coming(shop, lamp) == both
    with shop.house.db.read() as tx:
        (order,) = purchase_orders.page(tx, shop.shop_id)
    carries = partial(incoming.carries, shop.house, shop.shop_id, transfer.id, actor="Mara", now=shop.now())
    carries(order.purchase_order_id)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 10}
    carries(None)
    assert coming(shop, lamp) == both
    transfers.edit(shop.world, shop.store, transfer.id, reference="PO-7")
    shop.settle()
    assert coming(shop, lamp) == both, "no reading changes what a person said"
    nothing_is_broken(shop)


@pytest.mark.long
def test_what_the_store_received_goes_with_a_transfer_that_carried_another_order(shop_on_both: Town) -> None:
    shop, lamp = shop_on_both, shop_on_both.lamp
    seven = shop.order_goods("PO-7", lamp, 8, due_in=10)
    eight = shop.order_goods("PO-8", lamp, 8, due_in=30)
    transfer = announce(shop, lamp, 6, tags=["po-7"])
    shipment = send(shop, transfer, lamp, 6, due_in=2)
    receive(shop, shipment, lamp, 1)
    receive(shop, shipment, lamp, 5)
    shop.book_in(seven, 2)
    shop.count_in(lamp, 2)
    assert (on_order(shop, seven), on_order(shop, eight)) == (0, 8)
    with shop.house.db.read() as tx:
        order = {each.number: each.purchase_order_id for each in purchase_orders.page(tx, shop.shop_id)}
    carries = partial(incoming.carries, shop.house, shop.shop_id, transfer.id, actor="Mara", now=shop.now())
    for number, left_on_seven, left_on_eight in [("PO-8", 6, 2), (None, 6, 8), ("PO-8", 6, 2), ("PO-8", 6, 2)]:
        carries(order[number] if number else None)
        assert on_order(shop, seven) == left_on_seven, "what Mara booked in herself stays on PO-7"
        assert coming(shop, lamp) == {
            (LotKind.PURCHASE_ORDER, day(shop, 10)): left_on_seven,
            (LotKind.PURCHASE_ORDER, day(shop, 30)): left_on_eight,
        }
        assert on_order(shop, eight) == left_on_eight
        nothing_is_broken(shop)


@pytest.mark.parametrize("by_hand_first", [True, False])
def test_goods_that_are_booked_in_by_hand_and_received_in_the_store_are_received_once(
    shop: Town, by_hand_first: bool
) -> None:
    lamp = shop.lamp
    line = shop.order_goods("PO-7", lamp, 10, due_in=10)
    shipment = send(shop, announce(shop, lamp, 10, tags=["po-7"]), lamp, 6, due_in=7)
    if by_hand_first:
        shop.book_in(line, 6)
        assert coming(shop, lamp) == {(LotKind.DOCK, None): 6, (LotKind.PURCHASE_ORDER, day(shop, 10)): 4}
    receive(shop, shipment, lamp, 6)
    assert coming(shop, lamp) == {(LotKind.PURCHASE_ORDER, day(shop, 10)): 4}
    assert (on_order(shop, line), presumed(shop), shop.level(lamp).available) == (4, 0, 6)
    nothing_is_broken(shop)


def three_wait_for_three(shop: Town) -> tuple[int, Shipment]:
    """Three lamps were ordered and are on their way, and three people wait for them; the line, and the shipment."""
    line = shop.order_goods("PO-7", shop.lamp, 3, due_in=10)
    shipment = send(shop, announce(shop, shop.lamp, 3, tags=["po-7"]), shop.lamp, 3, due_in=7)
    wait(shop, "Anna", "Ben", "Cleo")
    return line, shipment


def call_off(shop: Town) -> None:
    """The merchant says that the rest of the shop's only purchase order will not come."""
    with shop.house.db.read() as tx:
        (order,) = purchase_orders.page(tx, shop.shop_id)
    purchase.cancel_rest(shop.house, shop.shop_id, order.purchase_order_id, actor="Mara", now=shop.now())
    shop.settle()


def last_act(shop: Town, line_id: int) -> int:
    with shop.house.db.read() as tx:
        line = purchase_orders.line(tx, shop.shop_id, line_id)
        assert line is not None
        return purchase_order_acts.of_order(tx, shop.shop_id, line.purchase_order_id)[0].act_id


@pytest.mark.long
def test_what_a_person_strikes_off_an_order_comes_by_no_shipment_either(shop_on_both: Town) -> None:
    shop, lamp = shop_on_both, shop_on_both.lamp
    line, shipment = three_wait_for_three(shop)
    shop.book_in(line, 2)
    shop.count_in(lamp, 2)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 1}
    letters = len(shop.mails("Cleo"))
    amend.close_line(shop.house, shop.shop_id, line, actor="Mara", now=shop.now())
    shop.settle()
    assert coming(shop, lamp) == {}
    assert promised(shop, "Cleo") is None
    assert len(shop.mails("Cleo")) == letters + 1, "she hears that her lamp does not come"
    track(shop, shipment, due_in=8)
    assert coming(shop, lamp) == {}, "that it is announced for another day does not bring it"
    nothing_is_broken(shop)
    undo(shop.house, shop.shop_id, last_act(shop, line), actor="Mara", now=shop.now())
    shop.settle()
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 8)): 1}
    nothing_is_broken(shop)


@pytest.mark.long
def test_what_was_struck_off_and_comes_all_the_same_is_received_and_serves_who_waits(shop: Town) -> None:
    lamp = shop.lamp
    line, shipment = three_wait_for_three(shop)
    shop.book_in(line, 2)
    amend.close_line(shop.house, shop.shop_id, line, actor="Mara", now=shop.now())
    shop.settle()
    assert coming(shop, lamp) == {(LotKind.DOCK, None): 2}
    receive(shop, shipment, lamp, 3)
    with shop.house.db.read() as tx:
        booked = purchase_orders.line(tx, shop.shop_id, line)
    assert booked is not None
    assert (booked.received, booked.outstanding, booked.at_dock) == (3, 0, 0)
    assert coming(shop, lamp) == {}
    assert [shop.held(order) for order in shop.store.orders.values()] == [0, 0, 0, 0]
    nothing_is_broken(shop)


@pytest.mark.long
def test_a_shipment_of_an_order_that_was_called_off_brings_nothing_until_that_is_undone(shop: Town) -> None:
    lamp = shop.lamp
    line, shipment = three_wait_for_three(shop)
    call_off(shop)
    assert coming(shop, lamp) == {}
    assert promised(shop, "Anna") is None
    track(shop, shipment, due_in=9)
    assert coming(shop, lamp) == {}, "it is read again, and still carries what was called off"
    nothing_is_broken(shop)
    undo(shop.house, shop.shop_id, last_act(shop, line), actor="Mara", now=shop.now())
    shop.settle()
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 9)): 3}
    receive(shop, shipment, lamp, 3)
    assert (on_order(shop, line), coming(shop, lamp)) == (0, {})
    nothing_is_broken(shop)


def test_what_a_shipment_brings_and_the_cancelled_order_never_had_still_comes(shop: Town) -> None:
    shop.order_goods("PO-7", shop.chair, 3, due_in=10)
    send(shop, announce(shop, shop.lamp, 3, tags=["po-7"]), shop.lamp, 3, due_in=7)
    call_off(shop)
    assert coming(shop, shop.lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 3}


@pytest.mark.long
def test_what_came_damaged_is_promised_to_nobody_though_a_shipment_announced_it(shop: Town) -> None:
    lamp = shop.lamp
    line, _ = three_wait_for_three(shop)
    letters = len(shop.mails("Cleo"))
    book_in.book_in(shop.house, shop.shop_id, line, 2, damaged=1, key="one", actor="Mara", now=shop.now())
    shop.count_in(lamp, 2)
    assert coming(shop, lamp) == {}
    assert len(shop.mails("Cleo")) == letters + 1, "she hears that her lamp does not come"
    nothing_is_broken(shop)


@pytest.mark.long
def test_a_receipt_by_hand_that_is_undone_leaves_the_shipment_as_it_was(shop: Town) -> None:
    line = shop.order_goods("PO-7", shop.lamp, 6, due_in=30)
    shipment = send(shop, announce(shop, shop.lamp, 6, tags=["po-7"]), shop.lamp, 6, due_in=7)
    (anna,) = wait(shop, "Anna")
    before = coming(shop, shop.lamp), promised(shop, "Anna")
    assert before[0] == {(LotKind.SHIPMENT, day(shop, 7)): 6}
    shop.book_in(line, 6)
    undo(shop.house, shop.shop_id, last_act(shop, line), actor="Mara", now=shop.now())
    shop.settle()
    assert (coming(shop, shop.lamp), promised(shop, "Anna")) == before
    assert len(shop.mails("Anna")) == 1, "her day is what it was"
    receive(shop, shipment, shop.lamp, 6)
    assert (coming(shop, shop.lamp), on_order(shop, line), shop.held(anna)) == ({}, 0, 0)


@pytest.mark.long
def test_what_was_booked_in_stays_when_the_rest_of_its_order_is_cancelled(shop: Town) -> None:
    line = shop.order_goods("PO-7", shop.lamp, 10, due_in=10)
    anna, ben = wait(shop, "Anna", "Ben")
    shop.book_in(line, 2)
    call_off(shop)
    assert coming(shop, shop.lamp) == {(LotKind.DOCK, None): 2}
    assert [len(shop.mails(who)) for who in ("Anna", "Ben")] == [1, 1], "their lamps are at the dock"
    shop.count_in(shop.lamp, 2)
    assert [shop.held(anna), shop.held(ben)] == [0, 0]
    nothing_is_broken(shop)
