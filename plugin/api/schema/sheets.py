"""What may be asked with a CSV file."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from plugin.api.schema.model import Body

LARGEST_SHEET = (
    3_000_000  # characters of base64: a file of two megabytes and a bit, whose size is judged when it is read
)


class SheetDraft(Body):
    """A CSV file, as its bytes in base64. ``dates`` says how 04/12/2026 is read, where the file itself does not show it."""

    content: Annotated[str, StringConstraints(min_length=1, max_length=LARGEST_SHEET)]
    dates: Literal["guess", "day first", "month first"] = "guess"


class SheetApproved(SheetDraft):
    """The file again, with ``seen`` of the preview that somebody approved; without it, whatever the file says is done."""

    seen: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
