"""Which parts of an order wait under a hold of ours, and which are let go (domain §5).

A plan is a target computed from what the store shows and what the claims were given, so doing it twice does nothing more.
Only what is ours is released; a hold is released only when everything under it is covered, because a release has no
quantity. So units that come together are held together, each arrival apart, the latest first (rules.waves).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from backorder.rules.mixed import Way
from backorder.rules.order_claims import given_back, in_the_works, is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen, PartSeen
from backorder.rules.waves import Uncut, Waves, later

# Unique per app and fulfillment order, so the store itself refuses a second hold of ours.
HANDLE = "promised-backorder"

# A hold on the whole of one: the store takes it in these states.
HOLDABLE = frozenset({"OPEN", "ON_HOLD", "SCHEDULED"})

Covered = Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Hold:
    """Hold ``parts`` (part id → units) of a fulfillment order; None: the whole of it. ``sent``: because a supplier sends them."""

    fulfillment_order_id: int
    parts: Mapping[int, int] | None
    units: int
    sent: bool = False


@dataclass(frozen=True)
class Release:
    """Release our holds on a fulfillment order; ``units`` by (line, location) then count as kept."""

    fulfillment_order_id: int
    hold_ids: tuple[int, ...]
    units: Mapping[tuple[int, int], int]


@dataclass(frozen=True)
class Narrow:
    """Release our holds and hold only ``parts`` (part id → units) again: a moment's window; ``units`` by (line, location) are freed.

    ``sent``: a supplier sends all that is held again.
    """

    fulfillment_order_id: int
    hold_ids: tuple[int, ...]
    parts: Mapping[int, int]
    units: Mapping[tuple[int, int], int]
    sent: bool = False


@dataclass(frozen=True)
class HoldPlan:
    """What to do so that exactly the uncovered units wait. ``blocked`` says what a person must look at.

    ``merges``: open fulfillment orders that were cut from one for our sake and can leave together again.
    """

    holds: tuple[Hold, ...] = ()
    releases: tuple[Release, ...] = ()
    blocked: tuple[str, ...] = ()
    narrows: tuple[Narrow, ...] = ()
    merges: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Wanted:
    """How an order is to be held. ``way``: how it leaves (rules.mixed); ``waves``: with which arrivals its units come.

    ``may_release`` is false while the order may not be served yet (its payment rule is not met). ``may_narrow``: a hold that covers too
    much may be placed anew on less, at the merchant's own locations. ``cut``: fulfillment orders that a hold of ours made of one.
    ``given_up``: (line, location) whose hold was lost so often today that a person must look. ``sent``: (line, location) that a supplier
    sends, held apart from all else until it has; ``let_go``: those of them that are held no more. ``set_aside``: (line, location) that
    somebody else holds: our hold stays until theirs ends.
    """

    may_release: bool = True
    way: Way | None = None
    waves: Waves = field(default_factory=dict)
    may_narrow: bool = False
    cut: frozenset[int] = frozenset()
    given_up: frozenset[tuple[int, int]] = frozenset()
    sent: frozenset[tuple[int, int]] = frozenset()
    let_go: frozenset[tuple[int, int]] = frozenset()
    set_aside: frozenset[tuple[int, int]] = frozenset()


def plan(
    fulfillment_orders: Iterable[FulfillmentOrderSeen], covered: Covered, managed: frozenset[int], wanted: Wanted
) -> HoldPlan:
    """Compare what an order's fulfillment orders expose with what its claims were given.

    ``covered`` are units given by (line, location); ``managed`` the items whose shortage we handle: parts of
    other items are never held for their own sake. Units in the works are beyond recall and used up first, then what is
    exposed, then whole held fulfillment orders, those first that let most go, then the oldest. What a supplier sends is held apart
    before all else, and is then no part of the order's other parcels.
    """
    still_open = sorted(filter(is_open, fulfillment_orders), key=lambda fo: fo.fulfillment_order_id)
    if wanted.sent or wanted.let_go:
        apart = _apart([fo for fo in still_open if not given_back(fo)], wanted)
        if apart.holds or apart.blocked:
            return apart
        still_open = [fo for fo in still_open if not _all_sent(fo, wanted)]
    open_ones = [fo for fo in still_open if not given_back(fo)]
    whole = wanted.way in {Way.TOGETHER, Way.ASKED} and not (
        wanted.may_release and _all_covered(still_open, covered, managed, wanted)
    )
    if whole and wanted.way is Way.TOGETHER:
        return _hold_everything(open_ones, wanted)
    left = Counter({key: units for key, units in covered.items() if units > 0})
    holds, blocked = _holds(open_ones, left, managed, wanted)
    if whole:
        # What waits is held apart from what does not, so that either answer of the customer is done by a release.
        return HoldPlan(holds, (), blocked) if holds or blocked else _hold_everything(open_ones, wanted)
    releases = _releases(open_ones, left, managed, wanted)
    gone = {each.fulfillment_order_id for each in releases}
    narrows = _narrows((fo for fo in open_ones if fo.fulfillment_order_id not in gone), left, managed, wanted)
    merges = () if holds or releases or narrows else _merges(open_ones, wanted.cut)
    return HoldPlan(holds, releases, blocked, narrows, merges)


def _apart(open_ones: Iterable[FulfillmentOrderSeen], wanted: Wanted) -> HoldPlan:
    """Holds on what suppliers send, each apart from what is sent from here, where the store can split."""
    holds, blocked = [], []
    for each in open_ones:
        if in_the_works(each) or under_our_hold(each):
            continue
        parts = _sent_parts(each, wanted)
        if not parts:
            continue
        lost = sorted({key for key, part in _all_parts(each) if part.part_id in parts} & wanted.given_up)
        everything = {part.part_id: part.remaining for part in each.parts if part.remaining > 0}
        units = sum(parts.values())
        if lost:
            blocked.append(_lost(each, lost))
        elif (parts == everything or each.holds) and each.status in HOLDABLE:
            holds.append(Hold(each.fulfillment_order_id, None, units, sent=True))
        elif parts != everything and each.status == "OPEN":
            holds.append(Hold(each.fulfillment_order_id, parts, units, sent=True))
        else:
            blocked.append(_cannot_be_held(each))
    return HoldPlan(tuple(holds), (), tuple(blocked))


def _all_sent(fulfillment_order: FulfillmentOrderSeen, wanted: Wanted) -> bool:
    """Whether suppliers send everything that is still to be shipped of it."""
    keys = {key for key, _ in _all_parts(fulfillment_order)}
    return bool(keys) and keys <= wanted.sent | wanted.let_go


def _all_parts(fulfillment_order: FulfillmentOrderSeen) -> Iterator[tuple[tuple[int, int], PartSeen]]:
    """Everything that is still to be shipped of it, with the (line, location) that it belongs to."""
    if fulfillment_order.location_id is not None:
        for part in fulfillment_order.parts:
            if part.requires_shipping and part.remaining > 0:
                yield (part.line_id, fulfillment_order.location_id), part


def _holds(
    open_ones: Iterable[FulfillmentOrderSeen], left: Counter[tuple[int, int]], managed: frozenset[int], wanted: Wanted
) -> tuple[tuple[Hold, ...], tuple[str, ...]]:
    """Holds on what is exposed and not covered, and what cannot be held; ``left`` is what is covered besides then."""
    for fulfillment_order in filter(in_the_works, open_ones):
        _use_up(fulfillment_order, left, managed)
    exposed = [fo for fo in open_ones if not in_the_works(fo) and not under_our_hold(fo)]
    short = [(fo, missing) for fo in exposed if (missing := _use_up(fo, left, managed))]
    units: Counter[tuple[int, int]] = Counter()
    for fulfillment_order, parts in short:
        keys = {part.part_id: key for key, part in _ours(fulfillment_order, managed)}
        units.update({keys[part_id]: count for part_id, count in parts.items()})
    uncut = Uncut(wanted.waves, units)
    holds, blocked = [], []
    for fulfillment_order, parts in reversed(short):  # the latest arrivals are taken first
        keys = {part.part_id: key for key, part in _ours(fulfillment_order, managed)}
        if lost := sorted({keys[part_id] for part_id in parts} & wanted.given_up):
            blocked.append(_lost(fulfillment_order, lost))
            continue
        action = _hold(fulfillment_order, parts, _last_wave(parts, keys, uncut))
        if action is None:
            blocked.append(_cannot_be_held(fulfillment_order))
        else:
            holds.append(action)
    return tuple(reversed(holds)), tuple(reversed(blocked))


def _last_wave(missing: Mapping[int, int], keys: Mapping[int, tuple[int, int]], uncut: Uncut) -> dict[int, int]:
    """The parts and units that come with the last arrival of all that serve them."""
    waves = {part_id: uncut.take_last(keys[part_id], units) for part_id, units in missing.items()}
    last = next(iter(waves.values()))[0][0]
    for (day, _), *_ in waves.values():
        last = day if later(day, last) else last
    return {part_id: taken[0][1] for part_id, taken in waves.items() if taken[0][0] == last}


def _releases(
    open_ones: Iterable[FulfillmentOrderSeen], left: Counter[tuple[int, int]], managed: frozenset[int], wanted: Wanted
) -> tuple[Release, ...]:
    """What is covered whole. Of several that could each be let go, first the one that lets most go: it is what an arrival was for."""
    held = [(fo, _wanted(fo, managed)) for fo in open_ones if under_our_hold(fo) and not in_the_works(fo)]
    releases = []
    for fulfillment_order, units in sorted(held, key=lambda each: (-each[1].total(), each[0].fulfillment_order_id)):
        if wanted.set_aside & units.keys() or _stays_for_a_supplier(fulfillment_order, wanted):
            continue
        if (wanted.may_release or not units) and all(left[key] >= count for key, count in units.items()):
            left.subtract(units)
            releases.append(_release(fulfillment_order, units))
    return tuple(sorted(releases, key=lambda each: each.fulfillment_order_id))


def _stays_for_a_supplier(fulfillment_order: FulfillmentOrderSeen, wanted: Wanted) -> bool:
    """Whether a supplier sends a part of it, so that our hold is placed anew on that; or stays, for somebody else holds it too."""
    if not _sent_parts(fulfillment_order, wanted):
        return False
    return not _ours_alone(fulfillment_order) or _may_narrow(fulfillment_order, wanted)


def _sent_parts(fulfillment_order: FulfillmentOrderSeen, wanted: Wanted) -> dict[int, int]:
    """The parts that suppliers send, with their units."""
    return {part.part_id: part.remaining for key, part in _all_parts(fulfillment_order) if key in wanted.sent}


def _ours_alone(fulfillment_order: FulfillmentOrderSeen) -> bool:
    return all(hold.ours for hold in fulfillment_order.holds)


def _may_narrow(fulfillment_order: FulfillmentOrderSeen, wanted: Wanted) -> bool:
    """Whether our hold may be placed anew on less. Never at a service, nor beside somebody else's hold."""
    allowed = wanted.may_narrow and wanted.may_release
    return allowed and _ours_alone(fulfillment_order) and not fulfillment_order.is_service


def _narrows(
    rest: Iterable[FulfillmentOrderSeen], left: Counter[tuple[int, int]], managed: frozenset[int], wanted: Wanted
) -> tuple[Narrow, ...]:
    """Holds of ours that cover too much, to be placed anew on what waits."""
    found = []
    for fulfillment_order in rest:
        if not under_our_hold(fulfillment_order) or not _may_narrow(fulfillment_order, wanted):
            continue
        units = _wanted(fulfillment_order, managed)
        sent = _sent_parts(fulfillment_order, wanted)
        missing = _use_up(fulfillment_order, left, managed) | sent
        everything = {part.part_id: part.remaining for part in fulfillment_order.parts if part.remaining > 0}
        if not missing or missing == everything:
            continue
        for key, part in _ours(fulfillment_order, managed):
            units[key] -= missing.get(part.part_id, 0)
        holds = _release(fulfillment_order, units).hold_ids
        number = fulfillment_order.fulfillment_order_id
        found.append(Narrow(number, holds, missing, +units, sent=missing == sent))
    return tuple(found)


def _merges(open_ones: Iterable[FulfillmentOrderSeen], cut: frozenset[int]) -> tuple[tuple[int, ...], ...]:
    """Fulfillment orders that were one before we held a part of it, and that nothing keeps apart any more."""
    by_place: dict[int | None, list[int]] = {}
    for each in open_ones:
        free = each.status == "OPEN" and not each.holds and not in_the_works(each) and "MERGE" in each.actions
        if free and each.fulfillment_order_id in cut:
            by_place.setdefault(each.location_id, []).append(each.fulfillment_order_id)
    return tuple(tuple(ids) for ids in by_place.values() if len(ids) > 1)


def _all_covered(
    open_ones: Iterable[FulfillmentOrderSeen], covered: Covered, managed: frozenset[int], wanted: Wanted
) -> bool:
    """Whether everything that is still to be shipped from here of an order is covered, what is being packed included."""
    everything = sum((_wanted(each, managed) for each in open_ones), Counter[tuple[int, int]]())
    return all(covered.get(key, 0) >= units or key in wanted.sent for key, units in everything.items())


def _hold_everything(open_ones: Iterable[FulfillmentOrderSeen], wanted: Wanted) -> HoldPlan:
    """Hold whatever can still be held: goods that nobody manages too, for they leave with the rest."""
    holds, blocked = [], []
    for each in open_ones:
        units = sum(part.remaining for part in each.parts if part.requires_shipping)
        if in_the_works(each) or under_our_hold(each) or not units:
            continue
        lost = sorted({(part.line_id, each.location_id or 0) for part in each.parts} & wanted.given_up)
        if lost:
            blocked.append(_lost(each, lost))
        elif each.status in HOLDABLE:
            holds.append(Hold(each.fulfillment_order_id, None, units))
        else:
            blocked.append(_cannot_be_held(each))
    return HoldPlan(tuple(holds), (), tuple(blocked))


def _cannot_be_held(fulfillment_order: FulfillmentOrderSeen) -> str:
    return f"fulfillment order {fulfillment_order.fulfillment_order_id} cannot be held now"


def _lost(fulfillment_order: FulfillmentOrderSeen, lost: Iterable[tuple[int, int]]) -> str:
    lines = ", ".join(str(line_id) for line_id, _ in lost)
    return (
        f"fulfillment order {fulfillment_order.fulfillment_order_id} lost our hold three times in a day (order line {lines}): "
        "somebody keeps changing it, so look at it in the store"
    )


def _wanted(fulfillment_order: FulfillmentOrderSeen, managed: frozenset[int]) -> Counter[tuple[int, int]]:
    """Units of managed items in a fulfillment order by (line, location)."""
    wanted: Counter[tuple[int, int]] = Counter()
    for key, part in _ours(fulfillment_order, managed):
        wanted[key] += part.remaining
    return wanted


def _ours(
    fulfillment_order: FulfillmentOrderSeen, managed: frozenset[int]
) -> Iterator[tuple[tuple[int, int], PartSeen]]:
    """Parts that we may hold, with the (line, location) they belong to. What is not shipped is never held."""
    if fulfillment_order.location_id is None:
        return
    for part in fulfillment_order.parts:
        if part.item_id in managed and part.requires_shipping and part.remaining > 0:
            yield (part.line_id, fulfillment_order.location_id), part


def _use_up(
    fulfillment_order: FulfillmentOrderSeen, left: Counter[tuple[int, int]], managed: frozenset[int]
) -> dict[int, int]:
    """Spend covered units on what a fulfillment order exposes; the part ids and units that remain uncovered."""
    missing: dict[int, int] = {}
    for key, part in _ours(fulfillment_order, managed):
        spent = min(left[key], part.remaining)
        left[key] -= spent
        if spent < part.remaining:
            missing[part.part_id] = part.remaining - spent
    return missing


def _hold(fulfillment_order: FulfillmentOrderSeen, missing: dict[int, int], last: dict[int, int]) -> Hold | None:
    """Hold the units of the ``last`` wave: all of it, or a part where the store can split; None where neither is possible now."""
    number = fulfillment_order.fulfillment_order_id
    everything = {part.part_id: part.remaining for part in fulfillment_order.parts if part.remaining > 0}
    if last == everything:
        return Hold(number, None, sum(last.values()))
    if fulfillment_order.holds or (missing == everything and fulfillment_order.status != "OPEN"):
        # Somebody else's hold is on it, so it cannot be split: hold the whole until theirs ends.
        return Hold(number, None, sum(missing.values()))
    if fulfillment_order.status != "OPEN":
        return None
    return Hold(number, last, sum(last.values()))


def _release(fulfillment_order: FulfillmentOrderSeen, wanted: Mapping[tuple[int, int], int]) -> Release:
    return Release(
        fulfillment_order_id=fulfillment_order.fulfillment_order_id,
        hold_ids=tuple(hold.hold_id for hold in fulfillment_order.holds if hold.ours),
        units=dict(wanted),
    )
