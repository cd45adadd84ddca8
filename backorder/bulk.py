"""Bulk: see what a choice about variants would change before it is made, and take back the one that was made last."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Unpack

import structlog

from backorder import drop_ship
from backorder.allocate import decide
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import catalogue, dirty, last_choices, managing, offers, shops
from backorder.db.catalogue import Variant
from backorder.db.dirty import Kind
from backorder.db.engine import Connection
from backorder.db.last_choices import Values
from backorder.errors import Unknown
from backorder.house import House
from backorder.manage import Choice, apply_choice, as_columns, judged_otherwise, rules_of, set_terms_in
from backorder.movement import Movement, moving
from backorder.rules.terms import Terms

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sold:
    """How a variant is sold: managed or not, its state with the reason, the day for the next buyer (not told while silent)."""

    managed: bool
    state: str | None
    ship_by: date | None
    reason: str | None


@dataclass(frozen=True)
class Change:
    """What a choice would do to a variant."""

    variant_id: int
    title: str
    before: Sold
    after: Sold


@dataclass(frozen=True)
class Preview:
    """What a choice would do to each of its variants, and who of those who wait for them would get another day."""

    changes: tuple[Change, ...]
    movement: Movement


def preview(
    house: House, shop_id: int, variant_ids: Iterable[int], *, now: datetime, **choice: Unpack[Choice]
) -> Preview:
    """What ``manage.choose`` would change, worked out by doing it and taking it back. Raises as it does."""
    wanted = sorted(set(variant_ids))
    values = as_columns(wanted, choice)

    def work(tx: Connection) -> Preview:
        before = _sold(tx, shop_id, wanted)
        known = catalogue.by_ids(tx, shop_id, wanted)
        items = {variant.item_id for variant in known}
        catalogue.lock_items(tx, shop_id, items)
        moved = moving(tx, shop_id, items, lambda: _choose(tx, shop_id, wanted, values, now))
        after = _sold(tx, shop_id, wanted)
        titles = {variant.variant_id: variant.full_title for variant in known}
        return Preview(tuple(Change(each, titles[each], before[each], after[each]) for each in wanted), moved)

    return house.db.rehearse(work)


@dataclass(frozen=True)
class RulesPreview:
    """Variants that other rules would begin to manage and cease to manage, and whose day would move.

    ``goes_on``: no rule would hold for these any longer, and they are managed until nobody waits for them.
    """

    begins: tuple[Variant, ...]
    ends: tuple[Variant, ...]
    goes_on: tuple[Variant, ...]
    movement: Movement


def preview_rules(house: House, shop_id: int, rules: Sequence[Values], now: datetime) -> RulesPreview:
    """What these rules would manage instead of those that hold now, worked out by setting them and taking them back.

    Raises TermsError for a rule that cannot be.
    """

    def work(tx: Connection) -> RulesPreview:
        terms = Terms.from_json(shops.one(tx, shop_id).terms).changed({"eligibility": rules})
        items = {*managing.managed_items(tx, shop_id), *judged_otherwise(tx, shop_id, terms)}
        catalogue.lock_items(tx, shop_id, items)
        before = {variant.variant_id for variant in catalogue.by_rule(tx, shop_id) if variant.managed}
        moved = moving(tx, shop_id, items, lambda: _set_rules(tx, shop_id, rules, now))
        after = catalogue.by_rule(tx, shop_id)
        managed = {variant.variant_id for variant in after if variant.managed}
        still = judged_otherwise(tx, shop_id, terms)  # what a queue keeps managed is judged otherwise still
        return RulesPreview(
            begins=tuple(variant for variant in after if variant.variant_id in managed - before),
            ends=tuple(variant for variant in after if variant.variant_id in before - managed),
            goes_on=tuple(v for v in after if v.variant_id in managed & before and v.item_id in still),
            movement=moved,
        )

    return house.db.rehearse(work)


def _set_rules(tx: Connection, shop_id: int, rules: Sequence[Values], now: datetime) -> None:
    set_terms_in(tx, shop_id, {"eligibility": rules}, actor="preview", now=now)


def _choose(tx: Connection, shop_id: int, wanted: Sequence[int], values: Values, now: datetime) -> None:
    apply_choice(tx, shop_id, wanted, values, now, "preview")


@dataclass(frozen=True)
class Undone:
    """What is again as it was: so many variants, or the rules."""

    variants: int
    rules: bool = False


def undo(house: House, shop_id: int, *, actor: str, now: datetime) -> Undone:
    """Take the last choice back. What was chosen anew since stays. Raises Unknown if there is none."""

    def work(tx: Connection) -> Undone:
        last = last_choices.get(tx, shop_id)
        if last is None:
            raise Unknown("choice", "There is nothing to undo.")
        if last.rules is not None:
            return _rules_again(tx, shop_id, *last.rules, actor=actor, now=now)
        known = {v.variant_id: v for v in catalogue.by_ids(tx, shop_id, last.before) if not v.gone}
        items = {variant.item_id for variant in known.values()}
        catalogue.lock_items(tx, shop_id, items)
        back: dict[str, tuple[dict[str, Any], list[int]]] = defaultdict(lambda: ({}, []))
        for variant_id, variant in known.items():
            if last_choices.of(variant, last.after[variant_id]) == last.after[variant_id]:
                values = _as_kept(last.before[variant_id])
                back[str(values)][1].append(variant_id)
                back[str(values)] = (values, back[str(values)][1])
        for values, ids in back.values():
            catalogue.choose(tx, shop_id, ids, values)
            drop_ship.follow_variants(tx, shop_id, ids, now)
        last_choices.forget(tx, shop_id)
        decide(tx, shop_id, items, now, cause="choice undone", actor=actor)
        dirty.mark(tx, shop_id, Kind.ITEM, items, transport_now())
        return Undone(sum(len(ids) for _, ids in back.values()))

    undone = house.db.run(work)
    log.info("choice undone", shop_id=shop_id, actor=actor, variants=undone.variants, rules=undone.rules)
    house.bell.ring(Ring.OBSERVE)
    house.bell.ring(Ring.OUTBOX)
    return undone


def _rules_again(
    tx: Connection, shop_id: int, before: Sequence[Values], after: Sequence[Values], *, actor: str, now: datetime
) -> Undone:
    """The rules as they were, unless somebody has changed them since."""
    stand = rules_of(Terms.from_json(shops.one(tx, shop_id).terms)) == after
    if stand:
        set_terms_in(tx, shop_id, {"eligibility": before}, actor=actor, now=now)
    last_choices.forget(tx, shop_id)
    return Undone(0, rules=stand)


def _as_kept(values: Values) -> dict[str, Any]:
    """Values as the book of goods has them."""
    until = values.get("sell_until")
    return dict(values) if until is None else {**values, "sell_until": date.fromisoformat(until)}


def _sold(tx: Connection, shop_id: int, variant_ids: list[int]) -> dict[int, Sold]:
    decided = offers.get(tx, shop_id, variant_ids)
    found = {}
    for variant in catalogue.by_ids(tx, shop_id, variant_ids):
        offer = decided.get(variant.variant_id) if variant.managed else None
        day = offer.wanted.get("ship_by") if offer else None
        found[variant.variant_id] = Sold(
            managed=variant.managed,
            state=offer.state if offer else None,
            ship_by=date.fromisoformat(day) if day else None,
            reason=offer.reason if offer else None,
        )
    return found
