"""Post that comes days late, after the shop came back, for the wrong shop, or by the thousand: it is only a bell."""

import json
import re
import time as machine
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from backorder import observe
from backorder.db import dirty, inbox, shops
from backorder.db.books import metadata
from backorder.db.inbox import Verdict
from backorder.reconcile import reconcile
from backorder.verify import verify
from devstore.model import Delivery
from devstore.signing import webhook_signature
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import SECRET, Town
from webhooks import topics

pytestmark = pytest.mark.long

DAY = 86_400
# That the store was heard of and somebody looked leaves its moment in these; nothing else may follow from a bell.
BOOKS_OF_MOMENTS = {"turns", "rests", "tokens", "heard"}
# The link is sealed anew at every reading, so its row looks another way.
MOMENTS = {"read_at", "decided_at", "status_url"}
NEIGHBOUR = "neighbour.myshopify.com"


def books_of(town: Town, shop_id: int) -> dict[str, list[str]]:
    """Every row that a shop has in any book, but for the moments at which somebody looked."""
    found = {}
    with town.house.db.read() as tx:
        for table in metadata.sorted_tables:
            if "shop_id" in table.c and table.name not in BOOKS_OF_MOMENTS:
                columns = [column for column in table.c if column.name not in MOMENTS]
                rows = tx.execute(select(*columns).where(table.c.shop_id == shop_id))
                found[table.name] = sorted(re.sub("'valid_until': '[^']*'", "", repr(row)) for row in rows)
    return found


def verdicts(town: Town) -> Counter[str]:
    with town.house.db.read() as tx:
        return Counter(inbox.counts(tx))


def last_of(town: Town, topic: str) -> Delivery:
    return next(
        each for each in reversed(town.world.post.made) if each.topic == topic and each.shop == town.store.domain
    )


def days_go_by(town: Town, days: float) -> None:
    """Both clocks go on, and everybody works at the end of each day."""
    town.time.passes(days * DAY)
    town.settle()


def test_the_news_of_an_order_that_comes_two_days_after_it_shipped_changes_nothing(town: Town) -> None:
    line = open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    created, updated = last_of(town, "orders/create"), last_of(town, "orders/updated")
    town.book_in(line, 1)
    town.count_in(town.lamp, 1)
    for part in town.parts(anna):
        town.ship(part)
    days_go_by(town, 2)
    before, letters = books_of(town, town.shop_id), len(town.mailbox.messages)

    for late in (updated, created):
        # The event was lost until now: another event id, or it would be a repeat and not even be looked at.
        assert town.bring_again(late, X_Shopify_Event_Id=f"late-{late.topic}") == 200
    town.settle()

    after = books_of(town, town.shop_id)
    assert {n: sorted(set(after[n]) ^ set(before[n])) for n in after if after[n] != before[n]} == {}
    assert (town.held(anna), len(town.mailbox.messages)) == (0, letters)
    assert verify(town.house).holds


def test_a_late_goodbye_of_the_last_installation_does_not_end_this_one(town: Town) -> None:
    open_for_backorders(town)
    town.world.post.faults.lose_next = 1
    town.uninstall()
    goodbye = last_of(town, "app/uninstalled")
    assert goodbye.state == "lost"
    town.time.passes(2 * DAY)
    with town.house.db.write() as tx:
        shops.leave(tx, town.shop_id, town.now())
    town.install()
    town.time.passes(60)

    assert town.bring_again(goodbye) == 200
    town.settle()
    with town.house.db.read() as tx:
        assert shops.one(tx, town.shop_id).is_installed
    anna = town.buy("Anna", (town.lamp, 1))
    assert town.held(anna) == 1


def test_a_goodbye_that_was_not_late_does_end_it(town: Town) -> None:
    """The control: it is the date that saves the installation, nothing else."""
    open_for_backorders(town)
    town.world.post.faults.lose_next = 1
    town.uninstall()
    goodbye = last_of(town, "app/uninstalled")
    with town.house.db.write() as tx:
        shops.leave(tx, town.shop_id, town.now())
    town.install()
    town.time.passes(60)
    of_today = town.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert town.bring_again(goodbye, X_Shopify_Triggered_At=of_today) == 200
    town.settle()
    with town.house.db.read() as tx:
        assert not shops.one(tx, town.shop_id).is_installed


def test_what_was_lost_is_found_by_reconciling_which_says_how_much_had_drifted(town: Town) -> None:
    open_for_backorders(town)
    anna = town.buy("Anna", (town.lamp, 1))
    town.world.post.faults.lost = 1.0
    ben = town.buy("Ben", (town.lamp, 1))
    town.cancel(anna)
    town.set_policy(town.chair, "CONTINUE")
    drift = reconcile(town.house, town.shop_id, town.now()).drift
    town.settle()
    # Ben's order was unknown, Anna's had changed, the chair's policy too; one lamp less and one more is the same shelf.
    assert (drift.orders_unknown, drift.orders_changed, drift.policies_changed) == (1, 1, 1)
    assert (drift.levels_changed, drift.found) == (0, 3)
    assert (town.held(ben), town.held(anna)) == (1, 0)
    assert len(town.mails("Ben")) == 1
    assert reconcile(town.house, town.shop_id, town.now()).drift.found == 0


def two_shops(town: Town) -> tuple[Town, Town]:
    """Two shops with the same goods, both open for backorders, and an order in each. Numbers are the store's, never two."""
    neighbour = town.beside(NEIGHBOUR)
    open_for_backorders(town)
    open_for_backorders(neighbour)
    town.buy("Anna", (town.lamp, 1))
    neighbour.buy("Nora", (neighbour.lamp, 1))
    return town, neighbour


@pytest.mark.parametrize("topic", ["orders/create", "inventory_levels/update"])
def test_a_webhook_in_the_envelope_of_another_shop_changes_nothing_there(town: Town, topic: str) -> None:
    """The signature covers the body alone: whoever repeats a body may write any shop on the envelope."""
    town, neighbour = two_shops(town)
    town.set_policy(town.chair, "CONTINUE")
    town.correct_count(town.chair, 11)
    town.time.passes(120)
    town.settle()
    ours = last_of(town, topic)
    before, letters = books_of(town, neighbour.shop_id), len(town.mailbox.messages)
    assert town.bring_again(ours, X_Shopify_Shop_Domain=NEIGHBOUR) == 200
    town.settle()

    after = books_of(town, neighbour.shop_id)
    news = {n: sorted(set(after[n]) ^ set(before[n])) for n in after if after[n] != before[n]}
    # To look at a number is to lock it, and a lock is a row; there is nothing behind it.
    assert set(news) <= {"items"}
    assert len(news.get("items", ())) <= 1
    assert len(after["orders"]) == len(before["orders"])
    assert not [number for number in town.store.orders if str(number) in repr(after)]
    assert town.store.domain not in repr(after)
    assert len(town.mailbox.messages) == letters
    assert verify(town.house).holds


@pytest.mark.parametrize("topic", ["app/uninstalled", "shop/redact"])
def test_a_goodbye_in_the_envelope_of_another_shop_is_refused_by_its_body(town: Town, topic: str) -> None:
    town, neighbour = two_shops(town)
    body = {"myshopify_domain": town.store.domain, "shop_domain": town.store.domain, "shop_id": town.store.id}
    sent = json.dumps(body).encode()
    signed = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": webhook_signature(SECRET, sent)}
    envelope = {**signed, "X-Shopify-Shop-Domain": NEIGHBOUR, "X-Shopify-Webhook-Id": "w", "X-Shopify-Event-Id": "e"}
    assert town.app.test_client().post("/webhooks", data=sent, headers=envelope).status_code == 200
    town.settle()
    assert verdicts(town)[Verdict.UNREADABLE.value] == 1
    with town.house.db.read() as tx:
        assert shops.one(tx, neighbour.shop_id).is_installed


def test_with_the_right_envelope_the_same_goodbye_is_heard(town: Town) -> None:
    """The control: it is the body's shop that stopped it."""
    town, _ = two_shops(town)
    sent = json.dumps({"myshopify_domain": town.store.domain}).encode()
    signed = {"X-Shopify-Topic": "app/uninstalled", "X-Shopify-Hmac-Sha256": webhook_signature(SECRET, sent)}
    envelope = {**signed, "X-Shopify-Shop-Domain": town.store.domain, "X-Shopify-Event-Id": "e"}
    assert town.app.test_client().post("/webhooks", data=sent, headers=envelope).status_code == 200
    town.settle()
    with town.house.db.read() as tx:
        assert not shops.one(tx, town.shop_id).is_installed


def a_thousand_bells(town: Town) -> None:
    """A sale: a thousand words about two items within ten seconds, each another event."""
    client = town.app.test_client()
    bells = [last_of(town, "inventory_levels/update")] * 900 + [last_of(town, "orders/updated")] * 100
    for number, bell in enumerate(bells):
        headers = {**bell.headers, "X-Shopify-Event-Id": f"event-{number}", "X-Shopify-Webhook-Id": f"hook-{number}"}
        assert client.post("/webhooks", data=bell.body, headers=headers).status_code == 200
        if number % 100 == 99:
            town.time.passes(1)
            while topics.digest(town.house, town.now()):
                pass
            town.settle()


def test_a_thousand_words_in_ten_seconds_about_one_item_cost_a_few_reads(town: Town) -> None:
    open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    before, letters, began = town.knocks(), len(town.mailbox.messages), machine.monotonic()
    a_thousand_bells(town)
    asked = town.knocks() - before
    assert asked <= 60, f"{asked} questions to the store"
    assert machine.monotonic() - began < 60
    assert verdicts(town)[Verdict.WAITING.value] == 0
    assert len(town.mailbox.messages) == letters
    with town.house.db.read() as tx:
        assert dirty.count(tx, town.shop_id) == 0


def test_understood_one_by_one_they_would_cost_a_read_each(town: Town) -> None:
    """The damage without the list of what is dirty: look after every single word."""
    open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    bell, before = last_of(town, "inventory_levels/update"), town.knocks()
    for number in range(30):
        assert town.bring_again(bell, X_Shopify_Event_Id=f"event-{number}") == 200
        topics.digest(town.house, town.now())
        observe.observe(town.house, town.shop_id, town.now())
        town.time.passes(timedelta(seconds=2).total_seconds())
    assert town.knocks() - before >= 30
