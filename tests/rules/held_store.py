"""A small store that holds, splits and releases as the real one does, and refuses what it would refuse."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from backorder.rules.holds import Hold, HoldPlan, Narrow, Release, Wanted, plan
from backorder.rules.order_claims import in_the_works, is_open, under_our_hold
from backorder.rules.seen import FulfillmentOrderSeen
from tests.rules.cast import hold

Spot = tuple[int, int]  # (line, location)
AS_EVER = Wanted()


class HeldStore:
    """The fulfillment orders of one order, as the store changes them on our behalf."""

    def __init__(self, fulfillment_orders: Iterable[FulfillmentOrderSeen]) -> None:
        self.orders = {each.fulfillment_order_id: each for each in fulfillment_orders}
        self.next_hold = 500

    @property
    def seen(self) -> tuple[FulfillmentOrderSeen, ...]:
        return tuple(self.orders.values())

    def hold(self, wanted: Hold) -> None:
        """Hold the whole; or a part, by splitting it off. A fulfillment order that is held already cannot be split."""
        whole = self.orders[wanted.fulfillment_order_id]
        assert not under_our_hold(whole), "the store refuses a second hold with our handle"
        assert not in_the_works(whole), "the store does not hold what is being packed"
        self.next_hold += 1
        ours = hold(self.next_hold, ours=True)
        if wanted.parts is None:
            self.orders[whole.fulfillment_order_id] = replace(whole, status="ON_HOLD", holds=(*whole.holds, ours))
            return
        assert whole.status == "OPEN", "the store splits only what is open"
        assert not whole.holds, "the store does not split what is held"
        split = [replace(p, remaining=wanted.parts[p.part_id]) for p in whole.parts if p.part_id in wanted.parts]
        rest = [replace(p, remaining=p.remaining - wanted.parts.get(p.part_id, 0)) for p in whole.parts]
        assert all(p.remaining >= 0 for p in rest), "no more is held than there is"
        number = max(self.orders) + 1
        self.orders[whole.fulfillment_order_id] = replace(whole, parts=tuple(p for p in rest if p.remaining))
        self.orders[number] = replace(
            whole, fulfillment_order_id=number, status="ON_HOLD", holds=(ours,), parts=tuple(split)
        )

    def release(self, wanted: Release) -> None:
        held = self.orders[wanted.fulfillment_order_id]
        mine = {each.hold_id for each in held.holds if each.ours}
        assert set(wanted.hold_ids) == mine, "only holds of ours are released, and all of them"
        others = tuple(each for each in held.holds if not each.ours)
        self.orders[wanted.fulfillment_order_id] = replace(held, holds=others, status="ON_HOLD" if others else "OPEN")

    def narrow(self, wanted: Narrow) -> None:
        """Release and hold again on less, one right after the other."""
        self.release(Release(wanted.fulfillment_order_id, wanted.hold_ids, {}))
        self.hold(Hold(wanted.fulfillment_order_id, wanted.parts, sum(wanted.parts.values())))

    def units(self, managed: frozenset[int], *, in_works: bool = False) -> Counter[Spot]:
        """Managed units that a warehouse may ship: open and under no hold of ours; or those that it is packing."""
        found: Counter[Spot] = Counter()
        for each in filter(is_open, self.seen):
            if under_our_hold(each) or in_the_works(each) is not in_works or each.location_id is None:
                continue
            for part in each.parts:
                if part.item_id in managed and part.requires_shipping:
                    found[part.line_id, each.location_id] += part.remaining
        return found


def carry_out(
    store: HeldStore, covered: Mapping[Spot, int], managed: frozenset[int], wanted: Wanted = AS_EVER
) -> tuple[HoldPlan, int]:
    """Do what is planned, holds first, one at a time and planned anew after each; the last plan and the steps taken."""
    for steps in range(40):
        next_to_do = plan(store.seen, covered, managed, wanted)
        if next_to_do.holds:
            store.hold(next_to_do.holds[0])
        elif next_to_do.releases:
            store.release(next_to_do.releases[0])
        elif next_to_do.narrows:
            store.narrow(next_to_do.narrows[0])
        else:
            return next_to_do, steps
    raise AssertionError("the plan never comes to rest")
