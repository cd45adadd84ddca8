"""The voice of the story in the terminal."""

import time
from typing import TextIO

from promised.demo.machinery import Addresses

BOLD, DIM, GREEN, RED, PLAIN = "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m"


class Teller:
    """Writes lines as things happen; colours only where a person looks."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._coloured = out.isatty()
        self._started = time.monotonic()

    def addresses(self, found: Addresses) -> None:
        self._line("")
        for name, address in found.named():
            self._line(f"  {name:<16} {address}")

    def chapter(self, title: str) -> None:
        self._line("")
        self._line(self._in(BOLD, title))

    def says(self, sentence: str) -> None:
        self._line(f"  {sentence}")

    def true(self, statement: str, seconds: float | None = None) -> None:
        took = self._in(DIM, f"  ({seconds:.1f} s)") if seconds is not None and seconds >= 0.1 else ""
        self._line(f"  {self._in(GREEN, '✓')} {statement}{took}")

    def kept(self) -> None:
        self._line("")
        self._line(self._in(BOLD, f"The promise was kept, in {time.monotonic() - self._started:.0f} seconds."))

    def broken(self, why: str, log: str) -> None:
        self._line("")
        self._line(self._in(RED, f"The story did not come true: {why}"))
        if log:
            self._line(self._in(DIM, log))

    def stays_up(self, found: Addresses) -> None:
        self._line("")
        self._line("Everything stays up: buy, receive stock, correct a count, cancel, advance the clock.")
        self.addresses(found)
        self._line("")
        self._line("Ctrl-C ends it.")

    def _in(self, style: str, text: str) -> str:
        return f"{style}{text}{PLAIN}" if self._coloured else text

    def _line(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()
