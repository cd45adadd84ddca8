"""A CSV file in a request: its bytes, how large it may be, and what is wrong with it as a problem document."""

import binascii
from base64 import b64decode

from backorder.rules.sheet.faults import Fault
from plugin.api.reading import LARGEST_BODY
from plugin.api.schema.sheets import LARGEST_SHEET, SheetDraft
from plugin.problems import FieldError, Problem, invalid
from plugin.shown.sheets import MOST_FAULTS

LARGEST = LARGEST_SHEET + LARGEST_BODY


def bytes_of(draft: SheetDraft) -> bytes:
    """The file's bytes. Raises Problem if they are not in base64."""
    try:
        return b64decode(draft.content, validate=True)
    except (binascii.Error, ValueError):
        raise invalid([FieldError("content", "Send the bytes of the file in base64.")]) from None


def said(faults: tuple[Fault, ...]) -> Problem:
    """What is wrong with a file, as a problem document."""
    return invalid(FieldError("content", str(fault)) for fault in faults[:MOST_FAULTS])
