"""Lines of the letterbox's own to PostgreSQL: one prepared statement, one round trip, committed by itself.

A webhook is kept by one INSERT and nothing else, so it needs no transaction around it and no ping before it: a line that turns
out to be cut is made anew and the statement sent again, because a delivery that is there already changes nothing. The statement
goes through libpq as it is; what psycopg does for any statement costs more than this one.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, ExecStatus
from psycopg.pq.abc import PGconn
from sqlalchemy.engine import make_url

from backorder.db import inbox
from backorder.db.engine import DatabaseBusy

CONNECT_SECONDS = 2
# A statement that takes longer than the store waits for us is given up: by the server, or by us if it does not answer at all.
STATEMENT_MS = 3000
NAME = b"keep"
# Each travels once, and what a new row always says stands in the statement.
SENT = ("shop_domain", "topic", "event_key", "webhook_id", "body_sha256", "body_sealed", "triggered_at", "received_at")
_SAID = {
    "verdict": f"'{inbox.Verdict.WAITING.value}'",
    "not_before": f"${SENT.index('received_at') + 1}",
    "attempts": "0",
}
_PLACES = ", ".join(_SAID.get(name) or f"${SENT.index(name) + 1}" for name in inbox.KEPT)
KEEP = f"INSERT INTO inbox ({', '.join(inbox.KEPT)}) VALUES ({_PLACES}) ON CONFLICT DO NOTHING"  # noqa: S608 - names of ours
# Bytes travel as they are, all else as text.
_FORMATS = [1 if name == "body_sealed" else 0 for name in SENT]


class InboxLines:
    """As many lines as there are callers at one moment; safe to be used by many threads at once."""

    def __init__(self, url: str) -> None:
        self._address = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._resting: list[psycopg.Connection[Any]] = []

    def keep(self, row: Mapping[str, Any]) -> bool:
        """Keep a row as ``inbox.sealed`` makes it. False if it was here before.

        Raises DatabaseBusy if the database cannot be reached, is too slow or takes no writes.
        """
        values = [_dumped(row[name]) for name in SENT]
        try:
            return self._keep(self._resting.pop(), values)
        except IndexError:
            pass  # all lines are busy, or there is none yet
        except (psycopg.OperationalError, psycopg.InterfaceError):
            # Cut while it rested, as the others will have been; what may be there already is a repeat.
            self.close()
        try:
            return self._keep(self._connect(), values)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise DatabaseBusy("the database cannot be reached") from error

    def close(self) -> None:
        """Hang up all lines that rest."""
        while self._resting:
            self._resting.pop().close()

    def _keep(self, line: psycopg.Connection[Any], values: list[bytes | None]) -> bool:
        """Send it over this line, which rests again afterwards if it is good still."""
        try:
            fresh = _execute(line.pgconn, values)
        except BaseException:
            if line.pgconn.status != ConnStatus.OK:
                line.close()
            else:
                self._resting.append(line)
            raise
        self._resting.append(line)
        return fresh

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
        fresh.execute(f"SET statement_timeout = {STATEMENT_MS}")
        fresh.execute("SET synchronous_commit = on")
        prepared = fresh.pgconn.prepare(NAME, KEEP.encode())
        if prepared.status != ExecStatus.COMMAND_OK:
            fresh.close()
            raise psycopg.errors.error_from_result(prepared)
        return fresh


def _execute(line: PGconn, values: list[bytes | None]) -> bool:
    answer = line.exec_prepared(NAME, values, _FORMATS)  # type: ignore[arg-type]  # None is NULL, as in libpq
    if answer.status == ExecStatus.COMMAND_OK:
        return answer.command_tuples == 1
    error = psycopg.errors.error_from_result(answer)
    if isinstance(error, psycopg.errors.QueryCanceled):
        raise DatabaseBusy("the database is too slow") from error
    if isinstance(error, psycopg.errors.ReadOnlySqlTransaction):
        raise DatabaseBusy("the database takes no writes") from error
    if line.status != ConnStatus.OK:
        raise psycopg.OperationalError("the line to the database was cut") from error
    raise error


def _dumped(value: Any) -> bytes | None:
    if isinstance(value, str):
        return value.encode()
    if value is None or isinstance(value, bytes):
        return value
    return (value.isoformat() if isinstance(value, datetime) else str(value)).encode()
