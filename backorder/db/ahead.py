"""Statements that are sent ahead: PostgreSQL takes in many rows while we make up the next, instead of one of us always waiting for the other.

It is the server's pipeline. Nobody reads what such a statement answers, but for what the server refuses: that is raised by a statement after
it, at the latest by the next that is not sent ahead, or before the transaction commits. A question can be sent ahead too (``ask``): whoever asks
it later finds the answer. SQLite works in our own process; it has nothing to be ahead of.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from typing import Any, cast
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import PipelineStatus
from sqlalchemy import Connection, Engine, Executable, event

AHEAD = "ahead"  # the execution option of such a statement
BINARY = "binary"  # of one with many rows: nobody spells numbers and instants out, and nobody reads them
_ASKED = "asked"  # of a question that is sent ahead
_WAIT = "/* all is in */"  # said to us, never to the server
_BACK = "ROLLBACK TO "

# Lines to the server that have something on the way. A line is one thread's while it is in use.
_under_way: WeakKeyDictionary[psycopg.Connection[Any], tuple[ExitStack, psycopg.Pipeline]] = WeakKeyDictionary()
# Questions that were sent ahead in this transaction and that nobody has asked yet, by their words and values.
_asked: WeakKeyDictionary[psycopg.Connection[Any], dict[Any, psycopg.Cursor[Any]]] = WeakKeyDictionary()


def listen(engine: Engine) -> None:
    """Let the connections of a PostgreSQL engine send ahead what is marked ``AHEAD``. To be called before other listeners."""
    event.listen(engine, "do_execute", _execute)
    event.listen(engine, "commit", lambda connection: _asked.pop(_line(connection), None))
    event.listen(engine, "rollback", _back)
    event.listen(engine, "reset", lambda line, _record, _state: _forsake(line))


def is_under_way(connection: Connection) -> bool:
    """Whether something was sent of which nobody knows yet whether it was taken."""
    return _line(connection) in _under_way


def wait(connection: Connection) -> None:
    """Wait for what was sent ahead. Raises what the server refused, as the statement itself would have."""
    if is_under_way(connection):
        connection.exec_driver_sql(_WAIT)


def ask(connection: Connection, question: Executable, values: Mapping[str, Any]) -> None:
    """Let the server answer meanwhile what this transaction is going to ask in these very words, and nobody writes in between."""
    if connection.dialect.name == "postgresql":
        connection.execute(question, values, execution_options={_ASKED: True})


class _Sent(Exception):
    """A question is on its way."""


class _Messenger:
    """Stands in for a connection: sends the first question ahead, and has no answer to give."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.dialect = connection.dialect

    def execute(self, question: Executable, values: Mapping[str, Any] | None = None) -> None:
        ask(self._connection, question, values or {})
        raise _Sent

    scalars = execute


def ask_first(connection: Connection, *asking: Callable[[Connection], object]) -> None:
    """``ask`` the first question of each of these, which are going to ask it in this transaction, in this order."""
    if connection.dialect.name == "postgresql":
        messenger = cast(Connection, _Messenger(connection))
        for one in asking:
            with suppress(_Sent):
                one(messenger)


def _line(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Whether nothing more need be done for a statement (SQLAlchemy's event ``do_execute``)."""
    line, options = cursor.connection, context.execution_options
    if options.get(AHEAD) or options.get(_ASKED):
        if line not in _under_way:
            under_way = ExitStack()
            _under_way[line] = under_way, under_way.enter_context(line.pipeline())
        if options.get(_ASKED):
            cursor = _asked.setdefault(line, {})[_words(statement, parameters)] = line.cursor()
        try:
            cursor.execute(statement, parameters, binary=options.get(BINARY))
        except psycopg.OperationalError:
            _forsake(line)  # it was cut: nobody comes back to what is under way on it
            raise
        return True
    if line in _asked and (answered := _asked[line].pop(_words(statement, parameters), None)):
        context.cursor = answered
        cursor.close()
        with suppress(IndexError):  # there are no rows
            answered.scroll(0)  # waits for them
        return True
    if line in _under_way:
        if statement.startswith(_BACK):
            _forsake(line)
        else:
            _end(line)
    if options.get(BINARY):
        cursor.execute(statement, parameters, binary=True)
        return True
    return statement == _WAIT


def _words(statement: str, parameters: Any) -> Any:
    return statement, *parameters.items()


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
    """End what was sent ahead; it is rolled back, so that nobody need hear whether it was refused, nor what was answered."""
    _asked.pop(line, None)
    if line in _under_way:
        with suppress(psycopg.Error):
            _end(line)
