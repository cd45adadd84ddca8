"""Keys that end, are lost on the way, are taken away or do not open everything: no storm, no double, and the reason is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from backorder import access
from backorder.access import good_pair, open_store
from backorder.db import rests, shops, tokens
from backorder.db.rests import Rest
from backorder.reconcile import reconcile
from backorder.store.errors import AccessLost, StoreBusy
from backorder.store.tokens import Tokens
from devstore.installation import grant
from plugin.shown import home
from plugin.shown.home import HomeShown
from tests.books.threads import together
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town

pytestmark = pytest.mark.long

HOUR = timedelta(hours=1)
VISIT = "The refresh token is spent; the merchant's next visit brings new access."


def home_page(town: Town) -> HomeShown:
    """What the merchant's first page shows."""
    with town.house.db.read() as tx:
        shop = shops.one(tx, town.shop_id)
    return home.of_shop(town.house, shop, town.now())


def rest_of(town: Town) -> Rest | None:
    with town.house.db.read() as tx:
        return rests.get(tx, town.shop_id)


def work_for(town: Town, span: timedelta) -> None:
    """Everybody works, and the clock's own rounds come every ten minutes."""
    until = town.time() + span
    while town.time() < until:
        town.settle()
        town.time.passes(600)


def test_a_token_that_ends_in_the_middle_of_work_is_renewed_once(town: Town) -> None:
    open_for_backorders(town)
    town.forget_access_tokens()
    before = town.knocks("token")
    anna = town.buy("Anna", (town.lamp, 1), (town.chair, 1))
    assert (town.held(anna), town.shippable(anna)) == (1, 1)
    assert town.knocks("token") - before == 1
    assert town.errors() == []


def test_reconciling_with_a_token_that_ended_heals_too(town: Town) -> None:
    open_for_backorders(town)
    town.forget_access_tokens()
    with pytest.raises(AccessLost):
        reconcile(town.house, town.shop_id, town.now())
    town.time.passes(2)
    assert reconcile(town.house, town.shop_id, town.now()).drift.orders_read == 1


@pytest.mark.parametrize("how", [{"status": 502}, {"torn": True}, {"silence": 12.0}], ids=["502", "torn", "silent"])
def test_a_renewal_whose_answer_was_lost_is_asked_for_again_with_the_same_key(
    town: Town, how: dict[str, float]
) -> None:
    """The store gave a new pair that we never saw; until it is used the old refresh token opens."""
    open_for_backorders(town)
    before = town.token()
    town.time.passes(3700)
    town.breaks("refresh_token", after_effect=True, **how)
    anna = town.buy("Anna", (town.lamp, 1))
    assert not town.world.api_faults
    assert town.held(anna) == 1
    assert town.token().version == before.version + 1
    assert town.errors() == []


def test_ten_workers_that_find_an_old_token_send_one_request(town_on_both: Town) -> None:
    town = town_on_both
    town.install()
    town.time.passes(3700)
    before = town.knocks("token")
    pairs = together(*[lambda: good_pair(town.house, town.shop_id, town.store.domain)] * 10)
    assert town.knocks("token") - before == 1
    assert len({pair.access for pair in pairs}) == 1


def test_without_the_lease_each_of_them_sends_one(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.install()
    town.time.passes(3700)
    before = town.knocks("token")
    monkeypatch.setattr(tokens, "lease_refresh", lambda *_: True)
    renew, two, calls = access.renew_at_store, Barrier(2, timeout=20), count()

    def renew_beside_another(*asked: Any) -> Tokens:
        if next(calls) < 2:
            two.wait()
        return renew(*asked)

    monkeypatch.setattr(access, "renew_at_store", renew_beside_another)
    together(*[lambda: good_pair(town.house, town.shop_id, town.store.domain)] * 10)
    assert town.knocks("token") - before > 1


def test_while_the_store_gives_no_token_ten_workers_ask_once_and_then_let_it_rest(town_on_both: Town) -> None:
    town = town_on_both
    town.install()
    town.time.passes(3700)
    before = town.knocks("token")
    town.breaks("refresh_token", 503, after_effect=False, times=50)

    def ask() -> str:
        try:
            open_store(town.house, town.shop_id)
        except StoreBusy as busy:
            return str(busy)
        return "a token"

    with ThreadPoolExecutor(10) as hands:
        said = list(hands.map(lambda _: ask(), range(10)))
    assert set(said) == {"The store failed (503)."}
    assert town.knocks("token") - before <= 10
    assert {ask() for _ in range(10)} == {"The store failed (503)."}
    assert town.knocks("token") - before <= 10, "it rests"
    rest = rest_of(town)
    assert rest is not None
    assert rest.until > town.time()


def test_a_revoked_shop_is_asked_a_handful_of_times_an_hour_and_heals_when_its_merchant_comes(town: Town) -> None:
    open_for_backorders(town)
    orders = [town.buy("Anna", (town.lamp, 1), settle=False) for _ in range(8)]
    town.look_for(0.2)
    town.spend_all_tokens()
    before = town.knocks()
    work_for(town, HOUR)
    assert town.knocks() - before <= 5
    assert town.errors() == [], "nothing is to blame for it"
    shown = home_page(town).exceptions.unread
    assert {trouble.why for trouble in shown} == {VISIT}

    town.install()
    assert [town.held(order) for order in orders] == [1] * 8
    assert home_page(town).exceptions.unread == ()
    assert rest_of(town) is None
    assert len(town.mails("Anna")) == 8


def test_without_rests_a_revoked_shop_would_be_asked_for_every_row(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The damage without the guards: nobody remembers that the refresh token is spent, and nothing rests."""
    open_for_backorders(town)
    for _ in range(8):
        town.buy("Anna", (town.lamp, 1), settle=False)
    town.look_for(0.5)
    town.spend_all_tokens()
    monkeypatch.setattr(tokens, "spent", _forgetful)
    monkeypatch.setattr(access.rests, "begin", lambda _tx, _shop, at, *_: at)
    before = town.knocks()
    town.look_for(5)
    assert town.knocks() - before > 5


def _forgetful(tx: object, shop_id: int, version: int, _at: object) -> None:
    tokens.give_up_refresh(tx, shop_id, version)  # type: ignore[arg-type]


def test_a_frozen_shop_is_asked_a_few_times_an_hour_and_goes_on_when_it_thaws(town: Town) -> None:
    open_for_backorders(town)
    town.breaks("", 402, after_effect=False, times=1000)
    orders = [town.buy("Anna", (town.lamp, 1), settle=False) for _ in range(5)]
    before = town.knocks()
    work_for(town, HOUR)
    assert town.knocks() - before <= 8
    assert {trouble.why for trouble in home_page(town).exceptions.unread} == {"The shop is closed to us (402)."}
    town.world.api_faults.clear()
    work_for(town, timedelta(minutes=20))
    assert [town.held(order) for order in orders] == [1] * 5
    assert town.errors() == []


def test_a_token_that_is_refused_however_young_is_no_storm(town: Town) -> None:
    open_for_backorders(town)
    town.breaks("query", 401, after_effect=False, times=1000)
    town.buy("Anna", (town.lamp, 1), settle=False)
    before = town.knocks()
    work_for(town, HOUR)
    assert town.knocks() - before <= 50
    town.world.api_faults.clear()
    work_for(town, timedelta(minutes=20))
    assert len(town.mails("Anna")) == 1


def test_a_scope_that_was_not_granted_is_named_to_the_merchant_and_is_no_storm(town: Town) -> None:
    open_for_backorders(town)
    grant(town.world, town.store, town.store.granted - {"read_customers"})
    orders = [town.buy("Anna", (town.lamp, 1), settle=False) for _ in range(4)]
    before = town.knocks("Contact")
    work_for(town, HOUR)
    assert [town.held(order) for order in orders] == [1] * 4, "holds need no customer"
    assert town.knocks("Contact") - before == 4
    said = [(row.what.split(" of ")[0], row.error) for row in home_page(town).troubled]
    assert said == [("Mail the customer", "The shop has not granted read_customers.")] * 4

    grant(town.world, town.store, town.world.app.scopes)
    town.settle()
    assert home_page(town).troubled == ()
    assert len(town.mails("Anna")) == 4


def test_without_approval_for_names_a_letter_is_written_without_one(town: Town) -> None:
    open_for_backorders(town)
    town.store.withheld = frozenset({"name", "address", "phone"})
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    work_for(town, HOUR)
    assert town.held(anna) == 1
    assert len(town.mails("Anna")) == 1
    assert town.errors() == []


def test_without_approval_for_addresses_of_mail_the_letter_waits_and_says_what_the_store_said(town: Town) -> None:
    open_for_backorders(town)
    town.store.withheld = frozenset({"email"})
    anna = town.buy("Anna", (town.lamp, 1), settle=False)
    work_for(town, HOUR)
    assert town.held(anna) == 1, "holds need no customer"
    [row] = home_page(town).troubled
    assert row.error == "The shop has not granted customer data: This app is not approved to use the email field."

    town.store.withheld = frozenset()
    grant(town.world, town.store, town.world.app.scopes)
    town.settle()
    assert len(town.mails("Anna")) == 1


def test_a_scope_that_reading_needs_is_named_too(town: Town) -> None:
    open_for_backorders(town)
    grant(town.world, town.store, town.store.granted - {"read_inventory"})
    town.buy("Anna", (town.lamp, 1), settle=False)
    before = town.knocks()
    work_for(town, HOUR)
    assert town.knocks() - before <= 40
    assert "The shop has not granted read_inventory." in {t.why for t in home_page(town).exceptions.unread}
    grant(town.world, town.store, town.world.app.scopes)
    work_for(town, timedelta(minutes=20))
    assert home_page(town).exceptions.unread == ()
