"""Who is served, when the shelf, the supplier and the customers do what they do."""

from datetime import timedelta

import pytest

from backorder.verify import verify
from devstore.fulfilment import release
from tests.stories.town import Town


def open_for_backorders(town: Town, units: int = 40, due_in: int = 12) -> int:
    """The last lamp is sold, and more are on order; the purchase order line."""
    town.install()
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, units, due_in=due_in)
    town.buy("Lena", (town.lamp, 1))
    return line


def test_the_warehouse_may_count_before_the_merchant_books_in(town: Town) -> None:
    line = open_for_backorders(town, due_in=5)
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 2))
    cleo = town.buy("Cleo", (town.lamp, 1))
    town.count_in(town.lamp, 3)
    assert [town.held(order) for order in (anna, ben, cleo)] == [0, 0, 1]
    assert town.left_to_sell() == 36
    town.book_in(line, 3)
    assert [town.held(order) for order in (anna, ben, cleo)] == [0, 0, 1]
    assert town.left_to_sell() == 36
    assert [len(town.mails(who)) for who in ("Anna", "Ben", "Cleo")] == [2, 2, 1]


@pytest.mark.long
def test_one_lamp_for_a_buyer_of_two_waits_until_the_second_comes(town: Town) -> None:
    line = open_for_backorders(town, due_in=5)
    ben, anna = town.buy("Ben", (town.lamp, 2)), town.buy("Anna", (town.lamp, 1))
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    # The first lamp is Ben's, who is first, and a hold is released only when all under it is covered.
    assert (town.held(ben), town.held(anna)) == (2, 1)
    assert town.given(ben) == 1
    town.count_in(town.lamp, 1)
    assert (town.held(ben), town.held(anna)) == (0, 1)


def test_a_cancelled_order_frees_its_place_and_the_next_moves_up(town: Town) -> None:
    line = open_for_backorders(town)
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 1))
    town.cancel(anna)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(ben) == 0
    assert town.mails("Anna") == town.mails("Anna")[:1]
    assert len(town.mails("Ben")) == 2
    assert verify(town.house).holds


def test_a_supplier_who_slips_is_one_letter_to_each_who_waits(town: Town) -> None:
    line = open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    town.change_due(line, town.today() + timedelta(days=30))
    assert len(town.mails("Anna")) == 2
    town.change_due(line, town.today() + timedelta(days=20))
    # The better date is silent: what was told stands, the projection moves.
    assert len(town.mails("Anna")) == 2
    history = town.promises("Anna")
    assert [p.version for p in history] == [1, 2]
    assert history[1].previous == history[0].ship_by
    assert history[1].reason
    assert all(p.told_at for p in history)


@pytest.mark.long
def test_a_slip_that_is_taken_back_at_once_is_told_to_nobody(town: Town) -> None:
    line = open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    due = town.today() + timedelta(days=12)
    town.change_due(line, due + timedelta(days=30), settle=False)
    town.change_due(line, due)
    assert len(town.mails("Anna")) == 1
    assert [p.ship_by for p in town.promises("Anna")][-1] == town.promises("Anna")[0].ship_by


def test_when_all_that_is_to_come_is_sold_the_variant_stops_selling(town: Town) -> None:
    open_for_backorders(town, units=3)
    town.buy("Anna", (town.lamp, 2))
    assert town.lamp.inventory_policy == "CONTINUE"
    ben = town.buy("Ben", (town.lamp, 1))
    assert town.lamp.inventory_policy == "DENY"
    assert town.offer(town.lamp).state == "waitlist"
    town.cancel(ben)
    assert town.lamp.inventory_policy == "DENY", "who cancels at the limit does not make the shop flicker"
    town.days_pass(1)
    town.settle_again()
    assert town.lamp.inventory_policy == "CONTINUE"


def test_shipping_an_order_changes_nothing_for_the_others(town: Town) -> None:
    line = open_for_backorders(town)
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 1))
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    for order in town.store.orders.values():
        for part in town.parts(order):
            if part.status == "OPEN":
                town.ship(part)
    assert town.held(anna) == 0
    assert town.held(ben) == 1
    assert town.level(town.lamp).on_hand == 0
    assert town.left_to_sell() == 38
    assert len(town.mails("Ben")) == 1
    assert verify(town.house).holds


def test_an_order_that_is_not_paid_waits_behind_all_who_paid(town: Town) -> None:
    line = open_for_backorders(town)
    nora = town.buy("Nora", (town.lamp, 1), financial_status="PENDING")
    anna = town.buy("Anna", (town.lamp, 1))
    assert town.held(nora) == 1
    assert town.mails("Nora") == []
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert (town.held(nora), town.held(anna)) == (1, 0)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(nora) == 1
    town.pay(nora)
    assert town.held(nora) == 0


def test_what_staff_released_is_kept_and_not_held_again(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.staff_release(anna)
    assert town.held(anna) == 0
    assert town.shippable(anna) == 1
    assert town.kept(anna) == 1


@pytest.mark.long
def test_what_staff_released_part_by_part_is_kept_whole(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 2))
    town.staff_release(anna)
    town.edit(anna, add=1)
    assert (town.shippable(anna), town.held(anna)) == (2, 1)
    town.staff_release(anna)
    assert (town.shippable(anna), town.held(anna)) == (3, 0)
    assert town.kept(anna) == 3


def test_a_hold_of_another_app_stays_and_ours_goes_and_its_buyer_hears_of_it_when_theirs_has_ended(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.hold_by_another_app(anna)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    (part,) = town.parts(anna)
    assert (town.given(anna), len(part.holds), len(town.mails("Anna"))) == (1, 2, 1), "set aside for her, not let go"
    release(town.world, town.store, part.id, [hold.id for hold in part.holds if hold.app_id == 99], app_id=99)
    town.settle()
    assert (town.held(anna), len(town.mails("Anna"))) == (0, 2)


def test_a_test_order_gets_no_letters(town: Town) -> None:
    open_for_backorders(town)
    town.buy("Tess", (town.lamp, 1), test=True)
    assert town.mails("Tess") == []


def test_a_lead_time_gives_a_date_where_nothing_is_on_order(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.choose(town.lamp, lead_time_days=20)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"
    town.buy("Anna", (town.lamp, 1))
    promise = town.promises("Anna")[0]
    assert promise.basis == "lead_time"
    assert promise.ship_by >= town.today() + timedelta(days=20)
    town.days_pass(3)
    town.settle_again()
    assert len(town.promises("Anna")) == 1


def test_without_supply_date_or_lead_time_nothing_is_sold_beyond_stock(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "DENY"
    assert town.offer(town.lamp).state == "waitlist"
    assert "nothing is on order" in town.offer(town.lamp).reason


def test_goods_the_app_does_not_manage_are_never_touched(town: Town) -> None:
    town.install()
    town.order_goods("PO-1", town.lamp, 40, due_in=12)
    town.set_policy(town.lamp, "CONTINUE")
    anna = town.buy("Anna", (town.lamp, 5))
    assert town.held(anna) == 0
    assert town.mails("Anna") == []
    assert town.lamp.inventory_policy == "CONTINUE"


@pytest.mark.long
def test_an_order_too_old_for_the_store_to_show_us_is_still_served(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.days_pass(75)
    town.settle_again()
    assert town.held(anna) == 1
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(anna) == 0
    waits, late, arrived = town.mails("Anna")
    assert ("backorder" in waits, "changed" in late, "in stock" in arrived or "is in" in arrived) == (True, True, True)
    assert verify(town.house).holds


def test_the_backlog_of_any_past_day_can_be_told(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 2))
    first = town.now()
    town.days_pass(3)
    town.buy("Ben", (town.lamp, 1))
    second = town.now()
    town.days_pass(4)
    town.book_in(line, 2)
    town.count_in(town.lamp, 2)
    for part in town.parts(anna):
        if part.status == "OPEN":
            town.ship(part)
    third = town.now()
    town.days_pass(1)
    # Lena's lamp was there and is not shipped yet: she is part of the backlog, too.
    assert town.backlog_as_of(first - timedelta(days=1)) == {}
    assert town.backlog_as_of(first) == {"#1001": 1, "#1002": 2}
    assert town.backlog_as_of(second) == {"#1001": 1, "#1002": 2, "#1003": 1}
    assert town.backlog_as_of(third) == {"#1001": 1, "#1003": 1}


@pytest.mark.long
def test_an_order_in_stock_is_not_held_because_younger_news_is_late(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.set_policy(town.lamp, "CONTINUE")
    lena = town.buy("Lena", (town.lamp, 1), settle=False)
    town.world.background.run_due()
    # Four more are sold at once, and the store has not routed them: all that is seen of them is that units are committed.
    town.world.routing_delay, town.world.post.faults.late = 3600.0, 3600.0
    town.buy("Anna", (town.lamp, 4), settle=False)
    town.look_for(seconds=1)
    assert town.held(lena) == 0
    assert town.promises("Lena") == ()


@pytest.mark.long
def test_an_order_behind_orders_that_stay_unseen_is_held_in_the_end(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.set_policy(town.lamp, "CONTINUE")
    lena = town.buy("Lena", (town.lamp, 1), settle=False)
    town.world.background.run_due()
    town.world.routing_delay, town.world.post.faults.late = 3600.0, 3600.0
    town.buy("Anna", (town.lamp, 4), settle=False)
    town.settle()
    assert town.held(lena) == 1
    assert town.given(lena) == 0


@pytest.mark.long
def test_units_that_staff_add_to_an_order_stand_behind_everybody_who_came_before_the_edit(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    ben = town.buy("Ben", (town.lamp, 2))
    town.time.passes(60)
    town.edit(anna, add=5)
    assert (town.held(anna), town.held(ben)) == (6, 2)
    assert town.left_to_sell() == 32
    town.book_in(line, 3)
    town.count_in(town.lamp, 3)
    # One for Anna's first lamp, two for Ben; her five more have their turn after him.
    assert (town.given(anna), town.given(ben)) == (1, 2)
    assert (town.held(anna), town.held(ben)) == (5, 0)
    town.book_in(line, 5)
    town.count_in(town.lamp, 5)
    assert town.held(anna) == 0
    assert verify(town.house).holds


@pytest.mark.long
def test_a_merchant_who_serves_unpaid_orders_from_now_on_serves_those_that_wait_unpaid(town: Town) -> None:
    line = open_for_backorders(town)
    nora = town.buy("Nora", (town.lamp, 1), financial_status="PENDING")
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert town.held(nora) == 1
    town.set_terms(payment_rule="any")
    assert town.held(nora) == 0
