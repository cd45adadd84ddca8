"""What may be tried out."""

# ruff: noqa: RUF012 - pydantic copies a default for each body

from typing import Annotated

from pydantic import Field

from plugin.api.schema.model import Body
from plugin.api.schema.settings import SettingsChange
from plugin.api.schema.values import MOST_UNITS, Day, Id, Units


class SlipAsked(Body):
    """What is still to come on a purchase order (or on one line of it) comes ``days`` later, below 0 sooner, or ``on`` a day."""

    purchase_order_id: Id
    line_id: Id | None = None
    days: Annotated[int, Field(ge=-1000, le=1000)] = 0
    on: Day | None = None


class ArrivalAsked(Body):
    """So many more units of a variant come on a day, as if they were ordered now."""

    variant_id: Id
    units: Units
    due_on: Day
    location_id: Id | None = None


class CapAsked(Body):
    """At most so many units of a variant may wait; null: as many as like."""

    variant_id: Id
    max_backorders: Annotated[int, Field(ge=0, le=MOST_UNITS)] | None


class WhatIfAsked(Body):
    """Changes to try out together, ten at most. ``cancelled``: purchase orders of which the rest does not come."""

    slips: Annotated[list[SlipAsked], Field(max_length=10)] = []
    cancelled: Annotated[list[Id], Field(max_length=10)] = []
    arrivals: Annotated[list[ArrivalAsked], Field(max_length=10)] = []
    caps: Annotated[list[CapAsked], Field(max_length=10)] = []
    settings: SettingsChange | None = None
