"""What is wrong with a sheet: sentences for the person who wrote it, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. ``row`` counts as the spreadsheet does (the header is mostly row 1), ``column`` is its heading."""

    sentence: str
    row: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """Where it is: "Row 3, Due"; empty if it concerns the whole file."""
        row = f"Row {self.row}" if self.row is not None else ""
        return ", ".join(part for part in (row, self.column or "") if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else self.sentence


class SheetRefused(Exception):
    """The sheet cannot be used; nothing was changed. ``faults`` says why, in the order of the rows."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.row or 0))
        super().__init__("; ".join(map(str, self.faults)))
