"""One embedded process a file: two would work through the same books, each with a queue of its own that the other cannot see."""

import fcntl
import os
from pathlib import Path

from promised.refusal import CannotStart


class Alone:
    """Holds ``<file>.serving`` until the process ends, however it ends. Raises CannotStart if another holds it.

    Children do not hold it: a worker that outlives its killed parent for a moment does not hinder the next start.
    """

    def __init__(self, file: Path | None) -> None:
        self._held: int | None = None
        if file is None:
            return
        file.parent.mkdir(parents=True, exist_ok=True)
        held = os.open(file.with_name(file.name + ".serving"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
            raise CannotStart(
                f"Another `promised serve` works on {file}: stop it, or set DATABASE_URL to another file; "
                "for more processes use PostgreSQL and Redis."
            ) from None
        self._held = held
        os.register_at_fork(after_in_child=self._let_go)

    def leave(self, _server: object = None) -> None:
        """Let the next one in."""
        self._let_go()

    def _let_go(self) -> None:
        if self._held is not None:
            os.close(self._held)
            self._held = None
