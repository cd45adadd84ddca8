"""A shop installs, its keys are renewed, it leaves, it comes back."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from backorder import install
from backorder.db import books, outbox, shops, tokens
from tests.stories.test_who_is_served import open_for_backorders
from tests.stories.town import Town


def test_the_first_reading_knows_what_was_there_before_us(town: Town) -> None:
    town.set_policy(town.lamp, "CONTINUE", settle=False)
    older = town.buy("Olga", (town.lamp, 3), settle=False)
    town.world.background.run_due()
    town.install()
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.manage(town.lamp)
    # One lamp was there: one unit is Olga's, two wait.
    assert town.held(older) == 2
    assert town.shippable(older) == 1
    assert len(town.mails("Olga")) == 1


def test_a_token_lives_an_hour_and_is_renewed_before_it_ends(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    before = town.token()
    town.time.passes(3700)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"
    assert town.token().access != before.access
    assert town.token().version == before.version + 1


def test_a_token_the_store_no_longer_takes_is_renewed_once_and_work_goes_on(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.forget_access_tokens()
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"


def test_after_leaving_there_are_no_tokens_no_calls_and_no_letters(town: Town) -> None:
    open_for_backorders(town)
    town.world.post.faults.late = 0
    town.buy("Anna", (town.lamp, 1), settle=False)
    town.uninstall()
    with town.house.db.read() as tx:
        assert tokens.get(tx, town.house.sealer, town.shop_id) is None
        assert not shops.one(tx, town.shop_id).is_installed
        assert outbox.counts(tx, town.shop_id).get("due", 0) == 0
    assert town.mails("Anna") == []


@pytest.mark.long
def test_who_comes_back_finds_the_old_choices_and_a_late_goodbye_does_not_end_them(town: Town) -> None:
    open_for_backorders(town)
    town.uninstall()
    left_at = town.now() - timedelta(seconds=1)
    town.time.passes(60)
    town.install()
    town.settle()
    with town.house.db.read() as tx:
        shop = shops.one(tx, town.shop_id)
    assert shop.is_installed
    assert shop.generation == 2
    assert install.leave(town.house, town.store.domain, left_at, town.now()) is False
    anna = town.buy("Anna", (town.lamp, 1))
    assert town.held(anna) == 1
    assert len(town.mails("Anna")) == 1


def test_when_the_store_asks_for_it_no_row_of_the_shop_is_left(town_on_both: Town) -> None:
    town = town_on_both
    open_for_backorders(town)
    town.buy("Anna", (town.lamp, 1))
    town.uninstall()
    town.redact_shop()
    with town.house.db.read() as tx:
        for table in books.metadata.sorted_tables:
            if "shop_id" in table.c:
                rows = tx.execute(select(func.count()).where(table.c.shop_id == town.shop_id)).scalar_one()
                assert rows == 0, table.name
        assert shops.by_domain(tx, town.store.domain) is None


def test_a_spent_refresh_token_is_replaced_by_the_merchants_next_visit(town: Town) -> None:
    town.install()
    town.manage(town.lamp)
    town.spend_all_tokens()
    town.time.passes(3700)
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "DENY"
    town.install()
    town.time.passes(1200)
    town.settle()
    assert town.lamp.inventory_policy == "CONTINUE"
