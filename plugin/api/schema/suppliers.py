"""What may be said of a supplier."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from plugin.api.schema.model import Body
from plugin.api.schema.values import without_controls


class SupplierBody(Body):
    """Who delivers, and in how many calendar days from the order."""

    name: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), AfterValidator(without_controls)
    ]
    lead_time_days: Annotated[int, Field(ge=0, le=730)] | None = None
    email: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=254), AfterValidator(without_controls)
    ] = ""
    note: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(without_controls)
    ] = ""
