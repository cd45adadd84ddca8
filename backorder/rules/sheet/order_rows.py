"""A sheet of purchase orders, row by row: what each cell says, still without a look at the books."""

from dataclasses import dataclass
from datetime import date

from backorder.rules.sheet import headings
from backorder.rules.sheet.counts import read_count
from backorder.rules.sheet.days import Reading, read_days
from backorder.rules.sheet.encoding import decoded
from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.rules.sheet.row_reader import RowReader
from backorder.rules.sheet.table import Row, Table, read_table

MOST_UNITS = 1_000_000
LONGEST_NUMBER = 64
LONGEST_TEXT = 255
MOST_LINES = 10_000
LARGEST_ID = 2**63 - 1

HEADINGS = (
    "Number",
    "Line",
    "Supplier",
    "Location",
    "SKU",
    "Variant ID",
    "Product",
    "Units",
    "Due on",
    "Received",
    "Damaged",
)
_NAMES = {
    "number": headings.NUMBER,
    "line": headings.LINE,
    "supplier": headings.SUPPLIER,
    "location": headings.LOCATION,
    "sku": headings.SKU,
    "variant": headings.VARIANT,
    "units": headings.UNITS,
    "due": headings.DUE,
}
_NEEDED = {"number": "the number of the purchase order"}


@dataclass(frozen=True)
class OrderRow:
    """One row: a line of a purchase order. What is None or empty was not said.

    ``line`` counts the lines of its purchase order from 1, ``variant_id`` is the store's.
    """

    row: int
    number: str
    line: int | None
    supplier: str
    location: str
    sku: str
    variant_id: int | None
    units: int | None
    due_on: date | None


@dataclass(frozen=True)
class OrderSheet:
    """All rows, what the file calls its columns (by field), and the columns that are not read."""

    rows: tuple[OrderRow, ...]
    headings: dict[str, str]
    unread: tuple[str, ...]

    def heading(self, field: str) -> str:
        """What the file calls a field."""
        return self.headings.get(field, _SAID.get(field, field))


_SAID = {"number": "Number", "line": "Line", "sku": "SKU", "variant": "Variant ID", "units": "Units", "due": "Due on"}


def read_orders(raw: bytes, reading: Reading, timezone: str) -> OrderSheet:
    """The rows of a file. Raises SheetRefused with everything that is wrong in it, as far as it can be read."""
    table = read_table(decoded(raw), _NAMES, _NEEDED)
    if not {"sku", "variant", "line"} & table.headings.keys():
        raise SheetRefused([Fault("There is no column that says which goods: add one with the SKU.")])
    if not {"units", "due", "supplier"} & table.headings.keys():
        raise SheetRefused([Fault("There is neither a column with units nor one with days: nothing would change.")])
    cells = {row.number: row.text("due") for row in table.rows}
    days, faults = read_days(cells, reading, timezone, table.heading("due"))
    rows = [_row(row, table, days.get(row.number), faults) for row in table.rows]
    if faults:
        raise SheetRefused(faults)
    return OrderSheet(tuple(rows), dict(table.headings), table.unread)


def _row(row: Row, table: Table, due_on: date | None, faults: list[Fault]) -> OrderRow:
    cells = RowReader(row, table, faults)
    number = cells.text("number", LONGEST_NUMBER)
    if not row.text("number"):
        cells.wrong("The number of the purchase order is missing.", "number")
    if not any(map(row.text, ("sku", "variant", "line"))):
        cells.wrong("This row does not say which goods.")
    return OrderRow(
        row=row.number,
        number=number,
        line=cells.read("line", lambda said: read_count(said, 1, MOST_LINES, "the line")),
        supplier=cells.text("supplier", LONGEST_TEXT),
        location=cells.text("location", LONGEST_TEXT),
        sku=cells.text("sku", LONGEST_TEXT),
        variant_id=cells.read("variant", _id),
        units=cells.read("units", lambda said: read_count(said, 1, MOST_UNITS, "units")),
        due_on=due_on,
    )


def _id(said: str) -> int:
    plain = said.rpartition("/")[2]  # gid://shopify/ProductVariant/1 is as good as 1
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 19 and 0 < int(plain) <= LARGEST_ID):
        raise ValueError(f"“{said[:40]}” is no number of a variant.")
    return int(plain)
