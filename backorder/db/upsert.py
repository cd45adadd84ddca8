"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy in two dialects."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from backorder.db.arrays import insert_rows


def upsert(tx: Connection, table: Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key exists, replace every other column given.

    All rows name the same columns; of two with the same key the last one counts. An empty sequence does nothing.
    """
    rows = [dict(values)] if isinstance(values, Mapping) else [dict(row) for row in values]
    if not rows:
        return
    names = tuple(rows[0])
    key = [column.name for column in table.primary_key]
    last = {tuple(row[name] for name in key): tuple(row[name] for name in names) for row in rows}
    insert_rows(tx, table, {}, names, list(last.values()), "replace")


def insert_or_ignore(tx: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert one row unless any unique key already has it. True if it was new."""
    return tx.execute(_insert_or_ignore(tx.dialect.name, table), dict(values)).first() is not None


# To build such a statement costs more than to run it, and there is one for each book.
@cache
def _insert_or_ignore(dialect: str, table: Table) -> Any:
    # What is returned says whether a row was written; a row count is not given by every driver here.
    return _insert(dialect, table).on_conflict_do_nothing().returning(*table.primary_key)


def _insert(dialect: str, table: Table) -> Any:
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
