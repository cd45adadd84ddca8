"""Verify: true books hold, and whatever is broken is named by the check that watches it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from backorder import verify as verifying
from backorder.bell import SilentBell
from backorder.config import Settings
from backorder.db import dirty, lots, outbox, shops, tokens, turns
from backorder.db.dirty import Kind
from backorder.db.engine import WRITER, Connection, Database
from backorder.db.outbox import Effect, order_lane
from backorder.db.sealed import Sealer
from backorder.house import House
from backorder.store.http import open_http
from backorder.verify import Certificate
from tests.books.breakages import ASKED_BACK, BREAKAGES, MORE_BREAKAGES, SENT_BY_SUPPLIERS, sql
from tests.books.cast import ALICE, BOB, HERE, LAMP, NOON, SECOND_ORDER
from tests.books.true_books import KEY, lamps, true_books

NOT_FOR_EVER = "nobody is passed over for longer than the policy says"
LATER = NOON + timedelta(hours=3)  # two reconcile periods and more


def verify(house: House, shop_id: int | None = None, at: datetime = NOON) -> Certificate:
    return verifying.verify(house, shop_id, at)


class OneHand(Database):
    """True books, written once for many tests: all is read and written in one transaction, and what a test broke is taken back."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._line = self.engine.connect().execution_options(**{WRITER: True})
        if not self.is_sqlite:
            self._line.execute(text("SET idle_in_transaction_session_timeout = 0"))  # other tests run between
        self.alice = true_books(self._line)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        yield self._line

    @contextmanager
    def write(self, patience: float = 0) -> Iterator[Connection]:
        yield self._line

    @contextmanager
    def untouched(self) -> Iterator[None]:
        """Whatever is done meanwhile has not been."""
        before = self._line.begin_nested()
        yield
        before.rollback()
        if self.is_sqlite:
            self._line.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")

    def close(self) -> None:
        self._line.close()
        super().close()


@pytest.fixture(scope="session")
def true_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OneHand]:
    file = tmp_path_factory.mktemp("true") / "books.db"
    file.write_bytes(migrated_sqlite.read_bytes())
    hand = OneHand(f"sqlite:///{file}")
    yield hand
    hand.close()


@pytest.fixture(scope="session")
def true_postgresql(postgresql_url: str, migrated_template: str, clerk: Any) -> Iterator[OneHand]:
    name = f"promised_true_{os.getpid()}"
    clerk.says(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    hand = OneHand(postgresql_url.rsplit("/", 1)[0].replace("postgresql://", "postgresql+psycopg://") + f"/{name}")
    yield hand
    hand.close()
    clerk.says(f"DROP DATABASE {name} WITH (FORCE)")


def _house(database: Database) -> House:
    settings = Settings.model_validate(
        {
            "app_url": "https://promised.example.com",
            "shopify_api_key": "key",
            "shopify_api_secret": "secret",
            "secret_key": KEY,
            "encryption_key": KEY,
        }
    )
    return House(settings, database, Sealer(KEY), open_http(), SilentBell())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest) -> Iterator[House]:
    """A house whose books are true, once on each database."""
    hand: OneHand = request.getfixturevalue(f"true_{request.param}")
    with hand.untouched():
        yield _house(hand)


@pytest.fixture
def alice(house: House) -> int:
    """Alice's shop, by our number."""
    assert isinstance(house.db, OneHand)
    return house.db.alice


def broken(certificate: Certificate) -> dict[str, tuple[str, ...]]:
    return {check.name: check.broken for check in certificate.checks if check.broken}


def test_true_books_hold_and_say_what_was_counted(house, alice):
    certificate = verify(house)
    assert broken(certificate) == {}
    assert certificate.holds
    # Of deep queues, which are at home in tests/books/test_fronts.py, and of other policies, in tests/books/test_policies.py.
    elsewhere = {verifying.DAYS_STAND, verifying.AS_THE_POLICY_SAYS, NOT_FOR_EVER}
    # In these books nothing is sent by suppliers and nobody has left: both have their cracks below.
    elsewhere |= {SENT_BY_SUPPLIERS, ASKED_BACK}
    assert {check.name for check in certificate.checks} == set(BREAKAGES) | elsewhere, "each has its negative control"
    assert all(check.counted for check in certificate.checks if check.name not in elsewhere), "proved of nothing"


def test_empty_books_hold(db):
    certificate = verify(_house(db))
    assert certificate.holds
    assert {check.counted for check in certificate.checks} == {0}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_book_is_named_by_its_check(house, alice, name):
    breaking, sentence = BREAKAGES[name]
    with house.db.write() as tx:
        breaking(tx)
    certificate = verify(house)
    assert not certificate.holds
    assert sentence in broken(certificate)[name]


@pytest.mark.parametrize("case", MORE_BREAKAGES)
def test_a_finer_crack_is_named_too(house, alice, case):
    breaking, name, sentence = MORE_BREAKAGES[case]
    with house.db.write() as tx:
        breaking(tx)
    assert sentence in broken(verify(house))[name]


def test_one_shop_can_be_asked_alone(house, alice):
    with house.db.write() as tx:
        bob = shops.install(tx, BOB, NOON).shop_id
        lots.shelf(tx, bob, LAMP, HERE, units=3, allocated=1)
    assert verify(house, alice).holds
    assert not verify(house, bob).holds
    assert not verify(house).holds


def test_a_shop_does_not_answer_for_its_neighbours_numbers(house, alice):
    """The same line, lot and item numbers in another shop neither mend nor break anything here."""
    with house.db.write() as tx:
        bob = shops.install(tx, BOB, NOON).shop_id
        lamps(tx, bob)
        for table in ("claims", "claim_ledger"):
            statement = f"UPDATE {table} SET units = 1 WHERE line_id = 61 AND shop_id = :shop"  # noqa: S608 - two names of ours
            tx.execute(text(statement), {"shop": bob})
    assert verify(house, alice).holds
    assert list(broken(verify(house, bob))) == ["no claim holds more than it asks for"]


def test_what_waits_for_longer_than_two_reconcile_periods_is_named(house, alice):
    certificate = verify(house, at=LATER)
    assert broken(certificate) == {
        "what was accepted is understood in time": ("webhook 1 (orders/create) waits since 2026-11-23 12:00:00 UTC",),
        "what is dirty is looked at in time": ("item 12 of shop 1 waits since 2026-11-23 12:00:00 UTC",),
    }


def test_a_hold_on_its_way_excuses_what_is_still_open(house, alice):
    with house.db.write() as tx:
        sql("UPDATE claims SET exposed = 2 WHERE line_id = 62")(tx)
        outbox.put(tx, alice, Effect.HOLD, order_lane(SECOND_ORDER), SECOND_ORDER, "hold", NOON)
    assert verify(house).holds


def test_a_row_of_a_neighbours_lot_is_named(house, alice):
    with house.db.write() as tx:
        bob = shops.install(tx, BOB, NOON).shop_id
        lot_id = lots.shelf(tx, bob, LAMP, HERE, units=3, allocated=0)
        tx.execute(text("UPDATE allocations SET lot_id = :lot WHERE line_id = 62"), {"lot": lot_id})
    named = broken(verify(house))["no row points to what its shop does not have"]
    assert named == (f"allocations: shop {alice} means lot_id {lot_id}, which it does not have",)


def test_a_certificate_says_when_and_of_what(house, alice):
    certificate = verify(house)
    said = certificate.to_json()
    assert (said["holds"], said["at"], said["shops"]) == (True, NOON.isoformat(), [ALICE])
    assert said["revision"]
    assert said["database"].split(":")[0] in {"sqlite", "postgresql+psycopg"}
    assert certificate.counted == sum(check["counted"] for check in said["checks"])


ONE_MORE_ON_THE_SHELF = ("UPDATE lots SET units = 4", "UPDATE levels SET available = 0, on_hand = 4")
NOT_YET_DECIDED = sql(
    *ONE_MORE_ON_THE_SHELF,
    "UPDATE claims SET units = 1 WHERE line_id = 61",
    "UPDATE claim_ledger SET units = 1 WHERE line_id = 61",
)


def test_what_is_still_to_be_decided_is_no_broken_word(house, alice):
    """An order was just seen to shrink: its item is marked in the same transaction and decided in the next."""
    with house.db.write() as tx:
        NOT_YET_DECIDED(tx)
    assert set(broken(verify(house))) == {
        "no claim holds more than it asks for",
        "no unit stays on a shelf while somebody waits for it",
    }
    with house.db.write() as tx:
        dirty.mark(tx, alice, Kind.ITEM, [LAMP], NOON)
    assert verify(house).holds


def test_of_a_shop_that_left_nothing_is_decided_any_more(house, alice):
    with house.db.write() as tx:
        NOT_YET_DECIDED(tx)
        shops.leave(tx, alice, NOON)
        tokens.forget(tx, alice)
    assert verify(house).holds


@pytest.mark.parametrize(
    "ours_no_more",
    [
        pytest.param("UPDATE variants SET managed = false", id="not managed"),
        pytest.param("UPDATE variants SET gone_at = '2026-11-23 12:00:00.000000'", id="gone"),
        pytest.param("UPDATE items SET tracked = false", id="not counted"),
    ],
)
def test_goods_that_are_not_ours_to_give_are_left_on_the_shelf(house, alice, ours_no_more):
    with house.db.write() as tx:
        sql(*ONE_MORE_ON_THE_SHELF, ours_no_more)(tx)
    assert verify(house).holds


def test_many_broken_places_are_told_by_the_first_few(house, alice):
    with house.db.write() as tx:
        for item_id in range(1000, 1030):
            lots.shelf(tx, alice, item_id, HERE, units=1, allocated=1)
    (told,) = broken(verify(house)).values()
    assert len(told) == 10


def test_what_is_everybodys_needs_no_shop(house, alice):
    """The relay rests and somebody tidies up: neither belongs to a shop. A row of a shop that never was is named still."""
    with house.db.write() as tx:
        turns.take_turn(tx, 0, "tidy", "somebody", NOON, 60)
    assert broken(verify(house)) == {}
    with house.db.write() as tx:
        turns.take_turn(tx, 77, "observe", "nobody", NOON, 60)
    assert broken(verify(house)) == {"every row has its shop": ("turns: 1 of shop 77, which is not there",)}
