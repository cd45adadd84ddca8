"""How a queue stands is what its claims add up to, whoever writes them and however."""

import random
from dataclasses import replace

import pytest

from backorder.db import books, claims, drop_ships, standings
from backorder.db.proofs.ledger import standings_add_up
from backorder.db.standings import Sums
from tests.books.cast import CHAIR, DUE, HERE, LAMP, NOON, THERE, claim
from tests.dice import seeds


def of(tx, shop_id):
    return standings.of_items(tx, shop_id, [LAMP, CHAIR])


def test_a_queue_stands_by_the_runs_that_were_worked_out(tx, alice):
    claims.replace(tx, alice, 1, [claim(11, 1, units=2), claim(12, 1, item_id=CHAIR, units=1)])
    claims.replace(tx, alice, 2, [claim(21, 2, units=3)])
    assert of(tx, alice) == {(LAMP, HERE): {None: Sums(2, 5)}, (CHAIR, HERE): {None: Sums(1, 1)}}
    claims.project(tx, alice, [(11, HERE, DUE, 7), (21, HERE, None, 0)])
    assert of(tx, alice)[LAMP, HERE] == {7: Sums(1, 2), 0: Sums(1, 3)}
    claims.replace(tx, alice, 1, [claim(11, 1, units=1)])
    assert of(tx, alice) == {(LAMP, HERE): {None: Sums(1, 1), 0: Sums(1, 3)}}


def test_whoever_is_gone_leaves_no_empty_row(tx, alice):
    claims.replace(tx, alice, 1, [claim(11, 1, units=2)])
    claims.replace(tx, alice, 1, [])
    assert of(tx, alice) == {}


def test_a_shop_that_is_forgotten_leaves_nothing_whatever_goes_first(tx, alice):
    claims.replace(tx, alice, 1, [claim(11, 1, units=2)])
    tx.execute(standings.standings.delete())
    books.forget_shop(tx, alice)
    assert tx.execute(standings.standings.select()).all() == []


@pytest.mark.parametrize("seed", seeds(3))
def test_they_add_up_whatever_is_written(tx, alice, seed):
    dice = random.Random(seed)
    queue = {}

    def somebody_orders(number):
        made = [
            claim(number * 10 + n, number, item_id=dice.choice([LAMP, CHAIR]), location_id=dice.choice([HERE, THERE]), units=dice.randint(1, 4), stopped_since=dice.choice([None, NOON]))
            for n in range(dice.randint(1, 3))
        ]  # fmt: skip
        queue[number] = made
        claims.replace(tx, alice, number, made)

    def somebody_changes(number):
        queue[number] = [replace(one, units=dice.randint(1, 4)) for one in queue.get(number, ()) if dice.random() < 0.7]
        claims.replace(tx, alice, number, queue[number])

    def it_is_worked_out(number):
        claims.project(
            tx, alice, [(one.line_id, one.location_id, DUE, dice.choice([0, 7, -9, None])) for one in queue.get(number, ())]
        )  # fmt: skip

    def somebody_is_moved_up(number):
        for one in queue.get(number, ()):
            claims.move(tx, alice, one.line_id, -1)

    def somebody_loses_their_turn(number):
        claims.lose_turn(tx, alice, [one.line_id for one in queue.get(number, ())])

    def a_supplier_sends_it(number):
        drop_ships.mark(tx, alice, [one.line_id for one in queue.get(number, ())], drop_shipped=True)

    happenings = (
        somebody_orders, somebody_changes, it_is_worked_out, somebody_is_moved_up, somebody_loses_their_turn, a_supplier_sends_it,
    )  # fmt: skip
    for _ in range(60):
        dice.choice(happenings)(dice.randint(1, 9))
        assert standings_add_up(tx, alice).broken == ()
    assert of(tx, alice)


def test_a_lost_trigger_is_seen(tx, alice):
    claims.replace(tx, alice, 1, [claim(11, 1, units=2)])
    on_claims = " ON claims" if tx.dialect.name == "postgresql" else ""
    tx.exec_driver_sql(f"DROP TRIGGER claims_stand_insert{on_claims}")
    claims.replace(tx, alice, 2, [claim(21, 2, units=3)])
    assert standings_add_up(tx, alice).broken == (
        f"item {LAMP} at {HERE}: -1 claims and -3 units more are said to wait than do",
    )
