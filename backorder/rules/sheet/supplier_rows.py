"""A sheet of suppliers, and what it would change. What a row leaves empty stays as it is; suppliers that are not there stay."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from backorder.rules.sheet import headings
from backorder.rules.sheet.counts import read_count
from backorder.rules.sheet.encoding import decoded
from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.rules.sheet.row_reader import RowReader
from backorder.rules.sheet.table import Row, Table, read_table
from backorder.rules.terms import LONGEST_LEAD_TIME

HEADINGS = ("Supplier", "Lead time, days", "E-mail", "Note")
_NAMES = {
    "name": headings.SUPPLIER | {"name", "nom", "nombre", "nome", "naam"},
    "days": headings.LEAD_TIME,
    "email": headings.EMAIL,
    "note": headings.NOTE,
}


@dataclass(frozen=True)
class SupplierRow:
    """One row: a supplier. What is None or empty was not said."""

    row: int
    name: str
    days: int | None
    email: str
    note: str


@dataclass(frozen=True)
class SupplierSheet:
    """All rows, each supplier once, and the columns that are not read."""

    rows: tuple[SupplierRow, ...]
    unread: tuple[str, ...]
    headings: Mapping[str, str]


def read_suppliers(raw: bytes, key_of: Callable[[str], str]) -> SupplierSheet:
    """The rows of a file; ``key_of`` says which names are the same. Raises SheetRefused with everything that is wrong."""
    table = read_table(decoded(raw), _NAMES, {"name": "the supplier's name"})
    faults: list[Fault] = []
    rows = [_row(row, table, faults) for row in table.rows]
    seen: dict[str, SupplierRow] = {}
    for row in rows:
        first = seen.setdefault(key_of(row.name), row)
        if first is not row and row.name:
            sentence = f"Rows {first.row} and {row.row} are both for {first.name}. Make them one row."
            faults.append(Fault(sentence, row.row, table.heading("name")))
    if faults:
        raise SheetRefused(faults)
    return SupplierSheet(tuple(rows), table.unread, table.headings)


def _row(row: Row, table: Table, faults: list[Fault]) -> SupplierRow:
    cells = RowReader(row, table, faults)
    if not row.text("name"):
        cells.wrong("The supplier's name is missing.", "name")
    return SupplierRow(
        row=row.number,
        name=cells.text("name", 120),
        days=cells.read("days", lambda said: read_count(said, 0, LONGEST_LEAD_TIME, "days")),
        email=cells.text("email", 254),
        note=cells.text("note", 1000),
    )
