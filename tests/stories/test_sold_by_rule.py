"""The merchant says what is sold on backorder by rules, previews what she changes, and takes back what she did not mean."""

from datetime import timedelta
from decimal import Decimal

import pytest

from backorder import bulk, manage
from backorder.db import catalogue
from backorder.errors import Refused, Unknown
from backorder.verify import verify
from devstore.collecting import change_collection, collect, delete_collection, set_cost
from devstore.policy import touch_product
from tests.stories.town import Town

LAMPS_ON_ORDER = {"product_type": "lamps", "has_inbound": True}


def managed(town: Town) -> list[str]:
    with town.house.db.read() as tx:
        return [v.sku or "" for v in catalogue.page(tx, town.shop_id, managed=True)]


def test_what_meets_a_rule_is_managed_when_goods_are_on_order_and_no_longer_than_somebody_waits(town: Town) -> None:
    town.install()
    town.set_terms(eligibility=[LAMPS_ON_ORDER])
    assert managed(town) == []
    line = town.order_goods("PO-12", town.lamp, 2, due_in=12)
    assert managed(town) == ["AUR-1"]
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"
    anna = town.buy("Anna", (town.lamp, 1))
    assert town.held(anna) == 1
    town.set_terms(eligibility=[])
    assert (managed(town), town.held(anna)) == (["AUR-1"], 1)
    town.book_in(line, 2)
    town.count_in(town.lamp, 2)
    assert town.held(anna) == 0
    town.settle_again()
    assert managed(town) == []
    assert (town.lamp.inventory_policy, town.lease(town.lamp).state) == ("DENY", "returned")
    assert verify(town.house).holds


def test_a_tag_in_the_store_is_enough(town: Town) -> None:
    town.install()
    town.set_terms(eligibility=[{"tag": "made to order"}])
    assert managed(town) == []
    town.store.product_of(town.chair).tags.append("Made to order")
    touch_product(town.world, town.store, town.chair)
    town.settle()
    assert managed(town) == ["OAK-1"]


def test_a_collection_that_is_made_after_the_rule_is_found_although_the_search_hears_of_it_late(town: Town) -> None:
    town.install()
    town.set_terms(eligibility=[{"collection": "Lights"}])
    town.world.index_lag = 20.0
    collect(town.world, town.store, "Lights", (town.chair.product_id,))
    for _ in range(3):
        town.settle()
        town.time.passes(60)
    assert managed(town) == ["OAK-1"]


def test_what_is_in_a_collection_and_earns_enough_is_managed_as_long_as_it_is(town: Town) -> None:
    town.install()
    lights = collect(town.world, town.store, "Lights", (town.chair.product_id,), tag="warm")
    town.settle()
    town.set_terms(eligibility=[{"collection": "LIGHTS", "margin_from": "40"}])
    assert managed(town) == ["OAK-1"]
    town.store.product_of(town.lamp).tags.append("warm")
    touch_product(town.world, town.store, town.lamp)
    town.settle()
    assert managed(town) == ["AUR-1", "OAK-1"]
    set_cost(town.world, town.store, town.lamp.item_id, Decimal("100.00"))
    town.settle()
    assert managed(town) == ["OAK-1"]
    change_collection(town.world, town.store, lights.id, title="Lamps")
    town.settle()
    assert managed(town) == []
    change_collection(town.world, town.store, lights.id, title="Lights")
    town.settle()
    assert managed(town) == ["OAK-1"]
    delete_collection(town.world, town.store, lights.id)
    town.settle()
    assert managed(town) == []


def test_rules_that_stand_when_the_shop_is_read_anew_hold_for_all_of_it(town: Town) -> None:
    town.install()
    town.set_terms(eligibility=[{"vendor": "Lamplight", "price_from": "100"}])
    assert managed(town) == ["AUR-1", "OAK-1"]


def test_the_word_on_one_variant_goes_before_the_rules(town: Town) -> None:
    town.install()
    town.set_terms(eligibility=[{"vendor": "Lamplight"}])
    town.choose(town.lamp, managing="never")
    assert "AUR-1" not in managed(town)
    town.set_terms(eligibility=[])
    assert managed(town) == []
    town.choose(town.chair, managing="always")
    assert managed(town) == ["OAK-1"]
    town.choose(town.chair, managing="by_rule")
    assert managed(town) == []


def test_a_preview_is_what_happens_and_changes_nothing(town: Town) -> None:
    town.install()
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    ids = [town.lamp.id, town.chair.id]
    asked = {"managing": "always", "lead_time_days": 30}
    seen = bulk.preview(town.house, town.shop_id, ids, now=town.now(), **asked)
    assert [(c.title, c.before.state, c.after.state) for c in seen.changes] == [
        ("Aurora lamp", None, "backorder"),
        ("Oak chair", None, "in_stock"),
    ]
    town.settle()
    assert (managed(town), town.lamp.inventory_policy) == ([], "DENY")
    manage.choose(town.house, town.shop_id, ids, actor="Mara", now=town.now(), **asked)
    town.settle()
    offer = town.offer(town.lamp)
    lamp = seen.changes[0].after
    assert (offer.state, offer.wanted["ship_by"], offer.reason) == (lamp.state, str(lamp.ship_by), lamp.reason)


def test_the_last_choice_is_taken_back_and_what_was_chosen_since_stays(town: Town) -> None:
    town.install()
    town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    town.choose(town.lamp, max_backorders=7)
    until = town.today() + timedelta(days=30)
    ids = [town.lamp.id, town.chair.id]
    asked = {"managing": "always", "max_backorders": 9, "sell_until": until, "lifecycle": "limited"}
    manage.choose(town.house, town.shop_id, ids, actor="Mara", now=town.now(), **asked)
    town.settle()
    assert town.lamp.inventory_policy == "CONTINUE"
    assert bulk.undo(town.house, town.shop_id, actor="Mara", now=town.now()).variants == 2
    town.settle()
    assert (managed(town), town.lamp.inventory_policy) == ([], "DENY")
    with town.house.db.read() as tx:
        lamp, chair = catalogue.by_ids(tx, town.shop_id, ids)
    assert (lamp.max_backorders, lamp.sell_until, lamp.lifecycle) == (7, None, "regular")
    assert (chair.max_backorders, chair.sell_until) == (None, None)
    with pytest.raises(Unknown, match="nothing to undo"):
        bulk.undo(town.house, town.shop_id, actor="Mara", now=town.now())


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"managing": "sometimes"}, "managing"),
        ({"lifecycle": "eternal"}, "lifecycle"),
        ({"max_per_order": 0}, "max_per_order"),
        ({"max_backorders": -1}, "max_backorders"),
        ({}, "managing"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_beside_its_field(town: Town, choice, field) -> None:
    town.install()
    for verb in (bulk.preview, lambda *a, **k: manage.choose(*a, actor="Mara", **k)):
        with pytest.raises(Refused) as refused:
            verb(town.house, town.shop_id, [town.lamp.id], now=town.now(), **choice)
        assert refused.value.field == field
