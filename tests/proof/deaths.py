"""Deaths of whoever works: right after a commit, or right before it, when everything is rolled back."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeVar

from backorder.db.engine import Connection, Database

T = TypeVar("T")


class Died(BaseException):
    """The process is gone: nothing of ours catches this."""


class Mortal:
    """Everybody who writes into ``database``; ``dies`` names the commit at which one of them does."""

    def __init__(self, database: Database) -> None:
        self._write, self._write_bare = database.write, database.write_bare
        self.left = 0
        self.before = False
        self.deaths = 0
        self.committed = False
        database.write = self.write  # type: ignore[method-assign]
        database.write_bare = self.write_bare  # type: ignore[method-assign]

    def dies(self, nth: int, *, before: bool) -> None:
        """Die at the ``nth`` commit from now; with ``before`` it does not happen."""
        self.left, self.before = nth, before

    def lives(self) -> None:
        """Nobody dies any more."""
        self.left = 0

    @contextmanager
    def write(self, patience: float = 10.0) -> Iterator[Connection]:
        with self._mortally(self._write(patience)) as tx:
            yield tx

    @contextmanager
    def write_bare(self, patience: float) -> Iterator[sqlite3.Connection]:
        with self._mortally(self._write_bare(patience), first=True) as line:
            yield line

    @contextmanager
    def _mortally(self, writing: AbstractContextManager[T], *, first: bool = False) -> Iterator[T]:
        """``first``: who dies before the commit dies before anything is said, where each statement commits by itself."""
        last = self.left == 1
        with writing as tx:
            if last and self.before and first:
                self._die(committed=False)
            yield tx
            if last and self.before:
                self._die(committed=False)
        if self.left:
            self.left -= 1
        if last and not self.before:
            self._die(committed=True)

    def _die(self, *, committed: bool) -> None:
        self.left = 0
        self.deaths += 1
        self.committed = committed
        raise Died
