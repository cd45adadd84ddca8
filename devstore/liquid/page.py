"""What every filter may ask about the page being made."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from liquid import RenderContext

NAME = "_page"


@dataclass(frozen=True)
class Page:
    """``root`` is the shop's path without a trailing slash; ``now`` is business time."""

    root: str
    locale: str
    zone: ZoneInfo
    currency: str
    now: datetime


def page_of(context: RenderContext) -> Page:
    """The page a template is rendered for. Raises ``TypeError`` when it was rendered without one."""
    page = context.resolve(NAME, token=None, default=None)
    if not isinstance(page, Page):
        raise TypeError("a storefront template is rendered with its page")
    return page
