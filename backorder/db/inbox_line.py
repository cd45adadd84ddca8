"""The letterbox's own line to PostgreSQL: one connection, one statement, one round trip for all that came at one moment.

The statement commits by itself. It may be sent again after the line broke, because a delivery that is there already changes
nothing; so no ping is needed before it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from sqlalchemy.engine import make_url

from backorder.db import inbox
from backorder.db.engine import DatabaseBusy

CONNECT_SECONDS = 2
# A statement that takes longer than the store waits for us is given up by the server.
STATEMENT_MS = 3000
KEY = ("shop_domain", "topic", "event_key", "body_sha256")


class InboxLine:
    """Keeps rows in the inbox; for one caller at a time. Connects when it is first used."""

    def __init__(self, url: str) -> None:
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[Any] | None = None

    def keep(self, rows: Sequence[Mapping[str, Any]], _patience: float) -> list[bool]:
        """Keep rows as ``inbox.sealed`` makes them, all or none. For each, whether it was new.

        Raises DatabaseBusy if the database cannot be reached or is too slow.
        """
        # In the order of their keys, so that two processes that keep the same never wait for each other in a ring.
        ordered = sorted(rows, key=_key)
        new = self._execute(_keep(len(ordered)), [row[name] for row in ordered for name in inbox.KEPT])
        return [new.pop(_key(row), False) for row in rows]

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _execute(self, keep: bytes, values: list[Any]) -> dict[tuple[str, ...], bool]:
        try:
            return self._once(keep, values)
        except psycopg.errors.QueryCanceled as error:
            raise DatabaseBusy("the database is too slow") from error
        except (psycopg.OperationalError, psycopg.InterfaceError):
            # Cut while it rested or in the middle: what may be there already is a repeat.
            self.close()
        try:
            return self._once(keep, values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self.close()
            raise DatabaseBusy("the database cannot be reached") from error

    def _once(self, keep: bytes, values: list[Any]) -> dict[tuple[str, ...], bool]:
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return {tuple(row): True for row in self._connection.execute(keep, values, prepare=True)}

    def _connect(self) -> psycopg.Connection[Any]:
        fresh = psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            keepalives_idle=30,
            tcp_user_timeout=STATEMENT_MS,
            application_name="promised receiver",
        )
        # What was answered 200 survives a power cut, whatever the database does for others.
        fresh.execute(f"SET statement_timeout = {STATEMENT_MS}; SET synchronous_commit = on")
        return fresh


def _key(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)


@cache
def _keep(count: int) -> bytes:
    """The statement that keeps so many rows: prepared once, planned once, at most as many of them as there are threads."""
    row = ", ".join("%b" if name == "body_sealed" else "%s" for name in inbox.KEPT)
    rows = ", ".join([f"({row})"] * count)
    names = ", ".join(inbox.KEPT)
    # Names of ours and no values.
    statement = f"INSERT INTO inbox ({names}) VALUES {rows} ON CONFLICT DO NOTHING RETURNING {', '.join(KEY)}"  # noqa: S608
    return statement.encode()
