"""Leaving as shown: what of ours is in the store and is given back, what customers are owed meanwhile, and whether it is done."""

from datetime import datetime

from backorder import leave
from backorder.db.shops import Shop
from backorder.house import House
from plugin.shown.model import Shown


class LeavingShown(Shown):
    """``left_at``: since when the app has left, on the word of ``left_by``; both empty while it works. ``over``: everything is given back.

    By the books there are in the store: ``holds`` of ours, ``policies`` that we owe back, ``offers`` (metafields of variants) and
    ``annotations`` (metafields and tags of orders). ``under_way`` changes of the store are asked for; ``stopped`` of them wait for a
    person. ``owed_units`` is what customers wait for.
    """

    left_at: datetime | None
    left_by: str | None
    over: bool
    holds: int
    policies: int
    offers: int
    annotations: int
    under_way: int
    stopped: int
    owed_units: int
    owed_orders: int
    owed_customers: int


def of_shop(house: House, shop: Shop) -> LeavingShown:
    """How it stands with leaving a shop."""
    found = leave.standing(house, shop.shop_id)
    return LeavingShown(
        left_at=found.left_at,
        left_by=found.left_by,
        over=found.is_over,
        holds=found.ours.holds,
        policies=found.ours.policies,
        offers=found.ours.offers,
        annotations=found.ours.annotations,
        under_way=found.ours.under_way,
        stopped=found.ours.stopped,
        owed_units=found.owed.units,
        owed_orders=found.owed.orders,
        owed_customers=found.owed.customers,
    )
