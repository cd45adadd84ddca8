"""Files that spreadsheets wrote: their letters, their cells, their counts and their days."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backorder.rules.sheet.cells import harmless, meant, written
from backorder.rules.sheet.counts import read_count
from backorder.rules.sheet.days import Reading, read_days
from backorder.rules.sheet.encoding import LARGEST_FILE, decoded
from backorder.rules.sheet.faults import SheetRefused
from backorder.rules.sheet.table import plain, read_table

NEW_YORK = "America/New_York"
TEXT = "Nummer;Artikel\nPO-1;Stühle\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_letters_of_a_file_are_understood_whatever_wrote_it(encoding):
    assert decoded(TEXT.encode(encoding)).removeprefix("\ufeff") == TEXT


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "The file is empty."),
        (b"  \r\n ", "The file is empty."),
        (b"PK\x03\x04 a workbook", "This is no CSV file."),
        (b"%PDF-1.7", "This is no CSV file."),
        (b"Number,SKU\nPO\0-1,x", "This is no CSV file."),
        (b"Number,\x81\x8d", "The file's letters cannot be read."),
        (b"a" * (LARGEST_FILE + 1), "The file is larger than 2 MB."),
    ],
)
def test_what_is_no_text_is_said_to_be_none(raw, sentence):
    with pytest.raises(SheetRefused, match=sentence):
        decoded(raw)


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'=1"])
def test_a_formula_leaves_as_text(formula):
    assert harmless(formula) == "'" + formula


@given(st.text(alphabet="=+-@'＝\t\r\nab,;\" "))
@example("''=x")
@example("'tis")
def test_a_cell_comes_back_as_it_left(text):
    text = text.strip()
    assert meant(harmless(text)) == text


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip), min_size=1))
def test_a_sheet_comes_back_as_it_left(texts):
    sheet = written(("SKU", "Units"), [(text, 1) for text in texts])
    table = read_table(decoded(sheet.encode()), {"sku": frozenset({"sku"}), "units": frozenset({"units"})}, {})
    assert [row.text("sku") for row in table.rows] == texts


@pytest.mark.parametrize("parted_by", [",", ";", "\t"])
def test_the_sign_between_the_cells_is_found(parted_by):
    text = f"SKU{parted_by}Units\nLAMP-1{parted_by}4\n"
    table = read_table(text, {"sku": frozenset({"sku"}), "units": frozenset({"units"})}, {})
    assert [dict(row.cells) for row in table.rows] == [{"sku": "LAMP-1", "units": "4"}]


def test_a_title_and_blank_rows_are_passed_over_and_rows_keep_their_numbers():
    text = "sep=;\nOrders of May;\nSKU;Units;Colour\n;;\nLAMP-1;4;red\n"
    table = read_table(text, {"sku": frozenset({"sku"}), "units": frozenset({"units"})}, {})
    assert [(row.number, row.text("sku")) for row in table.rows] == [(5, "LAMP-1")]
    assert table.unread == ("Colour",)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Units\n4\n", "There is no column for the goods. The file's columns are: Units."),
        ("SKU,Units\n", "There is no row below the header."),
        ("SKU,sku,Units\nx,y,1\n", "“SKU” and “sku” both look like the same thing. Rename one of them."),
        ("SKU,Units\nLAMP,4,5\n", "Row 2: There are more cells here than headings."),
        ('SKU,Units\n"LAMP,4\n', "Row 2: A quotation mark is opened here or above and never closed."),
        ("SKU,Units\n" + "x,1\n" * 10_001, "The file has more than 10,000 rows."),
    ],
)
def test_a_table_that_cannot_be_read_says_why(text, sentence):
    with pytest.raises(SheetRefused) as refused:
        read_table(text, {"sku": frozenset({"sku"}), "units": frozenset({"units"})}, {"sku": "the goods"})
    assert sentence in str(refused.value)


def test_a_heading_is_known_without_its_accents_and_signs():
    assert [plain(heading) for heading in ("N° de commande", "Fällig am", "Due-on:", "GRÖSSE")] == [
        "ndecommande",
        "falligam",
        "dueon",
        "grosse",
    ]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("40", 40),
        (" 40 ", 40),
        ("1,000", 1000),
        ("1.000", 1000),
        ("1 000", 1000),
        ("1\u202f000", 1000),
        ("1'000", 1000),
        ("12.0", 12),
        ("12,00", 12),
        ("1,000,000", 1_000_000),
    ],
)
def test_units_are_read_with_the_signs_that_group_them(text, units):
    assert read_count(text, 1, 1_000_000, "units") == units


@pytest.mark.parametrize(
    "text", ["0", "-1", "1.5", "1000000000", "1,000,000,000", "1,00,000", "1,000.000", "four", "٤", "1e3", "9" * 5000]
)
def test_units_that_cannot_be_are_refused_with_the_bounds(text):
    with pytest.raises(ValueError, match="Give a whole number of units from 1 to 1,000,000"):
        read_count(text, 1, 1_000_000, "units")


def read(*texts, reading=Reading.GUESS, zone=NEW_YORK):
    found, faults = read_days(dict(enumerate(texts, 2)), reading, zone, "Due")
    return list(found.values()), [str(fault) for fault in faults]


@pytest.mark.parametrize("text", ["2026-12-31", "2026/12/31", "31.12.2026", "31. 12. 2026", "31/12/2026", "12/31/2026"])
def test_the_last_day_of_the_year_is_read_in_every_way_of_writing_it(text):
    assert read(text) == ([date(2026, 12, 31)], [])


def test_the_whole_column_says_whether_the_day_or_the_month_comes_first():
    assert read("04/12/2026", "13/12/2026")[0] == [date(2026, 12, 4), date(2026, 12, 13)]
    assert read("04/12/2026", "04/13/2026")[0] == [date(2026, 4, 12), date(2026, 4, 13)]


def test_a_column_that_may_be_read_both_ways_is_refused_until_somebody_says_how():
    assert read("04/12/2026", "05/05/2026")[1] == [
        (
            "Row 2, Due: 04/12/2026 may have the day or the month first, and no date in the column shows which (rows 2). "
            "Say which comes first, or write dates like 2026-12-04."
        )
    ]
    assert read("04/12/2026", reading=Reading.DAY_FIRST)[0] == [date(2026, 12, 4)]
    assert read("04/12/2026", reading=Reading.MONTH_FIRST)[0] == [date(2026, 4, 12)]
    assert read("05/05/2026") == ([date(2026, 5, 5)], [])


def test_a_column_in_which_both_come_first_is_refused_with_both_rows():
    assert read("13/12/2026", "12/14/2026")[1] == [
        (
            "Row 3, Due: 13/12/2026 in row 2 has the day first and 12/14/2026 in row 3 the month. "
            "Write all dates in one way, best like 2026-12-04."
        )
    ]


@pytest.mark.parametrize("text", ["soon", "2026-02-29", "31.11.2026", "2026-13-01", "0000-01-01", "20261204", "45999"])
def test_what_is_no_day_is_said_to_be_none(text):
    assert read(text)[1] == [f"Row 2, Due: “{text}” is not a day. Write dates like 2026-12-04."]


def test_a_year_of_two_digits_is_refused():
    assert read("04.12.26")[1] == ["Row 2, Due: “04.12.26” has no full year. Write dates like 2026-12-04."]


def test_a_time_without_a_zone_is_refused_and_one_with_a_zone_counts_for_the_shops_day():
    assert read("2026-12-04 23:30")[1] == [
        (
            "Row 2, Due: “2026-12-04 23:30” is a time without a time zone, which may be one day here and another there. "
            "Give the day alone, like 2026-12-04."
        )
    ]
    assert read("2026-12-05T03:30:00Z") == ([date(2026, 12, 4)], [])
    assert read("2026-12-05T03:30:00Z", zone="Europe/Berlin") == ([date(2026, 12, 5)], [])


def test_in_the_week_of_the_clock_change_a_moment_falls_on_the_shops_own_day():
    """New York falls back on 1 November 2026, Berlin on 25 October: between them five hours apart, not six."""
    assert read("2026-11-01T04:30:00Z")[0] == [date(2026, 11, 1)]
    assert read("2026-11-02T04:30:00Z")[0] == [date(2026, 11, 1)]
    assert read("2026-10-24T22:30:00Z", zone="Europe/Berlin")[0] == [date(2026, 10, 25)]
    assert read("2026-10-25T22:30:00Z", zone="Europe/Berlin")[0] == [date(2026, 10, 25)]


@given(st.lists(st.dates(date(2020, 1, 1), date(2030, 12, 31)), min_size=1, max_size=8), st.booleans())
def test_a_column_is_read_rightly_or_not_at_all(days, day_first):
    texts = [f"{d.day:02}/{d.month:02}/{d.year}" if day_first else f"{d.month:02}/{d.day:02}/{d.year}" for d in days]
    found, faults = read(*texts)
    assert found == days or faults
