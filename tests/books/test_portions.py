"""Items are settled a few at a time, by how many wait for them, so that nobody else waits long for a turn to write."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder import settle
from backorder.db import claims, footings, shops
from backorder.db.dirty import Dirty, Kind
from backorder.rules.footing import footing
from backorder.rules.projection import Future
from backorder.rules.seen import ItemSeen, LevelSeen
from backorder.rules.working_calendar import WorkingCalendar
from backorder.settle import (
    ITEMS_AT_ONCE,
    Reading,
    portioned,
    portions,
)
from tests.books.cast import DUE, FIRST, HERE, LAMP, NOON, claim

MOST = 10


def rows(*items, **more):
    return [reading_of(Dirty(Kind.ITEM, item, NOON, 1, 0), **more) for item in items]


def reading_of(row, on_the_shelf=0):
    seen = ItemSeen(
        row.ref, tracked=True, levels=(LevelSeen(row.ref, HERE, on_the_shelf, 0, on_the_shelf, 0, NOON),), variants=()
    )
    return Reading(row, seen, NOON)


@given(st.lists(st.integers(0, 15), max_size=80))
def test_no_portion_is_too_much_but_for_a_single_item(waiting):
    listed = rows(*range(len(waiting)))
    found = list(portioned(listed, dict(enumerate(waiting)), MOST))
    assert [row for portion in found for row in portion] == listed, "each once, in the order of the list"
    for portion in found:
        assert 0 < len(portion) <= ITEMS_AT_ONCE
        assert len(portion) == 1 or sum(waiting[row.row.ref] for row in portion) <= MOST
    for portion, following in pairwise(found):  # none is smaller than it need be
        together = sum(waiting[row.row.ref] for row in (*portion, following[0]))
        assert together > MOST or len(portion) == ITEMS_AT_ONCE


def test_an_item_for_which_nobody_waits_costs_nothing():
    assert [len(portion) for portion in portioned(rows(*range(120)), {}, MOST)] == [100, 20]


def a_crowd(tx, most):
    """Claims on two items, each as many as go into one transaction."""
    claims.replace(tx, 1, FIRST, [claim(line, FIRST, item_id=LAMP + line % 2) for line in range(2 * most)])


def refs(found):
    return [[reading.row.ref for reading in portion] for portion in found]


@pytest.fixture
def most(db, monkeypatch):
    """As many claims as one transaction looks at; a shop that has them."""
    for name in ("CLAIMS_AT_ONCE_ON_SQLITE", "CLAIMS_AT_ONCE_ON_POSTGRESQL"):
        monkeypatch.setattr(settle, name, 60)
    with db.write() as tx:
        shops.install(tx, "alice.myshopify.com", NOON)
    return 60


def test_who_was_never_looked_at_is_counted(db, most):
    with db.write() as tx:
        a_crowd(tx, most)
    assert refs(portions(db, 1, rows(LAMP, LAMP + 1, LAMP + 2), NOON)) == [[LAMP], [LAMP + 1, LAMP + 2]]


def worked_out(tx, most):
    """Everybody is in a run, on terms of today."""
    claims.project(tx, 1, [(one.line_id, one.location_id, DUE, 7) for one in claims.of_orders(tx, 1, [FIRST])])
    rests_on = footing(Future(lots=(), calendar=WorkingCalendar(), today=NOON.date()), {7: most})
    footings.keep(tx, 1, {(LAMP, HERE): rests_on, (LAMP + 1, HERE): rests_on})


@pytest.mark.parametrize("on_the_shelf", [0, 3])
def test_of_a_queue_that_was_worked_out_today_only_those_count_whom_the_shelf_can_serve(db, most, on_the_shelf):
    now = NOON
    with db.write() as tx:
        a_crowd(tx, most)
        worked_out(tx, most)
    listed = rows(LAMP, LAMP + 1, LAMP + 2, on_the_shelf=on_the_shelf)
    assert refs(portions(db, 1, listed, now)) == [[LAMP, LAMP + 1, LAMP + 2]]
    plenty = rows(LAMP, LAMP + 1, LAMP + 2, on_the_shelf=3 * most)
    assert refs(portions(db, 1, plenty, now)) == [[LAMP], [LAMP + 1, LAMP + 2]]


def test_on_a_new_day_everybody_counts(db, most):
    with db.write() as tx:
        a_crowd(tx, most)
        worked_out(tx, most)
    tomorrow = NOON + timedelta(days=1)
    assert refs(portions(db, 1, rows(LAMP, LAMP + 1), tomorrow)) == [[LAMP], [LAMP + 1]]
