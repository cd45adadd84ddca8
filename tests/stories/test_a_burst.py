"""Hundreds want forty lamps within a second: selling stops at once, and who slipped past is told the truth.

And a hundred and ten orders over twenty things at once, the last round of which is not full: no thing is read more than once a second for it.
"""

from collections import Counter
from collections.abc import Sequence

import pytest

from backorder.db.shops import Shop, one
from backorder.reconcile import reconcile
from backorder.store.gateway import Gateway
from backorder.verify import verify
from devstore import seed
from devstore.checkout import place_order
from devstore.model import Customer, Variant
from plugin.shown import backlog, exceptions
from tests.stories.town import Town
from webhooks import topics

pytestmark = pytest.mark.long

LAMPS = 40
BUYERS = [150, 500]
RUSH, THINGS, AS_FAST = 110, 20, 10


def waiting(town: Town, at_most: int) -> list[backlog.ClaimShown]:
    """The backlog as the merchant sees it, of those who wait."""
    shop = shop_of(town)
    pages = (backlog.page(town.house, shop, waiting=True, offset=offset) for offset in range(0, at_most, 50))
    return [row for page in pages for row in page.claims]


def shop_of(town: Town) -> Shop:
    with town.house.db.read() as tx:
        return one(tx, town.shop_id)


@pytest.mark.parametrize("buyers", BUYERS)
def test_who_slips_past_the_cap_waits_with_an_honest_later_date_and_the_merchant_knows(town: Town, buyers: int) -> None:
    town.install()
    town.set_terms(lead_time_days=60, inbound_limit_percent=50, notify_customers=False)
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, LAMPS, due_in=12)
    town.choose(town.lamp, max_backorders=LAMPS)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"

    for number in range(buyers):
        town.buy(f"Buyer{number}", (town.lamp, 1), settle=False)
    while town.lamp.inventory_policy == "CONTINUE":
        assert town.step()
    held = sum(entry.act == "hold placed" for entry in town.store.journal)
    assert held < LAMPS, "to stop does not wait for hundreds of holds"
    # Not everybody is held yet, but everybody is in the queue and has a date.
    while len(waiting(town, buyers)) < buyers:
        assert town.step()

    offer = town.offer(town.lamp)
    assert (offer.state, offer.over) == ("waitlist", buyers - LAMPS)
    (told,) = exceptions.of_shop(town.house, shop_of(town), town.now()).oversold
    assert (told.title, told.units) == ("Aurora lamp", buyers - LAMPS)
    queue = waiting(town, buyers)
    assert [row.beyond_limit for row in queue] == [0] * LAMPS + [1] * (buyers - LAMPS)
    assert queue[LAMPS - 1].projected_on < queue[LAMPS].projected_on
    assert len({row.projected_on for row in queue[LAMPS:]}) == 1
    assert verify(town.house).holds


def readings(town: Town, monkeypatch: pytest.MonkeyPatch) -> Counter[tuple[int, int]]:
    """How often each item is read from the store, by the second, from now on."""
    found: Counter[tuple[int, int]] = Counter()
    real = Gateway.items

    def counted(gateway: Gateway, item_ids: Sequence[int]) -> object:
        found.update((item_id, int(town.time().timestamp())) for item_id in item_ids)
        town.time.passes(0.05)  # as long as a store takes to answer
        return real(gateway, item_ids)

    monkeypatch.setattr(Gateway, "items", counted)
    return found


def stocked(town: Town, count: int) -> list[Variant]:
    """So many things, each of one kind, of which there are none."""
    things = [
        seed.stock(town.world, town.store, f"Thing {number}", (seed.Form("Default Title", f"T-{number}", "20.00", 0),))
        for number in range(count)
    ]
    return [thing.variants[0] for thing in things]


def test_a_burst_over_twenty_things_reads_each_thing_at_most_once_a_second(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    variants = stocked(town, THINGS)
    town.install()
    town.set_terms(lead_time_days=30, notify_customers=False)
    town.manage(*variants)
    real, throttle = town.time.passes, town.world.throttle
    # So fast that many rounds fall into one second.
    monkeypatch.setattr(town.time, "passes", lambda seconds: real(seconds / AS_FAST))
    throttle.maximum, throttle.restore_rate = throttle.maximum * AS_FAST, throttle.restore_rate * AS_FAST
    reads = readings(town, monkeypatch)
    for number in range(RUSH):
        buyer = Customer(0, f"buyer{number}@example.com", f"Buyer{number}")
        place_order(town.world, town.store, [(variants[number % THINGS].id, 1, {})], buyer, ignore_policy=True)
    town.bring_the_post()
    while topics.digest(town.house, town.now()):
        pass
    # Everybody may be in the queue before the first thing is read.
    while len(waiting(town, RUSH)) < RUSH or len({item_id for item_id, _ in reads}) < THINGS:
        town.step()
    assert max(reads.values()) == 1, reads.most_common(3)
    assert sum(reads.values()) <= 10 * THINGS, "and few times in all"


def test_a_comparison_in_the_middle_of_it_reads_nothing_that_was_just_read(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    variants = stocked(town, THINGS)
    town.install()
    town.manage(*variants)
    town.time.passes(60)
    reads = readings(town, monkeypatch)
    for _ in range(2):
        reconcile(town.house, town.shop_id, town.now())
    assert set(reads.values()) == {1}
    assert len(reads) == THINGS, "the second found that each was just read"
    town.settle()
    assert set(reads.values()) == {1}
    assert len(reads) == 2 * THINGS, "and they are looked at a little later"
