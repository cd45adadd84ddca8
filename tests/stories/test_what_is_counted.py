"""Receipts and corrections, end to end: what is believed of a shelf, who is served by it, and who hears when it shrinks."""

from backorder import believe
from backorder.db import levels, overwriting, shops
from backorder.db.lots import LotKind, of_items
from backorder.verify import verify
from devstore.stock import correct, receive
from plugin.shown import exceptions
from tests.stories.town import Town

TWELVE_MINUTES = 12 / (24 * 60)


def open_for_backorders(town: Town, units: int = 40, due_in: int = 3) -> int:
    """The last lamp is sold, and more are due within days; the purchase order line."""
    town.install()
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, units, due_in=due_in)
    town.buy("Lena", (town.lamp, 1))
    return line


def aside(town: Town) -> int:
    """Lamps that are set aside."""
    with town.house.db.read() as tx:
        return sum(one.aside.units for one in levels.of_items(tx, town.shop_id, [town.lamp.item_id]))


def to_come(town: Town) -> int:
    with town.house.db.read() as tx:
        known = of_items(tx, town.shop_id, [town.lamp.item_id])
    return sum(lot.units for lot in known if lot.kind is not LotKind.ON_HAND)


def needs(town: Town) -> exceptions.Exceptions:
    """What waits for the merchant."""
    with town.house.db.read() as tx:
        shop = shops.one(tx, town.shop_id)
    return exceptions.of_shop(town.house, shop, town.now())


def test_twelve_come_instead_of_twenty_and_serve_whom_they_suffice_for(town: Town) -> None:
    line = open_for_backorders(town, units=20)
    anna, ben = town.buy("Anna", (town.lamp, 10)), town.buy("Ben", (town.lamp, 5))
    town.count_in(town.lamp, 12)
    assert (town.held(anna), town.held(ben), town.given(ben)) == (0, 5, 2)
    assert (to_come(town), aside(town)) == (8, 0)
    town.book_in(line, 12)
    assert (to_come(town), aside(town), town.held(ben)) == (8, 0, 5)
    assert len(town.mails("Ben")) == 1
    assert verify(town.house).holds


def test_a_count_corrected_from_minus_one_to_zero_releases_nobody_until_a_person_says_so(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.correct_count(town.lamp, 0)
    assert (town.held(anna), aside(town), len(town.mails("Anna"))) == (1, 1, 1)
    assert needs(town).aside == (), "a receipt may still follow"
    town.days_pass(TWELVE_MINUTES)
    (asked,) = needs(town).aside
    assert (asked.units, asked.title) == (1, "Aurora lamp")
    assert verify(town.house).holds
    place = (town.lamp.item_id, town.place)
    believe.release(town.house, town.shop_id, *place, 1, actor="Mara", now=town.now())
    town.settle()
    assert (town.held(anna), aside(town), len(town.mails("Anna"))) == (0, 0, 2)


def test_a_system_that_overwrites_what_is_available_releases_nobody_and_only_receipts_count_there(town: Town) -> None:
    line = open_for_backorders(town)
    orders = []
    for who in ("Anna", "Ben", "Cleo"):
        orders.append(town.buy(who, (town.lamp, 1)))
        correct(town.world, town.store, town.lamp.item_id, town.place, available=0)
        town.settle()
    assert [town.held(order) for order in orders] == [1, 1, 1]
    assert [place.landings for place in needs(town).overwritten] == [3]
    # From now on even what is due is only believed when it is booked in.
    town.count_in(town.lamp, 5)
    assert [town.held(order) for order in orders] == [1, 1, 1]
    town.book_in(line, 5)
    assert [town.held(order) for order in orders] == [0, 0, 0]
    assert (aside(town), to_come(town)) == (3, 35)
    believe.says_of_location(town.house, town.shop_id, town.place, overwrites=False, actor="Mara", now=town.now())
    with town.house.db.read() as tx:
        assert not overwriting.of_shop(tx, town.shop_id)[town.place].overwritten(is_service=False)
    assert verify(town.house).holds


def test_two_restocks_at_once_wait_for_their_receipts_and_count_once(town: Town) -> None:
    first = open_for_backorders(town, units=10)
    second = town.order_goods("PO-13", town.lamp, 8, due_in=5)
    anna = town.buy("Anna", (town.lamp, 6))
    town.count_in(town.lamp, 7)
    assert (town.held(anna), aside(town), to_come(town)) == (6, 7, 18)
    town.book_in(first, 4)
    assert (town.held(anna), aside(town), to_come(town)) == (6, 3, 14)
    town.book_in(second, 3)
    assert (town.held(anna), aside(town), to_come(town)) == (0, 0, 11)
    assert verify(town.house).holds


def test_stock_lost_under_orders_promised_from_the_shelf_takes_from_the_newest_and_tells_them(town: Town) -> None:
    town.install()
    town.manage(town.chair)
    town.order_goods("PO-9", town.chair, 20, due_in=20)
    lena, mia = town.buy("Lena", (town.chair, 2)), town.buy("Mia", (town.chair, 3))
    assert (town.held(lena), town.held(mia), town.mails("Mia")) == (0, 0, [])
    missing = town.level(town.chair).on_hand - 3
    town.correct_count(town.chair, town.level(town.chair).available - missing)
    assert (town.held(lena), town.given(mia)) == (0, 1)
    assert town.held(mia) > 0
    assert (len(town.mails("Lena")), len(town.mails("Mia"))) == (0, 1)
    assert town.mails("Mia") == [f"We are sorry: part of order {mia.name} ships later"]
    (lost,) = needs(town).lost
    assert (lost.title, [name for _, name in lost.orders]) == ("Oak chair", [mia.name])
    assert verify(town.house).holds
    # A slip of the hand that is taken back within minutes gives everybody back what they had.
    town.correct_count(town.chair, town.level(town.chair).available + missing)
    assert (town.held(mia), needs(town).lost) == (0, ())


def test_what_arrives_serves_the_queue_before_a_burst_of_buyers_can_have_it(town: Town) -> None:
    open_for_backorders(town, units=10)
    town.choose(town.lamp, max_backorders=100)
    anna, ben = town.buy("Anna", (town.lamp, 2)), town.buy("Ben", (town.lamp, 2))
    burst = [town.buy(f"Early{number}", (town.lamp, 1), settle=False) for number in range(8)]
    receive(town.world, town.store, town.lamp.item_id, town.place, 5)
    assert town.level(town.lamp).available < 0, "the shop window has nothing to sell while somebody waits"
    burst += [town.buy(f"Late{number}", (town.lamp, 1), settle=False) for number in range(8)]
    town.settle()
    assert (town.held(anna), town.held(ben)) == (0, 0)
    # Five came, four were waited for: one is left for the first of the burst, and for nobody else.
    assert [town.shippable(order) for order in burst] == [1] + [0] * 15
    assert verify(town.house).holds
