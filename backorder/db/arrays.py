"""Many values in one statement: on PostgreSQL as arrays (``= ANY``, ``unnest``) or by COPY, on SQLite as JSON or prepared.

A statement of this room has one text however many values it is given, so that it is prepared once and a long queue costs no
more questions than a short one.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    Table,
    Text,
    TypeDecorator,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import NullType, TypeEngine

from backorder.db.ahead import AHEAD

ROWS = "v_rows"  # all rows, in one parameter
# From so many rows on they are sent ahead (db.ahead); and from so many on by COPY, which takes half of our time and knows no ON CONFLICT.
SENT_AHEAD, COPIED = 10, 1_000
COPIED_AT_ONCE = 1_000
Conflict = Literal["raise", "ignore", "replace"]


class JsonText(str):
    """JSON that is written out already."""

    __slots__ = ()


class Many(TypeDecorator[Any]):
    """A list of values in one parameter, as text: an array's on PostgreSQL, JSON on SQLite.

    The driver would write arrays too, value by value; this is ten times as fast.
    """

    impl = Text
    cache_ok = True

    def __init__(self, of: TypeEngine[Any]) -> None:
        super().__init__()
        self.of = of

    def process_bind_param(self, value: Any, dialect: Dialect) -> str:
        if not isinstance(value, list | tuple):
            value = sorted(value)
        if dialect.name != "postgresql":
            return json.dumps(value)
        values = value
        if isinstance(self.of, TypeDecorator):
            values = [self.of.process_bind_param(one, dialect) for one in value]
        return _array(values)


def _array(values: Sequence[Any]) -> str:
    """Values of one kind as an array that PostgreSQL reads."""
    first = next((value for value in values if value is not None), None)
    if first is None:
        return "{" + ",".join(["NULL"] * len(values)) + "}"
    if isinstance(first, int):
        return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"
    if isinstance(first, str):
        return _texts(values)
    spelled = type(first).isoformat if isinstance(first, date) else _spelled  # an instant is a date too
    return "{" + ",".join(["NULL" if value is None else f'"{spelled(value)}"' for value in values]) + "}"


def _texts(values: Sequence[str | None]) -> str:
    """Texts as an array, quoted all at once; none has a zero byte, for PostgreSQL keeps none."""
    texts = [value for value in values if value is not None]
    joined = "\0".join(texts)
    if joined.count("\0") != len(texts) - 1:
        raise ValueError("PostgreSQL keeps no text with a zero byte in it")
    quoted = joined.replace("\\", "\\\\").replace('"', '\\"')
    if len(texts) == len(values):
        return '{"' + quoted.replace("\0", '","') + '"}'
    each = iter(quoted.split("\0"))
    return "{" + ",".join(["NULL" if value is None else f'"{next(each)}"' for value in values]) + "}"


def _spelled(value: Any) -> str:
    return f"\\\\x{value.hex()}" if isinstance(value, bytes) else str(value)


class among(FunctionElement[Any]):  # noqa: N801 - reads as the condition that it is
    """Whether a column (numbers or text) has one of these values; a name stands for values that are given when it is asked."""

    type = NullType()  # a Boolean would be written as ``… = 1`` on SQLite, which no index serves
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], values: Iterable[Any] | str) -> None:
        kind = Many(column.type)
        given = (
            bindparam(values, type_=kind)
            if isinstance(values, str)
            else bindparam(None, list(values), type_=kind, unique=True)
        )
        super().__init__(column, given)


@compiles(among, "postgresql")
def _any(element: among, compiler: Any, **how: Any) -> str:
    column, values = element.clauses
    # Joined with the list as with a table, by an index: ``= ANY`` of thousands may be looked through for every row.
    listed = compiler.process(func.unnest(cast(values, postgresql.ARRAY(column.type))), **how)
    return f"{compiler.process(column, **how)} IN (SELECT {listed})"


@compiles(among, "sqlite")
def _each(element: among, compiler: Any, **how: Any) -> str:
    column, values = element.clauses
    listed = compiler.process(values, **how)
    return f"{compiler.process(column, **how)} IN (SELECT value FROM json_each({listed}))"  # noqa: S608 - made of SQL


class found_by(FunctionElement[Any]):  # noqa: N801 - as among
    """Whether a column has one of the few values that a question finds, which is answered first and once.

    A planner that has not heard of the rows that were just written would answer it anew for each of them.
    """

    type = NullType()
    inherit_cache = True

    def __init__(self, column: ColumnElement[Any], question: Select[Any]) -> None:
        super().__init__(column, question.scalar_subquery())


@compiles(found_by, "postgresql")
def _at_first(element: found_by, compiler: Any, **how: Any) -> str:
    column, found = element.clauses
    return f"{compiler.process(column, **how)} = ANY (ARRAY{compiler.process(found, **how)})"


@compiles(found_by, "sqlite")
def _in(element: found_by, compiler: Any, **how: Any) -> str:
    column, found = element.clauses
    return f"{compiler.process(column, **how)} IN {compiler.process(found, **how)}"


def insert_rows(
    tx: Connection,
    table: Table,
    same: Mapping[str, Any],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    conflict: Conflict = "raise",
) -> None:
    """Insert ``rows`` of the columns ``names``; the columns in ``same`` have one value for all of them.

    Where a row's key exists already: raise IntegrityError; ignore it, whichever key it is; or replace all but the primary key.
    """
    if len(rows) >= COPIED and conflict == "raise" and tx.dialect.name == "postgresql":
        _copy(tx, table, same, names, rows)
    elif rows:
        statement = _insert(tx.dialect.name, table, tuple(same), tuple(names), conflict)
        _send(tx, statement, table, same, names, list(zip(*rows, strict=True)))


def insert_columns(tx: Connection, table: Table, same: Mapping[str, Any], columns: Mapping[str, Sequence[Any]]) -> None:
    """Insert rows that are given column by column; the columns in ``same`` have one value for all of them.

    Raises IntegrityError where a row's key exists already.
    """
    if any(columns.values()):
        statement = _insert(tx.dialect.name, table, tuple(same), tuple(columns), "raise")
        _send(tx, statement, table, same, tuple(columns), list(columns.values()))


def update_rows(
    tx: Connection,
    table: Table,
    same: Mapping[str, Any],
    key: Sequence[str],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Set the columns ``names`` of the rows that ``same`` and ``key`` name; each of ``rows`` has the key's values first."""
    if rows:
        statement = _update(tx.dialect.name, table, tuple(same), tuple(key), tuple(names))
        _send(tx, statement, table, same, (*key, *names), list(zip(*rows, strict=True)))


def delete_rows(
    tx: Connection, table: Table, same: Mapping[str, Any], key: Sequence[str], rows: Sequence[Sequence[Any]]
) -> int:
    """Delete the rows that ``same`` and ``key`` name; how many there were."""
    if not rows:
        return 0
    statement = _delete(tx.dialect.name, table, tuple(same), tuple(key))
    return _send(tx, statement, table, same, key, list(zip(*rows, strict=True)))


def _send(
    tx: Connection,
    statement: Any,
    table: Table,
    same: Mapping[str, Any],
    names: Sequence[str],
    given: Sequence[Sequence[Any]],
) -> int:
    """Send rows, of which the columns are given, with one statement; how many it touched."""
    fixed = {_sent(name): _written(table.c[name], value) for name, value in same.items()}
    sent = [_sent(name) for name in names]
    columns: list[Sequence[Any]] = [
        [_written(table.c[name], value) for value in column] if _is_json(table.c[name]) else column
        for name, column in zip(names, given, strict=True)
    ]
    if tx.dialect.name == "postgresql":
        # How many were deleted somebody may want to know.
        ahead = {AHEAD: True} if len(columns[0]) >= SENT_AHEAD and not statement.is_delete else {}
        values = {**fixed, **dict(zip(sent, columns, strict=True))}
        return tx.execute(statement, values, execution_options=ahead).rowcount
    if statement.is_insert:
        stored = [_stored(tx.dialect, table.c[name], column) for name, column in zip(names, columns, strict=True)]
        return tx.execute(statement, {**fixed, ROWS: json.dumps(list(zip(*stored, strict=True)))}).rowcount
    each = [{**fixed, **dict(zip(sent, row, strict=True))} for row in zip(*columns, strict=True)]
    return tx.execute(statement, each).rowcount


def _copy(
    tx: Connection, table: Table, same: Mapping[str, Any], names: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Send new rows as the text that COPY reads, some at a time: the server takes those in while we write the next."""
    defaults = {
        column.name: column.default.arg
        for column in table.c
        if isinstance(column.default, ScalarElementColumnDefault) and column.name not in {*same, *names}
    }
    fixed = {**defaults, **same}
    start = "".join([f"{_cells(tx.dialect, table.c[name], [value])[0]}\t" for name, value in fixed.items()])

    def lines() -> Iterator[str]:
        for first in range(0, len(rows), COPIED_AT_ONCE):
            some = zip(*rows[first : first + COPIED_AT_ONCE], strict=True)
            columns = [_cells(tx.dialect, table.c[name], values) for name, values in zip(names, some, strict=True)]
            yield start + f"\n{start}".join(map("\t".join, zip(*columns, strict=True))) + "\n"

    quoted = ", ".join(f'"{name}"' for name in (*fixed, *names))
    tx.exec_driver_sql(f'COPY "{table.name}" ({quoted}) FROM STDIN', {ROWS: lines()})


def take_copy(cursor: Any, statement: str, parameters: Any, _context: Any) -> bool:
    """How the driver sends what ``_copy`` wrote (SQLAlchemy's event ``do_execute``). False for every other statement."""
    if not (statement.startswith("COPY ") and isinstance(parameters, Mapping) and ROWS in parameters):
        return False
    with cursor.copy(statement) as copy:
        for lines in parameters[ROWS]:
            copy.write(lines)
    return True


def _cells(dialect: Dialect, column: Column[Any], values: Sequence[Any]) -> list[str]:
    """The values of a column as COPY reads them."""
    kept = _stored(dialect, column, [_written(column, value) for value in values] if _is_json(column) else values)
    first = next((value for value in kept if value is not None), None)
    if isinstance(first, bool):
        return ["\\N" if value is None else "t" if value else "f" for value in kept]
    if isinstance(first, str):
        plain = not any(special in "".join(filter(None, kept)) for special in "\\\t\n\r")
        return ["\\N" if value is None else value if plain else value.translate(_ESCAPED) for value in kept]
    if isinstance(first, bytes):
        return ["\\N" if value is None else f"\\\\x{value.hex()}" for value in kept]
    spelled = type(first).isoformat if isinstance(first, date) else str
    if None not in kept:
        return list(map(spelled, kept))
    return ["\\N" if value is None else spelled(value) for value in kept]


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _stored(dialect: Dialect, column: Column[Any], values: Sequence[Any]) -> Sequence[Any]:
    """Values as the database keeps them, where a column's type has its own way."""
    process = _as_sent(column).dialect_impl(dialect).bind_processor(dialect)
    return values if process is None else [process(value) for value in values]


@cache
def _insert(dialect: str, table: Table, same: tuple[str, ...], names: tuple[str, ...], conflict: Conflict) -> Any:
    to = (*same, *names)
    if dialect == "postgresql":
        given = _unnested(table, names)
        values = [
            *(_back(table.c[name], _one(table.c[name])) for name in same),
            *(_back(table.c[name], given.c[name]) for name in names),
        ]
        insert: Any = postgresql.insert(table).from_select(to, select(*values))
    else:
        each = func.json_each(bindparam(ROWS, type_=Text())).table_valued("value")
        cells = [func.json_extract(each.c.value, literal_column(f"'$[{place}]'")) for place in range(len(names))]
        # The condition tells SQLite that ON CONFLICT is no part of the SELECT.
        rows = select(*(_one(table.c[name]) for name in same), *cells).where(true())
        insert = sqlite.insert(table).from_select(to, rows)
    if conflict == "ignore":
        return insert.on_conflict_do_nothing()
    key = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in to if name not in key}
    if conflict == "raise":
        return insert
    return (
        insert.on_conflict_do_update(index_elements=key, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=key)
    )


@cache
def _update(dialect: str, table: Table, same: tuple[str, ...], key: tuple[str, ...], names: tuple[str, ...]) -> Any:
    fixed = [table.c[name] == _one(table.c[name]) for name in same]
    if dialect == "postgresql":
        given = _unnested(table, (*key, *names))
        return (
            update(table)
            .where(*fixed, *(table.c[name] == given.c[name] for name in key))
            .values({name: _back(table.c[name], given.c[name]) for name in names})
        )
    return (
        update(table)
        .where(*fixed, *(table.c[name] == _one(table.c[name]) for name in key))
        .values({name: _one(table.c[name]) for name in names})
    )


@cache
def _delete(dialect: str, table: Table, same: tuple[str, ...], key: tuple[str, ...]) -> Any:
    fixed = and_(*(table.c[name] == _one(table.c[name]) for name in same))
    if dialect == "postgresql":
        given = _unnested(table, key)
        return delete(table).where(fixed, *(table.c[name] == given.c[name] for name in key))
    return delete(table).where(fixed, *(table.c[name] == _one(table.c[name]) for name in key))


def _unnested(table: Table, names: tuple[str, ...]) -> Any:
    kinds = {name: _as_sent(table.c[name]) for name in names}
    arrays = [cast(bindparam(_sent(name), type_=Many(of)), postgresql.ARRAY(of)) for name, of in kinds.items()]
    return func.unnest(*arrays).table_valued(*names).render_derived("given")


def _sent(name: str) -> str:
    """A parameter's name: SQLAlchemy keeps the columns' own names for itself."""
    return f"v_{name}"


def _one(column: Column[Any]) -> Any:
    return bindparam(_sent(column.name), type_=_as_sent(column))


def _back(column: Column[Any], value: Any) -> Any:
    return cast(value, JSON) if _is_json(column) else value


def _as_sent(column: Column[Any]) -> TypeEngine[Any]:
    return Text() if _is_json(column) else column.type


def _is_json(column: Column[Any]) -> bool:
    return isinstance(column.type, JSON)


def _written(column: Column[Any], value: Any) -> Any:
    if not _is_json(column) or value is None or isinstance(value, JsonText):
        return value
    return json.dumps(value)
