"""What may be asked of the backlog and the queues."""

from typing import Annotated

from pydantic import Field

from plugin.api.schema.model import Query
from plugin.api.schema.values import Day, Id, Line


class BacklogExportAsked(Query):
    """``waiting``: only what no stock covers; ``search`` looks in order names, titles and SKU."""

    waiting: bool = False
    search: Line = ""


class BacklogAsked(BacklogExportAsked):
    """``waiting``: only what no stock covers; ``search`` looks in order names, titles and SKU.

    ``offset`` is the ``next_offset`` of the page before.
    """

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class QueueAsked(Query):
    """``location_id``: whose queue is listed, where there are several; ``offset`` is the ``next_offset`` of the page before."""

    location_id: Id | None = None
    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class BacklogThenAsked(Query):
    """The past day, in the shop's time zone, whose end is asked for."""

    day: Day
