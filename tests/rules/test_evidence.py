"""Shown is promised: what a token proves, and what it does not."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date, timedelta
from hmac import digest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.evidence import RULE, SENTENCES, Evidence, Verdict, issue, judge
from tests.rules.cast import NOW, law

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
SHOP, LAMP, CHAIR = "lamplight.myshopify.com", 7, 8
FIRST, SECOND = date(2026, 12, 7), date(2026, 12, 21)
STEPS = [{"units": 37, "ship_by": FIRST.isoformat()}, {"units": 20, "ship_by": SECOND.isoformat()}]
SHOWS = {
    "v": 1,
    "state": "backorder",
    "ship_by": FIRST.isoformat(),
    "steps": STEPS,
    "valid_until": (NOW + timedelta(days=7)).isoformat(),
}


def token(**changes):
    made = issue(KEY, SHOP, LAMP, SHOWS | changes, NOW)
    assert made is not None
    return made


def judged(sent, shown=None, *, key=KEY, shop=SHOP, variant=LAMP, units=1, bought=NOW):
    return judge(key, sent, shown, shop, variant, units, bought)


def test_a_valid_token_proves_the_day_that_was_shown_for_the_quantity():
    assert judged(token(), "2026-12-07") == Evidence(Verdict.VALID, FIRST, RULE)
    assert judged(token(), "2026-12-21", units=38) == Evidence(Verdict.VALID, SECOND, RULE)


def test_without_script_the_page_shows_all_the_steps_and_the_quantity_decides():
    assert [judged(token(), units=n).ship_by for n in (1, 37, 38, 57)] == [FIRST, FIRST, SECOND, SECOND]


def test_a_lead_time_serves_any_number_with_its_one_day():
    assert judged(token(steps=[]), "2026-12-07", units=5_000) == Evidence(Verdict.VALID, FIRST, RULE)


def test_as_soon_as_it_arrives_was_shown_too_and_is_no_day():
    sent = token(state="asap", steps=[], ship_by=None)
    assert judged(sent) == Evidence(Verdict.VALID, None, RULE)
    assert judged(sent, "2026-12-07").verdict is Verdict.FORGED


@pytest.mark.parametrize("state", ["in_stock", "waitlist", "ended"])
def test_where_no_notice_is_shown_there_is_nothing_to_prove(state):
    assert issue(KEY, SHOP, LAMP, SHOWS | {"state": state, "steps": []}, NOW) is None


def test_of_what_was_on_the_shelf_nobody_was_shown_a_day():
    sent = token(state="in_stock", ship_by=None, free=2)
    assert judged(sent, units=2) == Evidence(Verdict.NONE)
    assert [judged(sent, units=n).ship_by for n in (3, 39, 40)] == [FIRST, FIRST, SECOND]
    assert judged(sent, "2026-12-07", units=3).valid
    assert judged(sent, "2026-12-07", units=2).valid, "three were chosen, and one taken out again"
    assert judged(sent, units=60).verdict is Verdict.WRONG_QUANTITY


def test_of_a_full_shelf_the_page_counts_what_is_free_and_the_day_that_it_sends_proves_that_it_was_shown():
    sent = token(state="in_stock", ship_by=None)
    assert judged(sent, "2026-12-07", units=60) == Evidence(Verdict.VALID, FIRST, RULE)
    assert judged(sent, "2026-12-21", units=90) == Evidence(Verdict.VALID, SECOND, RULE)
    assert judged(sent, units=60) == Evidence(Verdict.NONE)
    assert judged(sent, "2031-01-01", units=60).verdict is Verdict.FORGED


@pytest.mark.parametrize("sent", [None, ""])
def test_no_token_is_no_proof(sent):
    assert judged(sent, "2026-12-07") == Evidence(Verdict.NONE)


def test_a_token_is_good_for_its_own_shop_and_variant_only():
    assert judged(token(), shop="moss.myshopify.com").verdict is Verdict.OTHER_SHOP
    assert judged(token(), variant=CHAIR).verdict is Verdict.OTHER_VARIANT
    assert judged(token(), variant=None).verdict is Verdict.OTHER_VARIANT


def test_a_token_runs_out_with_the_page_to_the_second():
    end = NOW + timedelta(days=7)
    assert judged(token(), bought=end - timedelta(seconds=1)).valid
    assert judged(token(), bought=end).verdict is Verdict.EXPIRED


def test_more_units_than_had_a_date_prove_nothing():
    assert judged(token(), units=58).verdict is Verdict.WRONG_QUANTITY


def test_a_quantity_raised_in_the_cart_past_its_date_proves_nothing():
    assert judged(token(), "2026-12-07", units=38).verdict is Verdict.WRONG_QUANTITY


def test_a_quantity_lowered_in_the_cart_keeps_the_day_that_was_shown():
    assert judged(token(), "2026-12-21", units=2) == Evidence(Verdict.VALID, SECOND, RULE)


@pytest.mark.parametrize("shown", ["2026-12-01", "tomorrow", "December 7, 2026", "2026-12-07; DROP TABLE orders"])
def test_a_day_that_no_page_of_ours_showed_is_forged(shown):
    assert judged(token(), shown).verdict is Verdict.FORGED


@law
@given(st.data())
def test_a_token_of_which_anything_was_changed_is_forged(data):
    sent = token()
    at = data.draw(st.integers(0, len(sent) - 1))
    other = data.draw(st.characters(codec="latin-1").filter(lambda sign: sign != sent[at]))
    assert judged(sent[:at] + other + sent[at + 1 :]).verdict is Verdict.FORGED


@law
@given(st.text(max_size=200))
def test_what_we_never_wrote_is_forged_whatever_it_is(text):
    assert judged(text or "x").verdict is Verdict.FORGED
    assert judged(f"{text}.{text}").verdict is Verdict.FORGED


@law
@given(st.lists(st.integers(1, 40), min_size=1, max_size=5), st.integers(1, 250))
def test_a_day_is_proved_exactly_for_as_many_units_as_the_steps_have(counts, units):
    steps = [{"units": n, "ship_by": (FIRST + timedelta(days=at)).isoformat()} for at, n in enumerate(counts)]
    found = judged(token(steps=steps), units=units)
    assert found.valid is (units <= sum(counts))
    if found.valid:
        before = sum(n for at, n in enumerate(counts) if FIRST + timedelta(days=at) < found.ship_by)
        assert before < units


def test_a_token_signed_with_another_key_is_forged():
    assert judged(token(), key=OTHER_KEY).verdict is Verdict.FORGED


def test_a_signed_token_of_another_version_is_not_believed():
    body = urlsafe_b64encode(json.dumps({"v": 9}).encode()).decode().rstrip("=")
    signature = urlsafe_b64encode(digest(KEY, body.encode(), "sha256")).decode().rstrip("=")
    assert judged(f"{body}.{signature}").verdict is Verdict.FORGED


def test_anybody_may_read_a_token():
    body = token().partition(".")[0]
    said = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    assert (said["variant"], said["steps"], said["rule"], said["issued"]) == (LAMP, STEPS, RULE, "2026-07-01T12:00:00Z")


def test_a_token_fits_into_a_line_property():
    assert len(token()) < 600


def test_every_verdict_has_its_sentence():
    assert set(SENTENCES) == set(Verdict)
