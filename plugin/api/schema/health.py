"""What may be asked of comparisons with the store."""

from typing import Annotated, Literal

from pydantic import Field

from plugin.api.schema.model import Query


class DifferencesExported(Query):
    """``kind``: only differences of this kind."""

    kind: Literal["order", "hold", "tag", "metafield", "level", "policy", "transfer"] | None = None


class DifferencesAsked(DifferencesExported):
    """``offset`` is the ``next_offset`` of the page before."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
