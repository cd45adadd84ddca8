"""Who goes before whom: the policy of the queue, tried out before it is saved. This page changes nothing."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request

from backorder.errors import Refused
from backorder.rules.queue_policy import GOES_FIRST, WHOLE
from backorder.rules.terms import Terms
from backorder.rules.terms_error import TermsError
from backorder.what_if import OnTerms
from plugin.here import business_now, current_caller, current_house
from plugin.shown import what_if

NUMBERS = ("chosen_percent", "chosen_units_a_day", "customer_units", "passed_over_days")
LISTS = ("chosen_tags", "chosen_channels", "chosen_customers")


def show_queue_policy() -> str:
    terms = Terms.from_json(current_caller().shop.terms)
    return render_template("queue_policy.html", said=_as_text(terms), wrong={}, policy=terms.queue_policy.sentence)


def show_queue_policy_tried() -> str:
    """The page with what another policy would do. It is asked with a form: a hundred customers have no room in an address."""
    shop = current_caller().shop
    terms = Terms.from_json(shop.terms)
    said = {name: request.form.get(name, "").strip() for name in _as_text(terms)}
    wrong: dict[str, str] = {}
    shown, words = None, ""
    changes = _changes(said, wrong)
    if not wrong:
        try:
            words = terms.changed(changes).queue_policy.sentence
            shown = what_if.ask(current_house(), shop, [OnTerms(changes)], business_now())
        except (Refused, TermsError) as refused:
            wrong[refused.field.rpartition(".")[2]] = refused.sentence
    now = terms.queue_policy.sentence
    return render_template("queue_policy.html", said=said, wrong=wrong, policy=now, words=words, shown=shown)


def _as_text(terms: Terms) -> dict[str, str]:
    """The policy as the form shows it."""
    said = {"repromise": terms.repromise, "whole": terms.whole}
    for name in LISTS:
        said[name] = ", ".join(str(each) for each in getattr(terms, name))
    for name in NUMBERS:
        value = getattr(terms, name)
        said[name] = "" if value is None else str(value)
    return said


def _changes(said: Mapping[str, str], wrong: dict[str, str]) -> dict[str, Any]:
    """What the form asks for, as JSON values; what cannot be read goes to ``wrong``."""
    changes: dict[str, Any] = {
        "repromise": said["repromise"] if said["repromise"] in GOES_FIRST else GOES_FIRST[0],
        "whole": said["whole"] if said["whole"] in WHOLE else WHOLE[0],
        "chosen_tags": _words(said["chosen_tags"]),
        "chosen_channels": _words(said["chosen_channels"]),
    }
    for name in NUMBERS:
        changes[name] = _number(name, said[name], wrong) if said[name] else None
    customers = said["chosen_customers"].replace(",", " ").split()
    changes["chosen_customers"] = [_number("chosen_customers", each, wrong) for each in customers]
    return changes


def _words(text: str) -> list[str]:
    return [word for each in text.replace("\n", ",").split(",") if (word := each.strip())]


def _number(name: str, text: str, wrong: dict[str, str]) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    wrong[name] = "Give whole numbers." if name in LISTS else "Give a whole number, or leave it empty."
    return 0
