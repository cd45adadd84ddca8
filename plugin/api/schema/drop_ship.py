"""What may be asked of lines that suppliers send to buyers themselves."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from plugin.api.schema.model import Body, Query
from plugin.api.schema.values import Id, without_controls


def _by_commas(text: str) -> list[str]:
    return text.split(",") if text else []


class PassOnDraft(Body):
    """What a supplier is told now: these lines, or all that are to be passed on. ``by_mail``: by a letter to them; else the merchant did it.

    ``note`` is added to the letter, which holds 250 lines at most.
    """

    line_ids: Annotated[list[Id], Field(min_length=1, max_length=5_000)] | None = None
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(without_controls)] = (
        ""
    )
    by_mail: bool = True


class ExportAsked(Query):
    """The lines of which a supplier is told now, by commas; without them, all that are to be passed on."""

    line_ids: Annotated[list[Id], BeforeValidator(_by_commas), Field(min_length=1, max_length=250)] | None = None


class FileOfLines(Body):
    """The lines of which a supplier is told by a file: more than an address has room for."""

    line_ids: Annotated[list[Id], Field(min_length=1, max_length=5_000)]


class ShippedBySupplier(Body):
    """A supplier shipped what is open of a line, and how its parcel can be followed; each may be left out."""

    carrier: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=64), AfterValidator(without_controls)
    ] = ""
    tracking: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=128), AfterValidator(without_controls)
    ] = ""
    url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(without_controls)] = ""
