"""What a note of readings tells of its items is what the books say then, so that the decision after it need not read it again."""

import random
from dataclasses import replace

import pytest

from backorder import note_items
from backorder.db import catalogue, levels, locations, lots, purchase_orders, queues
from backorder.rules.lots import LotKind
from backorder.rules.seen import ItemSeen, LevelSeen
from tests.books.cast import CHAIR, CHAIR_VARIANT, DUE, HERE, LAMP, LAMP_VARIANT, NOON, SECOND, THERE, location, variant
from tests.dice import seeds

GOODS = {LAMP: LAMP_VARIANT, CHAIR: CHAIR_VARIANT}


def a_shop(tx, shop_id, dice):
    """Lamps and chairs at two places, some on order, a few of these at the dock."""
    locations.save_locations(tx, shop_id, [location(HERE), location(THERE, "Shop")])
    ordered = purchase_orders.create(tx, shop_id, "PO-7", "Brass & Co", HERE, NOON)
    for item_id, variant_id in GOODS.items():
        catalogue.save_variants(tx, shop_id, [variant(variant_id=variant_id, item_id=item_id)])
        catalogue.choose(tx, shop_id, [variant_id], {"managed": True})
        for _ in range(dice.randrange(3)):
            line = purchase_orders.add_line(tx, shop_id, ordered, variant_id, item_id, dice.randrange(1, 9), DUE)
            if dice.random() < 0.4:
                purchase_orders.change_line(tx, shop_id, line, received=1, at_dock=1)
            if dice.random() < 0.2:
                lots.set_supply(tx, shop_id, item_id, HERE, LotKind.PURCHASE_ORDER, source_id=line, units=3, due_on=DUE)
        lots.shelf(tx, shop_id, item_id, HERE, units=dice.randrange(4), allocated=0)


def a_reading(dice, at):
    """What the store says of the goods at a moment: other counts, perhaps another name, perhaps a place less, perhaps they are gone."""
    found = []
    for item_id, variant_id in GOODS.items():
        shelves = [
            LevelSeen(item_id, place, dice.randrange(-3, 6), dice.randrange(4), dice.randrange(9), 0, NOON)
            for place in (HERE, THERE)
            if dice.random() < 0.8
        ]
        named = variant(variant_id=variant_id, item_id=item_id)
        if dice.random() < 0.3:
            named = replace(named, title=f"Brass {at}", updated_at=NOON + at * SECOND)
        seen = ItemSeen(item_id, tracked=dice.random() < 0.9, levels=tuple(shelves), variants=(named,))
        found.append((item_id, None if dice.random() < 0.1 else seen, NOON + at * SECOND))
    return found


@pytest.mark.parametrize("seed", seeds(6))
def test_what_was_just_read_is_what_the_books_say(tx, alice, seed):
    dice = random.Random(seed)
    a_shop(tx, alice, dice)
    told = []
    for at in range(1, 6):
        standing = queues.standing(tx, alice, GOODS)
        known = note_items.items(tx, alice, a_reading(dice, at), NOON, standing).just_read
        if known.levels is not None:
            said = {(level.item_id, level.location_id): replace(level, presumed=0) for level in known.levels}
            kept = levels.of_items(tx, alice, GOODS)
            assert said == {(level.item_id, level.location_id): replace(level, presumed=0) for level in kept}
        if known.variants is not None:
            assert tuple(known.variants) == catalogue.variants_of_items(tx, alice, GOODS)
        if known.lots is not None:
            assert tuple(known.lots) == lots.of_items(tx, alice, GOODS)
        told.append(known)
    assert any(known.levels for known in told), "mostly the goods are there"


def test_goods_that_stay_as_they_are_are_read_once(tx, alice):
    dice = random.Random(1)
    a_shop(tx, alice, dice)
    shelf = LevelSeen(LAMP, HERE, 2, 0, 2, 0, NOON)
    seen = ItemSeen(LAMP, tracked=True, levels=(shelf,), variants=(variant(),))
    for at in (1, 2):
        known = note_items.items(tx, alice, [(LAMP, seen, NOON + at * SECOND)], NOON, {}).just_read
    assert None not in (known.levels, known.variants, known.lots)


def test_a_variant_that_its_item_names_no_more_is_gone_and_the_others_stay(tx, alice):
    a_shop(tx, alice, random.Random(1))
    twin = variant(variant_id=LAMP_VARIANT + 500)
    shelf = LevelSeen(LAMP, HERE, 2, 0, 2, 0, NOON)
    both, one = (ItemSeen(LAMP, tracked=True, levels=(shelf,), variants=them) for them in ((variant(), twin), (twin,)))

    def gone_after(seen, at):
        known = note_items.items(tx, alice, [(LAMP, seen, NOON + at * SECOND)], NOON, {}).just_read
        stand = catalogue.variants_of_items(tx, alice, [LAMP])
        assert known.variants is None or tuple(known.variants) == stand
        return [one.variant_id for one in stand if one.gone]

    assert gone_after(both, 1) == []
    assert gone_after(replace(one, variants=()), 2) == [], "the store did not say"
    assert gone_after(one, 3) == [LAMP_VARIANT]
    assert gone_after(both, 4) == [], "it is there again"
    assert gone_after(one, 2) == [], "that was read before"
