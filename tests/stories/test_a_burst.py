"""Five hundred want forty lamps within a second: selling stops at once, and who slipped past is told the truth."""

from backorder.db.shops import Shop, one
from backorder.verify import verify
from plugin.shown import backlog, exceptions
from tests.stories.town import Town

BUYERS, LAMPS = 500, 40


def waiting(town: Town) -> list[backlog.ClaimShown]:
    """The backlog as the merchant sees it, of those who wait."""
    shop = shop_of(town)
    pages = (backlog.page(town.house, shop, waiting=True, offset=offset) for offset in range(0, BUYERS, 50))
    return [row for page in pages for row in page.claims]


def shop_of(town: Town) -> Shop:
    with town.house.db.read() as tx:
        return one(tx, town.shop_id)


def test_who_slips_past_the_cap_waits_with_an_honest_later_date_and_the_merchant_knows(town: Town) -> None:
    town.install()
    town.set_terms(lead_time_days=60, inbound_limit_percent=50, notify_customers=False)
    town.manage(town.lamp)
    town.order_goods("PO-12", town.lamp, LAMPS, due_in=12)
    town.choose(town.lamp, max_backorders=LAMPS)
    town.buy("Lena", (town.lamp, 1))
    assert town.lamp.inventory_policy == "CONTINUE"

    for number in range(BUYERS):
        town.buy(f"Buyer{number}", (town.lamp, 1), settle=False)
    while town.lamp.inventory_policy == "CONTINUE":
        assert town.step()
    held = sum(entry.act == "hold placed" for entry in town.store.journal)
    assert held < LAMPS, "to stop does not wait for hundreds of holds"
    # Not everybody is held yet, but everybody is in the queue and has a date.
    while len(waiting(town)) < BUYERS:
        assert town.step()

    offer = town.offer(town.lamp)
    assert (offer.state, offer.over) == ("waitlist", BUYERS - LAMPS)
    (told,) = exceptions.of_shop(town.house, shop_of(town), town.now()).oversold
    assert (told.title, told.units) == ("Aurora lamp", BUYERS - LAMPS)
    queue = waiting(town)
    assert [row.beyond_limit for row in queue] == [0] * LAMPS + [1] * (BUYERS - LAMPS)
    assert queue[LAMPS - 1].projected_on < queue[LAMPS].projected_on
    assert len({row.projected_on for row in queue[LAMPS:]}) == 1
    assert verify(town.house).holds
