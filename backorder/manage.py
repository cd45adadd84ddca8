"""Manage: the merchant's choices. Which variants the app may sell on backorder, on which terms, and what to try again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack, cast

import structlog

from backorder import collect, drop_ship
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.closed_days import calendar
from backorder.db import (
    catalogue,
    claims,
    collections,
    dirty,
    last_choices,
    lots,
    managing,
    offers,
    order_lines,
    orders,
    ours,
    outbox,
    refused_deadlines,
    shops,
    suppliers,
    troubles,
)
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.last_choices import LastChoice
from backorder.db.outbox import Effect, Target
from backorder.elsewhere import serve_all_elsewhere
from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.learn import learn_within
from backorder.movement import carefully
from backorder.rules import lease
from backorder.rules.eligibility import Managing, judge
from backorder.rules.selling import Lifecycle
from backorder.rules.terms import LONGEST_LEAD_TIME, Terms
from backorder.rules.terms_error import TermsError
from backorder.rules.working_calendar import NoWorkingDay
from backorder.suppliers import learn

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 250
MOST_BACKORDERS = 1_000_000
LONGEST_BIN = 64
MOST_SUBSTITUTES = 3
# What may be chosen as a number, from and to.
NUMBERS = {
    "lead_time_days": (0, LONGEST_LEAD_TIME),
    "max_backorders": (0, MOST_BACKORDERS),
    "max_per_order": (1, MOST_BACKORDERS),
    "max_per_customer": (1, MOST_BACKORDERS),
}


class Choice(TypedDict, total=False):
    """What may be chosen of variants; what is left out stays, None takes a number or a day away.

    ``managing`` says who says whether it is managed (rules.eligibility); ``managed`` is short for *always* and *never*.
    ``made_to_order``: each is made for its buyer. ``drop_shipped``: who delivers them sends them to the buyers directly. ``supplier_id``: who delivers them, whoever their purchase orders name.
    ``substitutes``: variants that are shown beside the wait, for whom it is too long. ``bin``: where it lies in the warehouse.
    """

    managed: bool | None
    managing: str | None
    lead_time_days: int | None
    max_backorders: int | None
    max_per_order: int | None
    max_per_customer: int | None
    sell_until: date | None
    lifecycle: str | None
    made_to_order: bool | None
    drop_shipped: bool | None
    supplier_id: int | None
    bin: str | None
    substitutes: list[int] | None


def choose(
    house: House,
    shop_id: int,
    variant_ids: Iterable[int],
    *,
    actor: str,
    now: datetime,
    moving_nobody: bool = False,
    **choice: Unpack[Choice],
) -> int:
    """Let the app manage variants or not, and say on which terms; how many variants changed.

    All or nothing. Raises Unknown if the shop lacks one of them, Refused for a value that cannot be; with ``moving_nobody`` also
    where a buyer's day would move.
    """
    wanted = sorted(set(variant_ids))
    values = as_columns(wanted, choice)

    def work(tx: Connection) -> int:
        known = catalogue.by_ids(tx, shop_id, wanted)
        before = {v.variant_id: last_choices.of(v, values) for v in known}
        changed = 0

        def change() -> None:
            nonlocal changed
            changed = apply_choice(tx, shop_id, wanted, values, now, actor)

        items = {variant.item_id for variant in known}
        catalogue.lock_items(tx, shop_id, items)
        carefully(tx, shop_id, items, change, moving_nobody=moving_nobody)
        after = {v.variant_id: last_choices.of(v, values) for v in catalogue.by_ids(tx, shop_id, wanted)}
        last_choices.keep(tx, shop_id, LastChoice(now, actor, before, after))
        return changed

    changed = house.db.run(work)
    log.info("variants chosen", shop_id=shop_id, actor=actor, variants=len(wanted), **values)
    _ring(house)
    return changed


def apply_choice(
    tx: Connection, shop_id: int, wanted: Sequence[int], values: Mapping[str, Any], now: datetime, actor: str
) -> int:
    """Make a choice and decide what follows. Raises Unknown if the shop lacks one of the variants."""
    found = [v for v in catalogue.by_ids(tx, shop_id, wanted) if not v.gone]
    if len(found) != len(wanted):
        raise Unknown("variant_ids", "The shop lacks one of these variants.")
    chosen = values.get("supplier_id")
    if chosen is not None and suppliers.one(tx, shop_id, chosen) is None:
        raise Refused("supplier_id", "The shop has no such supplier.")
    others = values.get("substitutes") or ()
    if sum(not other.gone for other in catalogue.by_ids(tx, shop_id, others)) < len(others):
        raise Refused("substitutes", "The shop lacks one of these variants.")
    items = [v.item_id for v in found]
    catalogue.lock_items(tx, shop_id, items)
    changed = catalogue.choose(tx, shop_id, wanted, dict(values))
    if "supplier_id" in values and chosen is None:  # nobody is chosen any more: whom their purchase orders name
        learn(tx, shop_id, wanted)
    _must_have_a_sender(tx, shop_id, wanted)
    drop_ship.follow_variants(tx, shop_id, wanted, now)
    decide(tx, shop_id, items, now, cause="merchant's choice", actor=actor)
    dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
    if values.get("max_per_customer") is not None:
        # What was read before there was a need to know whose an order is.
        open_orders = {claim.order_id for claim in claims.of_items(tx, shop_id, items) if claim.backordered}
        nobodys = open_orders - orders.customers(tx, shop_id, open_orders).keys()
        dirty.mark(tx, shop_id, Kind.ORDER, nobodys, transport_now())
    return changed


def _must_have_a_sender(tx: Connection, shop_id: int, variant_ids: Sequence[int]) -> None:
    """Raise Refused if one of these variants is to be sent by its supplier and nobody is known to deliver it."""
    nobodys = [v for v in catalogue.by_ids(tx, shop_id, variant_ids) if v.drop_shipped and v.supplier_id is None]
    if nobodys:
        whose = f"{nobodys[0].full_title} is to be sent by its supplier, and nobody is known to deliver it"
        raise Refused("drop_shipped", f"{whose}: choose a supplier first.")


def cap_in(tx: Connection, shop_id: int, variant_id: int, most: int | None, *, actor: str, now: datetime) -> None:
    """Cap a variant as ``choose`` does, within the caller's transaction."""
    apply_choice(tx, shop_id, [variant_id], as_columns([variant_id], {"max_backorders": most}), now, actor)


def set_terms(house: House, shop_id: int, changes: Mapping[str, Any], *, actor: str, now: datetime) -> Terms:
    """Change the shop's settings and decide anew for everything managed. Raises TermsError with the field.

    A change of rules can be undone like a choice about variants (``bulk.undo``).
    """

    def work(tx: Connection) -> Terms:
        before = rules_of(Terms.from_json(shops.one(tx, shop_id).terms))
        terms = set_terms_in(tx, shop_id, changes, actor=actor, now=now)
        if rules_of(terms) != before:
            last_choices.keep(tx, shop_id, LastChoice(now, actor, {}, {}, (before, rules_of(terms))))
        return terms

    terms = house.db.run(work)
    log.info("terms changed", shop_id=shop_id, actor=actor, changed=sorted(changes))
    _ring(house)
    return terms


def rules_of(terms: Terms) -> list[dict[str, Any]]:
    """The merchant's rules, as the terms have them in JSON."""
    rules: list[dict[str, Any]] = terms.to_json()["eligibility"]
    return rules


def set_terms_in(tx: Connection, shop_id: int, changes: Mapping[str, Any], *, actor: str, now: datetime) -> Terms:
    """``set_terms`` within the caller's transaction."""
    shop = shops.one(tx, shop_id)
    before = Terms.from_json(shop.terms)
    terms = before.changed(changes)
    if terms.holidays_region and not terms.holidays_country:
        raise TermsError("holidays_region", "Choose the country whose region this is.")
    _has_working_days(terms, shop.timezone, now)
    items = {*managing.managed_items(tx, shop_id), *judged_otherwise(tx, shop_id, terms)}
    catalogue.lock_items(tx, shop_id, items)
    shops.set_terms(tx, shop_id, terms.to_json())
    if terms.confidence_percent is not None:
        learn_within(tx, shop_id, now)
    decide(tx, shop_id, items, now, cause="new terms", actor=actor)
    if terms.collections != before.collections:
        collect.ask(tx, shop_id)
    if terms.payment_rule != before.payment_rule:
        # Whose turn it is follows from the payments, which are read with each order.
        dirty.mark(tx, shop_id, Kind.ORDER, order_lines.open_order_ids(tx, shop_id), transport_now())
    if terms.serve_elsewhere and not before.serve_elsewhere and not shop.has_left:
        serve_all_elsewhere(tx, shop_id, items, now)
    if terms.set_deadlines and not before.set_deadlines and not shop.has_left:
        # What waits already has been told its day, so nothing else would ask for it; each row goes out in its order's turn.
        refused_deadlines.forget(tx, shop_id)
        waits = ours.held(tx, shop_id)
        targets = [Target(Effect.ANNOTATE, outbox.order_lane(order_id), order_id) for order_id in waits]
        outbox.want_all(tx, shop_id, targets, transport_now())
    return terms


def judged_otherwise(tx: Connection, shop_id: int, terms: Terms) -> frozenset[int]:
    """Items of variants that the rules of these terms judge otherwise than the books, and that must be decided about."""
    inbound = {lot.item_id for lot in lots.arrivals(tx, shop_id)}
    found = set()
    asked = catalogue.by_rule(tx, shop_id)
    titles = collections.titles_of(tx, shop_id, {v.product_id for v in asked}) if terms.collections else {}
    for variant in asked:
        collected = titles.get(variant.product_id, frozenset())
        traits = variant.traits(inbound=variant.item_id in inbound, collections=collected)
        verdict = judge(variant.managing, terms.eligibility, traits, managed=variant.managed, waits=False)
        if verdict.managed is not variant.managed:
            found.add(variant.item_id)
    return frozenset(found)


def _has_working_days(terms: Terms, timezone: str, now: datetime) -> None:
    """Refuse a calendar on which nothing could ever ship. Raises TermsError."""
    days = calendar(terms, timezone, now.date())
    try:
        days.ships_on(now.date())
    except NoWorkingDay:
        raise TermsError("closed_days", "With these days closed there is no working day within a year.") from None


def rearm(house: House, shop_id: int, variant_id: int, *, actor: str, now: datetime) -> None:
    """Let the app set a variant's policy again after somebody changed it by hand.

    What they set is from now on the original that is owed back. A policy that nobody changed stays borrowed as it is.
    """

    def work(tx: Connection) -> None:
        variant = _variant(tx, shop_id, variant_id)
        catalogue.lock_items(tx, shop_id, [variant.item_id])
        held = offers.leases(tx, shop_id, [variant_id]).get(variant_id)
        if held is not None and lease.rearm(held) is None:
            offers.drop_lease(tx, shop_id, variant_id)
        decide(tx, shop_id, [variant.item_id], now, cause="re-armed", actor=actor)

    house.db.run(work)
    log.info("policy re-armed", shop_id=shop_id, actor=actor, variant_id=variant_id)
    _ring(house)


def try_again(house: House, shop_id: int, outbox_id: int, *, actor: str) -> None:
    """Try a parked or unknown row once more. Raises Unknown for a row that is neither, or not this shop's."""

    def work(tx: Connection) -> None:
        if not troubles.again(tx, shop_id, outbox_id, transport_now()):
            raise Unknown("outbox", "There is nothing of that number to try again.")

    house.db.run(work)
    log.info("tried again", shop_id=shop_id, actor=actor, outbox_id=outbox_id)
    house.bell.ring(Ring.OUTBOX)


def _supplied(choice: Choice) -> dict[str, Any]:
    """What a choice says of how variants come: to order, and from whom."""
    values: dict[str, Any] = {}
    for name in ("made_to_order", "drop_shipped"):
        if (said := choice.get(name)) is not None:
            values[name] = said
    if "supplier_id" in choice:
        values |= {"supplier_id": choice["supplier_id"], "supplier_chosen": choice["supplier_id"] is not None}
    return values


def as_columns(wanted: Sequence[int], choice: Choice) -> dict[str, Any]:
    """A choice as the book of goods has it. Raises Refused for a value that cannot be."""
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Refused("variant_ids", f"Choose from 1 to {MOST_AT_ONCE} variants at once.")
    values: dict[str, Any] = {}
    managed, managing = choice.get("managed"), choice.get("managing")
    if managed is not None:
        managing = Managing.ALWAYS.value if managed else Managing.NEVER.value
    if managing is not None:
        _one_of("managing", managing, Managing)
        values["managing"] = managing
        if managing != Managing.BY_RULE:  # else the rules say
            values["managed"] = managing == Managing.ALWAYS
    if (lifecycle := choice.get("lifecycle")) is not None:
        _one_of("lifecycle", lifecycle, Lifecycle)
        values["lifecycle"] = lifecycle
    for name, (least, most) in NUMBERS.items():
        if name in choice:
            values[name] = _within(name, cast(int | None, choice.get(name)), least, most)
    if "sell_until" in choice:
        values["sell_until"] = choice["sell_until"]
    values |= _supplied(choice) | _placed(choice) | _instead(wanted, choice)
    if not values:
        raise Refused("managing", "Say what shall change.")
    return values


def _placed(choice: Choice) -> dict[str, Any]:
    """Where variants lie, as it is written on the shelf; nothing is none. Raises Refused."""
    if "bin" not in choice:
        return {}
    text = (choice["bin"] or "").strip()
    if len(text) > LONGEST_BIN or not text.isprintable():
        raise Refused("bin", f"Give a bin of at most {LONGEST_BIN} characters, or leave it empty.")
    return {"bin": text or None}


def _one_of(field: str, value: str, among: type[StrEnum]) -> None:
    if value not in {each.value for each in among}:
        raise Refused(field, f"Say one of: {', '.join(each.value for each in among)}.")


def _instead(wanted: Sequence[int], choice: Choice) -> dict[str, Any]:
    """What a choice says of what stands in for variants."""
    if "substitutes" not in choice:
        return {}
    others = choice["substitutes"] or []
    if len(others) > MOST_SUBSTITUTES:
        raise Refused("substitutes", f"Offer {MOST_SUBSTITUTES} variants at most.")
    if len(set(others)) < len(others) or set(others) & set(wanted):
        raise Refused("substitutes", "Name each variant once, and not the one that it stands in for.")
    return {"substitutes": list(others)}


def _within(field: str, value: int | None, least: int, most: int) -> int | None:
    if value is not None and not least <= value <= most:
        raise Refused(field, f"Give a number from {least} to {most}, or leave it empty.")
    return value


def _variant(tx: Connection, shop_id: int, variant_id: int) -> catalogue.Variant:
    found = catalogue.by_ids(tx, shop_id, [variant_id])
    if not found:
        raise Unknown("variant_id", "The shop has no such variant.")
    return found[0]


def _ring(house: House) -> None:
    house.bell.ring(Ring.OBSERVE)
    house.bell.ring(Ring.OUTBOX)
