"""A cell that counts something: whole, with or without the signs that group thousands."""

import re

# 1,234,567 or 1.234.567 or 1'234 or 1 234 (with any of the blanks that spreadsheets write), grouped with one sign throughout.
_GROUPED = re.compile(r"\d{1,3}(?:([,.'’ \u00a0\u202f\u2009])\d{3})(?:\1\d{3})*", re.ASCII)
_WHOLE = re.compile(r"\d+", re.ASCII)
# 12.0 and 12,00: what a spreadsheet makes of 12 in a column of decimals. Three zeros would be a thousand.
_DECIMAL_ZEROS = re.compile(r"[.,]0{1,2}$", re.ASCII)
_LONGEST = 24


def read_count(text: str, least: int, most: int, unit: str) -> int:
    """The number in a cell. Raises ValueError with a sentence if it is none from ``least`` to ``most`` (of ``unit``)."""
    plain = text.strip()
    if len(plain) <= _LONGEST:
        plain = plain if _GROUPED.fullmatch(plain) else _DECIMAL_ZEROS.sub("", plain)
        if read := _GROUPED.fullmatch(plain):
            plain = plain.replace(read[1], "")
        if _WHOLE.fullmatch(plain) and least <= int(plain) <= most:
            return int(plain)
    said = text.strip()[:_LONGEST]
    raise ValueError(f"“{said}” cannot be. Give a whole number of {unit} from {least} to {most:,}.")
