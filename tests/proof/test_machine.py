"""The shelf against a model of thirty lines: the allocator and its books, step by step, with the shortest counter-example.

The model knows who came when, what is there, and what was let go. It gives by age; the books must agree after every step.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection, text

from backorder.allocate import decide
from backorder.db import catalogue, claims, levels, locations, lots, shops
from backorder.db.engine import Database
from backorder.rules.claims import Claim
from tests.books.cast import ALICE, HERE, LAMP, LAMP_VARIANT, NOON, level, location, shop_seen, variant

UNITS = st.integers(1, 4)


class Model:
    """Lines as [age, units, kept]; who is older is served first, beside what is kept."""

    def __init__(self) -> None:
        self.there = 0
        self.lines: dict[int, list[int]] = {}

    def given(self) -> dict[int, int]:
        left = self.there - sum(kept for _, _, kept in self.lines.values())
        found = {}
        for line, (_, units, kept) in sorted(self.lines.items(), key=lambda pair: (pair[1][0], pair[0])):
            more = min(max(0, left), units - kept)
            left -= more
            found[line] = kept + more
        return found


class Shelf(RuleBasedStateMachine):
    """Everything in one transaction of its own, which the last step takes back."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self._opened = self._transaction()
        self.tx = next(self._opened)

    def _transaction(self) -> Iterator[Connection]:
        with self.database.engine.connect() as connection:
            transaction = connection.begin()
            yield connection
            transaction.rollback()

    def teardown(self) -> None:
        next(self._opened, None)

    @initialize(units=st.integers(0, 4))
    def open(self, units: int) -> None:
        self.shop = shops.install(self.tx, ALICE, NOON).shop_id
        shops.describe(self.tx, self.shop, shop_seen())
        locations.save_locations(self.tx, self.shop, [location()])
        catalogue.save_variants(self.tx, self.shop, [variant()])
        catalogue.choose(self.tx, self.shop, [LAMP_VARIANT], {"managed": True})
        self.model.there = units
        self.read()

    @rule(line=st.integers(1, 9), minute=st.integers(0, 3), units=UNITS)
    def order(self, line: int, minute: int, units: int) -> None:
        """Somebody orders, perhaps in the same minute as others, and news may come in any order."""
        if line not in self.model.lines:
            self.model.lines[line] = [minute, units, 0]
            self.claim(line)

    @rule(units=st.integers(-3, 5))
    def count(self, units: int) -> None:
        self.model.there += units
        self.read()

    @precondition(lambda self: self.model.lines)
    @rule(chance=st.randoms(use_true_random=False))
    def cancel(self, chance: object) -> None:
        line = chance.choice(sorted(self.model.lines))  # type: ignore[attr-defined]
        del self.model.lines[line]
        claims.replace(self.tx, self.shop, line, ())
        self.read()

    @precondition(lambda self: self.model.lines)
    @rule(chance=st.randoms(use_true_random=False))
    def let_go(self, chance: object) -> None:
        """What a line was given is released: from now on it is kept."""
        line = chance.choice(sorted(self.model.lines))  # type: ignore[attr-defined]
        (claim,) = claims.of_lines(self.tx, self.shop, [line])
        lots.keep(self.tx, self.shop, claim, claim.given, cause="release", actor="test", at=NOON)
        self.model.lines[line][2] = self.model.given()[line]
        self.read()

    @precondition(lambda self: self.model.lines)
    @rule(chance=st.randoms(use_true_random=False), units=UNITS)
    def change(self, chance: object, units: int) -> None:
        """An order becomes smaller or larger before anything of it was let go."""
        line = chance.choice(sorted(self.model.lines))  # type: ignore[attr-defined]
        if not self.model.lines[line][2]:
            self.model.lines[line][1] = units
            self.claim(line)

    def claim(self, line: int) -> None:
        minute, units, _ = self.model.lines[line]
        one = Claim(line, line, LAMP, HERE, units, NOON + timedelta(minutes=minute))
        claims.replace(self.tx, self.shop, line, [replace(one)])
        self.read()

    def read(self) -> None:
        """A settled read: all committed units are known."""
        committed = sum(units for _, units, _ in self.model.lines.values())
        seen = level(available=self.model.there - committed, committed=committed, on_hand=self.model.there)
        levels.save(self.tx, self.shop, [seen])
        decide(self.tx, self.shop, [LAMP], NOON, cause="settled read")

    @invariant()
    def the_books_agree_with_the_model(self) -> None:
        found = {claim.line_id: claim.given for claim in claims.of_items(self.tx, self.shop, [LAMP])}
        assert found == self.model.given()

    @invariant()
    def the_lot_adds_up(self) -> None:
        row = self.tx.execute(text("SELECT sum(units) FROM allocations")).scalar_one() or 0
        (lot,) = lots.of_items(self.tx, self.shop, [LAMP])
        assert lot.allocated == row
        assert lot.short == max(0, row - max(0, self.model.there))


BUDGET = settings(
    max_examples=15,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@contextmanager
def shelves_in(url: str) -> Iterator[type[Shelf]]:
    database = Database(url)
    yield type("ShelfHere", (Shelf,), {"database": database})
    database.close()


def test_the_shelf_is_given_as_the_model_says(sqlite_url: str) -> None:
    with shelves_in(sqlite_url) as here:
        run_state_machine_as_test(here, settings=BUDGET)


@pytest.mark.long
def test_a_queue_that_forgets_what_was_let_go_is_found_out(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lots, "keep", lambda *_, **__: None)
    with shelves_in(sqlite_url) as here, pytest.raises(AssertionError):
        run_state_machine_as_test(here, settings=settings(BUDGET, max_examples=200, phases=[Phase.generate]))
