"""Who may ship what was let go changes with a move; that it was let go does not."""

from dataclasses import replace

from backorder.rules.carried import carried
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
