"""Manage: the merchant's choices. Which variants the app may sell on backorder, on which terms, and what to try again."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

import structlog

from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.closed_days import calendar
from backorder.db import catalogue, dirty, offers, orders, outbox, shops
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.terms import LONGEST_LEAD_TIME, Terms, TermsError
from backorder.rules.working_calendar import NoWorkingDay

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 250
MOST_BACKORDERS = 1_000_000


class Unchanged(Enum):
    """Stands for a choice that was not made, where None means “none”."""

    YES = "unchanged"


UNCHANGED = Unchanged.YES


def choose(
    house: House,
    shop_id: int,
    variant_ids: Iterable[int],
    *,
    managed: bool | None = None,
    lead_time_days: int | Unchanged | None = UNCHANGED,
    max_backorders: int | Unchanged | None = UNCHANGED,
    actor: str,
    now: datetime,
) -> int:
    """Let the app manage variants or not, and set their lead time or cap; how many variants changed.

    All or nothing. Raises Unknown if the shop lacks one of them, Refused for a value that cannot be.
    """
    wanted = sorted(set(variant_ids))
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Refused("variant_ids", f"Choose from 1 to {MOST_AT_ONCE} variants at once.")
    values = _values(managed, lead_time_days, max_backorders)
    changed = house.db.run(lambda tx: _choose(tx, shop_id, wanted, values, actor, now))
    log.info("variants chosen", shop_id=shop_id, actor=actor, variants=len(wanted), **values)
    _ring(house)
    return changed


def _choose(tx: Connection, shop_id: int, wanted: list[int], values: dict[str, Any], actor: str, now: datetime) -> int:
    found = [v for v in catalogue.by_ids(tx, shop_id, wanted) if not v.gone]
    if len(found) != len(wanted):
        raise Unknown("variant_ids", "The shop lacks one of these variants.")
    items = [v.item_id for v in found]
    catalogue.lock_items(tx, shop_id, items)
    changed = catalogue.choose(tx, shop_id, wanted, values)
    decide(tx, shop_id, items, now, cause="merchant's choice", actor=actor)
    dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
    return changed


def cap_in(tx: Connection, shop_id: int, variant_id: int, most: int | None, *, actor: str, now: datetime) -> None:
    """Cap a variant as ``choose`` does, within the caller's transaction."""
    _choose(tx, shop_id, [variant_id], _values(None, UNCHANGED, most), actor, now)


def set_terms(house: House, shop_id: int, changes: Mapping[str, Any], *, actor: str, now: datetime) -> Terms:
    """Change the shop's settings and decide anew for everything managed. Raises TermsError with the field."""
    terms = house.db.run(lambda tx: set_terms_in(tx, shop_id, changes, actor=actor, now=now))
    log.info("terms changed", shop_id=shop_id, actor=actor, changed=sorted(changes))
    _ring(house)
    return terms


def set_terms_in(tx: Connection, shop_id: int, changes: Mapping[str, Any], *, actor: str, now: datetime) -> Terms:
    """``set_terms`` within the caller's transaction."""
    shop = shops.one(tx, shop_id)
    before = Terms.from_json(shop.terms)
    terms = before.changed(changes)
    if terms.holidays_region and not terms.holidays_country:
        raise TermsError("holidays_region", "Choose the country whose region this is.")
    _has_working_days(terms, shop.timezone, now)
    items = catalogue.managed_items(tx, shop_id)
    catalogue.lock_items(tx, shop_id, items)
    shops.set_terms(tx, shop_id, terms.to_json())
    decide(tx, shop_id, items, now, cause="new terms", actor=actor)
    if terms.payment_rule != before.payment_rule:
        # Whose turn it is follows from the payments, which are read with each order.
        dirty.mark(tx, shop_id, Kind.ORDER, orders.open_order_ids(tx, shop_id), transport_now())
    return terms


def _has_working_days(terms: Terms, timezone: str, now: datetime) -> None:
    """Refuse a calendar on which nothing could ever ship. Raises TermsError."""
    days = calendar(terms, timezone, now.date())
    try:
        days.ships_on(now.date())
    except NoWorkingDay:
        raise TermsError("closed_days", "With these days closed there is no working day within a year.") from None


def rearm(house: House, shop_id: int, variant_id: int, *, actor: str, now: datetime) -> None:
    """Let the app set a variant's policy again after somebody changed it by hand.

    What they set is from now on the original that is owed back.
    """

    def work(tx: Connection) -> None:
        variant = _variant(tx, shop_id, variant_id)
        catalogue.lock_items(tx, shop_id, [variant.item_id])
        offers.drop_lease(tx, shop_id, variant_id)
        decide(tx, shop_id, [variant.item_id], now, cause="re-armed", actor=actor)

    house.db.run(work)
    log.info("policy re-armed", shop_id=shop_id, actor=actor, variant_id=variant_id)
    _ring(house)


def try_again(house: House, shop_id: int, outbox_id: int, *, actor: str) -> None:
    """Try a parked or unknown row once more. Raises Unknown for a row that is neither, or not this shop's."""

    def work(tx: Connection) -> None:
        if not outbox.again(tx, shop_id, outbox_id, transport_now()):
            raise Unknown("outbox", "There is nothing of that number to try again.")

    house.db.run(work)
    log.info("tried again", shop_id=shop_id, actor=actor, outbox_id=outbox_id)
    house.bell.ring(Ring.OUTBOX)


def _values(
    managed: bool | None,  # noqa: FBT001 - the merchant's yes or no
    lead_time_days: int | Unchanged | None,
    max_backorders: int | Unchanged | None,
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if managed is not None:
        values["managed"] = managed
    if not isinstance(lead_time_days, Unchanged):
        _within("lead_time_days", lead_time_days, LONGEST_LEAD_TIME)
        values["lead_time_days"] = lead_time_days
    if not isinstance(max_backorders, Unchanged):
        _within("max_backorders", max_backorders, MOST_BACKORDERS)
        values["max_backorders"] = max_backorders
    if not values:
        raise Refused("managed", "Say what shall change.")
    return values


def _within(field: str, value: int | None, most: int) -> None:
    if value is not None and not 0 <= value <= most:
        raise Refused(field, f"Give a number from 0 to {most}, or leave it empty.")


def _variant(tx: Connection, shop_id: int, variant_id: int) -> catalogue.Variant:
    found = catalogue.by_ids(tx, shop_id, [variant_id])
    if not found:
        raise Unknown("variant_id", "The shop has no such variant.")
    return found[0]


def _ring(house: House) -> None:
    house.bell.ring(Ring.OBSERVE)
    house.bell.ring(Ring.OUTBOX)
