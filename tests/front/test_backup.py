"""Backup and restore as docs/operations.md tells them, of both databases, with real programs on books that are lived in."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace

import psycopg
import pytest

from backorder.db import migrate
from backorder.db.books import metadata
from backorder.house import build
from backorder.verify import verify
from promised.cli import main
from tests.plugin.cast import LAMP, StoppedClock, order, set_stage
from tests.plugin.conftest import settings
from tests.servers import postgresql_program

pytestmark = pytest.mark.long


def lived_in(tmp_path, url):
    """A house with two shops and their backlogs, at an address."""
    house = replace(build(settings(tmp_path, database_url=url)), clock=StoppedClock())
    return house, set_stage(house)


def everything(house):
    """Every row of every book, by table."""
    with house.db.read() as tx:
        return {
            table.name: sorted(repr(tuple(row)) for row in tx.execute(table.select()))
            for table in metadata.sorted_tables
        }


def restored(tmp_path, url):
    """The house at the restored address, after the migration that a restore ends with."""
    house = build(settings(tmp_path, database_url=url))
    migrate.upgrade(house.db)
    return house


def end(*houses):
    for house in houses:
        house.http.close()
        house.db.close()


def test_a_vacuumed_copy_of_a_living_sqlite_file_is_whole_and_holds(tmp_path, sqlite_url):
    house, stage = lived_in(tmp_path, sqlite_url)
    file, copy = sqlite_url.removeprefix("sqlite:///"), tmp_path / "backup.db"
    with house.db.read() as reading:  # somebody is at it
        reading.exec_driver_sql("SELECT count(*) FROM orders").all()
        with closing(sqlite3.connect(file)) as operator:
            operator.execute("VACUUM INTO ?", [str(copy)])
    before = everything(house)
    order(house, stage.alice, 1004, {LAMP: 1})
    back = restored(tmp_path, f"sqlite:///{copy}")
    assert everything(back) == before != everything(house)
    assert verify(back).holds
    end(house, back)


def test_the_file_alone_is_no_backup(tmp_path, sqlite_url):
    """The negative control: what was committed last is in the log beside the file."""
    house, _ = lived_in(tmp_path, sqlite_url)
    shutil.copyfile(sqlite_url.removeprefix("sqlite:///"), tmp_path / "alone.db")
    alone = build(settings(tmp_path, database_url=f"sqlite:///{tmp_path}/alone.db"))
    assert everything(alone) != everything(house)
    end(house, alone)


@pytest.mark.postgres
def test_a_dump_of_a_living_postgresql_is_restored_whole_and_holds(tmp_path, fresh_postgresql_url):
    house, stage = lived_in(tmp_path, fresh_postgresql_url)
    before, dump = everything(house), tmp_path / "promised.dump"
    run("pg_dump", "--format=custom", f"--file={dump}", fresh_postgresql_url)
    order(house, stage.alice, 1004, {LAMP: 1})
    server, name = fresh_postgresql_url.rsplit("/", 1)[0], "promised_restored"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={server}/{name}", str(dump))
        back = restored(tmp_path, f"{server}/{name}")
        assert everything(back) == before != everything(house)
        assert verify(back).holds
        order(back, stage.alice, 1005, {LAMP: 1})  # numbers go on where they were
        end(back)
    finally:
        end(house)
        with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_backup_without_its_key_does_not_start(surroundings, tmp_path, sqlite_url, monkeypatch, capsys):
    house, _ = lived_in(tmp_path, sqlite_url)
    end(house)
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    assert main(["serve"]) == 1
    assert "ENCRYPTION_KEY does not open what is in this database" in capsys.readouterr().err


def run(program, *arguments):
    done = subprocess.run([postgresql_program(program), *arguments], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
