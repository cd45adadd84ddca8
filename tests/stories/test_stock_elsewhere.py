"""Somebody would wait at one warehouse while the goods lie at another."""

import pytest

from backorder import elsewhere
from backorder.errors import Refused
from backorder.judge import DEEP
from backorder.quote import quote
from backorder.rules.selling import SellingState
from backorder.store.gateway import Gateway
from backorder.verify import verify
from devstore.cancel import cancel_order
from devstore.counter import sell_over_counter
from devstore.moving import move
from devstore.places import open_place
from devstore.sellable import sellable_online
from devstore.stock import receive
from tests.stories.town import Town


def with_a_second_place(town: Town) -> int:
    """Lamps are made within twelve days and come to the first warehouse; Queens stocks them too."""
    town.install()
    town.manage(town.lamp)
    town.set_terms(lead_time_days=12)
    queens = open_place(town.world, town.store, "Queens", stocks=[town.lamp.item_id])
    town.settle_again()
    town.buy("Lena", (town.lamp, 1))
    return queens.id


def test_what_lies_elsewhere_is_shown_and_sent_from_there_when_somebody_says_so(town: Town) -> None:
    queens = with_a_second_place(town)
    cleo = town.buy("Cleo", (town.lamp, 1))
    assert town.held(cleo) == 1
    receive(town.world, town.store, town.lamp.item_id, queens, 2)
    town.settle_again()
    with town.house.db.read() as tx:
        (lies,) = elsewhere.lies_elsewhere(tx, town.shop_id, cleo.id, town.now())
    assert (lies.lies_at, lies.units, lies.movable) == (queens, 1, True)
    assert town.held(cleo) == 1, "nothing moves by itself"
    elsewhere.serve_elsewhere(town.house, town.shop_id, cleo.id, actor="Mara", now=town.now())
    town.settle()
    (part,) = town.parts(cleo)
    assert (part.location_id, part.status) == (queens, "OPEN")
    assert len(town.mails("Cleo")) == 2, "her lamp is in"
    with town.house.db.read() as tx:
        assert elsewhere.lies_elsewhere(tx, town.shop_id, cleo.id, town.now()) == ()


def test_by_the_shops_setting_it_is_sent_from_there_before_anybody_is_told_to_wait(town: Town) -> None:
    queens = with_a_second_place(town)
    town.set_terms(serve_elsewhere=True)
    cleo = town.buy("Cleo", (town.lamp, 1), settle=False)
    while not (routed := list(town.parts(cleo))):
        town.bring_the_post()
        town.time.passes(0.1)
    assert routed[0].location_id == town.place, "the store has sent it to where nothing lies"
    receive(town.world, town.store, town.lamp.item_id, queens, 2)
    town.settle()
    (part,) = town.parts(cleo)
    assert (part.location_id, part.status) == (queens, "OPEN")
    assert town.mails("Cleo") == []


def five_wait_and_three_lie_elsewhere(town: Town) -> int:
    """Eight are to come to the first warehouse, where five wait; three lie free in Queens."""
    town.install()
    town.manage(town.lamp)
    queens = open_place(town.world, town.store, "Queens", stocks=[town.lamp.item_id])
    receive(town.world, town.store, town.lamp.item_id, queens.id, 3)
    town.settle_again()
    town.order_goods("PO-12", town.lamp, 8, due_in=5, place=town.place)
    town.buy("Lena", (town.lamp, 1))
    town.buy("Anna", (town.lamp, 5), ignore_policy=True)
    return queens.id


def test_what_lies_free_at_one_place_is_sold_as_in_stock_though_more_wait_at_another(town: Town) -> None:
    queens = five_wait_and_three_lie_elsewhere(town)
    said = town.offer(town.lamp)
    assert (said.state, town.lamp.inventory_policy) == ("in_stock", "CONTINUE"), (
        "the store alone counts -2, and sells none"
    )
    assert said.wanted["free"] == 3
    assert [step["units"] for step in said.wanted["steps"]] == [3], "eight come, and five of them are Anna's"
    asked = [quote(town.house, town.shop_id, town.lamp.id, units, town.now()) for units in (3, 4)]
    assert [one.state for one in asked] == [SellingState.IN_STOCK, SellingState.BACKORDER]
    ben = town.buy("Ben", (town.lamp, 2))
    (part,) = town.parts(ben)
    assert (part.location_id, part.status, town.mails("Ben")) == (queens, "OPEN", [])
    assert town.offer(town.lamp).wanted["free"] == 1
    town.buy("Cleo", (town.lamp, 1))
    assert town.offer(town.lamp).state == "backorder"
    assert verify(town.house).holds


@pytest.mark.long
def test_what_lies_elsewhere_is_for_those_who_wait_where_no_more_is_to_come_than_they_wait_for(town: Town) -> None:
    five_wait_and_three_lie_elsewhere(town)
    town.set_terms(inbound_limit_percent=0)
    said = town.offer(town.lamp)
    assert (said.state, town.lamp.inventory_policy) == ("waitlist", "DENY")
    assert said.reason.endswith("3 units on the shelf and free at one location, and more wait at others.")


@pytest.mark.long
def test_where_orders_are_sent_from_what_lies_elsewhere_it_is_not_sold_to_who_comes_next(town: Town) -> None:
    five_wait_and_three_lie_elsewhere(town)
    town.set_terms(serve_elsewhere=True)
    assert town.offer(town.lamp).state == "backorder", "Anna wants five, and goes before"


@pytest.mark.long
def test_a_shop_where_too_many_wait_does_not_close_the_window_over_what_lies_in_the_warehouse(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.set_terms(lead_time_days=12)
    shop = open_place(town.world, town.store, "The shop", fulfills_online=False, stocks=[town.lamp.item_id])
    town.settle_again()
    sell_over_counter(town.world, town.store, [(town.lamp.id, 3)], shop.id)
    town.settle_again()
    assert sellable_online(town.store, town.lamp.item_id) < 0, (
        "to the store, what is owed in the shop is owed everywhere"
    )
    assert (town.offer(town.lamp).state, town.lamp.inventory_policy) == ("in_stock", "CONTINUE")
    ben = town.buy("Ben", (town.lamp, 1))
    assert (town.held(ben), town.mails("Ben")) == (0, [])


@pytest.mark.long
def test_by_the_shops_setting_who_waits_longest_is_sent_from_where_goods_come_in(town: Town) -> None:
    queens = with_a_second_place(town)
    town.set_terms(serve_elsewhere=True)
    anna, ben, cleo = (town.buy(who, (town.lamp, units)) for who, units in (("Anna", 2), ("Ben", 1), ("Cleo", 1)))
    assert [town.held(order) for order in (anna, ben, cleo)] == [2, 1, 1]
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle()
    assert [town.held(order) for order in (anna, ben, cleo)] == [2, 0, 1], "Anna wants two at once"
    assert [part.location_id for part in town.parts(ben)] == [queens]
    assert [len(town.mails(who)) for who in ("Anna", "Ben", "Cleo")] == [1, 2, 1]
    receive(town.world, town.store, town.lamp.item_id, queens, 2)
    town.settle()
    assert [town.held(order) for order in (anna, ben, cleo)] == [0, 0, 1]
    assert verify(town.house).holds


def test_who_waits_already_is_sent_from_elsewhere_when_the_setting_is_switched_on(town: Town) -> None:
    queens = with_a_second_place(town)
    cleo = town.buy("Cleo", (town.lamp, 1))
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle_again()
    assert town.held(cleo) == 1
    town.set_terms(serve_elsewhere=True)
    assert town.held(cleo) == 0


@pytest.mark.long
def test_what_the_store_does_not_let_us_move_is_not_tried_again_and_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    queens = with_a_second_place(town)
    town.set_terms(serve_elsewhere=True)
    cleo = town.buy("Cleo", (town.lamp, 1))
    asked: list[int] = []
    monkeypatch.setattr(Gateway, "may_move", lambda _, number, _to: asked.append(number))
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle()
    town.settle_again()
    assert (town.held(cleo), len(asked)) == (1, 1)


@pytest.mark.long
def test_of_a_long_queue_too_who_waits_longest_is_sent_from_where_goods_come_in(town: Town) -> None:
    queens = with_a_second_place(town)
    town.set_terms(serve_elsewhere=True)
    first = town.buy("Anna", (town.lamp, 1))
    others = [town.buy(f"Buyer{n}", (town.lamp, 1), settle=False) for n in range(DEEP)]
    town.settle()
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle()
    assert town.held(first) == 0
    assert sum(town.held(order) for order in others) == DEEP


def test_who_collects_an_order_here_is_not_sent_to_where_the_goods_lie(town: Town) -> None:
    queens = with_a_second_place(town)
    cleo = town.buy("Cleo", (town.lamp, 1))
    for part in town.parts(cleo):
        part.method = "PICK_UP"
    town.set_terms(serve_elsewhere=True)
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle()
    assert [(part.location_id, part.status) for part in town.parts(cleo)] == [(town.place, "ON_HOLD")]
    assert town.errors() == []


@pytest.mark.long
def test_whoever_sends_what_its_buyer_collects_from_elsewhere_reads_why_it_stays(town: Town) -> None:
    queens = with_a_second_place(town)
    cleo = town.buy("Cleo", (town.lamp, 1))
    for part in town.parts(cleo):
        part.method = "PICK_UP"
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle_again()
    with pytest.raises(Refused, match="its buyer collects it"):
        elsewhere.serve_elsewhere(town.house, town.shop_id, cleo.id, actor="Mara", now=town.now())
    town.settle()
    assert [(part.location_id, part.status) for part in town.parts(cleo)] == [(town.place, "ON_HOLD")]


@pytest.mark.long
def test_whoever_sends_half_of_what_is_held_from_elsewhere_reads_why_it_stays(town: Town) -> None:
    queens = with_a_second_place(town)
    town.manage(town.chair)
    town.set_terms(mixed_orders="together")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 99), ignore_policy=True)
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle_again()
    with pytest.raises(Refused, match="on hold together with what does not lie there"):
        elsewhere.serve_elsewhere(town.house, town.shop_id, cleo.id, actor="Mara", now=town.now())


def test_what_waits_at_a_service_is_not_offered_to_be_sent_from_elsewhere(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.set_terms(lead_time_days=12)
    service = open_place(town.world, town.store, "Ship4You", is_service=True, stocks=[town.lamp.item_id])
    town.settle_again()
    town.buy("Lena", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1))
    move(town.world, town.store, next(iter(town.parts(anna))).id, service.id)
    town.settle()
    town.count_in(town.lamp, 1)
    with town.house.db.read() as tx:
        assert elsewhere.lies_elsewhere(tx, town.shop_id, anna.id, town.now()) == ()
    with pytest.raises(Refused):
        elsewhere.serve_elsewhere(town.house, town.shop_id, anna.id, actor="Mara", now=town.now())


@pytest.mark.long
def test_of_thirty_locations_too_the_one_is_asked_about_where_the_goods_lie(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.set_terms(lead_time_days=12, serve_elsewhere=True)
    places = [open_place(town.world, town.store, f"Shop {n}", stocks=[town.lamp.item_id]) for n in range(30)]
    town.settle_again()
    town.buy("Lena", (town.lamp, 1))
    cleo = town.buy("Cleo", (town.lamp, 1))
    receive(town.world, town.store, town.lamp.item_id, places[-1].id, 1)
    town.settle()
    assert [(part.location_id, part.status) for part in town.parts(cleo)] == [(places[-1].id, "OPEN")]


@pytest.mark.long
def test_what_cannot_be_sent_from_elsewhere_leaves_it_to_who_stands_behind(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    queens = with_a_second_place(town)
    town.set_terms(serve_elsewhere=True)
    anna, ben, cleo = (town.buy(who, (town.lamp, 1)) for who in ("Anna", "Ben", "Cleo"))
    right = Gateway.may_move

    def only_now(self: Gateway, *args: int) -> bool:
        if anna.cancelled_at is None:  # while we are about it
            cancel_order(town.world, town.store, anna.id)
        return right(self, *args) and args[0] not in {part.id for part in town.parts(ben)}

    monkeypatch.setattr(Gateway, "may_move", only_now)
    receive(town.world, town.store, town.lamp.item_id, queens, 1)
    town.settle()
    assert [town.held(order) for order in (ben, cleo)] == [1, 0], "the store does not send Ben's from there"
    assert verify(town.house).holds
