"""Text as a table: which sign parts the cells, which row is the header, and what each column holds."""

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from backorder.rules.sheet.cells import meant
from backorder.rules.sheet.faults import Fault, SheetRefused

MOST_ROWS = 10_000
_PARTED_BY = (",", ";", "\t")
# A title or two may stand above the header, and Excel's own "sep=;".
_LOOKED_AT = 5

Field = str
Names = Mapping[Field, frozenset[str]]


@dataclass(frozen=True)
class Row:
    """One row: its number in the spreadsheet, and the text of each field that has a column."""

    number: int
    cells: Mapping[Field, str]

    def text(self, field: Field) -> str:
        """The text of a field; empty if it has no column."""
        return self.cells.get(field, "")


@dataclass(frozen=True)
class Table:
    """``headings`` of the fields that were found, as the file calls them; ``unread`` are the headings nobody asked for."""

    headings: Mapping[Field, str]
    unread: tuple[str, ...]
    rows: tuple[Row, ...]

    def heading(self, field: Field) -> str:
        """What the file calls a field; the field's own name if it has none."""
        return self.headings.get(field, field)


def plain(heading: str) -> str:
    """A heading without case, accents, blanks and signs: "N° de commande" is "ndecommande"."""
    parts = unicodedata.normalize("NFKD", heading)
    return "".join(sign for sign in parts if sign.isalnum()).casefold()


def read_table(text: str, names: Names, needed: Mapping[Field, str]) -> Table:
    """The table in a text. ``names`` are the plain headings of each field, ``needed`` the fields it must have, in words.

    Rows without any text are left out, and keep their number. Raises SheetRefused.
    """
    parted_by, at, head = _header(text, names)
    found = _columns(head, names)
    missing = [words for field, words in needed.items() if field not in found]
    if missing:
        raise SheetRefused(
            [
                Fault(
                    f"There is no column for {_listed(missing)}. "
                    f"The file's columns are: {', '.join(filter(None, head)) or 'none'}.",
                    row=at,
                )
            ]
        )
    rows = tuple(_rows(text, parted_by, at, head, found))
    if not rows:
        raise SheetRefused([Fault("There is no row below the header.")])
    return Table(
        headings={field: head[place] for field, place in found.items()},
        unread=tuple(name for place, name in enumerate(head) if name and place not in found.values()),
        rows=rows,
    )


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")


def _lines(text: str) -> Iterator[str]:
    """The lines of a text with their ends, as CSV knows them: a cell may hold any other sign that ends a line elsewhere."""
    return (line[0] for line in _LINE.finditer(text))


def _header(text: str, names: Names) -> tuple[str, int, list[str]]:
    """The sign that parts the cells, the header's row and its headings: whichever gives most columns that we know."""
    best = (-1, -1, ",", 1, [""])
    for parted_by in _PARTED_BY:
        reader = csv.reader(_lines(text), delimiter=parted_by)
        try:
            first = list(islice(reader, _LOOKED_AT))
        except csv.Error:
            continue
        for number, cells in enumerate(first, 1):
            head = [cell.strip() for cell in cells]
            known = len({field for name in head for field in _fields(name, names)})
            if (known, len(head) if known else 0) > best[:2]:
                best = (known, len(head) if known else 0, parted_by, number, head)
    return best[2:]


def _fields(heading: str, names: Names) -> Iterator[Field]:
    asked = plain(heading)
    return (field for field, known in names.items() if asked in known)


def _columns(head: list[str], names: Names) -> dict[Field, int]:
    found: dict[Field, int] = {}
    faults = []
    for place, heading in enumerate(head):
        for field in _fields(heading, names):
            if field in found:
                faults.append(
                    Fault(
                        f"“{head[found[field]]}” and “{heading}” both look like the same thing. Rename one of them.",
                        column=heading,
                    )
                )
            found.setdefault(field, place)
    if faults:
        raise SheetRefused(faults)
    return found


def _rows(text: str, parted_by: str, header: int, head: list[str], found: Mapping[Field, int]) -> Iterator[Row]:
    number = 0
    faults = []
    reader = csv.reader(_lines(text), delimiter=parted_by, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            if number <= header or not any(cell.strip() for cell in cells):
                continue
            if number > MOST_ROWS + header:
                raise SheetRefused([Fault(f"The file has more than {MOST_ROWS:,} rows. Split it into several.")])
            if any(cell.strip() for cell in cells[len(head) :]):
                faults.append(
                    Fault(
                        "There are more cells here than headings. A text with a comma in it must stand in quotes.",
                        number,
                    )
                )
            yield Row(
                number, {field: meant(cells[place]) if place < len(cells) else "" for field, place in found.items()}
            )
    except csv.Error:
        faults.append(Fault("A quotation mark is opened here or above and never closed.", number + 1))
    if faults:
        raise SheetRefused(faults)


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
