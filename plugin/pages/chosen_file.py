"""A file that a person chose on a page, to see what it would change."""

from flask import request

from backorder.rules.sheet.encoding import LARGEST_FILE
from backorder.rules.sheet.faults import Fault

# The file and what stands around it in the request.
LARGEST = LARGEST_FILE + 64 * 1024
NOTHING_CHOSEN = (Fault("Choose a CSV file that is not empty."),)


def chosen_file() -> bytes:
    """The bytes of the file; none if there is no file, or an empty one. To be asked before anything else of the form."""
    request.max_content_length = LARGEST
    sent = request.files.get("file")
    return sent.read() if sent else b""
