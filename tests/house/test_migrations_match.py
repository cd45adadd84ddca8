"""Migrations and books agree: `make check` says so before any other test runs."""

from backorder.db import migrate
from backorder.db.engine import Database


def test_a_migrated_database_is_exactly_the_books(tmp_path) -> None:
    database = Database(f"sqlite:///{tmp_path}/books.db")
    migrate.upgrade(database)
    with database.read() as tx:
        assert migrate.differences(tx) == []
    database.close()
