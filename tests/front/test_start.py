"""What stops a start, what is only said, and that nobody starts twice on one file."""

import psycopg
import pytest
from sqlalchemy import text

from backorder.clock import transport_now
from backorder.db import inbox
from backorder.db.engine import Database, DatabaseBusy
from backorder.house import build
from promised.alone import Alone
from promised.cli import main
from promised.refusal import CannotStart
from tests.books.cast import delivery
from tests.webhooks.cast import settings


@pytest.fixture
def shared(surroundings, fresh_postgresql_url, monkeypatch):
    """PostgreSQL, and a broker that nobody runs."""
    monkeypatch.setenv("DATABASE_URL", fresh_postgresql_url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    return settings(fresh_postgresql_url)


@pytest.fixture
def server(postgresql_url):
    """Says something to the server, as its owner."""

    def says(*statements):
        with psycopg.connect(postgresql_url, autocommit=True) as line:
            for statement in statements:
                line.execute(statement)

    return says


def name_of(shared):
    return shared.database_url.rsplit("/", 1)[1]


@pytest.fixture
def begun(monkeypatch):
    """What would run after the checks."""
    from promised import distributed

    began = []
    monkeypatch.setattr(distributed, "make_celery", lambda _settings: began.append("it") or _Nothing())
    return began


class _Nothing:
    """A queue that works at nothing and ends."""

    exitcode = 0

    def Worker(self, **_: object) -> "_Nothing":  # noqa: N802 - Celery's name
        return self

    Beat = Worker

    def start(self) -> None:
        """End at once."""

    run = start


@pytest.mark.postgres
@pytest.mark.parametrize("command", ["web", "worker", "beat"])
def test_processes_do_not_start_on_a_database_behind_its_migrations(shared, begun, capsys, command):
    database = Database(shared.database_url)
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    assert main([command]) == 1
    assert "run `promised migrate`" in capsys.readouterr().err
    assert begun == []
    database.close()


@pytest.mark.postgres
def test_a_broker_that_is_away_stops_nobody_and_is_said(shared, begun, capsys):
    assert main(["worker"]) == 0
    assert begun == ["it"]
    assert "The broker (REDIS_URL) does not answer" in capsys.readouterr().err


@pytest.mark.postgres
def test_the_wrong_key_stops_the_start(shared, begun, capsys, monkeypatch):
    house = build(shared)
    with house.db.write() as tx:
        inbox.put(tx, house.sealer, delivery(), transport_now())
    house.db.close()
    assert main(["beat"]) == 0
    monkeypatch.setenv("ENCRYPTION_KEY", "a key that was never used here")
    assert main(["beat"]) == 1
    assert "ENCRYPTION_KEY does not open" in capsys.readouterr().err
    assert begun == ["it"]


@pytest.mark.postgres
def test_a_standby_is_said_to_be_one_and_only_what_reads_is_done(shared, server, capsys):
    """A server after a failover, or a copy for reports: it answers, and takes no writes."""
    house = build(shared)
    server(f"ALTER DATABASE {name_of(shared)} SET default_transaction_read_only = on")
    assert main(["check"]) == 1
    assert "MISSING  The database takes no writes, as a standby does" in capsys.readouterr().out
    assert main(["reconcile"]) == main(["migrate"]) == 1
    assert capsys.readouterr().err.count("takes no writes, as a standby does") == 2
    assert main(["verify"]) == 0
    house.db.engine.dispose()
    with pytest.raises(DatabaseBusy, match="takes no writes"), house.db.write() as tx:
        tx.execute(text("DELETE FROM turns"))
    with pytest.raises(DatabaseBusy, match="takes no writes"):
        house.letterbox.keep(delivery(), transport_now(), 3.0)
    house.db.close()


@pytest.mark.postgres
def test_a_user_who_may_not_write_and_a_name_that_is_wrong_are_told_by_their_reason(
    shared, server, capsys, monkeypatch
):
    server("DROP ROLE IF EXISTS reader", "CREATE ROLE reader LOGIN", "GRANT pg_read_all_data TO reader")
    monkeypatch.setenv("DATABASE_URL", shared.database_url.replace("promised@", "reader@"))
    assert main(["check"]) == main(["migrate"]) == 1
    said = capsys.readouterr()
    assert "STOPS    The user of DATABASE_URL may not write to the books" in said.out
    assert said.err.startswith("The user of DATABASE_URL may not write to the books")
    server("DROP ROLE reader")
    monkeypatch.setenv("DATABASE_URL", f"{shared.database_url}_mistyped")
    assert main(["verify"]) == 1
    assert f'database "{name_of(shared)}_mistyped" does not exist' in capsys.readouterr().err


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_would_lose_names_is_refused_before_it_is_filled(shared, server, capsys, monkeypatch, encoding):
    server(f"CREATE DATABASE lossy TEMPLATE template0 ENCODING '{encoding}' LOCALE 'C'")
    monkeypatch.setenv("DATABASE_URL", shared.database_url.replace(name_of(shared), "lossy"))
    assert main(["migrate"]) == 1
    assert capsys.readouterr().err == (
        f"The database is encoded in {encoding}: create it with ENCODING 'UTF8', or names are lost.\n"
    )
    server("DROP DATABASE lossy")


def test_http_against_the_real_shopify_is_refused_like_any_wrong_setting(surroundings, monkeypatch, capsys):
    monkeypatch.setenv("APP_URL", "http://promised.example.com")
    assert main(["serve"]) == 2
    assert "https://" in capsys.readouterr().err


def test_books_that_cannot_be_written_end_the_start_with_a_sentence(surroundings, monkeypatch, capsys, tmp_path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/a file/books.db")
    assert main(["serve"]) == 1
    said = capsys.readouterr().err
    assert "cannot be written" in said
    assert "Traceback" not in said


def test_a_second_embedded_process_on_the_same_file_is_sent_away(surroundings, tmp_path, capsys):
    first = Alone(tmp_path / "books.db")
    assert main(["serve"]) == 1
    assert "Another `promised serve` works on" in capsys.readouterr().err
    first.leave()


def test_the_file_is_free_again_when_its_holder_leaves(tmp_path):
    file = tmp_path / "books.db"
    holder = Alone(file)
    with pytest.raises(CannotStart):
        Alone(file)
    holder.leave()
    Alone(file).leave()


def test_check_says_what_is_wrong_and_what_is_right(surroundings, capsys, tmp_path):
    (tmp_path / "books.db").touch()
    assert main(["check"]) == 1
    assert capsys.readouterr().out.startswith("STOPS    The database is not migrated")
    assert main(["migrate"]) == 0
    assert main(["check"]) == 0
    assert "Everything is in order." in capsys.readouterr().out
