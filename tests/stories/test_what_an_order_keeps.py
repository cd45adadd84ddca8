"""What an order keeps of the shelf, and for how long: against lost stock, against holds of others, and how often we hold again."""

import pytest

from backorder import by_hand
from backorder.by_hand import TAKE_BACK, Deed
from backorder.db import shops
from backorder.give_way import give_way
from backorder.verify import verify
from devstore.catalogue import set_tracked
from devstore.editing import add_units, remove_units
from devstore.fulfilment import release, ship
from devstore.model import FulfillmentOrder, Order
from plugin.shown import exceptions
from plugin.shown.exceptions import Exceptions
from tests.stories.town import Town

A_QUARTER_OF_AN_HOUR = 15 / 1440  # of a day


def needs(town: Town) -> Exceptions:
    """What waits for Mara."""
    with town.house.db.read() as tx:
        shop = shops.one(tx, town.shop_id)
    return exceptions.of_shop(town.house, shop, town.now())


def lose(town: Town, units: int) -> None:
    """So many chairs turn out not to be there."""
    town.correct_count(town.chair, town.level(town.chair).available - units)


def lines_of(order: Order) -> list[int]:
    return [line.id for line in order.line_items]


def test_what_was_open_for_a_quarter_of_an_hour_is_taken_by_nobody_but_a_person_who_is_told_whom_to_take_it_from(
    town_on_both: Town,
) -> None:
    town = town_on_both
    town.install()
    town.manage(town.chair)
    town.order_goods("PO-9", town.chair, 20, due_in=20)
    lena, mia = town.buy("Lena", (town.chair, 2)), town.buy("Mia", (town.chair, 3))
    town.days_pass(A_QUARTER_OF_AN_HOUR)
    nora = town.buy("Nora", (town.chair, 1))
    lose(town, 8)
    # Twelve were there, and four are: Nora's may not be picked yet, Mia's may be.
    assert [town.held(order) for order in (lena, mia, nora)] == [0, 0, 1]
    assert (town.kept(lena), town.kept(mia), town.mails("Mia")) == (2, 3, [])
    (short,) = needs(town).short
    assert (short.title, short.units) == ("Oak chair", 1)
    assert [(one.order_name, one.units) for one in short.newest] == [(mia.name, 3), (lena.name, 2)]
    assert verify(town.house).holds
    deed = Deed(short.newest[0].line_id, TAKE_BACK, "not picked yet")
    by_hand.do(town.house, town.shop_id, deed, actor="Mara", now=town.now())
    town.settle()
    assert (town.given(mia), needs(town).short) == (2, ())
    assert town.held(mia) > 0
    assert [subject.partition(":")[0] for subject in town.mails("Mia")] == ["We are sorry"]
    assert verify(town.house).holds


def test_an_order_that_the_store_has_committed_nothing_to_keeps_nobody_from_hearing_of_a_loss(town: Town) -> None:
    town.install()
    town.manage(town.chair)
    town.order_goods("PO-9", town.chair, 20, due_in=20)
    # Cleo's came while nobody counted chairs: it is open, and the store has set nothing aside for it.
    set_tracked(town.world, town.store, town.chair.item_id, tracked=False)
    town.settle()
    cleo = town.buy("Cleo", (town.chair, 1))
    set_tracked(town.world, town.store, town.chair.item_id, tracked=True)
    town.settle()
    mia = town.buy("Mia", (town.chair, 3))
    lose(town, 9)
    assert [town.given(order) for order in (cleo, mia)] == [1, 2], "three are there: whoever came last waits"
    assert (town.held(mia), town.shippable(mia)) == (1, 2)
    assert [subject.partition(":")[0] for subject in town.mails("Mia")] == ["We are sorry"]
    assert verify(town.house).holds


def test_what_a_letter_calls_in_stock_is_its_buyers_from_then_on(town: Town) -> None:
    town.install()
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    town.buy("Lena", (town.lamp, 1))
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert len(town.mails("Cleo")) == 1, "her lamp waits, and her chair is in stock: so she reads"
    assert town.kept(cleo) == 1
    lose(town, 12)
    assert (town.held(cleo), town.shippable(cleo)) == (1, 1)
    assert [short.title for short in needs(town).short] == ["Oak chair"]
    assert verify(town.house).holds


def two_of_which_one_is_there(town: Town) -> Order:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    lena = town.buy("Lena", (town.lamp, 1))
    town.edit(lena, add=1)
    return lena


def part_in_stock(town: Town, order: Order) -> FulfillmentOrder:
    (part,) = (part for part in town.parts(order) if part.remaining and not part.holds)
    return part


@pytest.mark.long
def test_when_what_was_in_stock_ships_the_rest_of_its_line_waits_on_and_nobody_is_told_that_it_is_in(
    town_on_both: Town,
) -> None:
    town = town_on_both
    lena = two_of_which_one_is_there(town)
    assert (town.kept(lena), town.held(lena), len(town.mails("Lena"))) == (1, 1, 1), "one lamp is there, she reads"
    town.ship(part_in_stock(town, lena))
    assert (town.given(lena), town.kept(lena), town.held(lena)) == (0, 0, 1)
    assert (town.journal("hold released", lena), len(town.mails("Lena"))) == (0, 1)
    town.count_in(town.lamp, 2)
    assert (town.held(lena), len(town.mails("Lena"))) == (0, 2)
    assert verify(town.house).holds


@pytest.mark.long
def test_a_unit_added_while_another_ships_is_not_there_because_the_other_was(town: Town) -> None:
    lena = two_of_which_one_is_there(town)
    ship(town.world, town.store, part_in_stock(town, lena).id)
    town.edit(lena, add=1)
    assert (town.given(lena), town.kept(lena), town.held(lena), town.shippable(lena)) == (0, 0, 2, 0)
    assert verify(town.house).holds


def test_an_order_that_a_fraud_check_holds_keeps_its_turn_for_two_days_and_gets_it_back_when_the_check_ends(
    town: Town,
) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    town.buy("Lena", (town.lamp, 1))
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 1))
    town.hold_by_another_app(anna)
    town.count_in(town.lamp, 1)
    assert (town.given(anna), town.held(anna), town.held(ben)) == (1, 1, 1), "set aside for her, and not let go"
    town.days_pass(1.9)
    assert give_way(town.house, town.now()) == 0
    town.days_pass(0.2)
    assert give_way(town.house, town.now()) == 1
    town.settle()
    assert (town.given(anna), town.held(ben)) == (0, 0)
    town.settle_again()
    assert give_way(town.house, town.now()) == 0
    cleo = town.buy("Cleo", (town.lamp, 1))
    for part in town.parts(anna):
        theirs = [hold.id for hold in part.holds if hold.handle == "fraud"]
        release(town.world, town.store, part.id, theirs, app_id=99)
    town.settle()
    assert town.held(anna) == 1, "our own hold is still on it"
    town.count_in(town.lamp, 1)
    assert (town.held(anna), town.held(cleo)) == (0, 1), "she came before Cleo, and nobody holds her now"
    assert verify(town.house).holds


@pytest.mark.long
def test_a_hold_that_others_undo_is_placed_again_twice_a_day_and_then_a_person_is_asked(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    town.buy("Lena", (town.lamp, 1))
    anna = town.buy("Anna", (town.lamp, 1))
    (line_id,) = lines_of(anna)
    again = []
    for _ in range(3):
        # Somebody's tool takes the lamp out of the order and puts it in again, and the hold is gone with its fulfillment order.
        town.time.passes(5)
        remove_units(town.world, town.store, anna.id, line_id, 1)
        add_units(town.world, town.store, anna.id, line_id, 1)
        town.settle()
        again.append((town.held(anna), town.journal("hold placed", anna)))
    assert again == [(1, 2), (1, 3), (0, 3)]
    for _ in range(12):  # it is tried for a while whether the order has come to rest
        town.time.passes(900)
        town.settle()
    assert ["lost our hold three times in a day" in error for error in town.errors()] == [True]
    town.days_pass(1)
    town.settle_again()
    assert (town.held(anna), town.journal("hold placed", anna)) == (1, 4), "another day"
