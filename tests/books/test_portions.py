"""Items are settled a few at a time, by how many wait for them, so that nobody else waits long for a turn to write."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from backorder.db import claims, dirty
from backorder.db.dirty import Dirty, Kind
from backorder.settle import CLAIMS_AT_ONCE_ON_POSTGRESQL, CLAIMS_AT_ONCE_ON_SQLITE, ITEMS_AT_ONCE, portioned, portions
from tests.books.cast import FIRST, LAMP, NOON, claim

MOST = 10


def rows(*items):
    return [Dirty(Kind.ITEM, item, NOON, 1, 0) for item in items]


@given(st.lists(st.integers(0, 15), max_size=80))
def test_no_portion_is_too_much_but_for_a_single_item(waiting):
    listed = rows(*range(len(waiting)))
    found = list(portioned(listed, dict(enumerate(waiting)), MOST))
    assert [row for portion in found for row in portion] == listed, "each once, in the order of the list"
    for portion in found:
        assert 0 < len(portion) <= ITEMS_AT_ONCE
        assert len(portion) == 1 or sum(waiting[row.ref] for row in portion) <= MOST
    for portion, following in pairwise(found):  # none is smaller than it need be
        together = sum(waiting[row.ref] for row in (*portion, following[0]))
        assert together > MOST or len(portion) == ITEMS_AT_ONCE


def test_an_item_for_which_nobody_waits_costs_nothing():
    assert [len(portion) for portion in portioned(rows(*range(60)), {}, MOST)] == [25, 25, 10]


def test_what_waits_is_counted_from_the_books(db):
    most = CLAIMS_AT_ONCE_ON_SQLITE if db.is_sqlite else CLAIMS_AT_ONCE_ON_POSTGRESQL
    with db.write() as tx:
        crowd = [claim(line, FIRST, item_id=LAMP + line % 2) for line in range(2 * most)]
        claims.replace(tx, 1, FIRST, crowd)
        dirty.mark(tx, 1, Kind.ITEM, [LAMP, LAMP + 1, LAMP + 2], NOON)
        listed = dirty.due(tx, 1, NOON)
    assert [[row.ref for row in portion] for portion in portions(db, 1, listed)] == [[LAMP], [LAMP + 1, LAMP + 2]]
