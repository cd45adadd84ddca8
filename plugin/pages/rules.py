"""What is sold on backorder without being chosen: the rules, and which variants they would choose. This page changes nothing."""

from dataclasses import asdict, fields
from typing import Any

from flask import render_template, request

from backorder import bulk
from backorder.db import collections
from backorder.rules.eligibility import Rule
from backorder.rules.said_terms import LONGEST_WORD, MOST_RULES
from backorder.rules.terms import Terms
from backorder.rules.terms_error import TermsError
from plugin.here import business_now, current_caller, current_house
from plugin.shown import previews
from plugin.shown.previews import RulesPreviewShown

WORDS = tuple(field.name for field in fields(Rule) if field.name != "has_inbound")
Said = dict[str, Any]


def show_rules() -> str:
    rules = Terms.from_json(current_caller().shop.terms).eligibility
    return _page([{name: "" if said is None else said for name, said in asdict(rule).items()} for rule in rules])


def show_rules_preview() -> str:
    asked = [rule for at in range(MOST_RULES) if _says(rule := _asked(at))]
    try:
        # What is left empty is not asked for.
        rules = [
            {name: value or None for name, value in rule.items()} | {"has_inbound": rule["has_inbound"]}
            for rule in asked
        ]
        found = bulk.preview_rules(current_house(), current_caller().shop.shop_id, rules, business_now())
    except TermsError as refused:
        return _page(asked, wrong={refused.field.removeprefix("eligibility."): refused.sentence})
    return _page(asked, preview=previews.of_rules(found))


def _page(rules: list[Said], *, preview: RulesPreviewShown | None = None, wrong: dict[str, str] | None = None) -> str:
    with current_house().db.read() as tx:
        sizes = {title.casefold(): size for title, size in collections.sizes(tx, current_caller().shop.shop_id).items()}
    nothing: Said = dict.fromkeys(WORDS, "") | {"has_inbound": False}
    return render_template(
        "rules.html",
        # One more than there are, to be filled in.
        rules=[*rules, nothing][:MOST_RULES],
        asked=rules or [nothing],
        collection_sizes=sizes,
        preview=preview,
        wrong=wrong or {},
    )


def _asked(at: int) -> Said:
    said: Said = {name: request.form.get(f"{at}.{name}", "").strip()[: LONGEST_WORD + 1] for name in WORDS}
    return said | {"has_inbound": f"{at}.has_inbound" in request.form}


def _says(rule: Said) -> bool:
    return any(rule.values())
