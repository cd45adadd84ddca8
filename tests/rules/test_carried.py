"""Who may ship what was let go changes with a move; that it was let go does not."""

from dataclasses import replace

from backorder.rules.carried import carried, lessened
from tests.rules.cast import ADA, BEN, DOCKS, claim

QUEENS = DOCKS + 1
THREE_LET_GO = claim(ADA, units=3, given=3, kept=3, exposed=3)


def at(place, of, units, **more):
    return replace(of, location_id=place, units=units, exposed=more.pop("exposed", units), given=0, kept=0, **more)


def test_what_moves_is_kept_where_it_is_now():
    assert carried([THREE_LET_GO], [at(QUEENS, THREE_LET_GO, 3)]) == {(ADA, QUEENS): 3}


def test_of_what_moves_in_part_each_place_keeps_its_units():
    assert carried([THREE_LET_GO], [at(DOCKS, THREE_LET_GO, 1), at(QUEENS, THREE_LET_GO, 2)]) == {(ADA, QUEENS): 2}


def test_what_shipped_or_was_taken_out_is_kept_nowhere():
    assert carried([THREE_LET_GO], [at(DOCKS, THREE_LET_GO, 1)]) == {}
    assert carried([THREE_LET_GO], []) == {}


def test_what_waits_under_a_hold_is_not_kept_by_moving():
    waiting = claim(ADA, units=3, given=1, kept=0, exposed=0)
    assert carried([waiting], [at(QUEENS, waiting, 3, exposed=0)]) == {}
    assert carried([THREE_LET_GO], [at(QUEENS, THREE_LET_GO, 3, exposed=0)]) == {}, "somebody else held it there"


def test_one_line_carries_nothing_for_another():
    ben = claim(BEN, units=2, given=0, kept=0, exposed=2)
    moved_ben = [at(DOCKS, THREE_LET_GO, 1), at(QUEENS, ben, 2)]
    assert carried([THREE_LET_GO, ben], moved_ben) == {}


TWO_OF_FIVE_THERE = claim(ADA, units=5, given=2, kept=2, exposed=2)


def lessened_to(was, shipped=0, **now):
    found = lessened([was], [replace(was, given=0, kept=0, **now)], {(ADA, DOCKS): shipped} if shipped else {})
    return [(given, kept) for _, given, kept in found]


def test_what_ships_was_given_and_kept_and_serves_no_other_unit_of_its_line():
    assert lessened_to(TWO_OF_FIVE_THERE, shipped=2, units=3, exposed=0) == [(0, 0)]
    assert lessened_to(TWO_OF_FIVE_THERE, shipped=1, units=4, exposed=1) == [(1, 1)]


def test_what_may_still_be_shipped_is_what_was_kept():
    one_kept = replace(TWO_OF_FIVE_THERE, kept=1)
    assert lessened_to(one_kept, shipped=1, units=4, exposed=1) == [(1, 1)]
    assert lessened_to(TWO_OF_FIVE_THERE, units=4, exposed=2) == [], "what waited was taken out"


def test_what_is_taken_out_or_moved_away_takes_along_what_it_was_given():
    assert lessened_to(TWO_OF_FIVE_THERE, units=3, exposed=0) == [(0, 0)]


def test_what_an_edit_added_meanwhile_was_not_there_before():
    assert lessened_to(TWO_OF_FIVE_THERE, shipped=2, units=6, exposed=3) == [(0, 0)]


def test_what_was_given_under_a_hold_is_given_still_when_others_ship():
    released_soon = claim(ADA, units=5, given=4, kept=2, exposed=2)
    assert lessened_to(released_soon, shipped=2, units=3, exposed=0) == [(2, 0)]
