"""Public holidays as values: the ``holidays`` package knows them, the rules only see dates."""

from datetime import date
from functools import lru_cache

import holidays

from backorder.rules.terms import Terms
from backorder.rules.terms_error import TermsError
from backorder.rules.working_calendar import WorkingCalendar

YEARS_AHEAD = 3


def calendar(terms: Terms, timezone: str, today: date) -> WorkingCalendar:
    """The shop's working calendar around ``today``. Raises TermsError for a country or region that nobody knows."""
    return WorkingCalendar(
        timezone=timezone,
        weekdays=frozenset(terms.weekdays),
        closed=frozenset(terms.closed_days)
        | public_holidays(terms.holidays_country, terms.holidays_region, today.year),
        cut_off=terms.cut_off,
        receiving_days=terms.receiving_days,
        handling_days=terms.handling_days,
    )


@lru_cache(maxsize=256)
def public_holidays(country: str | None, region: str | None, year: int) -> frozenset[date]:
    """Public holidays from the year before ``year`` to three years ahead; none without a country. Raises TermsError."""
    if not country:
        return frozenset()
    years = range(year - 1, year + YEARS_AHEAD + 1)
    try:
        return frozenset(holidays.country_holidays(country, subdiv=region, years=years))
    except NotImplementedError:
        field = "holidays_region" if region and country in holidays.list_supported_countries() else "holidays_country"
        raise TermsError(field, f"No public holidays are known for {region or country}.") from None
