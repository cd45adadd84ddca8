"""What a file of purchase orders would change, laid beside what the books know; and what is said of one that cannot be."""

from datetime import date

import pytest

from backorder.rules.sheet.days import Reading
from backorder.rules.sheet.faults import SheetRefused
from backorder.rules.sheet.order_plan import (
    Books,
    KnownLine,
    KnownOrder,
    LineChange,
    MoreLines,
    NewLine,
    NewOrder,
    Plan,
    plan,
)
from backorder.rules.sheet.order_rows import read_orders

TODAY, LAST = date(2026, 11, 23), date(2029, 11, 27)
LAMP, CHAIR, SHADE, OTHER_SHADE = 1011, 1021, 1031, 1041
FOURTH, NEW_YEARS_EVE = date(2026, 12, 4), date(2026, 12, 31)
LAMPS = KnownLine(1, LAMP, 40, FOURTH, settled=10, sku="LAMP")
CHAIRS = KnownLine(2, CHAIR, 6, date(2026, 11, 1), settled=6, sku="CHAIR")
PO_12 = KnownOrder(7, "PO-12", "Glow & Sons", "Warehouse", cancelled=False, lines=(LAMPS, CHAIRS))
SPLIT = KnownOrder(
    8,
    "PO-13",
    "",
    "Warehouse",
    cancelled=False,
    lines=(KnownLine(3, LAMP, 5, FOURTH, sku="LAMP"), KnownLine(4, LAMP, 5, NEW_YEARS_EVE, sku="LAMP")),
)
GONE = KnownOrder(9, "PO-9", "", "Warehouse", cancelled=True, lines=(KnownLine(5, LAMP, 5, FOURTH, sku="LAMP"),))
BOOKS = Books(
    orders={order.number: order for order in (PO_12, SPLIT, GONE)},
    variants={LAMP: "LAMP", CHAIR: "CHAIR", SHADE: "SHADE", OTHER_SHADE: "SHADE"},
    skus={"LAMP": (LAMP,), "CHAIR": (CHAIR,), "SHADE": (SHADE, OTHER_SHADE)},
    locations={"warehouse": (1,), "twins": (2, 3)},
    goes_to=1,
    first_day=TODAY,
    last_day=LAST,
)


def planned(text, books=BOOKS):
    return plan(read_orders(text.encode(), Reading.GUESS, "America/New_York"), books)


def refused(text, books=BOOKS):
    with pytest.raises(SheetRefused) as said:
        planned(text, books)
    return [str(fault) for fault in said.value.faults]


def test_a_new_purchase_order_is_entered_whole():
    text = "PO,Supplier,SKU,Qty,ETA\nPO-20,Oak Ltd,LAMP,1,31.12.2026\nPO-20,,CHAIR,2,2026-12-04\n"
    lines = (NewLine(2, LAMP, 1, NEW_YEARS_EVE), NewLine(3, CHAIR, 2, FOURTH))
    assert planned(text) == Plan(entered=(NewOrder("PO-20", "Oak Ltd", 1, lines),))


def test_a_file_of_a_german_spreadsheet_is_as_good():
    text = (
        "Bestellnummer;Lieferant;Artikelnummer;Menge;Liefertermin;Lager\nPO-20;Müller;LAMP;1.000;04.12.2026;Warehouse\n"
    )
    made = plan(read_orders(text.encode("cp1252"), Reading.GUESS, "Europe/Berlin"), BOOKS)
    assert made.entered == (NewOrder("PO-20", "Müller", 1, (NewLine(2, LAMP, 1000, FOURTH),)),)


def test_number_goods_and_day_are_enough_to_move_a_day():
    made = planned("Number,SKU,Due\nPO-12,LAMP,2026-12-31\n")
    assert made == Plan(changed=(LineChange(2, PO_12, LAMPS, 40, NEW_YEARS_EVE),))


def test_what_the_books_say_already_changes_nothing_even_if_its_day_has_passed():
    made = planned("Number,SKU,Units,Due\nPO-12,CHAIR,6,2026-11-01\nPO-9,LAMP,5,2026-12-04\nPO-12,LAMP,,\n")
    assert made == Plan(unchanged=3)


def test_goods_that_are_new_on_a_purchase_order_are_a_new_line():
    made = planned("Number,Line,Variant ID,Units,Due\nPO-12,3,1031,4,2026-12-04\n")
    assert made.added == (MoreLines(PO_12, (NewLine(2, SHADE, 4, FOURTH),)),)


def test_another_supplier_is_a_change():
    assert planned("Number,SKU,Supplier\nPO-12,LAMP,Bright Ltd\n").suppliers == ((PO_12, "Bright Ltd"),)


def test_one_delivery_on_two_days_is_told_apart_by_the_number_of_its_line():
    made = planned("Number,Line,Due\nPO-13,2,2026-12-30\n")
    assert [(change.line.line_id, change.due_on) for change in made.changed] == [(4, date(2026, 12, 30))]
    entered = planned("Number,Line,SKU,Units,Due\nPO-20,2,LAMP,1,2026-12-31\nPO-20,1,LAMP,2,2026-12-04\n").entered
    assert [line.due_on for line in entered[0].lines] == [FOURTH, NEW_YEARS_EVE]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("PO-20,LAMP,4,2026-11-22", "Row 2, Due: 2026-11-22 has passed: give the day on which the goods are expected."),
        ("PO-12,LAMP,40,2026-11-22", "Row 2, Due: 2026-11-22 has passed: give the day on which the goods are expected."),
        ("PO-20,LAMP,4,2029-11-28", "Row 2, Due: 2029-11-28 is more than three years ahead."),
        ("PO-20,UNICORN,4,2026-12-04", "Row 2, SKU: The shop has no variant with the SKU UNICORN."),
        ("PO-20,SHADE,4,2026-12-04", "Row 2, SKU: 2 variants of the shop have the SKU SHADE: name the one in a column Variant ID."),
        ("PO-20,LAMP,1000000000,2026-12-04", "Row 2, Units: “1000000000” cannot be. Give a whole number of units from 1 to 1,000,000."),
        ("PO-20,LAMP,,2026-12-04", "Row 2, Units: This is a new line: say how many units."),
        ("PO-20,LAMP,4,", "Row 2, Due: This is a new line: say on which day it is due."),
        (",LAMP,4,2026-12-04", "Row 2, Number: The number of the purchase order is missing."),
        ("PO-20,,4,2026-12-04", "Row 2: This row does not say which goods."),
        ("po-12,LAMP,4,2026-12-04", "Row 2, Number: There is a purchase order PO-12: write its number just so."),
        ("PO-12,LAMP,9,2026-12-04", "Row 2, Units: 10 units of this line have come or were struck off already: it cannot have 9."),
        ("PO-9,LAMP,9,2026-12-04", "Row 2: PO-9 was cancelled: nothing of it can change."),
        ("PO-9,CHAIR,9,2026-12-04", "Row 2: PO-9 was cancelled: enter a new purchase order."),
        ("PO-13,LAMP,9,2026-12-04", "Row 2: PO-13 has these goods on 2 lines: say which in a column Line, as the export does."),
        (
            "PO-20,LAMP,4,2026-12-04\n\nPO-20,LAMP,4,2026-12-31",
            ("Row 4: Rows 2 and 4 are both for the same line of PO-20. Make them one row; for two deliveries of the same goods, "
            "give each its own line number in a column Line."),
        ),
        (
            "PO-12,LAMP,40,2026-12-04\nPO-12,LAMP,40,2026-12-31",
            ("Row 3: Rows 2 and 3 are both for the same line of PO-12. Make them one row; for two deliveries of the same goods, "
            "give each its own line number in a column Line."),
        ),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_answered_with_its_place_and_a_sentence(rows, sentence):
    assert refused(f"Number,SKU,Units,Due\n{rows}\n") == [sentence]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("SKU,Units\nLAMP,4\n", "Row 1: There is no column for the number of the purchase order. The file's columns are: SKU, Units."),
        ("Number,Units\nPO-1,4\n", "There is no column that says which goods: add one with the SKU."),
        ("Number,SKU\nPO-1,LAMP\n", "There is neither a column with units nor one with days: nothing would change."),
        (
            "Number,SKU,Units,Due,Location\nPO-20,LAMP,4,2026-12-04,Moon\n",
            "Row 2, Location: The shop has no active location called Moon.",
        ),
        (
            "Number,SKU,Units,Due,Location\nPO-20,LAMP,4,2026-12-04,Twins\n",
            "Row 2, Location: The shop has several locations called Twins.",
        ),
        (
            "Number,SKU,Location,Due\nPO-12,LAMP,Twins,2026-12-31\n",
            "Row 2, Location: PO-12 goes to Warehouse, and that is changed on its page.",
        ),
        (
            "Number,SKU,Units,Due,Supplier\nPO-20,LAMP,4,2026-12-04,Oak\nPO-20,CHAIR,4,2026-12-04,Elm\n",
            "Row 3, Supplier: Rows 2 and 3 name different suppliers for PO-20: “Oak” and “Elm”.",
        ),
        ("Number,Line,SKU,Units,Due\nPO-20,2,LAMP,4,2026-12-04\n", "Row 2, Line: PO-20 is new, so the next line is number 1, not 2."),
        ("Number,Line,SKU,Units,Due\nPO-12,4,SHADE,4,2026-12-04\n", "Row 2, SKU: 2 variants of the shop have the SKU SHADE: name the one in a column Variant ID."),
        ("Number,Line,Variant ID,Units,Due\nPO-12,4,1031,4,2026-12-04\n", "Row 2, Line: PO-12 has 2 lines, so the next line is number 3, not 4."),
        ("Number,Line,Due\nPO-12,3,2026-12-04\n", "Row 2, Line: PO-12 has no line 3: a new line needs a SKU."),
        ("Number,Line,SKU,Due\nPO-12,1,CHAIR,2026-12-04\n", "Row 2, SKU: Line 1 of PO-12 is for other goods than this row."),
        ("Number,Line,SKU,Due\nPO-12,1,UNICORN,2026-12-04\n", "Row 2, SKU: The shop has no variant with the SKU UNICORN."),
        ("Number,SKU,Variant ID,Due\nPO-12,LAMP,1021,2026-12-04\n", "Row 2, SKU: The variant 1021 has the SKU CHAIR, and this row says LAMP."),
        ("Number,Variant ID,Due\nPO-12,99,2026-12-04\n", "Row 2, Variant ID: The shop has no variant with the number 99."),
        ("Number,Variant ID,Due\nPO-12,x,2026-12-04\n", "Row 2, Variant ID: “x” is no number of a variant."),
        (f"Number,SKU,Due\n{'P' * 65},LAMP,2026-12-04\n", "Row 2, Number: This is longer than 64 characters."),
        ('Number,SKU,Due,Supplier\nPO-20,LAMP,2026-12-04,"a\nb"\n', "Row 2, Supplier: Use plain text without line breaks or control characters."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_says_why(text, sentence):
    assert sentence in refused(text)


def test_where_goods_go_must_be_said_in_a_shop_of_several_places():
    several = Books(**{**vars(BOOKS), "goes_to": None})
    text = "Number,SKU,Units,Due\nPO-20,LAMP,4,2026-12-04\n"
    assert refused(text, several) == ["Row 2: Say in a column Location to which location the goods will come."]
    assert (
        planned("Number,SKU,Units,Due,Location\nPO-20,LAMP,4,2026-12-04,warehouse\n", several).entered[0].location_id
        == 1
    )


def test_everything_that_is_wrong_is_said_at_once_in_the_order_of_the_rows():
    text = "Number,SKU,Units,Due\nPO-20,UNICORN,4,2026-12-04\nPO-21,LAMP,,2026-12-04\nPO-22,LAMP,1,2026-11-01\n"
    assert [sentence.split(",")[0] for sentence in refused(text)] == ["Row 2", "Row 3", "Row 4"]
