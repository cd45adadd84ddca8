"""The checker sees what is wrong: a true story is spoilt in one place, and the law that watches it names it."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.proof.checker import LAWS, check
from tests.proof.history import Book, Frame, Story
from tests.proof.leaving import leaving_gives_everything_back
from tests.proof.queues import OURS
from tests.proof.run import perform
from tests.proof.stage import Stage

Spoil = Callable[[Story], Story]
OUR_APP = 1

# Anna waits for two and gets them; Ben waits for three; Cleo's lamp is let go by staff; Dora's chair is there.
TRUE = [
    ["buy", "Anna", [["AUR-1", 2]], "PAID", False],
    ["settle"],
    ["buy", "Ben", [["AUR-1", 3]], "PAID", False],
    ["buy", "Cleo", [["AUR-1", 1]], "PAID", False],
    ["buy", "Dora", [["OAK-1", 1]], "PAID", False],
    ["settle"],
    ["count in", "AUR-1", 2],
    ["settle"],
    ["staff release", 3],
    ["settle"],
]
LENA, ANNA, BEN, CLEO, DORA = range(5)


@pytest.fixture(scope="module")
def true_story(shared_stage: Stage) -> Story:
    return perform(shared_stage, 1, TRUE)


def part(book: Book, order: int) -> Book:
    return next(each for each in book["orders"][order]["fulfillment_orders"] if each["status"] != "CLOSED")


def spoilt(book: Callable[[Book], None]) -> Spoil:
    """Change the last look at the ledger."""

    def spoil(story: Story) -> Story:
        last = copy.deepcopy(story.frames[-1])
        book(last.book)
        return replace(story, frames=(*story.frames[:-1], last))

    return spoil


def letters(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Spoil:
    return lambda story: replace(story, letters=change(story.letters))


def open_up(order: int) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        part(book, order).update(holds=[], status="OPEN")

    return change


def hold(order: int, times: int = 1) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        placed = {"id": 5, "handle": OURS, "reason": "OTHER", "notes": None, "app_id": OUR_APP}
        part(book, order).update(holds=[placed] * times, status="ON_HOLD")

    return change


def shelf(units: int) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        item = next(v["item_id"] for v in book["variants"] if v["sku"] == "AUR-1")
        level = next(each for each in book["levels"] if each["item_id"] == item)
        level["available"] += units

    return change


def journal(act: str, by: str, **detail: Any) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        seq = book["journal"][-1]["seq"] + 1
        book["journal"].append({"seq": seq, "at": book["now"], "act": act, "by": by, **detail})

    return change


def let_go(order: int) -> Callable[[Book], None]:
    """We release what is not there."""

    def change(book: Book) -> None:
        held = part(book, order)
        units = [{"line_item_id": line["line_item_id"], "units": line["remaining"]} for line in held["lines"]]
        ids = {"order_id": held["order_id"], "fulfillment_order_id": held["id"]}
        open_up(order)(book)
        journal("hold released", "app", handle=OURS, lines=units, **ids)(book)

    return change


def say(waiting: bool) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        field = next(m for m in book["orders"][BEN]["metafields"] if m["key"] == "backorder_promise")
        field["value"] = json.dumps({**json.loads(field["value"]), "waiting": waiting})

    return change


def policy(sku: str) -> Callable[[Book], None]:
    def change(book: Book) -> None:
        variant = next(v for v in book["variants"] if v["sku"] == sku)
        journal("policy set", "app", variant_id=variant["id"], before="DENY", policy="CONTINUE")(book)

    return change


def by_us(book: Book) -> None:
    for entry in book["journal"]:
        if entry["act"] == "hold released":
            entry["by"] = "app"


def deliver_badly(book: Book) -> None:
    book["deliveries"][0].update(state="given up", answers=[500] * 9)


def sent_by_a_supplier(order: int, story: Story) -> Story:
    """The lines of an order are a supplier's to send, as of the last look."""
    last = story.frames[-1]
    lines = {line["id"]: 0 for line in last.book["orders"][order]["lines"]}
    chosen = replace(last.chosen, sent=lines, ever_sent=frozenset(lines))
    return replace(story, frames=(*story.frames[:-1], replace(last, chosen=chosen)))


SPOILT: dict[str, Spoil] = {
    "nothing_is_exposed_that_is_not_there": spoilt(open_up(BEN)),
    "nothing_is_released_that_is_not_there": spoilt(let_go(BEN)),
    "nobody_is_overtaken": spoilt(open_up(BEN)),
    # As if we had let Cleo go, not staff, while Ben waited.
    "who_is_let_go_had_their_turn": lambda story: replace(
        story, frames=(story.frames[1], spoilt(by_us)(story).frames[-1])
    ),
    "nobody_waits_for_what_is_theirs": spoilt(shelf(+4)),
    "what_was_let_go_stays_let_go": spoilt(hold(CLEO)),
    "one_hold_of_ours_at_most": spoilt(hold(BEN, times=2)),
    "nothing_is_cancelled_by_us": spoilt(journal("order cancelled", "app", name="#1003", order_id=0, restock=True)),
    "letters_come_once": letters(lambda all_of: (*all_of, replace(all_of[0], message_id="<another@shop>"))),
    "letters_are_true": letters(lambda all_of: (replace(all_of[0], days=frozenset({"1999-01-01"})), *all_of[1:])),
    "who_waits_is_told": letters(lambda all_of: tuple(each for each in all_of if each.order != "#1003")),
    "policies_are_borrowed": spoilt(policy("OAK-1")),
    "orders_say_what_is_true": spoilt(say(waiting=False)),
    "the_post_is_answered": spoilt(deliver_badly),
    "the_talk_is_valid": lambda story: replace(story, misses=({"coordinate": "Order.colour"},)),
    "what_a_supplier_sends_is_packed_by_nobody": lambda story: sent_by_a_supplier(BEN, spoilt(open_up(BEN))(story)),
    "leaving_gives_everything_back": lambda story: replace(story, left=story.last),
    "who_comes_back_finds_everything": lambda story: replace(story, back=spoilt(open_up(BEN))(story).last),
}


def test_a_true_story_breaks_no_law(true_story: Story) -> None:
    assert check(true_story) == []
    held = [bool(part(true_story.last, order)["holds"]) for order in (LENA, ANNA, BEN, CLEO, DORA)]
    # Staff let Cleo's lamp go, so that Lena's, which nobody had let go, is not there any more.
    assert held == [True, False, True, False, False]
    assert len(true_story.letters) == 5


def test_the_app_leaves_and_comes_back_and_breaks_no_law(shared_stage: Stage) -> None:
    story = perform(shared_stage, 1, [*TRUE, ["leave", True]])
    assert check(story) == []
    assert story.left is not None
    assert any(part(story.last, BEN)["holds"])
    assert not part(story.left, BEN)["holds"]
    assert leaving_gives_everything_back(replace(story, left=story.back)), "what is back is there again"


def deaf(story: Story) -> Story:
    """The story as one knows it who has read no letter."""
    return replace(story, frames=tuple(replace(frame, letters=()) for frame in story.frames))


def test_what_a_letter_called_in_stock_is_its_buyers_also_where_the_rest_of_its_line_waits(shared_stage: Stage) -> None:
    lost = [["edit", 0, 1], ["settle"], ["correct", "AUR-1", -1], ["settle"]]
    story = perform(shared_stage, 1, lost)
    assert check(story) == []
    assert {sentence.split(":")[0] for sentence in check(deaf(story))} == {
        "nothing_is_exposed_that_is_not_there",
        "nobody_is_overtaken",
    }
    shipped = perform(shared_stage, 1, [*lost[:2], ["ship", 0, 0], ["settle"]])
    assert check(shipped) == [], "and what is left of it waits"


def test_nobody_may_be_told_that_something_is_in_stock_which_is_not_there(shared_stage: Stage) -> None:
    story = perform(shared_stage, 1, [["settle"], ["edit", 0, 1], ["settle"]])

    def boast(frame: Frame) -> Frame:
        told = [replace(each, in_stock=dict.fromkeys(each.in_stock, 2)) for each in frame.letters]
        book = copy.deepcopy(frame.book)
        for held in book["orders"][LENA]["fulfillment_orders"] if told else ():
            held.update(holds=[], status="OPEN")
        return replace(frame, book=book, letters=tuple(told))

    broken = check(replace(story, frames=tuple(map(boast, story.frames))))
    assert "nothing_is_released_that_is_not_there" in {sentence.split(":")[0] for sentence in broken}


def test_what_was_open_for_long_before_somebody_else_held_it_is_kept(shared_stage: Stage) -> None:
    moved = [["goods come", 0, 5, False], ["another app holds", 0], ["settle"], ["move", 0, 1, 0], ["settle"]]
    assert check(perform(shared_stage, 1, [["days", 1], *moved])) == []


def test_every_law_has_its_breach() -> None:
    assert [law.__name__ for law in LAWS] == list(SPOILT)


@pytest.mark.parametrize("law", SPOILT)
def test_a_breach_is_named_by_its_law(true_story: Story, law: str) -> None:
    assert law in {sentence.split(":")[0] for sentence in check(SPOILT[law](true_story))}


def test_a_look_that_is_not_sure_is_not_judged(true_story: Story) -> None:
    blind = replace(true_story, frames=tuple(replace(frame, sure=False) for frame in true_story.frames))
    assert check(spoilt(open_up(BEN))(blind)) == []
