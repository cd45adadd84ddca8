"""What becomes of orders after they were placed, and by what ways they come: the queue lives through all of it."""

from collections.abc import Callable
from functools import partial

import pytest

from backorder import believe
from backorder.db import levels, shops
from backorder.db.levels import Level
from backorder.db.shops import Shop
from backorder.rules.unserved import in_one_sentence
from backorder.store.gateway import Gateway
from backorder.unserved import unserved
from backorder.verify import verify
from devstore import requesting
from devstore.cancel import cancel_order
from devstore.counter import sell_over_counter, sell_to_send
from devstore.drafts import complete_draft, write_draft
from devstore.editing import add_units, remove_units
from devstore.fulfilment import cancel_fulfilment, ship, split
from devstore.merging import merge
from devstore.model import Customer, Location, Order
from devstore.moving import move
from devstore.places import open_place
from devstore.refunding import Back, refund
from devstore.returning import dispose, open_return
from devstore.stock import receive, set_aside
from plugin.shown import orders
from tests.stories.town import Town


def quiet(town: Town) -> None:
    """Everybody does what they have to, and Mara believes every count that the app asks about."""
    town.settle()
    while aside := _aside(town):
        for level in aside:
            place = (level.item_id, level.location_id)
            believe.release(town.house, town.shop_id, *place, level.aside.units, actor="Mara", now=town.now())
        town.settle()


def _aside(town: Town) -> tuple[Level, ...]:
    with town.house.db.read() as tx:
        return tuple(levels.with_aside(tx, town.shop_id))


def count_in(town: Town, units: int) -> None:
    receive(town.world, town.store, town.lamp.item_id, town.place, units)
    quiet(town)


class Lives:
    """A town whose last lamp is sold to Lena and not shipped yet; forty are on order."""

    def __init__(self, town: Town) -> None:
        self.town = town
        town.install()
        town.manage(town.lamp)
        self.line = town.order_goods("PO-12", town.lamp, 40, due_in=5)
        self.lena = town.buy("Lena", (town.lamp, 1))

    def then(self, what: Callable[..., object], *args: object, **more: object) -> object:
        """Something happens in the store, and everybody hears of it."""
        town = self.town
        found = what(town.world, town.store, *args, **more)
        quiet(town)
        return found

    def wants(self, who: str, units: int, **more: object) -> Order:
        return self.town.buy(who, (self.town.lamp, units), **more)

    def held(self, *orders: Order) -> list[int]:
        return [self.town.held(order) for order in orders]

    def open_place(self, name: str, **more: object) -> Location:
        place = self.then(open_place, name, stocks=[self.town.lamp.item_id], **more)
        assert isinstance(place, Location)
        return place

    def receive_at(self, place: Location, units: int) -> None:
        self.then(receive, self.town.lamp.item_id, place.id, units)

    @property
    def available(self) -> int:
        return self.town.level(self.town.lamp).available


@pytest.fixture
def lives(town: Town) -> Lives:
    return Lives(town)


def shop_of(town: Town) -> Shop:
    with town.house.db.read() as tx:
        return shops.one(tx, town.shop_id)


def line_of(order: Order) -> int:
    return order.line_items[0].id


def test_lowering_an_order_at_minus_four_frees_no_unit_that_is_not_there(lives: Lives) -> None:
    town, anna, ben = lives.town, lives.wants("Anna", 3), lives.wants("Ben", 1)
    assert (lives.available, lives.held(anna, ben)) == (-4, [3, 1])
    lives.then(remove_units, anna.id, line_of(anna), 2)
    assert (lives.available, lives.held(anna, ben)) == (-2, [1, 1])
    assert town.journal("hold released", anna) + town.journal("hold released", ben) == 0
    count_in(town, 1)
    assert lives.held(anna, ben) == [0, 1]
    assert verify(town.house).holds


def test_an_edit_down_takes_the_youngest_units_first(lives: Lives) -> None:
    town, anna = lives.town, lives.wants("Anna", 1)
    ben = lives.wants("Ben", 1)
    town.time.passes(5)
    lives.then(add_units, anna.id, line_of(anna), 1)
    lives.then(remove_units, anna.id, line_of(anna), 1)
    count_in(town, 1)
    assert lives.held(anna, ben) == [0, 1], "the unit that Anna has left is the one she bought first"
    count_in(town, 1)
    assert lives.held(anna, ben) == [0, 0]


def test_a_refund_with_restock_moves_others_up_and_one_without_leaves_a_hole(lives: Lives) -> None:
    town, anna, ben, cleo = lives.town, *(lives.wants(who, 1) for who in ("Anna", "Ben", "Cleo"))
    lives.then(refund, anna.id, [Back(line_of(anna), 1, "CANCEL")])
    count_in(town, 1)
    assert lives.held(ben, cleo) == [0, 1]
    dora = lives.wants("Dora", 1)
    lives.then(refund, cleo.id, [Back(line_of(cleo), 1, "NO_RESTOCK")])
    count_in(town, 1)
    assert lives.held(dora) == [1], "the unit fills the hole that the store made"
    count_in(town, 1)
    assert lives.held(dora) == [0]
    assert verify(town.house).holds


@pytest.mark.long
def test_an_order_of_which_what_waited_is_refunded_says_no_more_that_it_waits(lives: Lives) -> None:
    town = lives.town
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    assert "backorder" in town.store.orders[anna.id].tags
    lives.then(refund, anna.id, [Back(line_of(anna), 1, "CANCEL")])
    assert "backorder" not in town.store.orders[anna.id].tags
    assert (town.held(anna), town.shippable(anna)) == (0, 1)


def test_an_order_that_is_cancelled_while_it_is_let_go_gets_no_letter_and_the_next_is_served(
    lives: Lives, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, anna, ben = lives.town, lives.wants("Anna", 1), lives.wants("Ben", 1)
    right = Gateway.release

    def too_late(self: Gateway, *args: object) -> object:
        monkeypatch.setattr(Gateway, "release", right)
        cancel_order(town.world, town.store, anna.id)
        return right(self, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(Gateway, "release", too_late)
    count_in(town, 1)
    assert lives.held(ben) == [0]
    assert [len(town.mails(who)) for who in ("Anna", "Ben")] == [1, 2]
    assert town.errors() == []


def test_two_restocks_at_once_serve_two_and_no_more(lives: Lives) -> None:
    town, anna, ben, cleo = lives.town, *(lives.wants(who, 1) for who in ("Anna", "Ben", "Cleo"))
    for _ in range(2):
        receive(town.world, town.store, town.lamp.item_id, town.place, 1)
    quiet(town)
    assert lives.held(anna, ben, cleo) == [0, 0, 1]
    assert [len(town.mails(who)) for who in ("Anna", "Ben", "Cleo")] == [2, 2, 1]


@pytest.mark.long
def test_what_is_shipped_in_part_by_hand_leaves_the_rest_waiting(lives: Lives) -> None:
    town = lives.town
    count_in(town, 2)
    anna, ben = lives.wants("Anna", 5, ignore_policy=True), lives.wants("Ben", 1)
    (part,) = [part for part in town.parts(anna) if not part.holds]
    lives.then(ship, part.id, {part.lines[0].id: 1})
    assert (lives.held(anna, ben), town.shippable(anna)) == ([3, 1], 0)
    parcel = anna.fulfillments[0]
    count_in(town, 3)
    assert lives.held(anna, ben) == [0, 1]
    lives.then(cancel_fulfilment, parcel.id)
    assert lives.held(anna, ben) == [0, 1], "what came back with the parcel is Anna's still"
    assert verify(town.house).holds


@pytest.mark.long
def test_what_came_back_with_a_parcel_is_its_buyers_also_against_who_came_before(lives: Lives) -> None:
    town = lives.town
    count_in(town, 1)
    ben = lives.wants("Ben", 1)
    lives.then(ship, next(iter(town.parts(ben))).id)
    town.correct_count(town.lamp, -1)
    assert lives.held(lives.lena) == [1], "her lamp is gone"
    lives.then(cancel_fulfilment, ben.fulfillments[0].id)
    assert (lives.held(lives.lena, ben), town.shippable(ben)) == ([1, 0], 1)


@pytest.mark.long
def test_what_is_sent_back_serves_who_waits_where_it_is_put_on_the_shelf(lives: Lives) -> None:
    town = lives.town
    queens = lives.open_place("Queens")
    lives.then(ship, next(iter(town.parts(lives.lena))).id)
    anna, ben = lives.wants("Anna", 1), lives.wants("Ben", 1)
    made = lives.then(open_return, lives.lena.id, [(line_of(lives.lena), 1)])
    assert lives.held(anna, ben) == [1, 1], "nothing is on a shelf yet"
    lives.then(dispose, made.lines[0].id, 1, location_id=queens.id)  # type: ignore[attr-defined]
    assert lives.held(anna, ben) == [1, 1], "it stands elsewhere"
    lives.receive_at(queens, 1)
    count_in(town, 1)
    assert lives.held(anna, ben) == [0, 1]


def test_an_order_that_moves_waits_where_it_is_now(lives: Lives) -> None:
    town = lives.town
    queens = lives.open_place("Queens")
    anna, ben = lives.wants("Anna", 2), lives.wants("Ben", 1)
    lives.then(move, next(iter(town.parts(anna))).id, queens.id)
    assert lives.held(anna, ben) == [2, 1]
    count_in(town, 1)
    assert lives.held(anna, ben) == [2, 0], "what comes to Brooklyn is for those who wait there"
    lives.receive_at(queens, 2)
    assert lives.held(anna) == [0]
    told = [subject.partition(":")[0] for subject in town.mails("Anna")]
    assert told == ["Please read", "Your ship date has changed", "Your items are in"], (
        "nothing was on its way to Queens"
    )
    assert verify(town.house).holds


@pytest.mark.long
def test_units_that_move_without_their_hold_are_held_again_and_counted_once(lives: Lives) -> None:
    town = lives.town
    queens = lives.open_place("Queens")
    anna = lives.wants("Anna", 3)
    (part,) = town.parts(anna)
    lives.then(move, part.id, queens.id, [(part.lines[0].id, 1)])
    assert (lives.held(anna), town.shippable(anna)) == ([3], 0)
    lives.receive_at(queens, 1)
    assert lives.held(anna) == [2]
    count_in(town, 2)
    assert lives.held(anna) == [0]


@pytest.mark.long
def test_what_was_let_go_stays_let_go_over_split_and_merge(lives: Lives) -> None:
    town = lives.town
    anna, ben = lives.wants("Anna", 3), lives.wants("Ben", 1)
    count_in(town, 3)
    (part,) = town.parts(anna)
    rest = lives.then(split, part.id, [(part.lines[0].id, 1)]).remaining  # type: ignore[attr-defined]
    assert (town.kept(anna), town.shippable(anna)) == (3, 3)
    lives.then(merge, [rest.id, part.id])
    assert (town.kept(anna), town.shippable(anna), lives.held(ben)) == (3, 3, [1])


@pytest.mark.long
def test_kept_units_follow_their_line_when_they_move(lives: Lives) -> None:
    town = lives.town
    anna = lives.wants("Anna", 2)
    count_in(town, 2)
    assert lives.held(anna) == [0]
    queens = lives.open_place("Queens", fulfills_online=False)
    lives.then(move, next(iter(town.parts(anna))).id, queens.id)
    assert (lives.held(anna), town.shippable(anna)) == ([0], 2)
    ben = lives.wants("Ben", 2, ignore_policy=True)
    assert lives.held(ben) == [0], "Brooklyn has two that nobody has spoken for"


def test_staff_who_release_what_we_held_are_not_argued_with_however_it_changes(lives: Lives) -> None:
    town, anna = lives.town, lives.wants("Anna", 2)
    town.staff_release(anna)
    (part,) = town.parts(anna)
    lives.then(split, part.id, [(part.lines[0].id, 1)])
    town.settle_again()
    assert (lives.held(anna), town.shippable(anna), town.journal("hold placed", anna)) == ([0], 2, 1)


def at_a_service(lives: Lives) -> tuple[Location, Order]:
    """Anna's order goes to a service that grabs it at once, before anybody can hold it."""
    town = lives.town
    service = lives.open_place("Ship4You", is_service=True)
    anna = lives.wants("Anna", 2, settle=False)
    town.world.background.run_due()
    part = move(town.world, town.store, next(iter(town.parts(anna))).id, service.id).moved
    requesting.submit(town.world, town.store, part.id)
    requesting.accept(town.world, town.store, part.id)
    town.settle()
    return service, anna


def test_a_warehouse_of_others_ships_early_and_nothing_is_argued_about(lives: Lives) -> None:
    town = lives.town
    service, anna = at_a_service(lives)
    ben = lives.wants("Ben", 1)
    assert (lives.held(anna, ben), town.given(anna)) == ([0, 1], 2)
    lives.then(ship, list(town.parts(anna))[-1].id, by="service")
    assert town.store.levels[town.lamp.item_id, service.id].on_hand == -2
    count_in(town, 1)
    assert lives.held(ben) == [0], "what the service owes is not Brooklyn's"
    assert verify(town.house).holds


@pytest.mark.long
def test_what_a_service_rejects_or_gives_back_is_held_like_any_other(lives: Lives) -> None:
    town = lives.town
    service, anna = at_a_service(lives)
    part = list(town.parts(anna))[-1]
    lives.then(requesting.ask_back, part.id)
    assert lives.held(anna) == [0]
    lives.then(requesting.give_back, part.id)
    assert lives.held(anna) == [2]
    lives.receive_at(service, 2)
    assert lives.held(anna) == [0]
    ben = lives.wants("Ben", 1, settle=False)
    town.world.background.run_due()
    moved = move(town.world, town.store, next(iter(town.parts(ben))).id, service.id).moved
    requesting.submit(town.world, town.store, moved.id)
    town.settle()
    assert lives.held(ben) == [0]
    lives.then(requesting.reject, moved.id)
    assert lives.held(ben) == [1]


def test_every_channel_enters_one_queue_by_its_lines(lives: Lives) -> None:
    town = lives.town
    buyers = {who: Customer(0, f"{who.lower()}@example.com", who) for who in ("Anna", "Ben", "Cleo")}
    anna = lives.then(sell_to_send, [(town.lamp.id, 1)], buyers["Anna"])
    draft = write_draft(town.world, town.store, [(town.lamp.id, 1)], buyers["Ben"])
    cleo = lives.wants("Cleo", 1)
    ben = lives.then(complete_draft, draft.id)
    orders = [anna, ben, cleo]
    assert lives.held(*orders) == [1, 1, 1]  # type: ignore[arg-type]
    count_in(town, 2)
    assert lives.held(*orders) == [0, 1, 0], "a draft is no order before it is completed"  # type: ignore[arg-type]
    assert [len(town.mails(who)) for who in buyers] == [2, 1, 2]


@pytest.mark.long
def test_what_a_draft_set_aside_is_nobodys_until_it_is_an_order(lives: Lives) -> None:
    town = lives.town
    count_in(town, 2)
    buyer = Customer(0, "anna@example.com", "Anna")
    draft = write_draft(town.world, town.store, [(town.lamp.id, 2)], buyer, reserve=True)
    town.settle()
    ben = lives.wants("Ben", 1)
    assert lives.held(ben) == [1], "what is set aside is not for sale"
    anna = lives.then(complete_draft, draft.id)
    assert isinstance(anna, Order)
    assert lives.held(anna, ben) == [0, 1], "she is born keeping what staff set aside for her, though Ben came before"
    assert (town.kept(anna), town.mails("Anna")) == (2, [])
    assert verify(town.house).holds


@pytest.mark.long
def test_what_can_ship_again_goes_to_who_waited_longest_and_not_to_whose_order_was_a_draft_without_anything_aside(
    lives: Lives,
) -> None:
    town = lives.town
    count_in(town, 1)
    set_aside(town.world, town.store, town.lamp.item_id, town.place, "damaged", 1)
    town.settle()
    anna = lives.wants("Anna", 1, ignore_policy=True)
    draft = write_draft(town.world, town.store, [(town.lamp.id, 1)], Customer(0, "b@example.com", "Ben"))
    ben = lives.then(complete_draft, draft.id)
    assert isinstance(ben, Order)
    assert lives.held(anna, ben) == [1, 1]
    lives.then(set_aside, town.lamp.item_id, town.place, "damaged", -1)
    assert lives.held(anna, ben) == [0, 1], "the damaged lamp is repaired"
    assert verify(town.house).holds


@pytest.mark.long
def test_news_of_a_draft_that_became_an_order_may_come_after_its_units_were_seen(lives: Lives) -> None:
    town = lives.town
    count_in(town, 2)
    draft = write_draft(town.world, town.store, [(town.lamp.id, 2)], Customer(0, "a@example.com", "Anna"), reserve=True)
    ben = lives.wants("Ben", 1, ignore_policy=True)
    anna = complete_draft(town.world, town.store, draft.id)
    town.post = lambda taken: [each for each in taken if not each.topic.startswith(("orders/", "fulfillment_orders/"))]
    town.world.background.run_due()
    town.look_for(1)
    town.post = list
    town.settle_again()
    assert lives.held(anna, ben) == [0, 1]
    assert verify(town.house).holds


@pytest.mark.long
def test_an_order_that_a_subscription_made_is_left_alone_and_its_units_with_it(lives: Lives) -> None:
    town = lives.town
    sub = lives.wants("Sue", 1, source_name="subscription_contract")
    anna = lives.wants("Anna", 1)
    assert (lives.held(sub, anna), town.mails("Sue")) == ([0, 1], [])
    count_in(town, 1)
    assert lives.held(anna) == [1], "the unit may be shipped to Sue any moment"
    count_in(town, 1)
    assert (lives.held(anna), town.journal("hold placed", sub)) == ([0], 0)
    shown = orders.one(town.house, shop_of(town), sub.id, town.now())
    assert shown is not None
    assert shown.left_alone
    assert shown.left_alone.startswith("Left alone: a subscription")
    lives.wants("Ben", 1)
    with town.house.db.read() as tx:
        (queue,) = unserved(tx, town.shop_id, town.lamp.item_id, town.now())
    said = "1 unit is left to orders that a subscription made, whose app decides when they ship."
    assert said in in_one_sentence(queue.reasons)


@pytest.mark.long
def test_the_first_purchase_of_a_subscription_waits_and_is_promised_like_any_other_and_its_renewals_do_not(
    lives: Lives,
) -> None:
    """The buyer was there, saw a date and may cancel: the law exempts what follows the first shipment, and not that one."""
    town = lives.town
    first = lives.wants("Sue", 1)
    renewal = lives.wants("Sue", 1, source_name="subscription_contract_checkout_one")
    assert (lives.held(first, renewal), len(town.mails("Sue"))) == ([1, 0], 1)
    assert [promise.order_id for promise in town.promises("Sue")] == [first.id]
    count_in(town, 1)
    assert lives.held(first) == [1], "the unit may leave with the renewal any moment"
    count_in(town, 1)
    assert lives.held(first) == [0]
    assert verify(town.house).holds


@pytest.mark.long
def test_what_is_sold_over_the_counter_is_taken_from_who_was_served_last(lives: Lives) -> None:
    town, anna = lives.town, lives.wants("Anna", 1)
    lives.then(sell_over_counter, [(town.lamp.id, 1)], town.place)
    count_in(town, 1)
    assert lives.held(anna) == [1], "Lena's lamp was carried out of the shop; the new one is hers"
    count_in(town, 1)
    assert lives.held(anna) == [0]


@pytest.mark.long
def test_orders_from_before_the_install_wait_in_their_old_order(town: Town) -> None:
    early = partial(town.buy, settle=False, ignore_policy=True)
    anna, ben = early("Anna", (town.lamp, 2)), early("Ben", (town.lamp, 1))
    town.days_pass(1)
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    cleo = town.buy("Cleo", (town.lamp, 1))
    assert [town.held(order) for order in (anna, ben, cleo)] == [1, 1, 1]
    count_in(town, 1)
    assert [town.held(order) for order in (anna, ben, cleo)] == [0, 1, 1]
    count_in(town, 1)
    assert [town.held(order) for order in (anna, ben, cleo)] == [0, 0, 1]
