"""Everything that is ever written down: log lines before and after they are hushed, and the books' file byte by byte."""

import io
import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from promised.voice import speak

# The relay that stands in for the operator's, in the same process: what it says is not ours.
NOT_OURS = ("mail.log", "asyncio")


class Ear(logging.Handler):
    """Hears every record of every logger as it was said, traceback and all."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(NOT_OURS):
            return
        said = [str(record.msg), str(record.args), record.getMessage()]
        if record.exc_info:
            said.append(logging.Formatter().formatException(record.exc_info))
        entry = record.msg if isinstance(record.msg, dict) else {}
        if isinstance(error := entry.get("exc_info"), BaseException):
            said.append(logging.Formatter().formatException((type(error), error, error.__traceback__)))
        self.heard.append("\n".join(said))


@contextmanager
def overheard(secrets: Iterable[str]) -> Iterator[tuple[Ear, io.StringIO]]:
    """While this lasts: what is said at DEBUG, unhushed, and what is written, hushed."""
    root, configured = logging.getLogger(), structlog.get_config()
    before, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in list(logging.root.manager.loggerDict)}
    written, ear = io.StringIO(), Ear()
    speak(secrets, written, json=True)
    # The ear hears every statement; writing each down as well would take most of the time and say nothing new.
    root.handlers[0].addFilter(lambda record: not record.name.startswith((*NOT_OURS, "sqlalchemy")))
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    for name in levels:
        logging.getLogger(name).setLevel(logging.NOTSET)
    try:
        yield ear, written
    finally:
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)
        root.handlers[:] = before
        root.setLevel(level)
        logging.captureWarnings(capture=False)
        structlog.configure(**configured)


def columns(file: Path) -> Iterator[tuple[str, str]]:
    """Every value of every column of every table, with where it stands."""
    with sqlite3.connect(file) as books:
        tables = [name for (name,) in books.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            found = books.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names out of the file itself
            names = [column[0] for column in found.description]
            for row in found:
                for name, value in zip(names, row, strict=True):
                    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                    yield f"{table}.{name}", text
    books.close()


def bytes_of(file: Path) -> bytes:
    """The books' file and the log beside it, as they lie on the disk."""
    return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))


def found_in(texts: Iterable[str], secrets: dict[str, str]) -> set[str]:
    """The names of those secrets that stand in any of these texts."""
    whole = "\n".join(texts)
    return {name for name, secret in secrets.items() if secret in whole}


def found_in_file(file: Path, secrets: dict[str, str]) -> set[str]:
    """The names of those secrets that stand anywhere in the books, with the column where there is one."""
    raw = bytes_of(file)
    found = {name for name, secret in secrets.items() if secret.encode() in raw}
    return found | {
        f"{name} in {at}" for at, text in columns(file) for name, secret in secrets.items() if secret in text
    }
