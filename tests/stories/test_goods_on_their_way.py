"""Goods that the store itself announces: transfers and the shipments that carry them, from the day told to the last unit."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from backorder import amend, book_in, incoming, purchase
from backorder.db import dirty, imports, lots, purchase_order_acts, purchase_orders, reconciliations
from backorder.reconcile import reconcile
from backorder.rules.lots import LotKind
from backorder.rules.transfers import TransferSeen
from backorder.store.errors import StoreRefused
from backorder.store.gateway import Gateway
from backorder.undo import undo
from backorder.verify import verify
from devstore import transfers
from devstore.model import Location, Order, Shipment, Transfer, Variant
from devstore.places import open_place
from devstore.stock import receive as counted_in_at
from tests.stories.town import Town


def announce(town: Town, variant: Variant, units: int, **words: object) -> Transfer:
    """Staff write down that goods come from outside."""
    wishes = [(variant.item_id, units)]
    transfer = transfers.announce(town.world, town.store, wishes, town.place, **words)  # type: ignore[arg-type]
    town.settle()
    return transfer


def send(town: Town, transfer: Transfer, variant: Variant, units: int, due_in: int | None) -> Shipment:
    """Goods leave, and are said to arrive so many days from now, at noon."""
    at = None if due_in is None else town.now().replace(hour=17) + timedelta(days=due_in)
    shipment = transfers.send(town.world, town.store, transfer.id, [(variant.item_id, units)], arrives_at=at)
    town.settle()
    return shipment


def receive(town: Town, shipment: Shipment, variant: Variant, accepted: int, rejected: int = 0) -> None:
    """The warehouse receives a shipment in the store."""
    transfers.receive(town.world, town.store, shipment.id, {variant.item_id: accepted}, {variant.item_id: rejected})
    town.settle()


def track(town: Town, shipment: Shipment, due_in: int) -> None:
    at = town.now().replace(hour=17) + timedelta(days=due_in)
    transfers.set_tracking(town.world, town.store, shipment.id, arrives_at=at)
    town.settle()


def coming(town: Town, variant: Variant) -> dict[tuple[LotKind, date | None], int]:
    """Units that are to come, by kind and day."""
    found: dict[tuple[LotKind, date | None], int] = {}
    with town.house.db.read() as tx:
        for lot in lots.arrivals(tx, town.shop_id):
            if lot.item_id == variant.item_id:
                found[lot.kind, lot.due_on] = found.get((lot.kind, lot.due_on), 0) + lot.units
    return found


def stock(town: Town, variant: Variant) -> dict[int, int]:
    """Units on the shelf, by location, as our books know it."""
    with town.house.db.read() as tx:
        on_hand = [lot for lot in lots.of_items(tx, town.shop_id, [variant.item_id]) if lot.kind is LotKind.ON_HAND]
    return {lot.location_id: lot.units for lot in on_hand}


def presumed(town: Town) -> int:
    with town.house.db.read() as tx:
        rows = tx.exec_driver_sql("SELECT coalesce(sum(presumed), 0) FROM levels").scalar_one()
    return int(rows)


def promised(town: Town, who: str) -> date | None:
    return town.promises(who)[-1].ship_by


def nothing_is_broken(town: Town) -> None:
    assert [sentence for check in verify(town.house).checks for sentence in check.broken] == []


def day(town: Town, days: int) -> date:
    return town.today() + timedelta(days=days)


@pytest.fixture
def shop(town: Town) -> Town:
    """A shop that sold its last lamp."""
    return sold_out(town)


@pytest.fixture
def shop_on_both(town_on_both: Town) -> Town:
    return sold_out(town_on_both)


def sold_out(town: Town) -> Town:
    town.install()
    town.manage(town.lamp)
    town.buy("Lena", (town.lamp, 1))
    return town


def wait(town: Town, *who: str) -> list[Order]:
    return [town.buy(each, (town.lamp, 1)) for each in who]


def test_a_shipment_with_a_day_puts_the_lamp_on_sale_and_its_arrival_serves_who_waited(shop_on_both: Town) -> None:
    shop = shop_on_both
    lamp = shop.lamp
    assert lamp.inventory_policy == "DENY"
    transfer = announce(shop, lamp, 100)
    assert coming(shop, lamp) == {(LotKind.TRANSFER, None): 100}
    assert lamp.inventory_policy == "DENY", "nobody has said when"
    shipment = send(shop, transfer, lamp, 60, due_in=7)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 60, (LotKind.TRANSFER, None): 40}
    assert lamp.inventory_policy == "CONTINUE"
    (anna,) = wait(shop, "Anna")
    assert promised(shop, "Anna") is not None
    receive(shop, shipment, lamp, 60)
    assert coming(shop, lamp) == {(LotKind.TRANSFER, None): 40}
    assert (shop.held(anna), presumed(shop)) == (0, 0)
    nothing_is_broken(shop)


def test_of_a_hundred_buyers_and_two_shipments_the_sixty_first_has_the_second_day(town: Town) -> None:
    lamp = town.lamp
    town.install()
    town.manage(lamp)
    town.buy("Lena", (lamp, 1))
    transfer = announce(town, lamp, 100)
    send(town, transfer, lamp, 60, due_in=7)
    send(town, transfer, lamp, 40, due_in=21)
    for number in range(1, 101):
        town.buy(f"Buyer{number}", (lamp, 1), settle=number % 20 == 0)
    town.settle()
    days = [promised(town, f"Buyer{number}") for number in range(1, 101)]
    assert len(set(days[:60])) == 1
    assert len(set(days[60:])) == 1
    assert days[59] is not None
    assert days[60] is not None
    assert days[60] - days[59] == timedelta(days=14)
    assert lamp.inventory_policy == "DENY", "everything to come is spoken for"
    nothing_is_broken(town)


def test_a_shipment_that_slips_moves_who_it_serves_and_they_hear_of_it_once(shop: Town) -> None:
    lamp = shop.lamp
    shipment = send(shop, announce(shop, lamp, 10), lamp, 10, due_in=7)
    wait(shop, "Anna")
    before, letters = promised(shop, "Anna"), len(shop.mails("Anna"))
    track(shop, shipment, due_in=14)
    after = promised(shop, "Anna")
    assert before is not None
    assert after is not None
    assert after - before == timedelta(days=7)
    assert len(shop.mails("Anna")) == letters + 1
    track(shop, shipment, due_in=14)
    assert len(shop.mails("Anna")) == letters + 1
    nothing_is_broken(shop)


def test_a_short_receipt_serves_the_oldest_and_what_was_refused_comes_no_more(shop: Town) -> None:
    lamp = shop.lamp
    shipment = send(shop, announce(shop, lamp, 3), lamp, 3, due_in=7)
    orders = wait(shop, "Anna", "Ben", "Cleo")
    receive(shop, shipment, lamp, 1, rejected=1)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 1}
    assert [shop.held(order) for order in orders] == [0, 1, 1]
    receive(shop, shipment, lamp, 0, rejected=1)
    assert coming(shop, lamp) == {}
    assert [shop.held(order) for order in orders] == [0, 1, 1]
    assert lamp.inventory_policy == "DENY"
    nothing_is_broken(shop)


def test_a_shipment_that_brings_more_than_it_carried_is_not_expected_twice(shop: Town) -> None:
    lamp = shop.lamp
    transfer = announce(shop, lamp, 10)
    shipment = send(shop, transfer, lamp, 6, due_in=7)
    receive(shop, shipment, lamp, 8)
    assert coming(shop, lamp) == {(LotKind.TRANSFER, None): 2}
    assert (shop.level(lamp).available, presumed(shop)) == (8, 0)
    nothing_is_broken(shop)


def test_a_canceled_transfer_is_no_longer_expected_and_its_buyers_hear_of_it(shop: Town) -> None:
    lamp = shop.lamp
    transfer = announce(shop, lamp, 10)
    send(shop, transfer, lamp, 10, due_in=7)
    wait(shop, "Anna")
    letters = len(shop.mails("Anna"))
    transfers.cancel(shop.world, shop.store, transfer.id)
    shop.settle()
    assert coming(shop, lamp) == {}
    assert lamp.inventory_policy == "DENY"
    assert len(shop.mails("Anna")) == letters + 1
    nothing_is_broken(shop)


def test_a_shipment_whose_day_has_passed_is_overdue_and_still_expected(shop: Town) -> None:
    lamp = shop.lamp
    shipment = send(shop, announce(shop, lamp, 10), lamp, 10, due_in=2)
    shop.days_pass(4)
    track(shop, shipment, due_in=-1)
    with shop.house.db.read() as tx:
        (lot,) = [each for each in lots.arrivals(tx, shop.shop_id) if each.item_id == lamp.item_id]
    assert lot.overdue(shop.today())
    wait(shop, "Anna")
    ship_by = promised(shop, "Anna")
    assert ship_by is not None
    assert ship_by >= shop.today()
    nothing_is_broken(shop)


def test_a_transfer_between_two_places_takes_from_the_one_what_it_brings_to_the_other(town: Town) -> None:
    chair = town.chair
    queens = Location(town.store.next_id(), "Queens")
    town.store.locations[queens.id] = queens
    town.install()
    town.manage(chair)
    wishes = [(chair.item_id, 5)]
    transfer = transfers.announce(town.world, town.store, wishes, queens.id, origin_id=town.place)
    town.settle()
    assert stock(town, chair) == {town.place: 7, queens.id: 0}
    assert coming(town, chair) == {(LotKind.TRANSFER, None): 5}
    shipment = send(town, transfer, chair, 5, due_in=2)
    receive(town, shipment, chair, 5)
    assert stock(town, chair) == {town.place: 7, queens.id: 5}
    assert coming(town, chair) == {}
    nothing_is_broken(town)


def test_webhooks_that_were_lost_are_healed_by_a_comparison(shop_on_both: Town) -> None:
    shop = shop_on_both
    lamp = shop.lamp
    transfer = announce(shop, lamp, 10)
    shipment = send(shop, transfer, lamp, 10, due_in=7)
    (anna,) = wait(shop, "Anna")
    shop.world.post.faults.lost = 1.0
    track(shop, shipment, due_in=9)
    other = announce(shop, lamp, 5)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 10}
    shop.settle_again()
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 9)): 10, (LotKind.TRANSFER, None): 5}
    receive(shop, shipment, lamp, 10)
    transfers.cancel(shop.world, shop.store, other.id)
    assert shop.held(anna) == 1
    shop.settle_again()
    assert coming(shop, lamp) == {}
    assert (shop.held(anna), presumed(shop)) == (0, 0)
    nothing_is_broken(shop)


def test_what_was_on_its_way_when_the_app_came_is_read_at_once(town: Town) -> None:
    transfer = transfers.announce(town.world, town.store, [(town.lamp.item_id, 10)], town.place)
    at = town.now() + timedelta(days=7)
    shipment = transfers.send(town.world, town.store, transfer.id, [(town.lamp.item_id, 6)], arrives_at=at)
    transfers.receive(town.world, town.store, shipment.id, {town.lamp.item_id: 2})
    town.install()
    assert coming(town, town.lamp) == {(LotKind.SHIPMENT, day(town, 7)): 4, (LotKind.TRANSFER, None): 4}
    nothing_is_broken(town)


def test_a_shop_that_has_not_granted_transfers_is_served_all_the_same(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    for token in town.store.tokens.values():
        token.scopes = frozenset(scope for scope in token.scopes if "inventory_transfers" not in scope)
    announce(town, town.lamp, 10)
    town.buy("Anna", (town.lamp, 1))
    assert coming(town, town.lamp) == {}
    with town.house.db.read() as tx:
        assert dirty.count(tx, town.shop_id) == 0
    town.settle_again()
    nothing_is_broken(town)


def test_a_transfer_that_the_store_refuses_to_show_holds_up_nobody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.install()
    town.manage(town.lamp)
    refuses = {"on": True}
    read = Gateway.transfers

    def refused(store: Gateway, ids: Iterable[int]) -> dict[int, TransferSeen]:
        if refuses["on"]:
            raise StoreRefused("no")
        return read(store, ids)

    monkeypatch.setattr(Gateway, "transfers", refused)
    transfers.announce(town.world, town.store, [(town.lamp.item_id, 10)], town.place)
    town.buy("Lena", (town.lamp, 1))
    town.count_in(town.lamp, 3)
    assert stock(town, town.lamp) == {town.place: 4}
    reconcile(town.house, town.shop_id, town.now())
    with town.house.db.read() as tx:
        assert reconciliations.recent(tx, town.shop_id)[0].error is None
    refuses["on"] = False
    town.time.passes(60)
    town.settle()
    assert coming(town, town.lamp) == {(LotKind.TRANSFER, None): 10}


def test_a_transfer_that_the_store_refuses_to_show_does_not_stop_the_first_reading(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_store: Gateway, _ids: Iterable[int]) -> dict[int, TransferSeen]:
        raise StoreRefused("no")

    transfers.announce(town.world, town.store, [(town.lamp.item_id, 10)], town.place)
    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "transfers", refused)
        town.install()
        with town.house.db.read() as tx:
            assert all(step.finished for step in imports.progress(tx, town.shop_id))
    town.time.passes(600)
    town.settle()
    assert coming(town, town.lamp) == {(LotKind.TRANSFER, None): 10}


def test_a_transfer_that_the_store_has_no_more_is_forgotten(town: Town) -> None:
    town.install()
    transfer = announce(town, town.lamp, 10)
    del town.store.transfers[transfer.id]
    town.settle_again()
    assert coming(town, town.lamp) == {}


# The same goods announced twice


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
    link = {"actor": "Mara", "now": shop.now()}
    incoming.carries(shop.house, shop.shop_id, transfer.id, order.purchase_order_id, **link)
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 10}
    incoming.carries(shop.house, shop.shop_id, transfer.id, None, **link)
    assert coming(shop, lamp) == both
    transfers.edit(shop.world, shop.store, transfer.id, reference="PO-7")
    shop.settle()
    assert coming(shop, lamp) == both, "no reading changes what a person said"
    nothing_is_broken(shop)


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
    link = {"actor": "Mara", "now": shop.now()}
    for number, left_on_seven, left_on_eight in [("PO-8", 6, 2), (None, 6, 8), ("PO-8", 6, 2), ("PO-8", 6, 2)]:
        to = order[number] if number else None
        incoming.carries(shop.house, shop.shop_id, transfer.id, to, **link)  # type: ignore[arg-type]
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


def last_act(shop: Town, line_id: int) -> int:
    with shop.house.db.read() as tx:
        line = purchase_orders.line(tx, shop.shop_id, line_id)
        assert line is not None
        return purchase_order_acts.of_order(tx, shop.shop_id, line.purchase_order_id)[0].act_id


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


def test_a_shipment_of_an_order_that_was_called_off_brings_nothing_until_that_is_undone(shop: Town) -> None:
    lamp = shop.lamp
    line, shipment = three_wait_for_three(shop)
    with shop.house.db.read() as tx:
        (order,) = purchase_orders.page(tx, shop.shop_id)
    purchase.cancel_rest(shop.house, shop.shop_id, order.purchase_order_id, actor="Mara", now=shop.now())
    shop.settle()
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
    with shop.house.db.read() as tx:
        (order,) = purchase_orders.page(tx, shop.shop_id)
    purchase.cancel_rest(shop.house, shop.shop_id, order.purchase_order_id, actor="Mara", now=shop.now())
    shop.settle()
    assert coming(shop, shop.lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 3}


def test_what_came_damaged_is_promised_to_nobody_though_a_shipment_announced_it(shop: Town) -> None:
    lamp = shop.lamp
    line, _ = three_wait_for_three(shop)
    letters, told = len(shop.mails("Cleo")), {"actor": "Mara", "now": shop.now()}
    book_in.book_in(shop.house, shop.shop_id, line, 2, damaged=1, key="one", **told)  # type: ignore[arg-type]
    shop.count_in(lamp, 2)
    assert coming(shop, lamp) == {}
    assert len(shop.mails("Cleo")) == letters + 1, "she hears that her lamp does not come"
    nothing_is_broken(shop)


def test_a_receipt_whose_webhook_was_lost_is_asked_for_when_the_shelf_rises(shop: Town) -> None:
    lamp = shop.lamp
    shipment = send(shop, announce(shop, lamp, 10), lamp, 10, due_in=7)
    transfers.receive(shop.world, shop.store, shipment.id, {lamp.item_id: 4})
    for delivery in shop.world.post.pending():
        if delivery.topic.startswith("inventory_shipments"):
            shop.world.post._waiting.remove(delivery)
    shop.settle()
    assert coming(shop, lamp) == {(LotKind.SHIPMENT, day(shop, 7)): 6}
    assert presumed(shop) == 0
    nothing_is_broken(shop)


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


def test_what_was_booked_in_stays_when_the_rest_of_its_order_is_cancelled(shop: Town) -> None:
    line = shop.order_goods("PO-7", shop.lamp, 10, due_in=10)
    anna, ben = wait(shop, "Anna", "Ben")
    shop.book_in(line, 2)
    with shop.house.db.read() as tx:
        (order,) = purchase_orders.page(tx, shop.shop_id)
    purchase.cancel_rest(shop.house, shop.shop_id, order.purchase_order_id, actor="Mara", now=shop.now())
    shop.settle()
    assert coming(shop, shop.lamp) == {(LotKind.DOCK, None): 2}
    assert [len(shop.mails(who)) for who in ("Anna", "Ben")] == [1, 1], "their lamps are at the dock"
    shop.count_in(shop.lamp, 2)
    assert [shop.held(anna), shop.held(ben)] == [0, 0]
    nothing_is_broken(shop)


@pytest.mark.parametrize("booked", ["before they are counted", "afterwards"])
def test_the_first_goods_that_ever_come_to_a_place_are_there_once(town: Town, booked: str) -> None:
    town.install()
    town.manage(town.lamp)
    town.buy("Lena", (town.lamp, 1))
    queens = open_place(town.world, town.store, "Queens", stocks=[])
    town.settle_again()
    draft = purchase.Draft("PO-7", "Glow", queens.id, (purchase.DraftLine(town.lamp.id, 5, day(town, 5)),))
    order_id = purchase.place(town.house, town.shop_id, draft, actor="Mara", now=town.now())
    town.settle()
    with town.house.db.read() as tx:
        order = purchase_orders.one(tx, town.shop_id, order_id)
    assert order is not None
    if booked != "afterwards":
        town.book_in(order.lines[0].line_id, 5)
    counted_in_at(town.world, town.store, town.lamp.item_id, queens.id, 5)  # the store stocks it there from now on
    town.settle_again()
    if booked == "afterwards":
        town.book_in(order.lines[0].line_id, 5)
    assert stock(town, town.lamp)[queens.id] == 5
    town.buy("Olga", (town.lamp, 5))
    assert (coming(town, town.lamp), town.lamp.inventory_policy) == ({}, "DENY"), "nothing is left to sell"
