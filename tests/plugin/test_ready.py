"""What is said of a database, a broker, a file and a clock that are not as they should be; each beside one that is."""

from datetime import UTC, datetime

import pytest

from backorder.db import migrate
from backorder.db.condition import Condition
from backorder.db.engine import Database
from backorder.db.migrate import Standing
from plugin.ready import Readiness, Weight, broker, clocks, database, machine
from tests.plugin.conftest import house_at, settings

FINE = Condition(Standing.CURRENT, "0002", datetime.now(UTC), 18, "UTF8", "read committed", opens=True)
ROOMY = {"redis_version": "7.2.5", "maxmemory": 0, "used_memory": 10, "maxmemory_policy": "noeviction"}


@pytest.mark.parametrize(
    ("changed", "weight", "words"),
    [
        ({"standing": Standing.BEHIND, "revision": "0001"}, Weight.STOPS, "run `promised migrate`"),
        ({"standing": Standing.AHEAD, "revision": "0009"}, Weight.NOTE, "newer than this version"),
        ({"opens": False}, Weight.STOPS, "ENCRYPTION_KEY does not open"),
        ({"encoding": "SQL_ASCII"}, Weight.STOPS, "encoded in SQL_ASCII"),
        ({"isolation": "repeatable read"}, Weight.STOPS, "READ COMMITTED"),
        ({"read_only": True, "may_write": False}, Weight.MISSING, "takes no writes, as a standby does"),
        ({"may_write": False}, Weight.STOPS, "may not write to the books"),
        ({"version": 12}, Weight.NOTE, "PostgreSQL 12 is older"),
    ],
)
def test_a_database_that_is_not_as_it_should_be(changed, weight, words):
    (found,) = database.judged(Condition(**{**vars(FINE), **changed}))
    assert found.weight is weight
    assert words in found.sentence


def test_a_database_as_it_should_be_is_not_spoken_of():
    assert database.judged(FINE) == ()
    assert database.judged(Condition(Standing.CURRENT, "0002", opens=None)) == (), "an empty SQLite file neither"


@pytest.mark.parametrize(
    ("told", "weight", "words"),
    [
        ({"maxmemory": 100, "maxmemory_policy": "allkeys-lru"}, Weight.NOTE, "noeviction"),
        ({"maxmemory": 100, "used_memory": 95}, Weight.NOTE, "95 % full"),
        ({"maxmemory": 100, "used_memory": 101}, Weight.MISSING, "takes no calls"),
        ({"redis_version": "5.0.7"}, Weight.NOTE, "Redis 5.0 is older"),
    ],
)
def test_a_broker_that_is_not_as_it_should_be(told, weight, words):
    (found,) = broker.judged({**ROOMY, **told})
    assert found.weight is weight
    assert words in found.sentence


def test_a_broker_without_a_limit_evicts_nothing_whatever_its_policy():
    assert broker.judged({**ROOMY, "maxmemory_policy": "allkeys-lru"}) == ()


@pytest.mark.redis
def test_a_real_broker_tells_what_is_asked(redis_url):
    from redis import Redis

    with Redis.from_url(redis_url) as server:
        assert broker.findings(redis_url) == ()
        before = server.config_get("maxmemory*")
        try:
            server.config_set("maxmemory", 500_000_000)
            server.config_set("maxmemory-policy", "allkeys-lru")
            (found,) = broker.findings(redis_url)
        finally:
            server.config_set("maxmemory", before["maxmemory"])
            server.config_set("maxmemory-policy", before["maxmemory-policy"])
    assert "allkeys-lru" in found.sentence


@pytest.mark.postgres
def test_a_real_postgresql_is_as_it_should_be_and_says_when_it_is_not_migrated(fresh_postgresql_url, tmp_path):
    house = settings(tmp_path, database_url=fresh_postgresql_url)
    from backorder.house import build

    lived_in = build(house)
    assert Readiness(lived_in).findings() == ()
    with lived_in.db.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    (found,) = Readiness(lived_in).findings()
    assert found.weight is Weight.STOPS
    assert f"it is at revision 0001 and this version needs {migrate.head()}" in found.sentence
    lived_in.db.close()


@pytest.mark.parametrize(
    ("ahead", "shared", "weight"),
    [(4.9, True, None), (-5.1, True, Weight.NOTE), (31.0, True, Weight.STOPS), (31.0, False, Weight.NOTE)],
)
def test_clocks_that_differ_are_told_and_stop_only_where_leases_go_by_them(ahead, shared, weight):
    found = clocks.compared(ahead, "the database's", shared=shared)
    assert [each.weight for each in found] == ([weight] if weight else [])


def test_which_clock_is_behind_is_said():
    assert "42 s behind the store's" in clocks.compared(42.0, "the store's", shared=False)[0].sentence
    assert "42 s ahead of the store's" in clocks.compared(-42.0, "the store's", shared=False)[0].sentence


def test_books_that_cannot_be_written_are_said_before_they_are_opened(tmp_path):
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("")
    (found,) = machine.findings(settings(tmp_path, database_url=f"sqlite:///{in_the_way}/books.db"))
    assert found.weight is Weight.STOPS
    assert "cannot be written" in found.sentence
    assert machine.findings(settings(tmp_path)) == ()
    assert machine.findings(settings(tmp_path, database_url=f"sqlite:///{tmp_path}/not/yet/books.db")) == ()


def test_a_disk_that_is_nearly_full_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "LEAST_ROOM", 2**60)
    (found,) = machine.findings(settings(tmp_path))
    assert "MB left" in found.sentence


def test_the_real_shopify_takes_https_only_a_development_store_does_not_mind(tmp_path):
    assert machine.address(settings(tmp_path, app_url="http://promised.test"))[0].weight is Weight.STOPS
    assert machine.address(settings(tmp_path)) == ()
    beside = settings(tmp_path, app_url="http://promised.test", shopify_shop_url="http://127.0.0.1:4010/{shop}")
    assert machine.address(beside) == ()


def test_the_worst_is_said_first(tmp_path):
    Database(f"sqlite:///{tmp_path}/books.db").close()
    with house_at(tmp_path) as house:
        house.http.store_ahead = 20.0
        weights = [found.weight for found in Readiness(house).findings()]
    assert weights == [Weight.STOPS, Weight.NOTE]


def test_books_that_are_taken_from_under_a_running_app_are_missed(tmp_path):
    with house_at(tmp_path) as house:
        assert house.db.is_up()
        asked, file = Readiness(house), machine.file_of(house.settings)
        assert [found for found in asked.findings() if "taken from" in found.sentence] == []
        file.rename(tmp_path / "moved away.db")
        (missed,) = (found for found in asked.findings() if "taken from" in found.sentence)
        assert missed.weight is Weight.MISSING
        file.write_bytes((tmp_path / "moved away.db").read_bytes())
        assert any("taken from" in found.sentence for found in asked.findings()), "a copy in its place is another file"
