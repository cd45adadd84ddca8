"""Levels: what the last settled read found, and what is known to have left since."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from backorder import counted
from backorder.clock import transport_now
from backorder.db import dirty, levels
from backorder.db.dirty import Kind
from backorder.rules.rises import Aside
from tests.books.cast import CHAIR, HERE, LAMP, NOON, THERE, level


def test_a_level_is_kept_whole(tx, alice):
    read = level(incoming=40, shipped_since=1, presumed=2, unseen=-3)
    levels.save(tx, alice, [read])
    assert levels.of_items(tx, alice, [LAMP]) == (read,)
    assert read.shippable == 3


def test_a_level_may_be_below_zero(tx, alice):
    levels.save(tx, alice, [level(available=-5, committed=2, on_hand=-3)])
    assert levels.of_items(tx, alice, [LAMP])[0].shippable == -3


def test_levels_are_listed_by_item_and_location(tx, alice):
    levels.save(tx, alice, [level(location_id=THERE), level(), level(item_id=CHAIR)])
    found = [(one.item_id, one.location_id) for one in levels.of_items(tx, alice, [CHAIR, LAMP])]
    assert found == [(LAMP, HERE), (LAMP, THERE), (CHAIR, HERE)]


def test_what_was_shipped_is_counted_until_the_next_read(tx, alice):
    levels.save(tx, alice, [level(), level(location_id=THERE)])
    levels.shipped(tx, alice, LAMP, HERE, 1)
    levels.shipped(tx, alice, LAMP, HERE, 1)
    assert [one.shipped_since for one in levels.of_items(tx, alice, [LAMP])] == [2, 0]
    levels.save(tx, alice, [level()])
    assert levels.of_items(tx, alice, [LAMP])[0].shipped_since == 0


def test_presumed_units_are_set_and_never_below_zero(tx, alice):
    levels.save(tx, alice, [level()])
    levels.set_presumed(tx, alice, LAMP, HERE, 3)
    assert levels.of_items(tx, alice, [LAMP])[0].presumed == 3
    with pytest.raises(IntegrityError), tx.begin_nested():
        tx.execute(text("UPDATE levels SET presumed = -1"))


def test_where_an_item_is_no_longer_stocked_there_is_no_level(tx, alice):
    levels.save(tx, alice, [level(), level(location_id=THERE), level(item_id=CHAIR, location_id=THERE)])
    levels.remove(tx, alice, LAMP, [THERE])
    assert [one.location_id for one in levels.of_items(tx, alice, [LAMP])] == [HERE]
    assert levels.of_items(tx, alice, [CHAIR])


def test_what_was_aside_and_turns_out_to_have_come_back_is_for_the_queue_at_once(tx, alice):
    """The order that it came back from waits for nothing, so nobody else asks that the goods be looked at."""
    levels.save(tx, alice, [level(aside=Aside(1, NOON, "none fits"))])
    counted.came_back(tx, alice, {(LAMP, HERE): 1}, NOON)
    assert levels.one(tx, alice, LAMP, HERE).aside.units == 0
    assert [(row.kind, row.ref) for row in dirty.due(tx, alice, transport_now())] == [(Kind.ITEM, LAMP)]
