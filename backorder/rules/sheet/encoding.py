"""Bytes of a file as text: UTF-8 with or without a mark, UTF-16, or the Windows code page that older spreadsheets write."""

import codecs

from backorder.rules.sheet.faults import Fault, SheetRefused

LARGEST_FILE = 2 * 1024 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How files begin that are no text: a workbook of today, one of yesterday, a PDF.
_NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")


def decoded(raw: bytes) -> str:
    """The text of a file. Raises SheetRefused for what is no text, empty, or larger than ``LARGEST_FILE``."""
    if len(raw) > LARGEST_FILE:
        raise _refused(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Split it into several.")
    if raw.startswith(_NO_TEXT):
        raise _refused("This is no CSV file. In your spreadsheet choose “Save as” or “Download” and then CSV.")
    try:
        text = raw.decode(_encoding(raw))
    except UnicodeDecodeError:
        raise _refused("The file's letters cannot be read. Save it as CSV in UTF-8.") from None
    if "\0" in text:
        raise _refused("This is no CSV file. In your spreadsheet choose “Save as” or “Download” and then CSV.")
    if not text.strip():
        raise _refused("The file is empty.")
    return text


def _encoding(raw: bytes) -> str:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            return name
    # Without a mark, a file of plain letters in two bytes each has a zero in every other place.
    head = raw[:2000]
    if head[1::2].count(0) > len(head) // 4:
        return "utf-16-le"
    if head[::2].count(0) > len(head) // 4:
        return "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _refused(sentence: str) -> SheetRefused:
    return SheetRefused([Fault(sentence)])
