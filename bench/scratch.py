"""Books of a benchmark's own: made for it, migrated, and gone when it ends. Nothing that exists is touched.

``DATABASE_URL=postgresql://…`` names a server on which a database of a new name is created and dropped; otherwise the books
are a temporary SQLite file.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from backorder.db import migrate
from backorder.db.engine import Database

POSTGRESQL = ("postgresql:", "postgres:", "postgresql+psycopg:")


def server() -> str | None:
    """The PostgreSQL server to make scratch databases on, as psycopg spells its address; None for SQLite."""
    url = os.environ.get("DATABASE_URL", "")
    return "postgresql:" + url.partition(":")[2] if url.startswith(POSTGRESQL) else None


@contextmanager
def address() -> Iterator[str]:
    """The address of a new empty database, as SQLAlchemy spells it."""
    told = server()
    if told is None:
        with tempfile.TemporaryDirectory(prefix="promised-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'books.db'}"
        return
    name = f"promised_bench_{secrets.token_hex(6)}"
    with psycopg.connect(told, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            of_server, _, options = told.partition("?")
            whole = f"{of_server.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")
            yield whole.replace("postgresql:", "postgresql+psycopg:", 1)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def renew(database: Database, like: str) -> None:
    """Make a scratch database a copy of the one at ``like``, which nobody may be using."""
    leave(database)
    told = server()
    if told is None:
        shutil.copyfile(_file(like), _file(database.url))
        with Path(_file(database.url)).open("rb+") as copy:
            os.fsync(copy.fileno())  # or the first commit would wait until the disk has all of the copy
        return
    name, template = (sql.Identifier(_name(url)) for url in (database.url, like))
    with psycopg.connect(told, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(name, template))


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def leave(database: Database) -> None:
    """Let go of a database so that it can be copied."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@contextmanager
def books() -> Iterator[Database]:
    """New migrated books."""
    with address() as url:
        database = Database(url)
        try:
            migrate.upgrade(database)
            yield database
        finally:
            database.close()


def kind(database: Database) -> str:
    """The database and its version, for people."""
    with database.read() as tx:
        if database.is_sqlite:
            return f"SQLite {tx.exec_driver_sql('SELECT sqlite_version()').scalar_one()}"
        return f"PostgreSQL {tx.exec_driver_sql('SHOW server_version').scalar_one().split()[0]}"
