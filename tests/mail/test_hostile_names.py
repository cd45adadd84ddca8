import email
import email.policy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.mail.compose import compose
from backorder.mail.language import spoken
from backorder.mail.letter import LetterLine
from backorder.mail.render import _TEXT, _facts, render

from .cast import CONFIRMATION, DATE_CHANGED, EARLY, LATE, LETTERS, NOW
from .reading import read, words_of

SCRIPT = '<script>alert("1")</script>'
BCC = "Lamps\r\nBcc: everyone@evil.example"


def hostile(letter, name):
    lines = tuple(replace(line, title=name, sku=name) for line in letter.lines)
    return replace(letter, shop_name=name, order_name=name, reason=name, first_name=name, lines=lines)


def received(letter):
    message = compose(letter, to="ada@example.com", mail_from="orders@promised.example", at=NOW)
    return email.message_from_bytes(message.as_bytes(), policy=email.policy.default)


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_script_in_a_name_is_shown_and_not_run(letter):
    page = render(hostile(letter, SCRIPT)).html
    assert "script" not in [tag for tag, _ in read(page).tags]
    assert words_of(page).count(SCRIPT) >= 4


def test_without_escaping_the_same_name_would_run():
    unescaped = _TEXT.overlay(loader=None)
    page = unescaped.from_string("<p>{{ letter.shop_name }}</p>").render(
        _facts(hostile(CONFIRMATION, SCRIPT), spoken("en"))
    )
    assert "script" in [tag for tag, _ in read(page).tags]


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_line_break_in_a_name_adds_no_header(letter):
    message = received(hostile(letter, BCC))
    assert message["Bcc"] is None
    assert message["From"].addresses[0].display_name == "Lamps Bcc: everyone@evil.example"
    assert [to.addr_spec for to in message["To"].addresses] == ["ada@example.com"]


def test_taken_as_it_is_the_same_name_would_add_one():
    raw = f"Subject: {BCC}\r\n\r\n".encode()
    assert email.message_from_bytes(raw, policy=email.policy.default)["Bcc"] == "everyone@evil.example"


def test_a_line_break_in_a_title_writes_no_paragraph_of_its_own():
    title = "Lamp\n\nYour order is cancelled.\n\nSo"
    line = LetterLine(title, units_waiting=1, units_ready=0, ship_by=LATE, was=EARLY)
    lines = render(replace(DATE_CHANGED, lines=(line,))).text.splitlines()
    assert "Lamp Your order is cancelled. So" in lines
    assert "Your order is cancelled." not in lines


ARABIC = "مصباح - أسود 20W"


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_name_written_from_right_to_left_is_kept_to_itself(letter):
    """In a line from left to right its number would stand away from its unit, and take in the numbers that follow."""
    alone = f"\u2068{ARABIC}\u2069"
    rendered = render(hostile(letter, ARABIC))
    for form in (rendered.text, words_of(rendered.html)):
        assert form.count(ARABIC) == form.count(alone) >= 4
    assert rendered.subject.count(ARABIC) == rendered.subject.count(alone) == 1
    assert "\u2068" not in render(letter).text + render(letter).html


@given(st.text(min_size=1).filter(str.strip))
def test_whatever_a_shop_is_called_the_sender_is_the_sender(name):
    try:
        letter = replace(CONFIRMATION, shop_name=name, order_name=name)
    except ValueError:
        return  # nothing of the name is left on one line: such a letter cannot be made
    message = received(letter)
    assert [sender.addr_spec for sender in message["From"].addresses] == ["orders@promised.example"]
    assert [to.addr_spec for to in message["To"].addresses] == ["ada@example.com"]
    assert set(message.keys()) == set(received(CONFIRMATION).keys())
