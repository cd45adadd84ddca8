"""Books are made anew from the store, the kept webhooks, and what people said: they equal those that lived through it (I5)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backorder import by_hand, choose_way, purchase
from backorder.by_hand import MOVE_UP, Deed
from backorder.db import purchase_orders
from backorder.db.engine import Database
from backorder.give_way import give_way
from backorder.rebuild import rebuild
from backorder.rules.mixed import Way
from devstore import transfers
from tests.stories.test_sent_by_suppliers import pass_all_on, sent_by_glow
from tests.stories.town import Town
from webhooks import topics


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """An empty database beside the live one."""
    other = Database(f"sqlite:///{tmp_path / 'rebuilt.db'}")
    yield other
    other.close()


def differ(town: Town, into: Database) -> list[str | None]:
    """What the books made anew say otherwise, table by table."""
    done = rebuild(town.house, town.shop_id, into, town.now(), topics.digest)
    return [one.first for one in done.tables if one.differing]


def line_of(order) -> int:
    return order.line_items[0].id


def test_what_people_said_of_orders_and_goods_is_said_in_books_that_are_made_anew(town: Town, empty: Database) -> None:
    town.install()
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    town.buy("Lena", (town.lamp, 1))
    anna, ben, cleo = (town.buy(who, (town.lamp, 1), (town.chair, 1)) for who in ("Anna", "Ben", "Cleo"))
    # Ben goes first from now on, and Anna's two lines leave together, whose order is cancelled then.
    by_hand.do(
        town.house, town.shop_id, Deed(line_of(ben), MOVE_UP, "promised on the phone"), actor="Mara", now=town.now()
    )
    for order in (anna, cleo):
        choose_way.choose(town.house, town.shop_id, order.id, Way.TOGETHER, actor="Mara", now=town.now())
    town.settle()
    town.cancel(anna)
    # A fraud check has held Dora's order for so long that her turn is over.
    dora = town.buy("Dora", (town.lamp, 1))
    town.hold_by_another_app(dora)
    town.days_pass(2.1)
    assert give_way(town.house, town.now()) == 1
    town.settle()
    # Emil has not paid, and came while that was not asked for.
    town.set_terms(payment_rule="any")
    town.buy("Emil", (town.lamp, 1), financial_status="PENDING")
    town.set_terms(payment_rule="paid")
    # A transfer carries a purchase order that is called off, and shades are on order that the app does not manage.
    line = town.order_goods("PO-13", town.chair, 8, due_in=9)
    transfers.announce(town.world, town.store, [(town.chair.item_id, 8)], town.place, reference="PO-13")
    town.order_goods("PO-14", town.variant("LIN-B"), 7, due_in=9)
    town.settle()
    with town.house.db.read() as tx:
        called_off = purchase_orders.line(tx, town.shop_id, line)
    assert called_off is not None
    purchase.cancel_rest(town.house, town.shop_id, called_off.purchase_order_id, actor="Mara", now=town.now())
    town.settle()
    assert differ(town, empty) == []


def test_nobody_is_told_anything_else_while_books_are_made_anew(town: Town, empty: Database) -> None:
    """Before levels and transfers are read, orders that are served whole or not at all seem to have no day."""
    town.install()
    town.manage(town.lamp, town.chair)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    town.set_terms(whole="order")
    town.buy("Lena", (town.lamp, 1))
    for who in ("Anna", "Ben"):
        town.buy(who, (town.lamp, 1), (town.chair, 1))
    assert differ(town, empty) == []


def test_what_the_store_counted_off_for_a_suppliers_parcel_is_added_back_in_books_that_are_made_anew(
    town: Town, empty: Database
) -> None:
    glow = sent_by_glow(town)
    town.order_goods("PO-12", town.lamp, 40, due_in=5)
    anna = town.buy("Anna", (town.lamp, 1))
    pass_all_on(town, glow)
    town.staff_release(anna)
    town.ship(next(part for part in town.parts(anna) if part.remaining))
    town.choose(town.lamp, drop_shipped=False)
    assert town.lamp.inventory_policy == "CONTINUE", "the store counts none, so it would sell nothing"
    ben = town.buy("Ben", (town.lamp, 1))
    assert (town.held(ben), town.given(ben)) == (0, 1), "the lamp that Anna did not get lies here still"
    assert differ(town, empty) == []
