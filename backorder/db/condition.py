"""The condition of the database itself: what it is, what time it has, how far it is migrated, whether our key opens it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from backorder.db import canary, migrate, vitals
from backorder.db.engine import Database, DatabaseBusy
from backorder.db.migrate import Standing
from backorder.db.sealed import Sealer

_ASKED = text(
    "SELECT clock_timestamp() AS now, current_setting('server_version_num')::int / 10000 AS version, "
    "current_setting('server_encoding') AS encoding, current_setting('transaction_isolation') AS isolation"
)


@dataclass(frozen=True)
class Condition:
    """How the database is. ``now``, ``version``, ``encoding`` and ``isolation`` are PostgreSQL's; None on SQLite.

    ``opens``: whether this ENCRYPTION_KEY opens what is sealed in it, None if nothing is. ``granted``: scopes by shop domain.
    """

    standing: Standing
    revision: str | None
    now: datetime | None = None
    version: int | None = None
    encoding: str | None = None
    isolation: str | None = None
    opens: bool | None = None
    granted: dict[str, frozenset[str]] = field(default_factory=dict)


def look(database: Database, sealer: Sealer) -> Condition | None:
    """The condition of a database that answers; None of one that does not."""
    try:
        with database.read() as tx:
            standing, revision = migrate.standing(tx)
            said = None if database.is_sqlite else tx.execute(_ASKED).one()
            empty = revision is None
            return Condition(
                standing=standing,
                revision=revision,
                now=said.now if said else None,
                version=said.version if said else None,
                encoding=said.encoding if said else None,
                isolation=said.isolation if said else None,
                opens=None if empty else canary.opens(tx, sealer),
                granted={} if empty else vitals.granted(tx),
            )
    except (DBAPIError, PoolTimeout, DatabaseBusy):
        return None
