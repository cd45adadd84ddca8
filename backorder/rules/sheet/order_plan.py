"""What a sheet of purchase orders would change: each row is laid beside what the books know, and all of it is refused if one is wrong.

A row finds its line by the number of the purchase order and the line's own number in it; without that, by the goods, if the
purchase order has them on one line only. What a row leaves empty stays as it is. Rows that are not there change nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from backorder.rules.sheet.faults import Fault, SheetRefused
from backorder.rules.sheet.order_rows import MOST_LINES, OrderRow, OrderSheet


@dataclass(frozen=True)
class KnownLine:
    """A line as the books have it; ``settled`` units of it have come, or are known not to come."""

    line_id: int
    variant_id: int
    ordered: int
    due_on: date
    settled: int = 0
    sku: str = ""


@dataclass(frozen=True)
class KnownOrder:
    """A purchase order as the books have it, its lines in their order (the first is line 1); ``location`` by its name."""

    purchase_order_id: int
    number: str
    supplier: str
    location: str
    cancelled: bool
    lines: tuple[KnownLine, ...]


@dataclass(frozen=True)
class Books:
    """What the rows are laid beside. ``locations`` that are active, by casefolded name; ``goes_to`` where nothing is said.

    ``variants``: the SKU of each that may be ordered; ``skus``: the variants that carry one. A new day lies from ``first_day``
    to ``last_day``.
    """

    orders: Mapping[str, KnownOrder]
    variants: Mapping[int, str]
    skus: Mapping[str, tuple[int, ...]]
    locations: Mapping[str, tuple[int, ...]]
    goes_to: int | None
    first_day: date
    last_day: date


@dataclass(frozen=True)
class NewLine:
    """A line to add."""

    row: int
    variant_id: int
    units: int
    due_on: date


@dataclass(frozen=True)
class NewOrder:
    """A purchase order to enter, its lines in their order."""

    number: str
    supplier: str
    location_id: int
    lines: tuple[NewLine, ...]


@dataclass(frozen=True)
class MoreLines:
    """Lines to add to a purchase order that is there."""

    order: KnownOrder
    lines: tuple[NewLine, ...]


@dataclass(frozen=True)
class LineChange:
    """A line that gets other units or another day."""

    row: int
    order: KnownOrder
    line: KnownLine
    units: int
    due_on: date


@dataclass(frozen=True)
class Plan:
    """What would change: orders to enter, lines to add and to change, suppliers (by order); ``unchanged`` rows say nothing new."""

    entered: tuple[NewOrder, ...] = ()
    added: tuple[MoreLines, ...] = ()
    changed: tuple[LineChange, ...] = ()
    suppliers: tuple[tuple[KnownOrder, str], ...] = ()
    unchanged: int = 0

    @property
    def changes(self) -> int:
        """How many lines and suppliers are touched."""
        new = [line for order in self.entered for line in order.lines]
        new += [line for more in self.added for line in more.lines]
        return len(new) + len(self.changed) + len(self.suppliers)


@dataclass
class _Draft:
    """A plan being made."""

    entered: list[NewOrder] = field(default_factory=list)
    added: list[MoreLines] = field(default_factory=list)
    changed: list[LineChange] = field(default_factory=list)
    suppliers: list[tuple[KnownOrder, str]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[Fault] = field(default_factory=list)


def plan(sheet: OrderSheet, books: Books) -> Plan:
    """What the sheet would change. Raises SheetRefused with every row that is wrong."""
    draft = _Draft()
    by_number: dict[str, list[OrderRow]] = defaultdict(list)
    for row in sheet.rows:
        by_number[row.number].append(row)
    spelled = {number.casefold(): number for number in books.orders}
    for number, rows in by_number.items():
        known = books.orders.get(number)
        other = spelled.get(number.casefold())
        if known is None and other is not None:
            draft.faults.append(
                Fault(
                    f"There is a purchase order {other}: write its number just so.",
                    rows[0].row,
                    sheet.heading("number"),
                )
            )
            continue
        _Order(sheet, books, rows, known, draft).work_out()
    if draft.faults:
        raise SheetRefused(draft.faults)
    return Plan(tuple(draft.entered), tuple(draft.added), tuple(draft.changed), tuple(draft.suppliers), draft.unchanged)


@dataclass(frozen=True)
class _Order:
    """The rows of one purchase order, and what the books know of it."""

    sheet: OrderSheet
    books: Books
    rows: Sequence[OrderRow]
    known: KnownOrder | None
    draft: _Draft

    def work_out(self) -> None:
        supplier = self._agreed("supplier", [(row.row, row.supplier) for row in self.rows])
        place = self._agreed("location", [(row.row, row.location) for row in self.rows])
        location_id = self._location(place)
        new: list[tuple[OrderRow, NewLine]] = []
        taken: dict[object, int] = {}
        for row in self.rows:
            variant_id = self._variant(row)
            line = self._line(row, variant_id)
            if isinstance(line, Fault):
                self.draft.faults.append(line)
                continue
            mark: object = line.line_id if line else row.line or ("goods", variant_id)
            if (first := taken.setdefault(mark, row.row)) != row.row:
                sentence = (
                    f"Rows {first} and {row.row} are both for the same line of {row.number}. Make them one row; for two "
                    "deliveries of the same goods, give each its own line number in a column Line."
                )
                self._wrong(row, sentence)
            elif line is not None:
                self._beside(row, line)
            elif (fresh := self._new_line(row, variant_id)) is not None:
                new.append((row, fresh))
        new.sort(key=lambda pair: pair[0].line or MOST_LINES)  # those without a number come last
        self._count_on([row for row, _ in new])
        self._keep(supplier, location_id, [line for _, line in new])

    def _count_on(self, new: list[OrderRow]) -> None:
        """New lines are numbered on without a gap, so that the same file finds them again."""
        there = len(self.known.lines) if self.known else 0
        for number, row in enumerate(new, there + 1):
            if row.line is not None and row.line != number:
                has = f"has {there} lines" if there else "is new"
                self._wrong(row, f"{row.number} {has}, so the next line is number {number}, not {row.line}.", "line")
                break

    def _keep(self, supplier: str, location_id: int | None, new: list[NewLine]) -> None:
        if self.known is None:
            if new and location_id is not None:
                self.draft.entered.append(NewOrder(self.rows[0].number, supplier, location_id, tuple(new)))
            return
        if new and self.known.cancelled:
            self._wrong(self.rows[0], f"{self.known.number} was cancelled: enter a new purchase order.")
        elif new:
            self.draft.added.append(MoreLines(self.known, tuple(new)))
        if supplier and supplier != self.known.supplier:
            self.draft.suppliers.append((self.known, supplier))

    def _beside(self, row: OrderRow, line: KnownLine) -> None:
        """A row for a line that is there."""
        assert self.known is not None
        units = line.ordered if row.units is None else row.units
        due_on = row.due_on or line.due_on
        if (units, due_on) == (line.ordered, line.due_on):
            self.draft.unchanged += 1
        elif self.known.cancelled:
            self._wrong(row, f"{self.known.number} was cancelled: nothing of it can change.")
        elif units != line.ordered and units < line.settled:
            sentence = (
                f"{line.settled} units of this line have come or were struck off already: it cannot have {units}."
            )
            self._wrong(row, sentence, "units")
        elif due_on == line.due_on or self._may_be_due(row, due_on):
            self.draft.changed.append(LineChange(row.row, self.known, line, units, due_on))

    def _new_line(self, row: OrderRow, variant_id: int | None) -> NewLine | None:
        if variant_id is None:
            if not row.sku and row.variant_id is None:
                self._wrong(row, f"{row.number} has no line {row.line}: a new line needs a SKU.", "line")
            return None
        if row.units is None:
            self._wrong(row, "This is a new line: say how many units.", "units")
        if row.due_on is None:
            self._wrong(row, "This is a new line: say on which day it is due.", "due")
        if row.units is None or row.due_on is None or not self._may_be_due(row, row.due_on):
            return None
        return NewLine(row.row, variant_id, row.units, row.due_on)

    def _may_be_due(self, row: OrderRow, day: date) -> bool:
        if day < self.books.first_day:
            self._wrong(row, f"{day.isoformat()} has passed: give the day on which the goods are expected.", "due")
        elif day > self.books.last_day:
            self._wrong(row, f"{day.isoformat()} is more than three years ahead.", "due")
        else:
            return True
        return False

    def _variant(self, row: OrderRow) -> int | None:
        """The variant that a row names; None if it names none, or a wrong one (then a fault is noted)."""
        if row.variant_id is not None:
            sku = self.books.variants.get(row.variant_id)
            if sku is None and not self._has(row.variant_id):
                self._wrong(row, f"The shop has no variant with the number {row.variant_id}.", "variant")
            elif sku is not None and row.sku not in {"", sku}:
                said = f"has the SKU {sku}" if sku else "has no SKU"
                self._wrong(row, f"The variant {row.variant_id} {said}, and this row says {row.sku}.", "sku")
            else:
                return row.variant_id
        elif row.sku:
            found = self.books.skus.get(row.sku, ())
            if len(found) == 1:
                return found[0]
            mine = [line.variant_id for line in self.known.lines if line.variant_id in found] if self.known else []
            if len(set(mine)) == 1:
                return mine[0]
            if found:
                self._wrong(
                    row,
                    f"{len(found)} variants of the shop have the SKU {row.sku}: name the one in a column Variant ID.",
                    "sku",
                )
            elif row.line is None or (line := self._at(row.line)) is None or line.sku != row.sku:
                self._wrong(row, f"The shop has no variant with the SKU {row.sku}.", "sku")
        return None

    def _has(self, variant_id: int) -> bool:
        return self.known is not None and any(line.variant_id == variant_id for line in self.known.lines)

    def _at(self, line: int) -> KnownLine | None:
        lines = self.known.lines if self.known else ()
        return lines[line - 1] if line <= len(lines) else None

    def _line(self, row: OrderRow, variant_id: int | None) -> KnownLine | Fault | None:
        """The line that a row is for; None for a new one."""
        if row.line is not None:
            line = self._at(row.line)
            if line is not None and variant_id is not None and line.variant_id != variant_id:
                sentence = f"Line {row.line} of {row.number} is for other goods than this row."
                return Fault(sentence, row.row, self.sheet.heading("sku" if row.sku else "variant"))
            return line
        alike = [line for line in self.known.lines if line.variant_id == variant_id] if self.known else []
        if len(alike) > 1:
            sentence = (
                f"{row.number} has these goods on {len(alike)} lines: say which in a column Line, as the export does."
            )
            return Fault(sentence, row.row)
        return alike[0] if alike else None

    def _location(self, place: str) -> int | None:
        """Where a new purchase order goes; for one that is there, only whether the sheet says the same."""
        if self.known is not None:
            if place and place.casefold() != self.known.location.casefold():
                sentence = f"{self.known.number} goes to {self.known.location or 'another location'}, and that is changed on its page."
                self._wrong(self.rows[0], sentence, "location")
            return None
        if not place:
            if self.books.goes_to is None:
                self._wrong(self.rows[0], "Say in a column Location to which location the goods will come.")
            return self.books.goes_to
        found = self.books.locations.get(place.casefold(), ())
        if len(found) != 1:
            what = "several locations" if found else "no active location"
            self._wrong(self.rows[0], f"The shop has {what} called {place}.", "location")
            return None
        return found[0]

    def _agreed(self, what: str, said: Iterable[tuple[int, str]]) -> str:
        """What the rows of one purchase order say alike; empty if none says anything."""
        stated = [(row, text) for row, text in said if text]
        for row, text in stated[1:]:
            if text != stated[0][1]:
                sentence = f"Rows {stated[0][0]} and {row} name different {what}s for {self.rows[0].number}: “{stated[0][1]}” and “{text}”."
                self.draft.faults.append(Fault(sentence, row, self.sheet.heading(what)))
                break
        return stated[0][1] if stated else ""

    def _wrong(self, row: OrderRow, sentence: str, column: str | None = None) -> None:
        self.draft.faults.append(Fault(sentence, row.row, self.sheet.heading(column) if column else None))
