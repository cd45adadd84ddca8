"""A worker stops for longer than its lease, somebody else does its work, and it wakes up: it writes nothing over theirs.

Where it stops, everybody else lives through the whole rest of the story before it goes on.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from backorder import failpoint
from backorder.db import inbox, outbox, taking, troubles
from backorder.db.outbox import Effect
from backorder.verify import verify
from tests.faults.long import ALL
from tests.faults.test_dying_at_named_steps import A_LEASE
from tests.stories.town import Town

pytestmark = pytest.mark.long


@dataclass
class Meanwhile:
    """At ``point``, when ``now`` says so, one worker sleeps while everybody else goes on for longer than its lease."""

    town: Town
    point: str
    now: Callable[[], bool] = lambda: True
    slept: bool = False

    def reached(self, point: str) -> None:
        if point == self.point and not self.slept and self.now():
            self.slept = True
            self.town.time.passes(A_LEASE)
            self.town.settle()


def a_restock(town: Town, monkeypatch: pytest.MonkeyPatch, sleeper: Meanwhile) -> None:
    """Ben waits for two, and two come in; somebody sleeps through it."""
    town.install()
    town.manage(town.lamp)
    line = town.order_goods("PO-12", town.lamp, 40, due_in=12)
    town.buy("Lena", (town.lamp, 1))
    ben = town.buy("Ben", (town.lamp, 2))
    monkeypatch.setattr(failpoint, "_armed", sleeper)
    town.arrive_without_settling(line, 2)
    town.settle()
    assert sleeper.slept
    assert (town.held(ben), town.shippable(ben)) == (0, 2)


def letter_is_due(town: Town) -> Callable[[], bool]:
    def due() -> bool:
        with town.house.db.read() as tx:
            rows = tx.execute(outbox.outbox.select().where(outbox.outbox.c.state == "doing")).all()
        return any(row.effect == Effect.MAIL.value for row in rows)

    return due


@pytest.mark.parametrize(
    "point",
    [
        "inbox.taken",
        "level.read",
        "outbox.taken",
        "release.made",
        *(["observe.turn", "observe.swept", "order.noted"] if ALL else []),
    ],
)
def test_who_wakes_up_late_changes_nothing_of_the_end(town: Town, monkeypatch, point):
    a_restock(town, monkeypatch, Meanwhile(town, point))
    assert town.letters_or_unknown("Ben") == 2
    assert verify(town.house).holds
    with town.house.db.read() as tx:
        assert set(inbox.counts(tx)) <= {"done", "ignored"}
        assert set(outbox.counts(tx)) <= {"done", "void"}


def test_a_letter_writer_who_wakes_up_late_writes_no_second_letter(town: Town, monkeypatch):
    a_restock(town, monkeypatch, Meanwhile(town, "outbox.taken", letter_is_due(town)))
    assert len([mail for mail in town.mailbox.messages if "ben@example.com" in mail.recipients]) == 2


def test_without_the_question_whose_lease_it_is_the_letter_goes_twice(town: Town, monkeypatch):
    """The control."""
    monkeypatch.setattr(taking, "still_ours", lambda *_: None)
    a_restock(town, monkeypatch, Meanwhile(town, "outbox.taken", letter_is_due(town)))
    assert len([mail for mail in town.mailbox.messages if "ben@example.com" in mail.recipients]) == 3


def test_a_letter_that_was_leaving_while_its_writer_slept_is_unknown_and_stays_so(town: Town, monkeypatch):
    a_restock(town, monkeypatch, Meanwhile(town, "letter.handed_over", letter_is_due(town)))
    with town.house.db.read() as tx:
        (row,) = troubles.newest(tx, town.shop_id)
    assert row.state == "unknown", "the writer knows that it left, but the row is no longer theirs"
    assert len([mail for mail in town.mailbox.messages if "ben@example.com" in mail.recipients]) == 2
