"""Which policies may be saved, whom they choose, and how they are said."""

import pytest

from backorder.rules.queue_policy import CHOSEN_FIRST, GOES_FIRST, QueuePolicy
from backorder.rules.terms import Terms
from backorder.rules.terms_error import TermsError


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"repromise": "chosen first"}, "chosen_tags"),
        ({"repromise": "chosen first", "chosen_tags": ["VIP"], "chosen_percent": None}, "chosen_percent"),
        ({"repromise": "complete orders first", "passed_over_days": None}, "passed_over_days"),
        ({"whole": "line", "passed_over_days": None}, "passed_over_days"),
        ({"customer_units": 2, "passed_over_days": None}, "passed_over_days"),
        ({"repromise": "promise first", "whole": "line"}, "whole"),
        ({"repromise": "promise first", "customer_units": 2}, "customer_units"),
    ],
)
def test_a_policy_under_which_somebody_could_wait_for_ever_cannot_be_saved(changes, field):
    with pytest.raises(TermsError) as refused:
        Terms().changed(changes)
    assert refused.value.field == field
    assert refused.value.sentence.endswith(".")


def test_tags_and_channels_are_compared_whatever_their_case():
    policy = QueuePolicy(CHOSEN_FIRST, chosen_tags=("Vip",), chosen_channels=("POS",), chosen_customers=(7,))
    assert policy.chooses({"vip"}, "web", None)
    assert policy.chooses((), "pos", None)
    assert policy.chooses((), None, 7)
    assert not policy.chooses({"vip-2"}, "web", 8)
    assert not policy.chooses((), None, None)


def test_every_policy_is_said_in_words():
    for first in GOES_FIRST:
        said = QueuePolicy(first, chosen_tags=("VIP",), whole="line", customer_units=2).sentence
        assert said.endswith(".")
        assert "None" not in said
