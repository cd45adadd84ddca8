"""Reading a row cell by cell: what cannot be understood is kept as a fault with its place, and reading goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from backorder.rules.sheet.faults import Fault
from backorder.rules.sheet.table import Field, Row, Table
from backorder.rules.sheet.texts import read_text

T = TypeVar("T")


@dataclass(frozen=True)
class RowReader:
    """Reads one row of a table; ``faults`` grows by what is wrong in it."""

    row: Row
    table: Table
    faults: list[Fault]

    def read(self, field: Field, how: Callable[[str], T]) -> T | None:
        """What a cell says, read by ``how``; None if it says nothing, or nothing that can be read."""
        text = self.row.text(field)
        if not text:
            return None
        try:
            return how(text)
        except ValueError as wrong:
            self.wrong(str(wrong), field)
            return None

    def text(self, field: Field, longest: int) -> str:
        """The text of a cell; empty if it has none, or none that can be taken."""
        return self.read(field, lambda said: read_text(said, longest)) or ""

    def wrong(self, sentence: str, field: Field | None = None) -> None:
        """Something is wrong with the row, or with one cell of it."""
        self.faults.append(Fault(sentence, self.row.number, self.table.heading(field) if field else None))
