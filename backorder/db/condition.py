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
    "current_setting('server_encoding') AS encoding, current_setting('transaction_isolation') AS isolation, "
    "current_setting('transaction_read_only') = 'on' AS read_only, "
    "coalesce(has_table_privilege(to_regclass('shops')::oid, 'INSERT'), true) AS may_write"
)


@dataclass(frozen=True)
class Condition:
    """How the database is. ``now``, ``version``, ``encoding`` and ``isolation`` are PostgreSQL's; None on SQLite.

    ``read_only``: it is a standby, or is set to take no writes. ``may_write``: our user may, where it does.
    ``opens``: whether this ENCRYPTION_KEY opens what is sealed in it, None if nothing is. ``granted``: scopes by shop domain.
    """

    standing: Standing
    revision: str | None
    now: datetime | None = None
    version: int | None = None
    encoding: str | None = None
    isolation: str | None = None
    read_only: bool = False
    may_write: bool = True
    opens: bool | None = None
    granted: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Unheard:
    """A database that does not answer, or not to us; ``why`` is the driver's first line, and for the operator alone."""

    why: str


def look(database: Database, sealer: Sealer) -> Condition | Unheard:
    """The condition of a database that answers."""
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
                read_only=said.read_only if said else False,
                may_write=said.may_write if said else True,
                opens=None if empty else canary.opens(tx, sealer),
                granted={} if empty else vitals.granted(tx),
            )
    except (DBAPIError, PoolTimeout, DatabaseBusy) as error:
        return Unheard(_first_line(error))


def _first_line(error: BaseException) -> str:
    """What the driver said first of all."""
    told = error.__cause__ if isinstance(error, DatabaseBusy) and error.__cause__ else error
    said = str(told.orig if isinstance(told, DBAPIError) else told)
    return next(iter(said.splitlines()), "")
