"""Promise: tell a waiting buyer a date once, keep it, and change it only by a new version with a reason.

The projection is internal; what is written here is what will be told. A version that was never told may be replaced; one
that was told stands until a worse date becomes news (rules.revision). What the page showed a buyer was told by that.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from backorder import mixed
from backorder.clock import transport_now
from backorder.db import (
    claims,
    fulfillment_orders,
    mails,
    order_lines,
    orders,
    outbox,
    promises,
    refused_deadlines,
    shops,
)
from backorder.db.claims import Lacking
from backorder.db.engine import Connection
from backorder.db.mails import Letter
from backorder.db.order_lines import ShownLine
from backorder.db.outbox import Effect, Target
from backorder.db.promises import Latest
from backorder.prospects import Prospective, SentDirectly, Waiting
from backorder.rules.claims import Claim
from backorder.rules.deadlines import deadlines
from backorder.rules.projection import Projection, Queue
from backorder.rules.promises import Promise
from backorder.rules.revision import RULE, Revision, as_shown, first, revise
from backorder.rules.silent import SILENT_RULE, is_silent
from backorder.rules.terms import Terms
from backorder.rules.unlikely import AGAIN_PERCENT, revised
from backorder.scene import Goods, Scene

# A wait that a second read takes back is told to nobody (domain §2).
BEFORE_TELLING = timedelta(seconds=2)
ACTOR = "promised"
LEFT_SILENCE = "No longer within the shop's ordinary time."
_written = json.JSONEncoder(sort_keys=True).encode  # made once: there may be thousands to compare


Waits = tuple[Goods, Mapping[int, Queue], Container[int]]


def keep_up(tx: Connection, scene: Scene, waits: Iterable[Waits], *, actor: str = ACTOR) -> set[int]:
    """Write first promises and revisions for the claims that wait, as the work of ``actor``; the orders that got a new version.

    Of each item it is given who waits, by location, and whose waiting is doubtful: nothing is written about those lines.
    """
    waiting: mixed.Waiting = {}
    for goods, queues, doubtful in waits:
        if goods.managed or goods.sent_directly:
            worst = _worst_by_line(tx, scene, goods, queues)
            waiting |= {line_id: found for line_id, found in worst.items() if line_id not in doubtful}
    known = _by_line(promises.history(tx, scene.shop.shop_id, waiting)) if waiting else {}
    if scene.mixes:
        mixed.settle(tx, scene, waiting, known)
        besides = mixed.ship_together(tx, scene, waiting)
        known |= _by_line(promises.history(tx, scene.shop.shop_id, besides.keys() - waiting.keys()))
        waiting |= besides
    shown = order_lines.shown(tx, scene.shop.shop_id, waiting.keys() - known.keys())
    fresh, unsaid = [], []
    for line_id, (claim, projection, place) in sorted(waiting.items()):
        if line_id in shown:
            fresh += (versions := _as_shown(scene, claim, projection, shown[line_id]))
            unsaid.append(versions[-1])
            continue
        version = _next_version(scene, place, claim, projection, known.get(line_id, ()))
        if version is not None:
            version = version if actor == ACTOR else replace(version, actor=actor)
            fresh.append(version)
            unsaid += [version] if version.told_at is None and version.rule != SILENT_RULE else []
    promises.add_all(tx, scene.shop.shop_id, fresh)
    _owe_mails(tx, scene, unsaid)
    return {version.order_id for version in fresh}


def _by_line(versions: Iterable[Promise]) -> dict[int, list[Promise]]:
    found: dict[int, list[Promise]] = defaultdict(list)
    for version in versions:
        found[version.line_id].append(version)
    return found


def misannotated(tx: Connection, shop_id: int, order_ids: Collection[int]) -> list[Target]:
    """What to ask for where the metafield or tag of one of these orders says something else than it must now."""
    if not order_ids:
        return []
    wanted = annotations(tx, shop_id, order_ids)
    says = orders.annotations(tx, shop_id, wanted)
    return [
        Target(Effect.ANNOTATE, outbox.order_lane(order_id), order_id)
        for order_id, annotation in wanted.items()
        if order_id in says and _written(annotation) != says[order_id]
    ]


def annotation(tx: Connection, shop_id: int, order_id: int) -> dict[str, Any] | None:
    """What the order's metafield ``$app:backorder_promise`` must say; None for an order that never waited."""
    return annotations(tx, shop_id, [order_id]).get(order_id)


def annotations(tx: Connection, shop_id: int, order_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What the metafield of each of these orders must say, of those that ever waited."""
    latest = promises.latest_days(tx, shop_id, order_ids)
    waits = claims.waits(tx, shop_id, latest)
    variants = order_lines.variants(tx, shop_id, latest)
    return {order_id: _annotation(said, waits, variants) for order_id, said in sorted(latest.items())}


def undated(tx: Connection, shop_id: int, order_ids: Collection[int]) -> dict[int, dict[datetime, tuple[int, ...]]]:
    """Of these orders those that wait without the promised day as their deadline in the store, where the merchant wants it there.

    Their fulfillment orders, by the deadline that they must have; without what the store has refused.
    """
    shop = shops.one(tx, shop_id)
    if not Terms.from_json(shop.terms).set_deadlines:
        return {}
    days = {
        order_id: {line_id: latest.ship_by for line_id, latest in said.items()}
        for order_id, said in promises.latest_days(tx, shop_id, order_ids).items()
    }
    parts = fulfillment_orders.of_orders(tx, shop_id, days)
    refused = refused_deadlines.of_orders(tx, shop_id, days)
    late = {
        order_id: deadlines(parts.get(order_id, ()), said, shop.timezone, refused) for order_id, said in days.items()
    }
    return {order_id: found for order_id, found in late.items() if found}


def _annotation(
    latest: Mapping[int, Latest], open_units: Mapping[int, Lacking], variants: Mapping[int, int | None]
) -> dict[str, Any]:
    """A range is told by ``range_from`` beside its last day; where the whole order's last day is told alone, it has none.

    A line without a day says whether its supplier sends it: then nothing arrives here first.
    """
    lacking = {line_id: open_units.get(line_id, Lacking()) for line_id in latest}
    waits = {line_id: _units(said, lacking[line_id]) for line_id, said in latest.items()}
    waiting = [said for line_id, said in latest.items() if waits[line_id]]
    days = [said.ship_by for said in waiting if said.ship_by]
    last = max(days) if days and len(days) == len(waiting) else None
    firsts = [said.ship_from for said in waiting if said.ship_by == last]
    return {
        "v": 1,
        "waiting": any(waits.values()),
        "ship_by": last.isoformat() if last else None,
        **_from(max(first for first in firsts if first) if last and all(firsts) else None),
        "lines": [
            {
                "line": f"gid://shopify/LineItem/{line_id}",
                "variant": _variant(variants.get(line_id)),
                "units": waits[line_id],
                "ship_by": said.ship_by.isoformat() if said.ship_by else None,
                **_from(said.ship_from),
                **({"sent_directly": True} if lacking[line_id].sent_directly and said.ship_by is None else {}),
            }
            for line_id, said in sorted(latest.items())
        ],
    }


def _from(first: date | None) -> dict[str, str]:
    return {"range_from": first.isoformat()} if first else {}


def _units(said: Latest, waits: Lacking) -> int:
    """What waits of a line: what is missing, and of one that ships with a slower one what is held back for it."""
    return max(waits.missing, waits.held) if said.together else waits.missing


def _variant(variant_id: int | None) -> str | None:
    """By this the order's page knows a line, which it numbers otherwise than the order (promise-at-checkout)."""
    return f"gid://shopify/ProductVariant/{variant_id}" if variant_id else None


def _worst_by_line(
    tx: Connection, scene: Scene, goods: Goods, queues: Mapping[int, Queue]
) -> dict[int, tuple[Claim, Projection, Prospective]]:
    """The ready, routed claims that wait, a line with claims at several locations by its latest date."""
    worst: dict[int, tuple[Claim, Projection, Prospective]] = {}
    for claim, projection, place in _waiting(tx, scene, goods, queues):
        other = worst.get(claim.line_id)
        if claim.ready and claim.routed and (other is None or _later(projection, other[1])):
            worst[claim.line_id] = (claim, projection, place)
    return worst


def _waiting(
    tx: Connection, scene: Scene, goods: Goods, queues: Mapping[int, Queue]
) -> Iterator[tuple[Claim, Projection, Prospective]]:
    """Who waits for an item, in queues and for suppliers who send it, each with when it ships and what is thought of that."""
    for place in goods.places:
        queue = queues[place.location.location_id]
        here = Waiting(tx, scene, goods, place, queue)
        for claim in place.claims if goods.managed else ():
            projection = queue.claims.get((claim.line_id, claim.location_id))
            if projection is not None:
                yield claim, projection, here
        if place.drop_shipped:
            sent, elsewhere = scene.sent(goods, place), SentDirectly(tx, scene, goods, place)
            for claim in place.drop_shipped:
                projection = sent.get((claim.line_id, claim.location_id))
                if projection is not None:
                    yield claim, projection, elsewhere


def _later(one: Projection, other: Projection) -> bool:
    if one.ship_by is None or other.ship_by is None:
        return other.ship_by is not None
    return one.ship_by > other.ship_by


def _next_version(
    scene: Scene, place: Prospective, claim: Claim, projection: Projection, versions: Sequence[Promise]
) -> Promise | None:
    """The version to write now, or None when what was said still stands."""
    if not versions:
        said = _at_first(scene, place, claim, projection)
        return _version(scene, claim, said, (), silent=_is_silent(scene, claim, projection))
    latest = versions[-1]
    if latest.told_at is not None:
        news = _news(scene, place, claim, projection, latest)
        return _version(scene, claim, news, versions) if news else None
    if latest.rule == SILENT_RULE:
        return _still_silent(scene, place, claim, projection, versions)
    told = next((p for p in reversed(versions) if p.told_at is not None), None)
    if told is None:  # nobody was told anything yet: simply say what is true now
        changed = projection.ship_by != latest.ship_by and not projection.overdue
        return _version(scene, claim, first(projection), versions) if changed else None
    news = _news(scene, place, claim, projection, told)
    if news is None:
        return _stands_again(scene, told, latest)
    return _version(scene, claim, news, versions) if news.ship_by != latest.ship_by else None


def _news(scene: Scene, place: Prospective, claim: Claim, projection: Projection, told: Promise) -> Revision | None:
    """What the buyer must hear of: a later day by what suppliers say, or that the promise has become unlikely (domain §10 d).

    Where suppliers may be late, the new day is one that is kept more surely than the first was.
    """
    lost = told.ship_by is not None and projection.ship_by is None
    news = revise(told, projection, place.expected() if lost else None)
    if (news is None and told.ship_by is None) or (news is not None and news.ship_by is None):
        return news
    prospect = place.prospect(claim, projection, told.ship_by or scene.today)
    if prospect is None:
        return news
    if news is None:
        later = prospect.surely is None or told.ship_by is None or prospect.surely > told.ship_by
        must = later and prospect.must_be_told(scene.terms.tell_below_percent)
        return revised(prospect, projection) if must else None
    if prospect.surely is None or news.ship_by is None or prospect.surely <= news.ship_by:
        return news
    return replace(news, ship_by=prospect.surely, confidence=AGAIN_PERCENT / 100)


def _at_first(scene: Scene, place: Prospective, claim: Claim, projection: Projection) -> Revision:
    """What a buyer is told first: if its shipment is overdue, a day that is not unlikely already, so that no second letter follows."""
    said = first(projection)
    if not projection.overdue or said.ship_by is None:
        return said
    prospect = place.prospect(claim, projection, said.ship_by)
    if prospect is None or prospect.surely is None or not prospect.must_be_told(scene.terms.tell_below_percent):
        return said
    surely = max(said.ship_by, prospect.surely)
    return replace(said, ship_by=surely, confidence=AGAIN_PERCENT / 100, ship_from=None)


def _still_silent(
    scene: Scene, place: Prospective, claim: Claim, projection: Projection, versions: Sequence[Promise]
) -> Promise | None:
    """What to write of a buyer who was told nothing: another day that is still within the window, or that silence ends."""
    said = _at_first(scene, place, claim, projection)
    if _is_silent(scene, claim, projection):
        changed = projection.ship_by != versions[-1].ship_by
        return _version(scene, claim, said, versions, silent=True) if changed else None
    return _version(scene, claim, replace(said, reason=f"{LEFT_SILENCE} {said.reason}"), versions)


def _is_silent(scene: Scene, claim: Claim, projection: Projection) -> bool:
    return is_silent(projection, scene.calendar, claim.since, scene.terms.ship_window_days)


def _as_shown(scene: Scene, claim: Claim, projection: Projection, shown: ShownLine) -> list[Promise]:
    """What the page showed is version 1, told when the order was placed; a later day is a slip on day 0 (domain §6)."""
    said = as_shown(shown.evidence, projection)
    rule = shown.evidence.rule or RULE
    told = replace(_version(scene, claim, said, ()), rule=rule, told_at=shown.bought_at)
    news = revise(told, projection)
    return [told, _version(scene, claim, news, (told,))] if news else [told]


def _stands_again(scene: Scene, told: Promise, latest: Promise) -> Promise:
    """A worse date was written but not told, and is no longer true: the told one stands, and nobody need hear of it."""
    return Promise(
        line_id=told.line_id,
        order_id=told.order_id,
        version=latest.version + 1,
        ship_by=told.ship_by,
        basis=told.basis,
        source=told.source,
        rule=told.rule,
        confidence=told.confidence,
        reason="The date that was told stands; a later one was withdrawn before it was told.",
        actor=ACTOR,
        made_at=scene.now,
        told_at=told.told_at,
        previous=latest.ship_by,
        stated_on=told.stated_on,
        ship_from=told.ship_from,
    )


def _version(
    scene: Scene, claim: Claim, said: Revision, versions: Sequence[Promise], *, silent: bool = False
) -> Promise:
    latest = versions[-1] if versions else None
    return Promise(
        line_id=claim.line_id,
        order_id=claim.order_id,
        version=latest.version + 1 if latest else 1,
        ship_by=said.ship_by,
        basis=said.basis,
        source=said.source,
        rule=SILENT_RULE if silent else said.rule,
        confidence=said.confidence,
        reason=said.reason,
        actor=ACTOR,
        made_at=scene.now,
        told_at=None,
        previous=latest.ship_by if latest else None,
        stated_on=said.stated_on,
        ship_from=said.ship_from,
    )


def _owe_mails(tx: Connection, scene: Scene, unsaid: Sequence[Promise]) -> None:
    """Owe the customers these versions: one message each, however often we come by here."""
    if not unsaid or not scene.terms.notify_customers:
        return
    known = orders.many(tx, scene.shop.shop_id, {version.order_id for version in unsaid})
    letters = [
        Letter(
            outbox.order_lane(version.order_id),
            version.order_id,
            letter_key(version.line_id, version.version),
            {"about": "promise", "line": version.line_id, "version": version.version},
        )
        for version in unsaid
        if version.order_id in known and not known[version.order_id].test
    ]
    mails.owe(tx, scene.shop.shop_id, letters, transport_now(), delay=BEFORE_TELLING)


def letter_key(line_id: int, version: int) -> str:
    """The key under which a letter about this version of a line's promise is owed, once."""
    return f"promise/{line_id}/{version}"


def untold(versions: Iterable[Promise]) -> tuple[Promise, ...]:
    """The newest version of each line, where somebody is to be told of it and was not yet."""
    latest = {p.line_id: p for p in versions}
    return tuple(p for p in latest.values() if p.told_at is None and p.rule != SILENT_RULE)


def last_told(versions: Iterable[Promise], line_id: int) -> Promise | None:
    """What the customer was last told about a line."""
    return next((p for p in reversed(tuple(versions)) if p.line_id == line_id and p.told_at is not None), None)
