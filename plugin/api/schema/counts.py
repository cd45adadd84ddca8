"""What may be asked of counts, and of units that are set aside."""

from plugin.api.schema.model import Body, Query
from plugin.api.schema.values import Id, Units


class AsidePlace(Body):
    """The location at which units of a variant are set aside."""

    location_id: Id


class AsideUnits(AsidePlace):
    """So many units of a variant at a location."""

    units: Units


class AsideBelongs(AsideUnits):
    """The line of a purchase order that units which were set aside came with; ``sure``: they may be more than were still to come."""

    line_id: Id
    sure: bool = False


class OverwritingAnswer(Body):
    """Whether another system overwrites *available* at a location; null: nobody knows."""

    location_id: Id
    overwrites: bool | None


class CountsAsked(Query):
    """``falls``: only what is missing; ``before`` is the ``next_before`` of the page before."""

    falls: bool = False
    before: Id | None = None


class CountsExported(Query):
    """The variant whose counts are meant; without one, all changes that nothing explains."""

    variant_id: Id | None = None
