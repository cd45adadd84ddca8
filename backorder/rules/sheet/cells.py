"""A cell on its way out and back in: what a spreadsheet would calculate is written so that it is read as the text that it is.

OWASP, CSV injection: a cell that begins with one of these may run as a formula. A single quote before it makes it text; coming
in, that quote is taken away again, so that a file that is exported and imported changes nothing.
"""

import csv
from collections.abc import Iterable, Sequence

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_QUOTE = "'"


def harmless(text: str) -> str:
    """The text as it is written into a cell."""
    return _QUOTE + text if text.startswith((*_DANGEROUS, _QUOTE)) else text


def meant(cell: str) -> str:
    """The text that ``harmless`` wrote; any other stays as it is, but for the blanks around it."""
    text = cell.strip()
    return text[1:] if text.startswith(_QUOTE) and text[1:].startswith((*_DANGEROUS, _QUOTE)) else text


def written(headings: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    """A sheet as text, with the mark by which spreadsheets know UTF-8. Numbers are written as they are, None as nothing."""
    lines = _Lines(["\ufeff"])
    sheet = csv.writer(lines, lineterminator="\r\n")
    sheet.writerow(headings)
    for row in rows:
        sheet.writerow(["" if cell is None else harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return "".join(lines)


class _Lines(list[str]):
    """What a writer of CSV writes to."""

    write = list.append
