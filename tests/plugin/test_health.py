"""What operators ask: does it live, can it work, how much is there to do."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import text

from backorder.db import migrate, tokens
from backorder.db.tokens import TokenPair
from backorder.house import build
from plugin.app import create_app
from plugin.ready import access
from plugin.ready.finding import Weight
from plugin.ready.probe import Probe
from tests.plugin.conftest import settings


@pytest.fixture
def half_dead() -> Iterator[int]:
    """The port of a server that takes connections and never says anything."""
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_process_that_answers_is_alive(client):
    assert client.get("/healthz").text == "ok\n"


def test_a_process_with_its_books_is_ready(client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (200, "ready\n")


def test_a_process_whose_books_are_not_migrated_says_what_to_run(tmp_path):
    house = build(settings(tmp_path))
    answer = create_app(house).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "promised migrate" in answer.text
    migrate.upgrade(house.db)
    assert create_app(house).test_client().get("/readyz").status_code == 200
    house.db.close()


def test_old_code_on_a_database_that_is_ahead_goes_on_and_says_so(client, house):
    """A rolling upgrade: the release step has run, this process is still of the version before."""
    with house.db.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    first, note = answer.text.splitlines()
    assert first == "ready"
    assert "revision 9999, newer than this version" in note
    migrate.upgrade(house.db)
    with house.db.read() as tx:
        assert migrate.standing(tx) == (migrate.Standing.AHEAD, "9999"), "and it is left as it is"


def test_a_process_without_its_database_is_alive_but_not_ready(tmp_path):
    (tmp_path / "a folder").mkdir()
    house = build(settings(tmp_path, database_url=f"sqlite:///{tmp_path}/a folder"))
    client = create_app(house).test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "The database does not answer: see whether it runs and DATABASE_URL names it." in answer.text
    house.db.close()


def test_a_process_without_its_broker_is_not_ready(house, tmp_path):
    nobody_listens = settings(tmp_path, redis_url="redis://127.0.0.1:1/0")
    answer = create_app(replace(house, settings=nobody_listens)).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.text == "The broker (REDIS_URL) does not answer: see whether it runs and REDIS_URL names it.\n"


def test_servers_that_hang_are_said_within_three_seconds_all_of_them_and_again(tmp_path, half_dead):
    hanging = settings(
        tmp_path,
        database_url=f"postgresql://promised@127.0.0.1:{half_dead}/promised?connect_timeout=4",
        redis_url=f"redis://127.0.0.1:{half_dead}/0",
    )
    house = build(hanging)
    app = create_app(house)
    began = time.monotonic()
    answer = app.test_client().get("/readyz")
    assert time.monotonic() - began < 3.0
    assert answer.status_code == 503
    both = ["The database", "The broker (REDIS_URL)"]
    assert [line.split(" does not answer")[0] for line in answer.text.splitlines()] == both
    again = app.extensions["readiness"].findings(0.1)
    assert [found.sentence.split(" does not answer")[0] for found in again] == both
    house.db.close()


def test_while_a_question_hangs_no_second_thread_waits_for_it(half_dead):
    asked = []

    def never() -> tuple[()]:
        asked.append(1)
        with closing(socket.create_connection(("127.0.0.1", half_dead))) as line:
            line.settimeout(1.0)
            with pytest.raises(TimeoutError):
                line.recv(1)
        return ()

    silence = access.findings({"lamplight.myshopify.com": frozenset({"write_orders"})})
    probe = Probe("a test", never, silence)
    for _ in range(5):
        probe.begin()
        assert probe.answer(time.monotonic()) == silence
    assert asked == [1]
    assert probe.answer(time.monotonic() + 5) == (), "and its answer is taken when it comes"


def test_a_key_that_does_not_open_the_books_is_said(house, tmp_path):
    foreign = build(settings(tmp_path, encryption_key="quite another key than before"))
    answer = create_app(foreign).test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.text.startswith("ENCRYPTION_KEY does not open what is in this database")
    foreign.db.close()


def test_one_damaged_row_is_no_foreign_key(house, client):
    with house.db.write() as tx:
        tx.execute(tokens.tokens.update().where(tokens.tokens.c.shop_id == 2).values(access_sealed="damaged"))
    assert client.get("/readyz").text == "ready\n"


def test_missing_scopes_are_counted_where_everybody_reads_and_named_where_operators_do(house, client, stage):
    with house.db.write() as tx:
        known = tokens.get(tx, house.sealer, stage.alice.shop_id)
        assert known is not None
        fewer = access.wanted() - {"read_locations", "read_locales"}
        pair = TokenPair(known.access, known.access_until, known.refresh, known.refresh_until, frozenset(fewer))
        tokens.put(tx, house.sealer, stage.alice.shop_id, pair)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert "One shop has not granted every scope" in answer.text
    assert "lamplight" not in answer.text.lower()
    (finding,) = access.findings({stage.alice.domain: frozenset(fewer)})
    assert finding.weight is Weight.NOTE
    assert finding.names == (f"{stage.alice.domain} has not granted read_locales, read_locations.",)


def test_a_store_whose_clock_differs_is_said(house, client):
    house.http.store_ahead = 42.0
    assert "clock is 42 s behind the store's" in client.get("/readyz").text
    house.http.store_ahead = 3.0
    assert client.get("/readyz").text == "ready\n"
