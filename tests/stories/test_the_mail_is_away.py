"""The mail server is down, slow, strict or breaks the line: each letter is told once or shown, in order, and only while true."""

from datetime import timedelta

import pytest

from backorder.db import outbox, promises, rests, troubles
from backorder.db.rests import RELAY
from backorder.deliver import handing_over
from devstore.refunding import Back, refund
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

pytestmark = pytest.mark.long


def work_for(town: Town, span: timedelta) -> None:
    until = town.time() + span
    while town.time() < until:
        town.settle()
        town.time.passes(600)


def relay_rests(town: Town) -> bool:
    with town.house.db.read() as tx:
        rest = rests.get(tx, RELAY)
    return rest is not None and rest.until > town.time()


def wait_for_the_relay(town: Town) -> None:
    town.time.passes(301)
    town.settle()


def row_ids(town: Town, state: str) -> list[int]:
    with town.house.db.read() as tx:
        return [row.id for row in troubles.newest(tx, town.shop_id) if row.state == state]


def try_again(town: Town, outbox_id: int) -> None:
    """The merchant presses the button."""
    with town.house.db.write() as tx:
        assert troubles.again(tx, town.shop_id, outbox_id, town.time())
    town.settle()


def test_after_a_day_without_a_mail_server_every_letter_leaves_once_and_in_order(town: Town) -> None:
    line = open_for_backorders(town)
    town.mailbox.set_mode("down")
    for who in ("Anna", "Ben", "Cleo", "Dora"):
        town.buy(who, (town.lamp, 1))
    town.time.passes(3600)
    dora = next(order for order in town.store.orders.values() if order.email == "dora@example.com")
    town.cancel(dora)
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    for _ in range(6):
        town.time.passes(4 * 3600)
        town.settle()
    assert town.mailbox.messages == []
    assert town.errors() == [], "nothing is parked for a relay that is away"

    town.mailbox.set_mode("ok")
    wait_for_the_relay(town)
    assert town.mails("Anna") == [], "she was never told to wait, and waits no more"
    assert [len(town.mails(who)) for who in ("Ben", "Cleo")] == [1, 1]
    assert town.mails("Dora") == [], "she cancelled meanwhile"
    assert [mail.recipients[0].split("@")[0] for mail in town.mailbox.messages] == ["ben", "cleo"]
    assert not set(town.states()) & {"due", "doing", "parked", "unknown"}
    assert len({mail.message_id for mail in town.mailbox.messages}) == len(town.mailbox.messages)


def test_nobody_hears_that_something_is_being_packed_which_was_paid_back_or_shipped_meanwhile(town: Town) -> None:
    line = open_for_backorders(town)
    anna, ben, cleo = (town.buy(who, (town.lamp, units)) for who, units in (("Anna", 2), ("Ben", 1), ("Cleo", 1)))
    told = {who: len(town.mails(who)) for who in ("Anna", "Ben", "Cleo")}
    town.mailbox.set_mode("down")
    town.book_in(line, 5)
    town.count_in(town.lamp, 5)
    assert town.held(anna) + town.held(ben) + town.held(cleo) == 0
    for order in (anna, ben):
        refund(town.world, town.store, order.id, [Back(order.line_items[0].id, 1)])
    town.ship(next(iter(town.parts(cleo))))
    town.time.passes(3600)
    town.settle()
    town.mailbox.set_mode("ok")
    wait_for_the_relay(town)
    assert {who: len(town.mails(who)) - n for who, n in told.items()} == {"Anna": 1, "Ben": 0, "Cleo": 0}
    assert "1 unit Ships next" in " ".join(town.mailbox.messages[-1].text.split())
    assert not set(town.states()) & {"due", "doing", "parked", "unknown"}


def test_while_it_is_away_it_is_knocked_at_every_few_minutes_however_many_letters_wait(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    knocks = count_knocks(monkeypatch)
    open_for_backorders(town)
    town.mailbox.set_mode("down")
    for _ in range(5):
        town.buy("Anna", (town.lamp, 1), settle=False)
    work_for(town, timedelta(hours=1))
    town.settle()
    assert relay_rests(town)
    assert len(knocks) <= 25, "nine in the first minutes, then one in five"
    town.mailbox.set_mode("ok")
    wait_for_the_relay(town)
    assert len(town.mails("Anna")) == 5


def test_without_a_rest_every_letter_would_knock_by_itself(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    knocks = count_knocks(monkeypatch)
    monkeypatch.setattr(handing_over, "_relay_rests", lambda *_: None)
    open_for_backorders(town)
    town.mailbox.set_mode("down")
    for _ in range(5):
        town.buy("Anna", (town.lamp, 1), settle=False)
    town.settle()
    assert len(knocks) > 25


def count_knocks(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    knocks: list[None] = []
    send = handing_over.send

    def counted(*what: object) -> object:
        knocks.append(None)
        return send(*what)  # type: ignore[arg-type]

    monkeypatch.setattr(handing_over, "send", counted)
    return knocks


def test_who_is_grey_listed_comes_again_and_others_need_not_wait_for_that(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("greylist")
    town.buy("Anna", (town.lamp, 1))
    town.buy("Ben", (town.lamp, 1))
    assert (len(town.mails("Anna")), len(town.mails("Ben"))) == (1, 1)
    assert not relay_rests(town)


def test_a_temporary_no_after_the_whole_letter_is_asked_again_and_arrives_once(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("later")
    town.buy("Anna", (town.lamp, 1))
    assert town.mails("Anna") == []
    assert town.errors() == []
    town.mailbox.set_mode("ok")
    town.time.passes(900)
    town.settle()
    assert len(town.mails("Anna")) == 1


def test_a_line_that_breaks_before_the_letter_is_whole_is_dialled_again(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("hangs up")
    town.buy("Anna", (town.lamp, 1))
    assert town.mails("Anna") == []
    town.mailbox.set_mode("ok")
    wait_for_the_relay(town)
    assert len(town.mails("Anna")) == 1
    assert town.errors() == []


def test_a_line_that_breaks_after_the_letter_leaves_it_unknown_until_the_merchant_says_again(town: Town) -> None:
    line = open_for_backorders(town)
    town.mailbox.set_mode("swallows")
    town.buy("Anna", (town.lamp, 1))
    (first,) = town.mailbox.messages
    (unknown,) = row_ids(town, "unknown")
    assert town.errors() == ["The relay broke off before its verdict: SMTPServerDisconnected."]

    town.mailbox.set_mode("ok")
    town.time.passes(8 * 3600)
    town.settle_again()
    assert len(town.mailbox.messages) == 1, "it is not sent again by itself"

    try_again(town, unknown)
    assert [mail.message_id for mail in town.mailbox.messages] == [first.message_id] * 2
    assert town.errors() == []
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    assert len(town.mails("Anna")) == 3, "and the next one is told as always"


def test_sent_again_by_itself_it_would_have_come_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage without the guard: a lost verdict taken for a refusal."""
    monkeypatch.setattr(handing_over, "MailUnknown", KeyError)
    monkeypatch.setattr(handing_over, "MailBusy", handing_over.MailError)
    open_for_backorders(town)
    town.mailbox.set_mode("swallows")
    town.buy("Anna", (town.lamp, 1))
    assert len(town.mails("Anna")) > 1


def test_a_relay_that_swallows_is_left_alone_so_that_few_letters_are_in_doubt(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("swallows")
    for _ in range(6):
        town.buy("Anna", (town.lamp, 1), settle=False)
    town.look_for(6)
    assert 1 <= len(row_ids(town, "unknown")) <= 4
    town.mailbox.set_mode("ok")
    wait_for_the_relay(town)
    assert len(town.mails("Anna")) == 6


def test_a_refused_address_is_parked_and_a_corrected_world_is_tried_by_hand(town: Town) -> None:
    open_for_backorders(town)
    town.mailbox.set_mode("reject")
    town.buy("Anna", (town.lamp, 1))
    (parked,) = row_ids(town, "parked")
    assert "550" in town.errors()[0]
    assert not relay_rests(town), "it answered"
    town.mailbox.set_mode("ok")
    town.time.passes(7 * 3600)
    town.settle()
    assert town.mails("Anna") == []
    try_again(town, parked)
    assert len(town.mails("Anna")) == 1


def test_one_event_is_one_letter_however_often_the_event_arrives(town: Town) -> None:
    open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    for delivery in [each for each in town.world.post.made if each.topic.startswith(("orders/", "fulfillment"))]:
        town.bring_again(delivery)
    town.settle_again()
    assert len(town.mails("Anna")) == 1


def test_without_the_key_of_the_event_it_would_be_two(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.book_in(line, 40)
    town.count_in(town.lamp, 40)
    assert len(town.mails("Anna")) == 2, "what she waits for, and that it is in"
    with town.house.db.write() as tx:
        (promise,) = promises.of_orders(tx, town.shop_id, [anna.id])
        again = f"promise/{promise.line_id}/{promise.version}"
        lane = outbox.order_lane(anna.id)
        told = {"about": "arrived", "lines": {str(promise.line_id): 1}}
        assert not outbox.put(tx, town.shop_id, outbox.Effect.MAIL, lane, anna.id, again, town.time(), told)
        assert outbox.put(tx, town.shop_id, outbox.Effect.MAIL, lane, anna.id, "no event", town.time(), told)
    town.settle()
    assert len(town.mails("Anna")) == 3
