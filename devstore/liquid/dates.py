"""Dates as Liquid writes them: strftime patterns, or a format by its name in the page's language."""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from devstore.liquid.page import Page

BY_NAME: Final = {"date": "long", "abbreviated_date": "medium", "basic": "short"}


def written(value: object, pattern: str | None, name: str | None, page: Page) -> str:
    """A date in the shop's zone. What is no date is returned as it came, as Liquid does."""
    moment = instant(value, page)
    if moment is None:
        return "" if value is None else str(value)
    local = moment.astimezone(page.zone)
    if pattern == "%s":  # the C library's reading of it ignores the zone
        return str(int(moment.timestamp()))
    if pattern is not None:
        return local.strftime(pattern)
    locale = page.locale.replace("-", "_")
    if name == "date_at_time":
        return str(format_datetime(local, "long", locale=locale))
    return str(format_date(local, BY_NAME.get(name or "date", "long"), locale=locale))


def instant(value: object, page: Page) -> datetime | None:
    """The moment a value stands for; text without a zone is in the shop's. None when it stands for none."""
    if value in {"now", "today"}:
        return page.now
    if isinstance(value, datetime):
        return _aware(value, page.zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), page.zone)
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not text:
        return None
    try:
        return (
            datetime.fromtimestamp(int(text), UTC)
            if text.isdigit()
            else _aware(datetime.fromisoformat(text), page.zone)
        )
    except (ValueError, OverflowError):
        return None


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
