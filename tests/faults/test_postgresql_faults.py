"""PostgreSQL goes away at the worst moments: nothing is half done, nothing is done twice, nobody hangs."""

import time as clock
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from backorder import believe, observe
from backorder.db import dirty, engine, inbox, levels
from backorder.db.engine import ConnectionCut, Database, DatabaseBusy, OutcomeUnknown
from backorder.verify import verify
from devstore.stock import correct
from tests.faults.long import EVERY_NTH
from tests.faults.test_dying_at_named_steps import A_LEASE
from tests.stories.conftest import _town
from tests.stories.town import SECRET, Town
from tests.webhooks.cast import BODY, envelope, signature

pytestmark = [pytest.mark.postgres, pytest.mark.long]


def driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def here(fresh_postgresql_url: str) -> Iterator[Database]:
    database = Database(driver(fresh_postgresql_url))
    with database.write() as tx:
        tx.execute(text("CREATE TABLE counter (name TEXT PRIMARY KEY, n INTEGER NOT NULL)"))
        tx.execute(text("INSERT INTO counter VALUES ('a', 0), ('b', 0)"))
    yield database
    database.close()


@contextmanager
def through(url: str) -> Iterator[Database]:
    database = Database(driver(url))
    try:
        yield database
    finally:
        database.close()


def add(tx: Any) -> None:
    tx.execute(text("UPDATE counter SET n = n + 1 WHERE name = 'a'"))


def count(db: Database) -> int:
    with db.read() as tx:
        return int(tx.execute(text("SELECT n FROM counter WHERE name = 'a'")).scalar_one())


def server_ends_everybody(url: str) -> None:
    """What a restart does to those who are connected."""
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_restart_in_the_middle_of_a_unit_of_work_repeats_it_whole(here, fresh_postgresql_url):
    tried = []

    def work(tx):
        tried.append(1)
        add(tx)
        if len(tried) == 1:
            server_ends_everybody(fresh_postgresql_url)
        add(tx)

    here.run(work)
    assert len(tried) == 2
    assert count(here) == 2, "the half that was cut off was never written"


def test_without_the_repetition_a_restart_is_an_error_that_says_that_nothing_was_written(here, fresh_postgresql_url):
    """The control: the cut above is a real one."""

    def cut_off() -> None:
        with here.write() as tx:
            add(tx)
            server_ends_everybody(fresh_postgresql_url)
            add(tx)

    with pytest.raises(ConnectionCut):
        cut_off()
    assert count(here) == 0


def test_a_commit_whose_answer_is_lost_is_told_as_unknown_and_never_repeated_by_itself(
    here, fresh_postgresql_url, between
):
    proxy = between(fresh_postgresql_url)
    with through(proxy.url) as there:
        tried = []

        def work(tx):
            tried.append(1)
            add(tx)

        there.run(work)
        proxy.loses_answers = 1
        with pytest.raises(OutcomeUnknown):
            there.run(work)
        assert proxy.lost == 1
    assert len(tried) == 2
    assert count(here) == 2, "it was written; a repetition would have counted three"


def test_everybody_busy_is_learnt_before_the_store_gives_up_on_us(here):
    with ExitStack() as all_seats:
        for _ in range(engine.CONNECTIONS):
            all_seats.enter_context(here.read())
        began = clock.monotonic()
        with pytest.raises(DatabaseBusy, match="all 20 connections"), here.write(3.0):
            pass
        assert clock.monotonic() - began < 4.5
    here.run(add)
    assert count(here) == 1


def test_who_holds_a_lock_and_never_comes_back_is_ended_by_the_server(here):
    with here.write() as tx:
        said = {name: tx.execute(text(f"SHOW {name}")).scalar_one() for name in engine.SERVER_PATIENCE}
    assert said == {"statement_timeout": "1min", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "1min"}

    def stopped() -> None:
        with here.write() as tx:
            tx.execute(text("SET LOCAL idle_in_transaction_session_timeout = '30ms'"))
            add(tx)
            here.run(add)  # comes through when the server has ended the other
            add(tx)

    with pytest.raises(ConnectionCut):
        stopped()
    assert count(here) == 1


def test_a_wait_that_the_server_ends_is_told_as_busy(here):

    def impatient() -> None:
        with here.write() as second:
            second.execute(text("SET LOCAL lock_timeout = '30ms'"))
            add(second)

    with here.write() as first:
        add(first)
        with pytest.raises(DatabaseBusy, match="somebody else holds"):
            impatient()
    assert count(here) == 1


def test_a_webhook_whose_keeping_was_not_heard_is_sent_again_and_kept_once(
    fresh_postgresql_url, time, monkeypatch, tmp_path, between
):
    proxy = between(fresh_postgresql_url)
    for town in _town(driver(proxy.url), time, monkeypatch, tmp_path):
        client = town.app.test_client()
        first, second = signed(town), signed(town, Event_Id="event-2", Webhook_Id="webhook-2")
        answers = [client.post("/webhooks", data=BODY, headers=first).status_code]
        proxy.word, proxy.loses_answers = b"keep\0", 1  # the name of the one statement that keeps a webhook
        answers += [client.post("/webhooks", data=BODY, headers=second).status_code]
        with town.house.db.read() as tx:
            waiting = inbox.waiting(tx)
        proxy.refuses = True
        proxy.cut()
        answers += [client.post("/webhooks", data=BODY, headers=second).status_code]
    assert (answers, proxy.lost, waiting) == ([200, 200, 503], 1, 2)


def signed(town: Town, **names: str) -> dict[str, str]:
    return envelope(BODY, Hmac_Sha256=signature(BODY, SECRET), Shop_Domain=town.store.domain, **names)


class Cutter:
    """Cuts the connection at the ``nth`` statement of ours, before or after it was done."""

    def __init__(self, database: Database, nth: int, *, after: bool) -> None:
        self.left = nth
        self.seen = 0
        self.cut = False
        event.listen(database.engine, "after_cursor_execute" if after else "before_cursor_execute", self)

    def __call__(self, connection: Any, *_: object) -> None:
        self.seen += 1
        if self.seen == self.left:
            self.cut = True
            # As a network does it: our side of the connection is gone, the server finds out.
            connection.connection.driver_connection.close()

    def off(self) -> None:
        self.left = 0


def look(town: Town) -> None:
    """The clock calls until nothing is left to look at; turns of the dead end meanwhile. Mara believes what is counted."""
    for _ in range(4):
        town.time.passes(A_LEASE)
        observe.observe(town.house, town.shop_id, town.now())
    with town.house.db.read() as tx:
        aside = levels.with_aside(tx, town.shop_id)
    for level in aside:
        place = (level.item_id, level.location_id)
        believe.release(town.house, town.shop_id, *place, level.aside.units, actor="Mara", now=town.now())


def counted(town: Town, units: int) -> None:
    """The warehouse counts, and the bell for it has come."""
    correct(town.world, town.store, town.lamp.item_id, town.place, available=units - waiting_units(town))
    with town.house.db.write() as tx:
        dirty.mark(tx, town.shop_id, dirty.Kind.ITEM, [town.lamp.item_id], town.time())


def waiting_units(town: Town) -> int:
    return town.level(town.lamp).committed


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_connection_cut_at_any_statement_of_a_decision_changes_nothing_of_its_end(
    fresh_postgresql_url, time, monkeypatch, tmp_path, after
):
    for town in _town(driver(fresh_postgresql_url), time, monkeypatch, tmp_path):
        town.install()
        town.manage(town.lamp)
        town.order_goods("PO-12", town.lamp, 40, due_in=12)
        town.buy("Lena", (town.lamp, 1))
        ben = town.buy("Ben", (town.lamp, 2))
        look(town)
        given, nth, cuts = 0, 1, 0
        while True:
            given = 0 if given else 2
            counted(town, given + 1)  # Lena's has not been shipped yet
            cutter = Cutter(town.house.db, nth, after=after)
            with suppress(DatabaseBusy, OutcomeUnknown, DBAPIError):
                observe.observe(town.house, town.shop_id, town.now())
            cutter.off()
            look(town)
            assert town.given(ben) == given, f"cut at statement {nth}"
            if not cutter.cut:
                break
            cuts, nth = cuts + 1, nth + EVERY_NTH
        assert cuts > 40 // EVERY_NTH
        assert verify(town.house).holds


def test_the_cutter_cuts(here):
    """The control: what it does is seen by whoever does not repeat."""
    cutter = Cutter(here, 2, after=True)

    def thrice() -> None:
        with here.write() as tx:
            for _ in range(3):
                add(tx)

    with pytest.raises(ConnectionCut):
        thrice()
    assert cutter.cut
    assert count(here) == 0
