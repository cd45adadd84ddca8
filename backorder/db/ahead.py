"""Statements that are sent ahead: PostgreSQL takes in many rows while we make up the next, instead of one of us always waiting for the other.

It is the server's pipeline. Nobody reads what such a statement answers, but for what the server refuses: that is raised by a statement after
it, at the latest by the next that is not sent ahead, or before the transaction commits. SQLite works in our own process; it has nothing to be ahead of.
"""

from contextlib import ExitStack, suppress
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import PipelineStatus
from sqlalchemy import Connection, Engine, event

AHEAD = "ahead"  # the execution option of such a statement
_WAIT = "/* all is in */"  # said to us, never to the server
_BACK = "ROLLBACK TO "

# Lines to the server that have something on the way. A line is one thread's while it is in use.
_under_way: WeakKeyDictionary[psycopg.Connection[Any], tuple[ExitStack, psycopg.Pipeline]] = WeakKeyDictionary()


def listen(engine: Engine) -> None:
    """Let the connections of a PostgreSQL engine send ahead what is marked ``AHEAD``. To be called before other listeners."""
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "rollback", _back)
    event.listen(engine, "reset", lambda line, _record, _state: _forsake(line))


def is_under_way(connection: Connection) -> bool:
    """Whether something was sent of which nobody knows yet whether it was taken."""
    return _line(connection) in _under_way


def wait(connection: Connection) -> None:
    """Wait for what was sent ahead. Raises what the server refused, as the statement itself would have."""
    if is_under_way(connection):
        connection.exec_driver_sql(_WAIT)


def _line(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Whether nothing more need be done for a statement (SQLAlchemy's event ``do_execute``)."""
    line = cursor.connection
    if context.execution_options.get(AHEAD):
        if line not in _under_way:
            under_way = ExitStack()
            _under_way[line] = under_way, under_way.enter_context(line.pipeline())
        cursor.execute(statement, parameters)
        return True
    if line in _under_way:
        if statement.startswith(_BACK):
            _forsake(line)
        else:
            _end(line)
    return statement == _WAIT


def _end(line: Any) -> None:
    """Hear what became of all that was sent ahead. Raises the first refusal; a line that was cut is given up."""
    try:
        under_way, pipeline = _under_way.pop(line)
        with under_way:
            pipeline.sync()
    except psycopg.Error:
        if line.pgconn.pipeline_status != PipelineStatus.OFF:
            line.close()
        raise


def _back(connection: Connection) -> None:
    if not connection.invalidated:
        _forsake(_line(connection))


def _forsake(line: Any) -> None:
    """End what was sent ahead; it is rolled back, so that nobody need hear whether it was refused."""
    if line in _under_way:
        with suppress(psycopg.Error):
            _end(line)
