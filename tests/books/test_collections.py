"""Collections that rules name: read page by page, and what a pass did not see is in them no more."""

from backorder.db import catalogue, collections, managing
from tests.books.cast import LAMP, LAMP_VARIANT, NOON, SECOND, variant

SALE, LIGHTS = 81, 82


def test_a_pass_over_all_pages_says_what_came_and_what_left(tx, alice):
    collections.put(tx, alice, [(SALE, "Winter sale")])
    assert collections.add_page(tx, alice, SALE, [1, 2], NOON, "page 2") == {1, 2}
    assert collections.known(tx, alice)[SALE].cursor == "page 2"
    assert collections.add_page(tx, alice, SALE, [3], NOON, None) == {3}
    assert collections.end_pass(tx, alice, SALE, NOON) == frozenset()
    assert collections.add_page(tx, alice, SALE, [2, 4], NOON + SECOND, None) == {4}
    assert collections.end_pass(tx, alice, SALE, NOON + SECOND) == {1, 3}
    assert collections.products_in(tx, alice, [SALE]) == {2, 4}
    assert collections.known(tx, alice)[SALE] == collections.Collection(SALE, "Winter sale", None, None)


def test_a_product_has_the_titles_of_all_collections_that_it_is_in(tx, alice):
    collections.put(tx, alice, [(SALE, "Winter sale"), (LIGHTS, "Lights")])
    for number, products in ((SALE, [1]), (LIGHTS, [1, 2])):
        collections.add_page(tx, alice, number, products, NOON, None)
    assert collections.titles_of(tx, alice, [1, 2, 3]) == {1: {"Winter sale", "Lights"}, 2: {"Lights"}}
    assert collections.sizes(tx, alice) == {"Lights": 2, "Winter sale": 1}
    collections.put(tx, alice, [(LIGHTS, "Lamps")])
    collections.forget(tx, alice, [SALE])
    assert collections.titles_of(tx, alice, [1]) == {1: {"Lamps"}}


def test_only_what_rules_decide_about_is_judged_anew(tx, alice):
    lamp = variant()
    catalogue.save_variants(tx, alice, [lamp])
    assert managing.items_by_rule(tx, alice, [lamp.product_id, 404]) == (LAMP,)
    catalogue.choose(tx, alice, [LAMP_VARIANT], {"managed": True})
    assert managing.items_by_rule(tx, alice, [lamp.product_id]) == ()
