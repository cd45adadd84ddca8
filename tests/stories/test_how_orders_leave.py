"""Orders of which some can ship and some waits: part by part, together, or as their buyer chooses."""

import json
import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backorder import choose_way
from backorder.db import differences, hold_acts, ways
from backorder.reconcile import reconcile
from backorder.rules.causes import Kind, Repair
from backorder.rules.mixed import By, Way
from backorder.rules.unserved import in_one_sentence
from backorder.unserved import unserved
from backorder.verify import verify
from devstore.admin.acts import fulfillment_orders as store_acts
from devstore.model import Order, Shop
from devstore.saying import StoreSays
from devstore.world import World
from plugin.app import create_app
from tests.stories.town import Town


def opened(town: Town, policy: str) -> int:
    """A shop that sends mixed orders so, with lamps to come in twelve days; the purchase order's line."""
    town.install()
    town.set_terms(mixed_orders=policy)
    town.manage(town.lamp, town.chair)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    return line


def ways_of(town: Town, order: Order) -> list[tuple[str, str]]:
    with town.house.db.read() as tx:
        return [(said.way.value, said.by.value) for said in ways.history(tx, town.shop_id, order.id)]


def days_promised(town: Town, who: str) -> set[object]:
    latest = {p.line_id: p.ship_by for p in town.promises(who)}
    return set(latest.values())


def deadlines_of(town: Town, *of: Order) -> set[date | None]:
    """The days, in the shop's time, that the store has as the deadlines of what is held of these orders."""
    held = [part.fulfill_by for order in of for part in town.parts(order) if part.holds]
    return {at.astimezone(ZoneInfo(town.store.timezone)).date() if at else None for at in held}


def lamps_arrive(town: Town, line: int, units: int) -> None:
    town.book_in(line, units)
    town.count_in(town.lamp, units)


def letter(town: Town, who: str) -> str:
    """The text of the last letter somebody got."""
    mail = [mail for mail in town.mailbox.messages if f"{who.lower()}@example.com" in mail.recipients][-1]
    return mail.text


def why_nobody(town: Town) -> str:
    """Why nobody else who waits for lamps is served, as their queue says it."""
    with town.house.db.read() as tx:
        (queue,) = unserved(tx, town.shop_id, town.lamp.item_id, town.now())
    return in_one_sentence(queue.reasons)


def answers(town: Town, who: str, way: str) -> int:
    """Somebody follows the link of their letter and chooses; our answer."""
    (link,) = re.findall(r"https?://\S+(/choose/\S+)", letter(town, who))
    client = create_app(town.house).test_client()
    assert client.get(link).status_code == 200
    said = client.post(link, data={"way": way}).status_code
    town.settle()
    return said


def test_an_order_that_ships_together_waits_whole_and_leaves_whole(town: Town) -> None:
    line = opened(town, "together")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert (town.held(cleo), town.shippable(cleo)) == (2, 0)
    (day,) = days_promised(town, "Cleo")
    assert day is not None, "the chair is promised the day of the lamp"
    assert len(town.promises("Cleo")) == 2
    assert "Your order ships together" in letter(town, "Cleo")

    knocks = town.knocks("Order")
    town.buy("Carl", (town.chair, 1))
    assert town.held(cleo) == 2, "a chair that is covered lets nothing go"
    assert town.journal("hold released", cleo) == 0
    assert town.knocks("Order") - knocks <= 3, "and nobody reads the waiting order for it"

    lamps_arrive(town, line, 1)
    assert (town.held(cleo), town.shippable(cleo)) == (0, 2)
    assert town.given(cleo) == town.kept(cleo) == 2
    assert len(town.mails("Cleo")) == 2
    assert "Oak chair" in letter(town, "Cleo")


@pytest.mark.long
def test_what_needs_no_parcel_is_neither_asked_about_nor_said_to_ship_now(town: Town) -> None:
    shade = town.variant("LIN-N")
    town.store.items[shade.item_id].requires_shipping = False
    opened(town, "ask")
    anna = town.buy("Anna", (town.lamp, 1), (shade, 1))
    assert town.held(anna) == 1
    said = letter(town, "Anna")
    assert "/choose/" not in said
    assert "Linen shade" not in said
    assert town.mails("Anna") == [f"Please read: order {anna.name} is on backorder"]


@pytest.mark.long
def test_what_leaves_with_the_slow_line_is_in_the_letters_though_the_app_does_not_manage_it(town: Town) -> None:
    line = opened(town, "together")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1), (town.variant("LIN-N"), 1))
    assert town.held(cleo) == 3
    shade = "Linen shade - Natural (LIN-N) 1 unit waits Ships by"
    assert f"{shade} December 9, 2026" in " ".join(letter(town, "Cleo").split())
    town.change_due(line, town.today() + timedelta(days=30))
    said = " ".join(letter(town, "Cleo").split())
    why = "The reason: Your order ships together, and another part of it takes longer."
    assert f"{shade} December 25, 2026 Before: December 9, 2026 {why}" in said
    assert "no date is known" not in said


def test_that_everything_ships_together_is_told_on_the_page_before_the_purchase(town: Town) -> None:
    opened(town, "together")

    def mixed() -> object:
        found = town.store.metafield("PRODUCTVARIANT", town.lamp.id, town.world.app.reserved, "backorder")
        assert found is not None
        return json.loads(found.value).get("mixed")

    assert mixed() == "together"
    town.set_terms(mixed_orders="ask")
    assert mixed() == "ask"
    town.set_terms(notify_customers=False)
    assert mixed() is None, "nobody can be asked who is not written to"
    town.set_terms(mixed_orders="split", notify_customers=True)
    assert mixed() is None


@pytest.mark.long
def test_what_ships_together_leaves_when_nobody_waits_for_the_slow_line_any_more(town: Town) -> None:
    opened(town, "together")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert town.held(cleo) == 2
    town.choose(town.lamp, managed=False)
    assert (town.held(cleo), town.shippable(cleo)) == (0, 2)


def test_a_warehouse_that_releases_a_hold_sends_the_order_part_by_part(town: Town) -> None:
    opened(town, "together")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    town.staff_release(cleo)
    town.settle_again()
    assert town.held(cleo) == 0, "nobody quarrels with the warehouse"
    assert ways_of(town, cleo)[-1] == ("split", "warehouse")


def test_a_customer_who_is_asked_decides_and_may_change_their_mind(town: Town) -> None:
    line = opened(town, "ask")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert (town.held(cleo), town.shippable(cleo)) == (2, 0)
    assert answers(town, "Cleo", "together") == 303
    assert town.held(cleo) == 2
    assert answers_again(town, "Cleo", "split") == 303
    assert (town.held(cleo), town.shippable(cleo)) == (1, 1)
    assert ways_of(town, cleo) == [("asked", "shop"), ("together", "customer"), ("split", "customer")]
    lamps_arrive(town, line, 1)
    assert town.shippable(cleo) == 2


@pytest.mark.long
def test_nobody_apologises_for_the_later_day_that_a_customer_chose(town: Town) -> None:
    opened(town, "ask")
    chairs = town.order_goods("PO-13", town.chair, 40, due_in=22)
    town.buy("Ben", (town.chair, 12))
    town.buy("Cleo", (town.lamp, 1), (town.chair, 1), (town.variant("LIN-N"), 1))
    assert answers(town, "Cleo", "together") == 303
    assert len(town.mails("Cleo")) == 1, "the page has said the day"
    assert days_promised(town, "Cleo") == {date(2026, 12, 17)}
    assert all(version.told_at for version in town.promises("Cleo"))
    assert verify(town.house).holds
    town.change_due(chairs, town.today() + timedelta(days=30))
    assert len(town.mails("Cleo")) == 2, "what moves afterwards is news"
    assert "Before: December 17, 2026" in letter(town, "Cleo")


def answers_again(town: Town, who: str, way: str) -> int:
    """The first letter is still in the mailbox, and its link still opens."""
    mails = [mail for mail in town.mailbox.messages if f"{who.lower()}@example.com" in mail.recipients]
    (link,) = re.findall(r"https?://\S+(/choose/\S+)", mails[0].text)
    said = create_app(town.house).test_client().post(link, data={"way": way}).status_code
    town.settle()
    return said


def test_without_an_answer_what_is_there_is_sent(town: Town) -> None:
    opened(town, "ask")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    town.days_pass(0.9)
    assert choose_way.close_unanswered(town.house, town.now()) == 0
    town.days_pass(0.2)
    assert choose_way.close_unanswered(town.house, town.now()) == 1
    town.settle()
    assert (town.held(cleo), town.shippable(cleo)) == (1, 1)
    assert choose_way.close_unanswered(town.house, town.now()) == 0
    assert ways_of(town, cleo)[-1] == ("split", "silence")


@pytest.mark.long
def test_staff_say_otherwise_for_one_order_and_a_later_setting_changes_nothing_of_it(town: Town) -> None:
    opened(town, "split")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert town.held(cleo) == 1
    choose_way.choose(town.house, town.shop_id, cleo.id, Way.TOGETHER, actor="Mara", now=town.now())
    town.settle()
    assert (town.held(cleo), town.shippable(cleo)) == (2, 0)
    assert len(days_promised(town, "Cleo")) == 1
    town.set_terms(mixed_orders="ask")
    assert ways_of(town, cleo) == [("together", By.STAFF.value)]
    choose_way.choose(town.house, town.shop_id, cleo.id, Way.SPLIT, actor="Mara", now=town.now())
    town.settle()
    assert (town.held(cleo), town.shippable(cleo)) == (1, 1)


@pytest.mark.long
def test_units_that_come_with_two_shipments_are_held_apart_with_their_days_and_leave_one_after_the_other(
    town: Town,
) -> None:
    town.install()
    town.set_terms(set_deadlines=True)
    town.manage(town.lamp)
    first = town.order_goods("PO-12", town.lamp, 2, due_in=5)
    town.order_goods("PO-13", town.lamp, 40, due_in=25)
    town.buy("Lena", (town.lamp, 1))
    cleo = town.buy("Cleo", (town.lamp, 3))
    held = sorted(sum(line.remaining for line in part.lines) for part in town.parts(cleo) if part.holds)
    assert held == [1, 2], "two lamps come with the first shipment, one with the second"
    (day,) = days_promised(town, "Cleo")
    assert deadlines_of(town, cleo) == {day}
    lamps_arrive(town, first, 2)
    assert (town.held(cleo), town.shippable(cleo)) == (1, 2), "a whole fulfillment order is let go"


def test_deadlines_that_are_switched_on_are_set_on_what_waits_already_and_asked_for_once(town: Town) -> None:
    opened(town, "split")
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 2), (town.chair, 1))
    assert deadlines_of(town, anna, ben) == {None}
    town.set_terms(set_deadlines=True)
    days = {one.ship_by for who in ("Anna", "Ben") for one in town.promises(who)}
    assert deadlines_of(town, anna, ben) == days
    assert town.knocks("Deadline") == 2
    assert {part.fulfill_by for part in town.parts(ben) if not part.holds} == {None}, "what can ship has no day"
    town.settle_again()
    town.set_terms(set_deadlines=True)
    town.settle_again()
    assert (town.knocks("Deadline"), deadlines_of(town, anna, ben)) == (2, days)


@pytest.mark.long
def test_a_comparison_sets_the_deadline_that_a_hold_lacks_and_says_so(town: Town) -> None:
    opened(town, "split")
    town.set_terms(set_deadlines=True)
    anna = town.buy("Anna", (town.lamp, 1))
    (day,) = deadlines_of(town, anna)
    (part,) = town.parts(anna)
    part.fulfill_by = None  # as on one that the store makes anew, of which no day became news
    run = reconcile(town.house, town.shop_id, town.now())
    town.settle()
    with town.house.db.read() as tx:
        (one,) = differences.of_run(tx, town.shop_id, run.run_id)
    assert (one.kind, one.name, one.why.repair) == (Kind.HOLD, anna.name, Repair.ASKED_AGAIN)
    assert deadlines_of(town, anna) == {day}
    assert reconcile(town.house, town.shop_id, town.now()).drift.found == 0


@pytest.mark.long
def test_a_deadline_that_the_store_refuses_for_good_is_told_once_and_asked_for_again_only_with_another_day(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = opened(town, "split")
    town.set_terms(set_deadlines=True)
    really = store_acts.set_deadline

    def refuses(world: World, shop: Shop, numbers: list[int], at: datetime) -> None:
        if {shop.fulfillment_orders[number].order_id for number in numbers} & closed:
            raise StoreSays("It has no deadline.", ("fulfillmentOrderIds",))
        really(world, shop, numbers, at)

    closed: set[int] = set()
    monkeypatch.setattr(store_acts, "set_deadline", refuses)
    anna = town.buy("Anna", (town.lamp, 1))
    (day,) = days_promised(town, "Anna")
    closed.add(anna.id)
    (part,) = town.parts(anna)
    part.fulfill_by = None
    assert reconcile(town.house, town.shop_id, town.now()).drift.found == 1
    town.settle()
    asked = town.knocks("Deadline")
    assert reconcile(town.house, town.shop_id, town.now()).drift.found == 0
    town.settle()
    assert town.knocks("Deadline") == asked, "the store has said no to that day"
    town.change_due(line, town.today() + timedelta(days=40))
    assert days_promised(town, "Anna") != {day}
    assert town.knocks("Deadline") > asked, "another day is another question"
    asked = town.knocks("Deadline")
    town.set_terms(set_deadlines=False)
    town.set_terms(set_deadlines=True)
    town.settle()
    assert town.knocks("Deadline") > asked, "whoever switches it on anew wants it anew"


@pytest.mark.long
def test_what_was_cut_apart_becomes_one_fulfillment_order_again(town: Town) -> None:
    line = opened(town, "ask")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    assert len(list(town.parts(cleo))) == 2
    answers(town, "Cleo", "together")
    lamps_arrive(town, line, 1)
    (whole,) = [part for part in town.parts(cleo) if part.lines]
    assert (whole.status, sum(each.remaining for each in whole.lines)) == ("OPEN", 2)


@pytest.mark.long
def test_staff_narrow_what_was_held_whole_and_each_window_is_written_down(town: Town) -> None:
    opened(town, "together")
    cleo = town.buy("Cleo", (town.lamp, 1), (town.chair, 1))
    choose_way.choose(town.house, town.shop_id, cleo.id, Way.SPLIT, actor="Mara", now=town.now())
    town.settle()
    assert (town.held(cleo), town.shippable(cleo)) == (1, 1)
    with town.house.db.read() as tx:
        (window,) = hold_acts.windows(tx, town.shop_id)
    assert (window.order_id, window.units) == (cleo.id, 1)


@pytest.mark.long
def test_what_arrives_at_once_is_let_go_at_the_merchants_pace_the_oldest_first(town: Town) -> None:
    line = opened(town, "split")
    anna, ben = (town.buy(who, (town.lamp, 1)) for who in ("Anna", "Ben"))
    town.set_terms(release_orders=1, release_per="hour")
    town.buy("Cleo", (town.lamp, 1))
    lamps_arrive(town, line, 2)
    assert (town.held(anna), town.held(ben)) == (0, 1)
    said = why_nobody(town)
    assert "1 unit is given to orders that are let go in turn, 1 order an hour: the next leave at 23 November" in said
    assert (town.given(ben), len(town.mails("Ben"))) == (1, 1), (
        "his lamp is his, and he hears of it when it may be packed"
    )
    town.time.passes(3_700)
    town.settle()
    assert (town.held(anna), town.held(ben)) == (0, 0)
    assert len(town.mails("Ben")) == 2
    assert town.errors() == []


@pytest.mark.long
def test_a_slip_is_told_though_another_line_of_the_order_waits_for_its_turn_to_leave(town: Town) -> None:
    line = opened(town, "split")
    chairs = town.order_goods("PO-99", town.chair, 40, due_in=12)
    town.buy("Carl", (town.chair, town.level(town.chair).available))
    anna = town.buy("Anna", (town.lamp, 1))
    ben = town.buy("Ben", (town.lamp, 1), (town.chair, 1))
    town.set_terms(release_orders=1, release_per="day", narrow_holds=True)
    lamps_arrive(town, line, 2)
    assert (town.held(anna), town.held(ben), len(town.mails("Ben"))) == (0, 2, 1), "Ben's lamp leaves tomorrow"
    town.time.passes(600)  # longer than two hands may be at one lane
    town.change_due(chairs, town.today() + timedelta(days=60))
    assert (town.held(ben), len(town.mails("Ben"))) == (2, 2), "that his chair comes later he hears today"
    town.time.passes(24 * 3_600)
    town.settle()
    assert (town.held(ben), len(town.mails("Ben"))) == (1, 3), "and of his lamp tomorrow"
    assert verify(town.house).holds
