"""A file from a spreadsheet as shown: what is wrong with it, and what is the same of every file that changes something."""

from typing import TypeVar

from backorder.movement import Movement
from backorder.rules.sheet.faults import Fault
from plugin.shown.model import Shown

S = TypeVar("S", bound="SheetShown")

# More than a person mends at once; the file is looked at again after each mending anyway.
MOST_FAULTS = 100


class FileShown(Shown):
    """A file to keep: its name and its text."""

    name: str
    content: str


class FaultShown(Shown):
    """What is wrong at one place of a file. ``row`` counts as spreadsheets do; without it, it concerns the whole file."""

    row: int | None
    column: str | None
    sentence: str


class SheetShown(Shown):
    """What a file changes. ``faults``: then nothing is changed, and there is no ``seen``.

    ``unchanged`` rows say what the books say; ``unread`` are the columns that nobody looks at.
    """

    rows: tuple[Shown, ...] = ()
    unchanged: int = 0
    unread: tuple[str, ...] = ()
    movement: Movement | None = None
    seen: str | None = None
    faults: tuple[FaultShown, ...] = ()
    more_faults: int = 0


def of_faults(kind: type[S], faults: tuple[Fault, ...]) -> S:
    """A file that cannot be used, with the first of what is wrong."""
    return kind(
        faults=tuple(
            FaultShown(row=fault.row, column=fault.column, sentence=fault.sentence) for fault in faults[:MOST_FAULTS]
        ),
        more_faults=max(0, len(faults) - MOST_FAULTS),
    )
