"""Where the books of a stage are kept, and how they are put back to a saved moment."""

from pathlib import Path
from typing import Protocol

import psycopg

from backorder.db import migrate
from backorder.db.engine import Database


class Books(Protocol):
    """Books that can be put back. Nobody has them open while they are saved or put back."""

    def open(self) -> str:
        """Migrated, empty books; their address."""
        ...

    def save(self) -> None:
        """Remember them as they are."""
        ...

    def put_back(self) -> str:
        """Make them as they were saved; their address."""
        ...


class EmptySqlite:
    """A file; what is saved is its bytes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "books.db"
        self._saved = b""

    def open(self) -> str:
        url = f"sqlite:///{self._file}"
        database = Database(url)
        migrate.upgrade(database)
        database.close()
        return url

    def save(self) -> None:
        database = Database(f"sqlite:///{self._file}")
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        self._saved = self._file.read_bytes()

    def put_back(self) -> str:
        for end in ("-wal", "-shm"):
            self._file.with_name(self._file.name + end).unlink(missing_ok=True)
        self._file.write_bytes(self._saved)
        return f"sqlite:///{self._file}"


class PostgresqlBooks:
    """A database on a server of ours; what is saved is a second one, the template of the first."""

    PLAYED, SAVED = "proof_played", "proof_saved"

    def __init__(self, server: str) -> None:
        self._server = server.replace("postgresql+psycopg://", "postgresql://")
        self._url = f"{self._server.rsplit('/', 1)[0]}/{self.PLAYED}".replace("postgresql://", "postgresql+psycopg://")

    def open(self) -> str:
        self._say(f"DROP DATABASE IF EXISTS {self.PLAYED} WITH (FORCE)", f"CREATE DATABASE {self.PLAYED}")
        database = Database(self._url)
        migrate.upgrade(database)
        database.close()
        return self._url

    def save(self) -> None:
        self._copy(self.PLAYED, self.SAVED)

    def put_back(self) -> str:
        self._copy(self.SAVED, self.PLAYED)
        return self._url

    def _copy(self, this: str, to: str) -> None:
        self._say(f"DROP DATABASE IF EXISTS {to} WITH (FORCE)", f"CREATE DATABASE {to} TEMPLATE {this}")

    def _say(self, *statements: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as server:
            for statement in statements:
                server.execute(statement)
