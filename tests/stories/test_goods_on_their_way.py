"""Goods that the store itself announces: transfers and the shipments that carry them, from the day told to the last unit."""

from collections.abc import Iterable
from datetime import date, timedelta

import pytest

from backorder import purchase
from backorder.db import dirty, imports, lots, purchase_orders, reconciliations
from backorder.reconcile import reconcile
from backorder.rules.lots import LotKind
from backorder.rules.transfers import TransferSeen
from backorder.store.errors import StoreRefused
from backorder.store.gateway import Gateway
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


@pytest.mark.parametrize("buyers", [10, pytest.param(100, marks=pytest.mark.long)])
def test_of_a_hundred_buyers_and_two_shipments_the_sixty_first_has_the_second_day(town: Town, buyers: int) -> None:
    lamp, first = town.lamp, buyers * 6 // 10
    town.install()
    town.manage(lamp)
    town.buy("Lena", (lamp, 1))
    transfer = announce(town, lamp, buyers)
    send(town, transfer, lamp, first, due_in=7)
    send(town, transfer, lamp, buyers - first, due_in=21)
    for number in range(1, buyers + 1):
        town.buy(f"Buyer{number}", (lamp, 1), settle=number % 20 == 0)
    town.settle()
    days = [promised(town, f"Buyer{number}") for number in range(1, buyers + 1)]
    assert len(set(days[:first])) == 1
    assert len(set(days[first:])) == 1
    last_of_the_first, first_of_the_second = days[first - 1], days[first]
    assert last_of_the_first is not None
    assert first_of_the_second is not None
    assert first_of_the_second - last_of_the_first == timedelta(days=14)
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


@pytest.mark.long
def test_a_shipment_that_brings_more_than_it_carried_is_not_expected_twice(shop: Town) -> None:
    lamp = shop.lamp
    transfer = announce(shop, lamp, 10)
    shipment = send(shop, transfer, lamp, 6, due_in=7)
    receive(shop, shipment, lamp, 8)
    assert coming(shop, lamp) == {(LotKind.TRANSFER, None): 2}
    assert (shop.level(lamp).available, presumed(shop)) == (8, 0)
    nothing_is_broken(shop)


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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


@pytest.mark.long
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
