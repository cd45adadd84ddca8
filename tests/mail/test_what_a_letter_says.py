from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backorder.mail.letter import Choice, LetterIncomplete
from backorder.mail.render import render
from backorder.rules.revision import Why

from .cast import (
    ARRIVED,
    CHAIR,
    CONFIRMATION,
    DATE_CHANGED,
    EARLY,
    LAMPS,
    LATE,
    LETTERS,
    RUG,
    STOCK_LOST,
    YOU_SHOULD_KNOW,
)
from .reading import one_space, read, words_of


def test_a_confirmation_says_what_waits_until_when_and_what_ships_now():
    text = render(CONFIRMATION).text
    waits, ships = text.split("In stock")
    assert "Desk lamp, brass (LAMP-BRASS)\n  2 units wait\n  Ships by December 7, 2026\n" in waits
    assert "Oak chair (CHAIR-OAK)\n  1 unit\n  Ships now\n" in ships
    assert "Oak chair" not in waits


def test_a_confirmation_says_how_to_cancel():
    assert "cancel what waits at any time before it ships: reply to this email" in render(CONFIRMATION).text


def test_who_saw_no_notice_hears_the_day_and_the_free_way_out():
    letter = render(YOU_SHOULD_KNOW)
    assert letter.subject == "Please read: part of order #1003 is on backorder"
    assert "we cannot be sure that you saw this when you bought" in letter.text
    assert "Desk lamp, brass (LAMP-BRASS)\n  2 units wait\n  Ships by December 7, 2026\n" in letter.text
    assert (
        "Cancel what waits, free of charge, at any time before it ships: reply to this email and tell us."
        in letter.text
    )
    assert "You get back in full what you paid for it." in letter.text
    whole = render(replace(YOU_SHOULD_KNOW, lines=(LAMPS,)))
    assert whole.subject == "Please read: order #1003 is on backorder"
    assert "it is on backorder" in whole.text


def test_an_order_that_waits_whole_promises_nothing_now():
    whole = render(replace(CONFIRMATION, lines=(LAMPS,)))
    assert whole.subject == "Order #1003 is on backorder"
    assert "now" not in whole.text.split()
    assert render(CONFIRMATION).subject == "Part of order #1003 is on backorder"


def test_a_line_that_waits_in_part_stands_on_both_sides():
    text = render(replace(CONFIRMATION, lines=(replace(LAMPS, units_waiting=1, units_ready=4),))).text
    waits, ships = text.split("In stock")
    assert "1 unit waits" in waits
    assert "4 units\n  Ships now" in ships


def test_a_line_without_a_known_day_gets_none():
    text = render(replace(CONFIRMATION, lines=(replace(LAMPS, ship_by=None),))).text
    assert "Ships as soon as it arrives; no date is known yet" in text
    assert "2026" not in text


def test_an_arrival_says_what_is_being_packed_and_what_still_waits():
    letter = render(ARRIVED)
    packed, waits = letter.text.split("Still on backorder")
    assert letter.subject == "Your items are in: order #1003"
    assert "2 units\n  Ships next" in packed
    assert "1 unit waits\n  Ships by December 7, 2026" in waits
    assert "write to you again when the rest is in" in waits


def test_the_last_arrival_says_that_nothing_waits_any_more():
    last = render(replace(ARRIVED, lines=(replace(LAMPS, units_waiting=0, units_ready=1),)))
    assert last.subject == "Your item is in: order #1003"
    assert "Nothing of this order is on backorder any more" in last.text
    assert "Still on backorder" not in last.text


def test_a_changed_date_says_new_old_reason_and_the_right_to_cancel():
    text = render(DATE_CHANGED).text
    assert "Ships by December 17, 2026\n  Before: December 7, 2026" in text
    assert "The reason: The ship that carries our lamps is waiting at the port of Rotterdam." in text
    assert "Until it ships you may cancel what waits and get back in full what you paid for it" in text


def test_lines_that_moved_for_several_reasons_each_say_their_own():
    late = replace(LAMPS, ship_by=LATE, was=EARLY, reason=Why.SUPPLIER_LATE.value)
    better = replace(CHAIR, units_waiting=1, ship_by=EARLY, was=None, reason=Why.NOW_KNOWN.value)
    text = render(replace(DATE_CHANGED, reason=None, lines=(better, late), locale="de")).text
    assert text.count("Der Grund: ") == 2
    assert "Bisher: kein Termin bekannt\n  Der Grund: Ein Versandtermin ist jetzt bekannt." in text
    assert (
        "Bisher: 7. Dezember 2026\n  Der Grund: Die Lieferung unseres Lieferanten trifft später ein als geplant."
        in text
    )
    assert "None" not in text


def test_a_changed_date_keeps_the_lines_that_did_not_move_apart():
    changed, unchanged = render(DATE_CHANGED).text.split("What stays as it was")
    assert "Wool rug" not in changed
    assert "Wool rug\n  1 unit waits\n  Ships by December 7, 2026" in unchanged


def test_only_a_later_date_is_apologised_for():
    sooner = replace(DATE_CHANGED, lines=(replace(LAMPS, ship_by=EARLY, was=LATE),))
    assert "We have a better date for your backorder." in render(sooner).text
    assert "sorry" not in render(sooner).text
    assert "We are sorry: we cannot keep the date we gave you." in render(DATE_CHANGED).text


def test_a_date_that_is_lost_is_said_to_be_unknown():
    lost = render(replace(DATE_CHANGED, lines=(replace(LAMPS, ship_by=None, was=EARLY),)))
    assert "Ships as soon as it arrives; no date is known yet\n  Before: December 7, 2026" in lost.text
    assert "sorry" in lost.text
    assert "new" not in f"{lost.subject} {lost.text}".split()


def test_a_first_date_is_good_news():
    found = render(replace(DATE_CHANGED, lines=(replace(LAMPS, ship_by=LATE, was=None),)))
    assert "Ships by December 17, 2026\n  Before: no date was known" in found.text
    assert "sorry" not in found.text


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_text_and_page_say_the_same_words_in_the_same_order(letter):
    rendered = render(letter)
    facts = [letter.order_name, letter.shop_name, letter.shop_email, letter.shop_domain, "Hello Ada,"]
    facts += [line.title for line in letter.lines] + ["December 7, 2026"]
    text, page = one_space(rendered.text), words_of(rendered.html)
    for fact in facts:
        assert fact in text
        assert fact in page
    # Where a paragraph of the text stands, the page has the same sentence.
    sentences = [part for part in rendered.text.split("\n\n") if part.endswith(".") and "\n" not in part]
    assert len(sentences) >= 2
    assert [page.index(sentence) for sentence in sentences] == sorted(page.index(sentence) for sentence in sentences)


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_both_forms_lead_to_the_order_page(letter):
    rendered = render(letter)
    assert f"See your order: {letter.order_url}" in rendered.text
    assert [attrs["href"] for tag, attrs in read(rendered.html).tags if tag == "a"] == [letter.order_url]
    without = render(replace(letter, order_url=None))
    assert "See your order" not in without.text + without.html


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_the_same_facts_give_the_same_words(letter):
    assert render(letter) == render(replace(letter))


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_subject_is_short_and_names_the_order(letter):
    subject = render(letter).subject
    assert letter.order_name in subject
    assert len(subject) <= 50


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_page_fetches_nothing(letter):
    page = render(letter).html
    assert not [tag for tag, _ in read(page).tags if tag in {"img", "link", "script", "iframe", "object", "video"}]
    assert not [attrs for _, attrs in read(page).tags if attrs.keys() & {"src", "srcset", "background", "data"}]
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_page_has_a_language_one_title_and_ordered_headings(letter):
    tags = read(render(letter).html).tags
    headings = [tag for tag, _ in tags if tag in {"h1", "h2", "h3", "h4"}]
    assert dict(tags)["html"] == {"lang": "en"}
    assert headings[0] == "h1"
    assert set(headings[1:]) == {"h2"}
    assert all(attrs.get("role") == "presentation" for tag, attrs in tags if tag == "table")


def test_the_inbox_previews_the_first_fact():
    page = render(CONFIRMATION).html
    hidden = page.split("display:none", 1)[1]
    assert hidden.index("Desk lamp, brass: 2 units. Ships by December 7, 2026.") < hidden.index("<h1")


def test_a_chair_alone_does_not_wait():
    with pytest.raises(ValueError, match="needs a line that waits"):
        replace(CONFIRMATION, lines=(CHAIR,))


def test_a_buyer_who_is_asked_gets_the_link_the_time_to_answer_and_what_silence_means():
    asked = replace(
        CONFIRMATION, choice=Choice("https://app.example/choose/1-2-x", datetime(2026, 11, 26, 9, 30, tzinfo=UTC))
    )
    said = render(asked)
    for text in (said.text, said.html):
        assert "https://app.example/choose/1-2-x" in text
        assert (
            "until November 26, 2026, 9:30\N{NARROW NO-BREAK SPACE}AM; if we do not hear from you, we send what is in stock."
            in text
        )
        assert "Shipping is not charged a second time." in text
        assert "Ships now" not in text
    assert "choose" not in render(CONFIRMATION).text.lower()


def test_an_order_that_ships_together_says_so():
    together = replace(
        CONFIRMATION, lines=(LAMPS, replace(CHAIR, units_waiting=1, units_ready=0, ship_by=EARLY)), together=True
    )
    assert "Your order ships together, when all of it is here" in render(together).text
    assert "Ships together" in render(together).html


def test_what_a_supplier_sends_is_no_part_of_the_one_parcel():
    rug = replace(RUG, was=None, ship_by=LATE, sent_directly=True)
    for kind in (CONFIRMATION, YOU_SHOULD_KNOW):
        text = one_space(render(replace(kind, together=True, lines=(LAMPS, rug))).text)
        ours, theirs = text.split("In a parcel of its own, from our supplier")
        assert "Ships together" in ours
        assert "Wool rug" not in ours
        assert "Wool rug 1 unit waits Ships by December 17, 2026" in theirs
        alone = render(replace(kind, together=True, lines=(rug, CHAIR))).text
        assert "Ships together" not in alone
        assert "in one parcel" not in alone


THEIRS = replace(LAMPS, sent_directly=True)
OF_OUR_OWN_STOCK = ("new stock", "backorder is in", "as soon as it arrives", "when the rest is in", "on backorder")


@pytest.mark.parametrize("letter", [CONFIRMATION, YOU_SHOULD_KNOW, STOCK_LOST], ids=lambda letter: letter.kind)
@pytest.mark.parametrize("beside", [(), (CHAIR,)], ids=["all of it", "a part of it"])
def test_who_waits_for_a_supplier_alone_hears_of_no_stock_of_ours(letter, beside):
    said = render(replace(letter, lines=(replace(THEIRS, ship_by=None), *beside)))
    for text in (said.text, said.html):
        assert not [words for words in OF_OUR_OWN_STOCK if words in f"{said.subject} {text}"]
    text = one_space(said.text)
    assert "Ships directly from our supplier; no date is known yet" in text
    assert "You will hear from us when our supplier's parcel has been shipped" in text


def test_a_confirmation_of_what_a_supplier_sends_says_so_from_its_subject_on():
    whole, part = (render(replace(CONFIRMATION, lines=lines)) for lines in ((THEIRS,), (THEIRS, CHAIR)))
    assert whole.subject == "Order #1003 ships directly from our supplier"
    assert "Thank you for your order. Our supplier sends it to you directly." in whole.text
    assert part.subject == "Part of order #1003 ships from our supplier"
    assert "Our supplier sends a part of it to you directly." in part.text
    unseen = render(replace(YOU_SHOULD_KNOW, lines=(THEIRS,)))
    assert unseen.subject == "Please read: order #1003 ships later"
    assert "it does not ship at once but comes directly from our supplier, and we cannot be sure" in unseen.text


def test_who_waits_for_us_too_hears_what_everybody_hears():
    for kind in (CONFIRMATION, YOU_SHOULD_KNOW):
        mixed = render(replace(kind, lines=(replace(RUG, was=None), THEIRS)))
        assert "order #1003 is on backorder" in mixed.subject.lower()
        assert "We will write to you when your backorder is in" in mixed.text


def test_a_changed_date_of_what_a_supplier_sends_says_what_is_heard_next():
    direct = "Our supplier sends it to you directly. You will hear from us when the parcel has been shipped."
    moved = replace(DATE_CHANGED.lines[0], sent_directly=True)
    assert direct in render(replace(DATE_CHANGED, lines=(moved,))).text
    assert direct not in render(replace(DATE_CHANGED, lines=(moved, RUG))).text
    assert direct not in render(DATE_CHANGED).text
    lost = render(replace(DATE_CHANGED, lines=(replace(moved, ship_by=None),))).text
    assert "Ships directly from our supplier; no date is known yet\n  Before: December 7, 2026" in lost


def test_an_arrival_keeps_what_a_supplier_sends_apart():
    came, rug = replace(LAMPS, units_waiting=0, units_ready=2), replace(RUG, was=None)
    alone = render(replace(ARRIVED, lines=(came, replace(rug, sent_directly=True)))).text
    assert not [words for words in OF_OUR_OWN_STOCK if words in alone]
    assert "Wool rug" in alone.split("In a parcel of its own, from our supplier")[1]
    assert "Our supplier sends you the rest directly, and you will hear from us when it has been shipped." in alone
    both = render(replace(ARRIVED, lines=(came, rug, replace(THEIRS, title="Floor lamp")))).text
    ours, theirs = both.split("Still on backorder")[1].split("In a parcel of its own, from our supplier")
    assert ("Wool rug" in ours, "Floor lamp" in ours, "Floor lamp" in theirs) == (True, False, True)
    assert "We will write to you again when the rest is in." in theirs


def test_a_link_that_is_no_web_address_is_not_sent():
    with pytest.raises(LetterIncomplete, match="web address"):
        replace(CONFIRMATION, choice=Choice("choose/1", datetime(2026, 11, 26, 9, 30, tzinfo=UTC)))
