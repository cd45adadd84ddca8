"""Whoever works dies at a named step of the path; somebody else goes on, and the promise ends the same."""

from collections.abc import Callable

import pytest

from backorder.db import troubles
from backorder.failpoint import Died
from backorder.reconcile import reconcile
from backorder.verify import verify
from tests.faults.points import DIED_AT_IN_PROCESS
from tests.stories.town import Town

pytestmark = pytest.mark.long

# Longer than any lease or turn.
A_LEASE = 150
LETTERS = {"Ben": 2, "Cleo": 1}


class Mortals:
    """Everybody who works in a town: when one dies, the leases run out and somebody else goes on."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.deaths = 0
        self._settle = town.settle
        town.settle = lambda: self.work(lambda: None)  # type: ignore[method-assign]

    def work(self, work: Callable[[], object]) -> None:
        """Work, and settle what follows from it."""
        try:
            work()
            self._settle()
        except Died:
            self.deaths += 1
            self._brought_again()
            self.town.time.passes(A_LEASE)
            self._settle()

    def _brought_again(self) -> None:
        """Whoever brought a webhook without hearing an answer brings it again."""
        for delivery in self.town.world.post.made:
            if delivery.state == "under way":
                self.town.world.post.settle(delivery, "no answer")


def promise_story(town: Town) -> tuple[int, dict[str, object]]:
    """A lamp is sold out, two wait, three come in: how many died, and how it ended in the store's books."""
    mortals = Mortals(town)
    town.install()
    town.manage(town.lamp)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    ben = town.buy("Ben", (town.lamp, 2), settle=False)
    cleo = town.buy("Cleo", (town.lamp, 3), settle=False)
    town.settle()
    waited = [town.held(order) for order in (ben, cleo)]
    town.arrive_without_settling(line, 3)
    town.settle()
    mortals.work(lambda: reconcile(town.house, town.shop_id, town.now()))
    return mortals.deaths, {
        "waited": waited,
        "held": [town.held(order) for order in (ben, cleo)],
        "may ship": [town.shippable(order) for order in (ben, cleo)],
        "letters": {who: town.letters_or_unknown(who) for who in LETTERS},
    }


ENDS = {"waited": [2, 3], "held": [0, 3], "may ship": [2, 0], "letters": LETTERS}


@pytest.mark.parametrize("point", DIED_AT_IN_PROCESS)
def test_a_death_at_a_named_step_changes_nothing_of_the_end(town: Town, arm, point: str) -> None:
    arm(f"{point}:raise")
    died, ended = promise_story(town)
    assert died == 1
    assert ended == ENDS
    assert len({mail.message_id for mail in town.mailbox.messages}) == len(town.mailbox.messages)
    assert verify(town.house).holds


def test_a_letter_whose_sender_died_after_the_relay_said_yes_is_unknown_and_never_sent_again(town: Town, arm) -> None:
    arm("letter.handed_over:raise")
    died, _ = promise_story(town)
    assert died == 1
    with town.house.db.read() as tx:
        (lost,) = troubles.newest(tx, town.shop_id)
    assert lost.state == "unknown"
    before = len(town.mailbox.messages)
    for _ in range(3):
        town.time.passes(3600)
        town.settle()
    assert len(town.mailbox.messages) == before
