"""What may be asked of variants."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from plugin.api.schema.model import Body, Query
from plugin.api.schema.values import LARGEST_ID, MOST_UNITS, Day, Id, Line, without_controls


class VariantsChoice(Body):
    """Choices for several variants at once; what is left out stays, null takes a number away.

    ``moving_nobody``: refused, naming this field, where the day of somebody who waits would move, or who waits would be let go.
    """

    variant_ids: Annotated[list[Id], Field(min_length=1, max_length=250)]
    managed: bool | None = None
    lead_time_days: Annotated[int, Field(ge=0, le=730)] | None = None
    max_backorders: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None = None
    managing: Literal["by_rule", "always", "never"] | None = None
    max_per_order: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    max_per_customer: Annotated[int, Field(ge=1, le=MOST_UNITS)] | None = None
    sell_until: Day | None = None
    lifecycle: Literal["regular", "limited", "discontinued"] | None = None
    made_to_order: bool | None = None
    drop_shipped: bool | None = None
    supplier_id: Id | None = None
    bin: Annotated[str, StringConstraints(max_length=64), AfterValidator(without_controls)] | None = None
    substitutes: Annotated[list[Id], Field(max_length=3)] | None = None
    moving_nobody: bool = False


class VariantsAsked(Query):
    """``search`` looks in titles and SKU; ``after`` is the ``next_after`` of the page before."""

    search: Line = ""
    managed: bool | None = None
    after: Annotated[int, Field(ge=0, le=LARGEST_ID)] = 0


class QuoteAsked(Query):
    """What would be promised to the next buyer of this many units."""

    variant_id: Id
    units: Annotated[int, Field(ge=1, le=10_000)] = 1
