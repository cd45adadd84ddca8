"""Note items: write down what settled reads saw of them, and what follows from the difference to what was known (of orders: ``note``)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from backorder import counted
from backorder.db import ahead, catalogue, claims, levels, lots, offers, purchase_orders, queues, transfers
from backorder.db.engine import Connection
from backorder.db.levels import NOTHING_ASIDE, Level
from backorder.rules import lease as leases
from backorder.rules.drafts import FROM_A_DRAFT, born_keeping
from backorder.rules.footing import Standing
from backorder.rules.rises import Left
from backorder.rules.seen import ItemSeen, LevelSeen, VariantSeen
from backorder.scene import NOTHING, JustRead
from backorder.supply import Expected, expected, refresh, take_from_dock

Spot = tuple[int, int]  # (line, location)
Place = tuple[int, int]  # (item, location)


@dataclass(frozen=True)
class Looked:
    """What readings of items mean beside the counts.

    ``transfers`` are to be looked at: something rose that one of them may have brought, or is gone that they would bring. Units by (line, location) that orders are ``born``
    keeping had been set aside by their drafts (rules.drafts). What was ``just_read`` of the items, or written, need not be read again.
    """

    transfers: frozenset[int] = frozenset()
    born: Mapping[Spot, int] = field(default_factory=dict)
    just_read: JustRead = NOTHING


def item(tx: Connection, shop_id: int, item_id: int, seen: ItemSeen | None, read_at: datetime, now: datetime) -> None:
    """Keep one item's levels and variants after a settled read. The caller holds the item's lock."""
    items(tx, shop_id, [(item_id, seen, read_at)], now, queues.standing(tx, shop_id, [item_id]))


def ask_ahead(tx: Connection, shop_id: int, seen: Iterable[ItemSeen]) -> None:
    """Let a server look up what ``items`` is going to ask of goods all of which the store has."""
    variants_of = {item.item_id: [variant.variant_id for variant in item.variants] for item in seen}
    ids, numbers = sorted(variants_of), {number for some in variants_of.values() for number in some}
    ahead.ask_first(
        tx,
        lambda tx: levels.of_items(tx, shop_id, ids),
        lambda tx: catalogue.variants_of_items(tx, shop_id, ids),
        lambda tx: offers.leases(tx, shop_id, numbers),
        lambda tx: purchase_orders.lines_of_items(tx, shop_id, ids),
        lambda tx: transfers.parts_of_items(tx, shop_id, ids),
        lambda tx: lots.of_items(tx, shop_id, ids),
    )


def items(
    tx: Connection,
    shop_id: int,
    readings: Iterable[tuple[int, ItemSeen | None, datetime]],
    now: datetime,
    standing: Mapping[Place, Standing],
) -> Looked:
    """Keep what settled reads, begun at those moments, saw of items (None: the store has it no more).

    The caller holds the items' lock, and tells how their queues stand.
    """
    found = {item_id: (seen, read_at) for item_id, seen, read_at in readings}
    present = {item_id: seen for item_id, (seen, _) in found.items() if seen is not None}
    gone = [item_id for item_id in found if item_id not in present]
    asked: set[int] = set()
    if gone:
        # What the store has no more is on no transfer either.
        asked |= {part.transfer_id for part in transfers.parts_of_items(tx, shop_id, gone)}
        catalogue.mark_gone(tx, shop_id, [v.variant_id for v in catalogue.variants_of_items(tx, shop_id, gone)], now)
    known = {(level.item_id, level.location_id): level for level in levels.of_items(tx, shop_id, found)}
    there = {(level.item_id, level.location_id) for seen in present.values() for level in seen.levels}
    for item_id in sorted({item_id for item_id, _ in known.keys() - there}):
        levels.remove(tx, shop_id, item_id, {at for of, at in known.keys() - there if of == item_id})
    if not present:
        return Looked(frozenset(asked))
    untracked = [item_id for item_id, seen in present.items() if not seen.tracked]
    catalogue.set_tracked(tx, shop_id, present.keys() - untracked, tracked=True)
    catalogue.set_tracked(tx, shop_id, untracked, tracked=False)
    sellers = catalogue.variants_of_items(tx, shop_id, present)
    told = variants(tx, shop_id, [variant for seen in present.values() for variant in seen.variants], now, sellers)
    # An item that others sell still stays when one of its variants is deleted.
    if deleted := [one.variant_id for one in sellers if _is_deleted(one, *found[one.item_id], known)]:
        catalogue.mark_gone(tx, shop_id, deleted, now)
    coming = expected(tx, shop_id, present)
    read = [
        (level, found[item_id][1])
        for item_id, seen in present.items()
        for level in seen.levels
        if not _overtaken(known.get((item_id, level.location_id)), found[item_id][1])
    ]
    before = known | _empty(read, known, coming)
    outcomes = counted.judge_all(tx, shop_id, [*_pairs(read, before, coming)], now)
    fresh = []
    born: dict[Spot, int] = {}
    counted_in = False
    for level, read_at in read:
        place = (level.item_id, level.location_id)
        here, outcome = coming.get(place, Expected()), outcomes.get(place)
        left = outcome.left if outcome else Left(NOTHING_ASIDE, 0)
        if outcome is not None and outcome.entry is not None and outcome.entry.set_free:
            drafts = claims.from_source(tx, shop_id, *place, FROM_A_DRAFT, before[place].updated_at)
            born |= born_keeping(drafts, outcome.entry.set_free)
        if outcome is not None:
            counted_in = take_from_dock(tx, shop_id, here, outcome.received) or counted_in
            if outcome.asked:
                # Had a shipment brought it, the store would say so.
                asked |= {part.transfer_id for part in here.parts if part.to_come}
        counted_in = _shown_by_now(tx, shop_id, here, read_at) or counted_in
        unseen = level.committed - (standing[place].units if place in standing else 0)
        was = known.get(place)
        off = (was.counted_off if was else 0) - (outcome.put_right if outcome else 0)
        fresh.append(
            Level.as_read(level, read_at, presumed=left.presumed, unseen=unseen, aside=left.aside, counted_off=off)
        )
    levels.save(tx, shop_id, fresh)
    stand = {place: level for place, level in known.items() if place in there}
    stand |= {(level.item_id, level.location_id): level for level in fresh}
    presumed = {place: level.presumed for place, level in stand.items()}
    lots_now = refresh(tx, shop_id, present, None if counted_in else coming, presumed)
    just_read = JustRead(untracked, [*stand.values()], None if told or deleted else sellers, lots_now)
    return Looked(frozenset(asked), born, NOTHING if gone else just_read)


def _empty(
    read: Iterable[tuple[LevelSeen, datetime]], known: Mapping[Place, Level], coming: Mapping[Place, Expected]
) -> dict[Place, Level]:
    """Shelves that are new, of items that we have read before, where something is expected: they were empty until now."""
    items = {item_id for item_id, _ in known}
    return {
        (level.item_id, level.location_id): replace(Level.as_read(level, at), available=0, committed=0, on_hand=0)
        for level, at in read
        if level.item_id in items
        and (level.item_id, level.location_id) in coming
        and (level.item_id, level.location_id) not in known
    }


def _is_deleted(
    variant: catalogue.Variant, seen: ItemSeen | None, read_at: datetime, known: Mapping[Place, Level]
) -> bool:
    """Whether a variant sells its item no more: a reading that nothing has overtaken names others, and not this one."""
    if seen is None or variant.gone or not seen.variants:
        return False
    overtaken = any(_overtaken(known.get((level.item_id, level.location_id)), read_at) for level in seen.levels)
    return not overtaken and variant.variant_id not in {one.variant_id for one in seen.variants}


def _overtaken(before: Level | None, read_at: datetime) -> bool:
    """Whether something newer was noted meanwhile than a reading that began then."""
    return before is not None and before.read_at > read_at


def _pairs(
    read: Iterable[tuple[LevelSeen, datetime]], known: Mapping[Place, Level], coming: Mapping[Place, Expected]
) -> Iterable[counted.Pair]:
    """What was read beside what stood there before; a level that is new has nothing to be compared with."""
    for level, _ in read:
        place = (level.item_id, level.location_id)
        if place in known:
            yield counted.Pair(known[place], level, coming.get(place, Expected()))


def variants(
    tx: Connection,
    shop_id: int,
    seen: Iterable[VariantSeen],
    now: datetime,
    just_read: Iterable[catalogue.Variant] = (),
) -> bool:
    """Keep variants as seen, unless we know something newer; a policy set by somebody else ends our lease.

    What the books say of some may be ``just_read``. Whether they say anything else of any variant now.
    """
    found = {v.variant_id: v for v in seen}
    known = {v.variant_id: v for v in just_read}
    if unread := found.keys() - known.keys():
        known |= {v.variant_id: v for v in catalogue.by_ids(tx, shop_id, unread)}
    held = offers.leases(tx, shop_id, found)
    fresh = [v for v in found.values() if not _outdated(v, known.get(v.variant_id))]
    news = [v for v in fresh if not _says(known.get(v.variant_id), v)]
    catalogue.save_variants(tx, shop_id, news)
    for variant in fresh:
        lease = held.get(variant.variant_id)
        judged = leases.seen(lease, variant.policy, variant.updated_at)
        if judged is not None and judged != lease:
            offers.put_lease(tx, shop_id, judged, now)
    return bool(news)


def _says(known: catalogue.Variant | None, seen: VariantSeen) -> bool:
    """Whether our books say the same of a variant, so that nothing need be written."""
    return known is not None and not known.gone and all(getattr(known, name) == getattr(seen, name) for name in _TOLD)


# What the store tells of a variant that we keep.
_TOLD = (
    "updated_at",
    "item_id",
    "product_id",
    "title",
    "product_title",
    "product_handle",
    "product_status",
    "sku",
    "price",
    "policy",
    "requires_shipping",
    "vendor",
    "product_type",
    "tags",
    "barcode",
    "unit_cost",
)


def _outdated(seen: VariantSeen, known: catalogue.Variant | None) -> bool:
    return known is not None and seen.updated_at < known.updated_at


def _shown_by_now(tx: Connection, shop_id: int, here: Expected, read_at: datetime) -> bool:
    """What the store had accepted before this reading began is in it, matched with a rise or not: a fall may have hidden it.

    Whether there was anything.
    """
    docked = [p for p in here.parts if p.at_dock and p.docked_at is not None and p.docked_at <= read_at]
    for part in docked:
        transfers.dock(tx, shop_id, part.part_id, 0, None)
    return bool(docked)
