"""What an order proves about the day its buyer was shown rests in the books with its line."""

from datetime import date

import pytest

from backorder import note
from backorder.db import order_lines, whole_orders
from backorder.db.order_lines import ShownLine
from backorder.rules.evidence import Evidence, Verdict
from backorder.rules.terms import Terms
from tests.books.cast import FIRST, FIRST_LINE, NOON, SECOND, SECOND_LINE, line, order

SEVENTH = Evidence(Verdict.VALID, date(2026, 12, 7), "steps/1")
NO_DAY = Evidence(Verdict.VALID, None, "steps/1")


@pytest.mark.parametrize("proves", [SEVENTH, NO_DAY, None, *map(Evidence, set(Verdict) - {Verdict.VALID})])
def test_what_a_line_proves_is_found_again_as_it_was(tx, alice, proves):
    whole_orders.save(tx, alice, order(lines=(line(evidence=proves),)), NOON, NOON)
    assert order_lines.of_orders(tx, alice, [FIRST])[FIRST] == (line(evidence=proves),)


def test_only_what_is_proved_was_shown(tx, alice):
    found = (line(evidence=SEVENTH), line(SECOND_LINE, evidence=Evidence(Verdict.EXPIRED)))
    whole_orders.save(tx, alice, order(lines=found), NOON, NOON)
    assert order_lines.shown(tx, alice, [FIRST_LINE, SECOND_LINE]) == {FIRST_LINE: ShownLine(SEVENTH, NOON)}
    assert order_lines.shown(tx, alice, []) == {}


def test_what_was_shown_in_another_shop_is_not_seen(tx, alice, bob):
    whole_orders.save(tx, bob, order(lines=(line(evidence=SEVENTH),)), NOON, NOON)
    assert order_lines.shown(tx, alice, [FIRST_LINE]) == {}


def test_a_line_is_judged_when_it_is_first_read_and_never_again(tx, alice):
    """A new SECRET_KEY would make every token that was given out look forged."""
    note.order(tx, alice, Terms(), order(lines=(line(evidence=SEVENTH),)), NOON)
    note.order(tx, alice, Terms(), order(lines=(line(evidence=Evidence(Verdict.FORGED)),)), NOON + SECOND)
    assert order_lines.shown(tx, alice, [FIRST_LINE]) == {FIRST_LINE: ShownLine(SEVENTH, NOON)}


def test_a_line_from_before_there_was_evidence_is_judged_when_it_is_read_next(tx, alice):
    note.order(tx, alice, Terms(), order(), NOON)
    note.order(tx, alice, Terms(), order(lines=(line(evidence=SEVENTH),)), NOON + SECOND)
    assert order_lines.shown(tx, alice, [FIRST_LINE]) == {FIRST_LINE: ShownLine(SEVENTH, NOON)}
