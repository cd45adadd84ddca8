"""Bring the books to the shape this version needs. Migrations widen first and narrow later, and run before new code serves."""

from enum import Enum
from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect

from backorder.db.books import metadata
from backorder.db.engine import Database

HERE = Path(__file__).parent / "migrations"


class Standing(Enum):
    """How a database stands to this version. *Ahead*: a newer version has widened it, which hinders none of ours."""

    BEHIND = "behind"
    CURRENT = "current"
    AHEAD = "ahead"


def upgrade(database: Database) -> None:
    """Run every migration that this database has not seen; one that is ahead stays as it is.

    Two processes at once: the second finds it done.
    """
    with database.write(patience=60) as tx:
        if not database.is_sqlite:
            tx.exec_driver_sql("SET LOCAL statement_timeout = 0")  # a big table takes as long as it takes
            tx.exec_driver_sql("SET LOCAL lock_timeout = 0")
            tx.exec_driver_sql("SELECT pg_advisory_xact_lock(7346203)")
        if standing(tx)[0] is not Standing.AHEAD:
            command.upgrade(_config(tx), "head")


def is_current(database: Database) -> bool:
    """Whether the database has exactly the shape of this version."""
    with database.read() as tx:
        return standing(tx)[0] is Standing.CURRENT


def standing(tx: Connection) -> tuple[Standing, str | None]:
    """How a database stands to this version, and its revision (None: it was never migrated)."""
    revision = MigrationContext.configure(tx).get_current_revision()
    if revision == head():
        return Standing.CURRENT, revision
    ours = {script.revision for script in ScriptDirectory(str(HERE)).walk_revisions()}
    return (Standing.BEHIND if revision is None or revision in ours else Standing.AHEAD), revision


@cache
def head() -> str:
    """The newest revision of this version."""
    newest = ScriptDirectory(str(HERE)).get_current_head()
    assert newest is not None
    return newest


def differences(tx: Connection) -> list[str]:
    """What a migrated database and the books' metadata disagree about, CHECK constraints included.

    Alembic does not compare CHECK constraints, so they are compared here, by name and by what they say.
    """
    found = [str(change) for change in compare_metadata(MigrationContext.configure(tx), metadata)]
    inspector = inspect(tx)
    present = set(inspector.get_table_names())
    for table in metadata.sorted_tables:
        if table.name not in present:
            continue  # told above
        wanted = {str(c.name): _gist(str(c.sqltext)) for c in table.constraints if isinstance(c, CheckConstraint)}
        there = {str(c["name"]): _gist(str(c["sqltext"])) for c in inspector.get_check_constraints(table.name)}
        if wanted != there:
            found.append(
                f"{table.name}: checks {sorted(wanted.items())} in the books, {sorted(there.items())} in the database"
            )
    return found


def _gist(condition: str) -> str:
    """What a condition says, however a database writes it: without brackets, spaces and case."""
    return "".join(character for character in condition.lower() if character not in "() \n")


def _config(tx: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.attributes["connection"] = tx
    return config
