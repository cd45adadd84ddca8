from dataclasses import replace

import pytest

from backorder.mail.letter import LetterIncomplete

from .cast import ARRIVED, CHAIR, CONFIRMATION, DATE_CHANGED, LAMPS, LATE, RUG


@pytest.mark.parametrize(
    ("letter", "changes", "sentence"),
    [
        (CONFIRMATION, {"lines": ()}, "needs a line that waits"),
        (ARRIVED, {"lines": (LAMPS,)}, "of which units are in"),
        (DATE_CHANGED, {"lines": (RUG, CHAIR)}, "whose day moved"),
        (DATE_CHANGED, {"reason": None}, "needs its reason"),
        (DATE_CHANGED, {"reason": " \n"}, "needs its reason"),
        (
            DATE_CHANGED,
            {"reason": None, "lines": (replace(LAMPS, was=LATE, reason="The port."), replace(RUG, was=LATE))},
            "needs its reason",
        ),
        (CONFIRMATION, {"key": ""}, "needs its key"),
        (CONFIRMATION, {"order_name": "\r\n"}, "needs its order_name"),
        (CONFIRMATION, {"order_url": "javascript:alert(1)"}, "must be a web address"),
        (CONFIRMATION, {"order_url": "https://shop.example/\nhttps://other.example/"}, "must be a web address"),
        (CONFIRMATION, {"order_url": "https:///nowhere"}, "must be a web address"),
    ],
)
def test_a_letter_without_what_its_reader_is_owed_cannot_be_made(letter, changes, sentence):
    with pytest.raises(LetterIncomplete, match=sentence):
        replace(letter, **changes)


@pytest.mark.parametrize("changes", [{"units_waiting": -1}, {"units_ready": -1}, {"title": "\u2028"}])
def test_a_line_that_makes_no_sense_cannot_be_made(changes):
    with pytest.raises(LetterIncomplete):
        replace(LAMPS, **changes)
