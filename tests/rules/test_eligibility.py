"""Which variants the app manages by itself: every condition of a rule holds, and the word on one variant goes before rules."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.eligibility import Managing, Rule, Traits, judge
from backorder.rules.terms import Terms
from backorder.rules.terms_error import TermsError
from tests.rules.cast import law

LAMP = Traits(
    *(frozenset({"Brass", "warm light"}), "Glow & Sons", "Lamps", Decimal("129.00")),
    inbound=True,
    collections=frozenset({"Winter Sale", "Lights"}),
    unit_cost=Decimal("77.40"),
)
WHOLE = Rule(
    *("brass", "glow & sons", "LAMPS", Decimal(129), Decimal(129)),
    has_inbound=True,
    collection="winter sale",
    margin_from=Decimal(40),
    margin_to=Decimal(40),
)

words = st.sampled_from(("brass", "oak", "Glow & Sons", "Lamps"))
prices = st.decimals(0, 200, places=2)
traits = st.builds(
    Traits,
    st.frozensets(words, max_size=3),
    words,
    words,
    prices,
    st.booleans(),
    st.frozensets(words, max_size=2),
    st.none() | prices,
)
some_rules = st.lists(
    st.builds(
        Rule,
        st.none() | words,
        st.none() | words,
        st.none() | words,
        st.none() | prices,
        st.none() | prices,
        st.booleans(),
        st.none() | words,
        st.none() | st.decimals(-100, 100, places=1),
        st.none() | st.decimals(-100, 100, places=1),
    ),
    max_size=4,
)


def test_all_conditions_of_a_rule_must_hold():
    assert WHOLE.holds(LAMP)
    for other in (
        replace(LAMP, tags=frozenset({"brassy"})),
        replace(LAMP, vendor="Glow"),
        replace(LAMP, product_type="Chairs"),
        replace(LAMP, price=Decimal("128.99")),
        replace(LAMP, price=Decimal("129.01")),
        replace(LAMP, inbound=False),
        replace(LAMP, collections=frozenset({"Winter"})),
        replace(LAMP, unit_cost=Decimal("77.41")),
        replace(LAMP, unit_cost=Decimal("77.39")),
        replace(LAMP, unit_cost=None),
    ):
        assert not WHOLE.holds(other)


@pytest.mark.parametrize("left_out", [field.name for field in fields(Rule)])
def test_what_is_not_asked_for_does_not_matter(left_out):
    other = Traits(frozenset(), "", "", Decimal(0), inbound=False)
    asked = replace(Rule(), **{left_out: getattr(WHOLE, left_out)})
    assert asked.holds(LAMP)
    assert asked.holds(other) is (left_out == "price_to")


@law
@given(traits, some_rules, st.booleans(), st.booleans())
def test_the_word_on_one_variant_goes_before_every_rule(of, rules, managed, waits):
    assert judge(Managing.ALWAYS, rules, of, managed=managed, waits=waits).managed
    assert not judge(Managing.NEVER, rules, of, managed=managed, waits=waits).managed


@law
@given(traits, some_rules, st.booleans(), st.booleans())
def test_by_rule_one_rule_is_enough_and_who_waits_is_not_let_down(of, rules, managed, waits):
    verdict = judge(Managing.BY_RULE, rules, of, managed=managed, waits=waits)
    assert verdict.managed is (any(rule.holds(of) for rule in rules) or (managed and waits))
    assert verdict.reason.endswith(".")


def test_the_reason_names_the_rule():
    said = judge(Managing.BY_RULE, [Rule(vendor="Glow & Sons", has_inbound=True)], LAMP, managed=False, waits=False)
    assert said.reason == "By rule: vendor Glow & Sons, with goods on order."
    dear = judge(
        Managing.BY_RULE, [Rule(collection="Lights", margin_from=Decimal(35))], LAMP, managed=False, waits=False
    )
    assert dear.reason == "By rule: collection Lights, margin from 35 %."


@pytest.mark.parametrize("cost", [None, Decimal(0), Decimal(200)])
def test_where_no_margin_is_known_no_condition_on_it_holds(cost):
    lamp = replace(LAMP, unit_cost=cost)
    margin = {None: None, Decimal(0): Decimal(100)}.get(cost, Decimal(-7100) / 129)
    assert lamp.margin == margin
    assert Rule(margin_to=Decimal(100)).holds(lamp) is (cost is not None)
    assert replace(lamp, price=Decimal(0)).margin is None


@law
@given(some_rules)
def test_rules_are_kept_as_they_were_given_and_empty_ones_dropped(rules):
    asked = [
        rule
        for rule in rules
        for pair in [((rule.price_from, rule.price_to), (rule.margin_from, rule.margin_to))]
        if all(None in (least, most) or least <= most for least, most in pair)
    ]
    terms = Terms(eligibility=tuple(asked))
    assert Terms.from_json(terms.to_json()).eligibility == tuple(rule for rule in asked if not rule.says_nothing)


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"colour": "red"}, "eligibility.1.colour"),
        ({"tag": 5}, "eligibility.1.tag"),
        ({"has_inbound": "yes"}, "eligibility.1.has_inbound"),
        ({"price_from": "a lot"}, "eligibility.1.price_from"),
        ({"price_from": "1e3"}, "eligibility.1.price_from"),
        ({"price_from": "9", "price_to": "8"}, "eligibility.1.price_to"),
        ({"margin_from": "much"}, "eligibility.1.margin_from"),
        ({"margin_to": "101"}, "eligibility.1.margin_to"),
        ({"margin_from": "40 %", "margin_to": "39.5"}, "eligibility.1.margin_to"),
    ],
)
def test_a_condition_that_cannot_be_is_refused_beside_its_field(rule, field):
    with pytest.raises(TermsError) as refused:
        Terms().changed({"eligibility": [{"tag": "brass"}, rule]})
    assert refused.value.field == field
