"""Tenants: what a book says or does for Alice it says or does whether or not Bob's numbers are the same."""

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from backorder.db import (
    backlog,
    fingerprints,
    let_go,
    lots,
    mails,
    managing,
    named_suppliers,
    ours,
    past_effects,
    purchase_order_acts,
    purchase_orders,
    queues,
    refused_deadlines,
    releases,
    supplier_letters,
    suppliers,
    taking,
    transfers,
    troubles,
    whole_orders,
)
from backorder.db.books import BOOKS
from backorder.db.engine import Connection
from tests.books.cast import ALICE, BOB, DUE, NOON
from tests.books.deeds import Act
from tests.books.neighbours import move_in, rows_of
from tests.books.readings import READINGS
from tests.books.writings import WRITINGS

# What Alice might try with the numbers that our books gave Bob.
TRESPASSES: dict[str, Act] = {
    "his purchase order": lambda tx, us: purchase_orders.cancel(tx, us.shop_id, us.purchase_order_id, NOON),
    "his line": lambda tx, us: purchase_orders.change_line(tx, us.shop_id, us.purchase_order_line_id, received=1),
    "his lot": lambda tx, us: lots.change(tx, us.shop_id, [(us.lot_id, 9, DUE, "x")]),
    "his transfer's part": lambda tx, us: transfers.dock(tx, us.shop_id, us.part_id, 1, NOON),
    "his supplier": lambda tx, us: suppliers.change(tx, us.shop_id, us.supplier_id, lead_time_days=1),
    "his supplier, for good": lambda tx, us: suppliers.remove(tx, us.shop_id, us.supplier_id),
    "what he did": lambda tx, us: purchase_order_acts.undone(tx, us.shop_id, us.act_id, NOON),
    "lines of his": lambda tx, us: purchase_orders.change_lines(tx, us.shop_id, [(us.purchase_order_line_id, 99, DUE)]),
    "a line of his": lambda tx, us: purchase_orders.remove_line(tx, us.shop_id, us.purchase_order_line_id),
    "his letter to a supplier": lambda tx, us: supplier_letters.once_more(tx, us.shop_id, us.letter_id),
    "his parked row": lambda tx, us: troubles.again(tx, us.shop_id, us.parked_id, NOON),
}


def name(function: Callable[..., Any]) -> str:
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def asking_for_a_shop() -> Iterator[Callable[..., Any]]:
    """Every public function of a book that takes a shop's number."""
    for book in (
        *BOOKS,
        backlog,
        queues,
        releases,
        taking,
        let_go,
        fingerprints,
        ours,
        past_effects,
        refused_deadlines,
        whole_orders,
        managing,
        mails,
        named_suppliers,
        troubles,
    ):
        for _, function in inspect.getmembers(book, inspect.isfunction):
            own = function.__module__ == book.__name__ and not function.__name__.startswith("_")
            if own and "shop_id" in inspect.signature(function).parameters:
                yield function


def test_every_function_that_asks_for_a_shop_is_tried_here():
    tried = {name(function) for function in (*READINGS, *WRITINGS)}
    asking = {name(function) for function in asking_for_a_shop()}
    assert asking - tried == set(), "add each to READINGS or WRITINGS"
    assert tried - asking == set()


class Street:
    """Alice and Bob, moved in once: who writes takes it back, so that the next finds them as they were."""

    def __init__(self, tx: Connection) -> None:
        self._tx = tx
        self.alice = move_in(tx, ALICE, 2)
        # What each reading says while Alice has no neighbour.
        self.alone = {}
        for reading, read in READINGS.items():
            with self.as_it_was():
                self.alone[reading] = read(tx, self.alice)
        self.bob = move_in(tx, BOB, 3)
        self.rows = rows_of(tx, self.alice), rows_of(tx, self.bob)

    @contextmanager
    def as_it_was(self) -> Iterator[Connection]:
        with self._tx.begin_nested() as step:
            yield self._tx
            step.rollback()


@pytest.fixture(scope="module")
def street(shared_tx: Connection) -> Iterator[Street]:
    with shared_tx.begin_nested() as step:
        yield Street(shared_tx)
        step.rollback()


@pytest.mark.parametrize("reading", READINGS, ids=name)
def test_a_reading_for_alice_never_shows_what_is_bobs(street: Street, reading):
    alone = street.alone[reading]
    assert alone, "a reading that finds nothing proves nothing"
    assert BOB not in repr(alone)
    with street.as_it_was() as tx:
        assert READINGS[reading](tx, street.alice) == alone
        assert READINGS[reading](tx, street.bob), "and Bob has his own"


@pytest.mark.parametrize("writing", WRITINGS, ids=name)
def test_a_writing_for_alice_never_touches_what_is_bobs(street: Street, writing):
    before, neighbours = street.rows
    with street.as_it_was() as tx:
        WRITINGS[writing](tx, street.alice)
        assert rows_of(tx, street.bob) == neighbours
        assert rows_of(tx, street.alice) != before, "a writing that changes nothing proves nothing"


@pytest.mark.parametrize("trespass", TRESPASSES)
def test_alice_can_do_nothing_with_bobs_numbers(street: Street, trespass):
    posing = replace(street.bob, shop_id=street.alice.shop_id, domain=ALICE)
    with street.as_it_was() as tx:
        TRESPASSES[trespass](tx, posing)
        assert (rows_of(tx, street.alice), rows_of(tx, street.bob)) == street.rows
        TRESPASSES[trespass](tx, street.bob)
        assert rows_of(tx, street.bob) != street.rows[1], "Bob himself may"


def test_bobs_numbers_name_nothing_that_alice_can_read(street: Street):
    alice, bob = street.alice, street.bob
    with street.as_it_was() as tx:
        assert purchase_orders.one(tx, alice.shop_id, bob.purchase_order_id) is None
        assert purchase_orders.line(tx, alice.shop_id, bob.purchase_order_line_id) is None
        assert lots.total_allocated(tx, alice.shop_id, bob.lot_id) == 0
