"""Which day it is in a shop."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from backorder.db.shops import Shop


def today(shop: Shop, now: datetime) -> date:
    """The calendar day of ``now`` where the shop is."""
    return now.astimezone(ZoneInfo(shop.timezone)).date()
