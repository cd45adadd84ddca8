"""The app leaves a shop and nothing of it stays in the store; it comes back, and everybody has their old place."""

import csv
import io
import json
from datetime import timedelta

import pytest

from backorder import leave, owed
from backorder.db import outbox, shops
from backorder.reconcile import reconcile, tidy
from backorder.verify import verify
from devstore.fulfilment import hold
from devstore.model import Order
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


def go(town: Town, *, settle: bool = True) -> None:
    """The merchant presses “Leave”."""
    leave.leave(town.house, town.shop_id, actor="Mara", now=town.now())
    if settle:
        town.settle()


def back(town: Town) -> None:
    """The merchant presses “Come back”."""
    assert leave.come_back(town.house, town.shop_id, actor="Mara", now=town.now())
    town.settle()


def standing(town: Town) -> leave.Standing:
    return leave.standing(town.house, town.shop_id)


def ours_in_the_store(town: Town) -> dict[str, int]:
    """What of the app is there, by the store's own books."""
    app, store = town.world.app, town.store
    return {
        "holds": sum(h.app_id == app.app_id for part in store.fulfillment_orders.values() for h in part.holds),
        "metafields": sum(namespace == app.reserved for _, _, namespace, _ in store.metafields),
        "tags": sum("backorder" in order.tags for order in store.orders.values()),
        "policies": sum(variant.inventory_policy == "CONTINUE" for variant in store.variants.values()),
    }


def broken(town: Town) -> list[str]:
    """Invariants that do not hold, with what breaks them."""
    return [f"{check.name}: {said}" for check in verify(town.house).checks for said in check.broken]


NOTHING = {"holds": 0, "metafields": 0, "tags": 0, "policies": 0}


def says(town: Town, order: Order) -> dict[str, object]:
    """What the app's metafield on an order says."""
    found = town.store.metafield("ORDER", order.id, town.world.app.reserved, "backorder_promise")
    assert found is not None
    said: dict[str, object] = json.loads(found.value)
    return said


def holders(town: Town, order: Order) -> set[int | None]:
    """Who holds something of an order."""
    return {each.app_id for part in town.parts(order) for each in part.holds}


def test_nothing_of_the_app_stays_and_what_is_others_is_left_alone(town_on_both: Town) -> None:
    town = town_on_both
    open_for_backorders(town)
    anna, ben = town.buy("Anna", (town.lamp, 1), (town.chair, 1)), town.buy("Ben", (town.lamp, 2))
    town.hold_by_another_app(ben)
    town.order_goods("PO-13", town.chair, 40, due_in=12)
    town.buy("Otto", (town.chair, 11))
    town.buy("Olga", (town.chair, 9))
    town.set_policy(town.chair, "DENY")
    town.set_policy(town.chair, "CONTINUE")  # by hand: that is how it stays
    ben.tags.append("gift")
    letters = len(town.mailbox.messages)
    before = standing(town)
    assert (before.has_left, before.ours.holds, before.ours.policies) == (False, ours_in_the_store(town)["holds"], 1)
    assert (before.owed.orders, before.owed.customers) == (3, 3)
    go(town)
    assert ours_in_the_store(town) == {**NOTHING, "policies": 1}
    assert town.chair.inventory_policy == "CONTINUE"
    assert holders(town, ben) == {99}
    assert "gift" in ben.tags
    # What a hold of ours had cut apart is one again.
    assert sorted(part.status for part in town.parts(anna)) == ["CLOSED", "OPEN"]
    now = standing(town)
    assert (now.is_over, now.left_by, now.owed) == (True, "Mara", before.owed)
    assert len(town.mailbox.messages) == letters
    assert broken(town) == []


@pytest.mark.long
def test_while_the_app_is_away_nothing_is_put_back_and_the_books_are_kept(town: Town) -> None:
    line = open_for_backorders(town, due_in=5)
    anna = town.buy("Anna", (town.lamp, 1))
    go(town)
    letters = len(town.mailbox.messages)
    town.set_policy(town.lamp, "CONTINUE", settle=False)  # the merchant sells on by herself
    ben = town.buy("Ben", (town.lamp, 1))
    town.cancel(town.buy("Carl", (town.lamp, 1)))
    town.change_due(line, town.today() + timedelta(days=9))
    town.settle_again()
    tidy(town.house, town.now())
    town.settle()
    assert ours_in_the_store(town) == {**NOTHING, "policies": 1}
    assert (town.held(anna), town.held(ben), len(town.mailbox.messages)) == (0, 0, letters)
    assert broken(town) == []
    sheet = list(csv.DictReader(io.StringIO(owed.export(town.house, town.shop_id).lstrip("\ufeff"))))
    assert [(row["Order"], row["Customer"], row["Units"], row["SKU"]) for row in sheet] == [
        (anna.name, "Anna", "1", "AUR-1"),
        (ben.name, "", "1", "AUR-1"),  # nobody wrote to Ben, so nothing is known of him
    ]
    assert sheet[0]["Promised for"] < sheet[0]["Expected"]
    assert sheet[1]["Promised for"] == ""


@pytest.mark.long
def test_a_shop_that_was_left_misses_nothing_of_ours(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    go(town)
    run = reconcile(town.house, town.shop_id, town.now())
    assert (run.drift.orders_read, run.drift.found, run.drift.unexplained) == (2, 0, 0)
    with town.house.db.read() as tx:
        assert outbox.open_targets(tx, town.shop_id, [outbox.order_lane(anna.id)]) == (), "nothing is asked for"
    back(town)
    assert (town.held(anna), reconcile(town.house, town.shop_id, town.now()).drift.found) == (1, 0)


def test_who_waited_has_their_old_place_when_the_app_is_back(town: Town) -> None:
    line = open_for_backorders(town, due_in=5)
    anna = town.buy("Anna", (town.lamp, 1))
    promised = town.promises("Anna")
    go(town)
    town.set_policy(town.lamp, "CONTINUE")
    ben = town.buy("Ben", (town.lamp, 1))
    town.set_policy(town.lamp, "DENY")
    back(town)
    assert (town.held(anna), town.held(ben), town.lamp.inventory_policy) == (1, 1, "CONTINUE")
    assert "backorder" in anna.tags
    assert says(town, anna)["waiting"] is True
    assert (town.mails("Anna"), len(town.mails("Ben"))) == (town.mails("Anna")[:1], 1)
    assert town.promises("Anna") == promised
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert (town.held(anna), town.held(ben)) == (0, 1)
    assert len(town.mails("Anna")) == 2
    assert broken(town) == []
    assert not leave.come_back(town.house, town.shop_id, actor="Mara", now=town.now())


def test_who_leaves_uninstalls_and_installs_again_finds_the_queue_as_it_was(town: Town) -> None:
    line = open_for_backorders(town)
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 1))
    promised = [*town.promises("Anna"), *town.promises("Ben")]
    go(town)
    town.uninstall()
    town.set_policy(town.lamp, "CONTINUE")
    carl = town.buy("Carl", (town.lamp, 1))
    town.set_policy(town.lamp, "DENY")
    assert ours_in_the_store(town) == NOTHING
    town.time.passes(60)
    town.install()
    town.settle()
    with town.house.db.read() as tx:
        assert not shops.one(tx, town.shop_id).has_left
    assert [town.held(order) for order in (anna, ben, carl)] == [1, 1, 1]
    assert all(says(town, order)["waiting"] for order in (anna, ben, carl))
    assert [*town.promises("Anna"), *town.promises("Ben")] == promised
    assert [len(town.mails(who)) for who in ("Anna", "Ben", "Carl")] == [1, 1, 1]
    assert town.lamp.inventory_policy == "CONTINUE"
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert [town.held(order) for order in (anna, ben, carl)] == [0, 1, 1]
    assert broken(town) == []


@pytest.mark.long
def test_who_uninstalls_without_leaving_is_made_whole_by_installing_again(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.uninstall()
    assert (town.held(anna), town.lamp.inventory_policy) == (1, "CONTINUE")  # nobody can give it back any more
    town.store.metafields.clear()
    town.time.passes(60)
    town.install()
    town.settle()
    assert town.held(anna) == 1
    assert says(town, anna)["waiting"] is True
    shown = town.store.metafield("PRODUCTVARIANT", town.lamp.id, town.world.app.reserved, "backorder")
    assert shown is not None
    assert json.loads(shown.value)["state"] == "backorder"
    assert len(town.mails("Anna")) == 1
    go(town)
    assert ours_in_the_store(town) == NOTHING


@pytest.mark.long
@pytest.mark.parametrize("naming", ["fulfillmentOrderReleaseHold", "metafieldsDelete", "productVariantsBulkUpdate"])
@pytest.mark.parametrize("after_effect", [True, False])
def test_an_answer_that_is_lost_on_the_way_out_is_made_up_for(town: Town, naming: str, *, after_effect: bool) -> None:
    open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    town.breaks(naming, 502, after_effect=after_effect)
    go(town)
    assert ours_in_the_store(town) == NOTHING
    assert standing(town).is_over


@pytest.mark.long
@pytest.mark.parametrize("naming", ["fulfillmentOrderHold", "metafieldsSet"])
def test_what_was_just_being_put_there_is_taken_back_too(town: Town, naming: str) -> None:
    open_for_backorders(town)
    town.breaks(naming, 502, after_effect=True)
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    while town.world.api_faults:
        assert town.step()
    # The store has done it, and nobody in the house knows.
    go(town)
    assert (ours_in_the_store(town), town.held(anna)) == (NOTHING, 0)


@pytest.mark.long
def test_a_letter_that_was_owed_is_said_when_the_app_is_back_if_it_is_true_still(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("down")
    anna, ben = town.buy("Anna", (town.lamp, 1)), town.buy("Ben", (town.lamp, 1))
    go(town)
    assert town.states().get("due", 0) == 0
    town.cancel(ben)
    town.mailbox.set_mode("ok")
    town.time.passes(600)
    town.settle()
    assert town.mails("Anna") == []
    back(town)
    assert (len(town.mails("Anna")), town.mails("Ben"), town.held(anna)) == (1, [], 1)


@pytest.mark.long
def test_a_hold_that_stopped_for_good_does_not_stop_the_way_out(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    with town.house.db.write() as tx:
        lane = outbox.order_lane(anna.id)
        outbox.want(tx, town.shop_id, outbox.Effect.HOLD, lane, anna.id, town.time())
        tx.execute(outbox.outbox.update().where(outbox.outbox.c.state == "due").values(state="parked"))
    go(town)
    assert (ours_in_the_store(town), standing(town).is_over) == (NOTHING, True)


@pytest.mark.long
def test_staff_who_hold_by_hand_meanwhile_are_not_overruled(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    go(town)
    hold(town.world, town.store, next(iter(town.parts(anna))).id, reason="OTHER", handle="staff", app_id=None)
    town.settle()
    assert holders(town, anna) == {None}
    back(town)
    assert holders(town, anna) == {None, town.world.app.app_id}
