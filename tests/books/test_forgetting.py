"""A shop that is to be forgotten leaves no row in any table, and its neighbour keeps every one."""

import pytest

from backorder.db import books, inbox
from backorder.db.books import metadata
from tests.books.cast import ALICE, BOB
from tests.books.neighbours import move_in, rows_of, with_ways


@pytest.fixture
def alice(tx):
    return with_ways(tx, move_in(tx, ALICE, 2))


@pytest.fixture
def bob(tx):
    return with_ways(tx, move_in(tx, BOB, 3))


def test_a_full_household_has_a_row_in_every_table(tx, alice):
    """The control of what follows: a table that nobody fills would be forgotten by anybody."""
    held = rows_of(tx, alice)
    assert set(held) == set(metadata.tables)
    assert [table for table, rows in held.items() if not rows] == []


def test_a_forgotten_shop_leaves_no_row_in_any_table(tx, alice, bob):
    neighbours = rows_of(tx, bob)
    books.forget_shop(tx, alice.shop_id)
    inbox.forget_shop(tx, alice.domain)
    assert [table for table, rows in rows_of(tx, alice).items() if rows] == []
    assert rows_of(tx, bob) == neighbours


def test_a_forgotten_shop_is_nowhere_by_name(tx, alice, bob):
    books.forget_shop(tx, alice.shop_id)
    inbox.forget_shop(tx, alice.domain)
    everything = "".join(repr(row) for table in metadata.sorted_tables for row in tx.execute(table.select()))
    assert ALICE not in everything
    assert BOB in everything


def test_a_shop_that_leaves_keeps_its_books_but_no_work(tx, alice, bob):
    before, neighbours = rows_of(tx, alice), rows_of(tx, bob)
    books.forget_work(tx, alice.shop_id)
    after = rows_of(tx, alice)
    assert {table for table in before if before[table] != after[table]} == {"dirty", "rests", "turns"}
    assert (after["dirty"], after["rests"], after["turns"]) == ([], [], [])
    assert rows_of(tx, bob) == neighbours
