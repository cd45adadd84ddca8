"""A database for each test, without writing each time the SQL of statements that are the same in all of them.

SQLAlchemy keeps what it compiled by statement and dialect, and each engine has a dialect of its own: a test that opens
fresh books would write every statement anew, which takes longer than to run it.
"""

from typing import Any

import sqlalchemy
from sqlalchemy.util import LRUCache

from backorder.db import engine as room

MOST = 5_000


class _ByKind(LRUCache[Any, Any]):
    """Finds what was compiled for any database of the same kind."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(self._of_kind(key), default)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self._of_kind(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(self._of_kind(key), value)

    @staticmethod
    def _of_kind(key: Any) -> Any:
        dialect, *rest = key
        return (dialect.name, *rest)


def compiled_once() -> None:
    """From now on a statement is compiled once in a process for each kind of database."""
    kept = _ByKind(MOST)

    def create_engine(url: str, **wishes: Any) -> sqlalchemy.Engine:
        made = sqlalchemy.create_engine(url, **wishes)
        made._compiled_cache = kept
        return made

    room.create_engine = create_engine  # type: ignore[assignment]
