"""What stops a start, what is only said, and that nobody starts twice on one file."""

import pytest
from sqlalchemy import text

from backorder.clock import transport_now
from backorder.db import inbox
from backorder.db.engine import Database
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
