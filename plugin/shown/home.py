"""The first page as figures: what waits, what comes next, and what needs a person."""

from datetime import datetime

from backorder.db import catalogue
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown import alarms, arrivals, backlog, data_requests, exceptions, imports, risk, troubles
from plugin.shown.alarms import AlarmShown
from plugin.shown.arrivals import ArrivalShown
from plugin.shown.backlog import Total
from plugin.shown.data_requests import DataRequestShown
from plugin.shown.exceptions import Exceptions
from plugin.shown.imports import ImportShown
from plugin.shown.model import Shown
from plugin.shown.risk import RiskShown
from plugin.shown.troubles import TroubleShown

MOST_AT_RISK = 5


class HomeShown(Shown):
    """``waiting`` is what no stock covers; ``backlog`` is everything ordered and not yet shipped; ``risk`` what may come late.

    ``data_requests``: customers who asked what is kept about them and were not answered yet.
    """

    shop_name: str
    waiting: Total
    backlog: Total
    all_variants: int
    managed_variants: int
    arrivals: tuple[ArrivalShown, ...]
    risk: RiskShown
    exceptions: Exceptions
    troubled: tuple[TroubleShown, ...]
    alarms: tuple[AlarmShown, ...]
    importing: ImportShown
    data_requests: tuple[DataRequestShown, ...]


def of_shop(house: House, shop: Shop, now: datetime) -> HomeShown:
    """The figures of a shop as of ``now``."""
    waiting, whole = backlog.totals(house, shop)
    with house.db.read() as tx:
        everything, managed = catalogue.count_variants(tx, shop.shop_id)
    return HomeShown(
        shop_name=shop.name,
        waiting=waiting,
        backlog=whole,
        all_variants=everything,
        managed_variants=managed,
        arrivals=arrivals.of_shop(house, shop, now),
        risk=risk.of_shop(house, shop, now, MOST_AT_RISK),
        exceptions=exceptions.of_shop(house, shop, now),
        troubled=troubles.of_shop(house, shop).troubled,
        alarms=alarms.of_shop(house, shop),
        importing=imports.of_shop(house, shop),
        data_requests=tuple(
            each for each in data_requests.of_shop(house, shop).data_requests if each.answered_at is None
        ),
    )
