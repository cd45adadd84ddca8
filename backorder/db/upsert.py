"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy in two dialects."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(tx: Connection, table: Table, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; where the primary key exists, replace every other column given.

    All rows name the same columns. An empty sequence does nothing.
    """
    rows = [dict(values)] if isinstance(values, Mapping) else [dict(row) for row in values]
    if not rows:
        return
    insert = _insert(tx, table)
    key = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in rows[0] if name not in key}
    statement = (
        insert.on_conflict_do_update(index_elements=key, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=key)
    )
    tx.execute(statement, rows)


def insert_or_ignore(tx: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert one row unless any unique key already has it. True if it was new."""
    # What is returned says whether a row was written; a row count is not given by every driver here.
    written = _insert(tx, table).values(**values).on_conflict_do_nothing().returning(*table.primary_key)
    return tx.execute(written).first() is not None


def _insert(tx: Connection, table: Table) -> Any:
    return sqlite.insert(table) if tx.dialect.name == "sqlite" else postgresql.insert(table)
