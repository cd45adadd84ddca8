"""A merchant's terms: strict at the rim, the same after every writing and reading, and every refusal names its field."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backorder.rules.terms import PAYMENT_RULES, Terms
from backorder.rules.terms_error import TermsError
from tests.rules.cast import law

codes = st.one_of(st.none(), st.sampled_from(("US", "NL", "NZ")))
terms = st.builds(
    Terms,
    weekdays=st.sets(st.integers(0, 6), min_size=1).map(sorted).map(tuple),
    holidays_country=codes,
    holidays_region=codes,
    closed_days=st.sets(st.dates(date(2020, 1, 1), date(2040, 1, 1)), max_size=5).map(sorted).map(tuple),
    cut_off=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    receiving_days=st.integers(0, 60),
    handling_days=st.integers(0, 60),
    lead_time_days=st.one_of(st.none(), st.integers(0, 730)),
    allow_asap=st.booleans(),
    payment_rule=st.sampled_from(PAYMENT_RULES),
    inbound_limit_percent=st.integers(0, 100),
    notify_customers=st.booleans(),
    confidence_percent=st.none() | st.integers(50, 99),
    show_as=st.sampled_from(("day", "range", "week")),
    tell_below_percent=st.integers(0, 90),
)


@law
@given(terms)
def test_terms_are_the_same_after_writing_and_reading(some):
    assert Terms.from_json(some.to_json()) == some


@law
@given(terms, terms)
def test_changing_every_setting_makes_the_other_terms(some, other):
    assert some.changed(other.to_json()) == other


@law
@given(terms)
def test_changing_nothing_changes_nothing(some):
    assert some.changed({}) == some


BAD = [
    ("confidence_percent", 49),
    ("confidence_percent", 100),
    ("confidence_percent", "85"),
    ("show_as", "month"),
    ("weekdays", []),
    ("weekdays", [7]),
    ("weekdays", [-1, 0]),
    ("weekdays", ["0"]),
    ("weekdays", [True]),
    ("weekdays", 3),
    ("weekdays", None),
    ("closed_days", ["2026-02-30"]),
    ("closed_days", ["Christmas"]),
    ("closed_days", "2026-12-24"),
    ("closed_days", [20261224]),
    ("cut_off", "25:00"),
    ("cut_off", "noon"),
    ("cut_off", 14),
    ("cut_off", None),
    ("cut_off", "14:00+02:00"),
    ("cut_off", "14:00:30"),
    ("receiving_days", -1),
    ("receiving_days", 61),
    ("receiving_days", 1.5),
    ("receiving_days", True),
    ("handling_days", "1"),
    ("handling_days", None),
    ("handling_days", 61),
    ("lead_time_days", -1),
    ("lead_time_days", 731),
    ("lead_time_days", "21"),
    ("lead_time_days", False),
    ("allow_asap", 1),
    ("allow_asap", "yes"),
    ("notify_customers", None),
    ("believe_unannounced", 1),
    ("payment_rule", "someday"),
    ("payment_rule", None),
    ("inbound_limit_percent", 101),
    ("inbound_limit_percent", -1),
    ("inbound_limit_percent", 50.0),
    ("confidence_percent", 49),
    ("confidence_percent", 100),
    ("confidence_percent", 85.0),
    ("confidence_percent", "85"),
    ("show_as", "month"),
    ("show_as", None),
    ("holidays_country", 31),
    ("holidays_region", ["NY"]),
    ("ship_window_days", -1),
    ("ship_window_days", 61),
    ("ship_window_days", "3"),
    ("selling", None),
    ("selling", 1),
    ("open_at_units", -1),
    ("open_at_units", None),
    ("reserve_units", 10_001),
    ("reserve_units", True),
    ("eligibility", {}),
    ("eligibility", ["brass"]),
    ("eligibility", [{}] * 21),
    ("repromise", "whoever shouts"),
    ("repromise", None),
    ("chosen_tags", "VIP"),
    ("chosen_tags", ["VIP"] * 101),
    ("chosen_channels", [7]),
    ("chosen_customers", ["7"]),
    ("chosen_percent", 91),
    ("chosen_percent", 0),
    ("chosen_units_a_day", 0),
    ("whole", "half"),
    ("whole", None),
    ("customer_units", 0),
    ("customer_units", "2"),
    ("passed_over_days", 366),
    ("passed_over_days", 0),
    ("units_a_day", 0),
    ("units_a_day", "40"),
    ("mixed_orders", "whenever"),
    ("mixed_orders", None),
    ("ask_hours", 0),
    ("ask_hours", 169),
    ("keep_after_minutes", -1),
    ("keep_after_minutes", 1441),
    ("foreign_hold_hours", 0),
    ("foreign_hold_hours", 721),
    ("narrow_holds", None),
    ("set_deadlines", 1),
    ("minutes_an_order", 0),
    ("minutes_an_order", None),
    ("release_orders", 0),
    ("release_orders", "40"),
    ("release_per", "minute"),
    ("serve_elsewhere", None),
    ("believe_unannounced", None),
    ("tell_below_percent", -1),
    ("tell_below_percent", 91),
    ("tell_below_percent", None),
    ("discount", 5),
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=[f"{field}={value}" for field, value in BAD])
def test_what_cannot_be_is_refused_with_its_field_and_a_sentence(field, value):
    with pytest.raises(TermsError) as refused:
        Terms().changed({field: value})
    assert refused.value.field == field
    assert refused.value.sentence == str(refused.value)
    assert refused.value.sentence.endswith(".")


def test_every_setting_has_a_value_that_is_refused():
    assert {field for field, _ in BAD} >= set(Terms().to_json())


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=4,
)


def changed(field: str, value: object) -> Terms | TermsError:
    try:
        return Terms().changed({field: value})
    except TermsError as refused:
        return refused


@law
@given(st.sampled_from(sorted(Terms().to_json())), json_values)
def test_whatever_is_sent_is_refused_with_its_field_or_can_be_read_again(field, value):
    answer = changed(field, value)
    if isinstance(answer, TermsError):
        assert answer.field.split(".")[0] == field
    else:
        assert Terms.from_json(answer.to_json()) == answer


def test_days_are_kept_once_and_in_order():
    some = Terms().changed({"weekdays": [4, 0, 4], "closed_days": ["2026-12-25", "2026-12-24", "2026-12-25"]})
    assert some.weekdays == (0, 4)
    assert some.closed_days == (date(2026, 12, 24), date(2026, 12, 25))


@pytest.mark.parametrize(("typed", "kept"), [(" nl ", "NL"), ("us", "US"), ("", None), ("  ", None), (None, None)])
def test_a_country_is_kept_as_its_code_and_an_empty_one_as_none(typed, kept):
    assert Terms().changed({"holidays_country": typed}).holidays_country == kept


def test_terms_from_before_a_setting_existed_have_its_default():
    assert Terms.from_json({"handling_days": 3}) == Terms(handling_days=3)


def test_one_bad_value_changes_nothing():
    some = Terms(handling_days=3)
    with pytest.raises(TermsError):
        some.changed({"handling_days": 5, "receiving_days": -1})
    assert some.handling_days == 3
