"""Settings as they are said: JSON values, read strictly into what the terms hold."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields
from datetime import date, time
from decimal import Decimal
from typing import Any

from backorder.rules.eligibility import Rule
from backorder.rules.terms_error import TermsError, must

MOST_RULES, LONGEST_WORD = 20, 255
MOST_CHOSEN = 100


def parse(name: str, value: Any, may_be_empty: AbstractSet[str]) -> Any:
    """What the setting ``name`` becomes; ``may_be_empty`` are the numbers that may be left out. Raises TermsError."""
    match name:
        case "weekdays":
            must(_is_list_of(value, int), name, "Give the working days as numbers, 0 for Monday to 6 for Sunday.")
            return tuple(sorted(set(value)))
        case "closed_days" | "eligibility":
            return _rules(value) if name == "eligibility" else _closed_days(name, value)
        case "cut_off":
            return _time(name, value)
        case (
            "allow_asap"
            | "notify_customers"
            | "selling"
            | "narrow_holds"
            | "set_deadlines"
            | "serve_elsewhere"
            | "believe_unannounced"
        ):
            must(isinstance(value, bool), name, "Say true or false.")
        case (
            "receiving_days"
            | "handling_days"
            | "inbound_limit_percent"
            | "open_at_units"
            | "reserve_units"
            | "ask_hours"
            | "minutes_an_order"
            | "tell_below_percent"
            | "keep_after_minutes"
            | "foreign_hold_hours"
        ):
            must(_is_int(value), name, "Give a whole number.")
        case "chosen_tags" | "chosen_channels" | "chosen_customers":
            return _chosen(name, value)
        case _ if name in may_be_empty:
            counted = _counted(name)
            must(value is None or _is_int(value), name, f"Give a whole number of {counted}, or leave it empty.")
        case "holidays_country" | "holidays_region":
            must(value is None or isinstance(value, str), name, "Give a code like US or NL, or leave it empty.")
            return (value.strip().upper() or None) if isinstance(value, str) else None
        case _:
            must(isinstance(value, str), name, "Give a text.")
    return value


def _counted(name: str) -> str:
    """What a number that may be left out counts."""
    if name.endswith("percent"):
        return "percent"
    return next((noun for noun in ("units", "orders") if noun in name), "days")


def _closed_days(name: str, value: Any) -> tuple[date, ...]:
    must(_is_list_of(value, str), name, "Give closed days as dates like 2026-12-24.")
    return tuple(sorted({_date(name, day) for day in value}))


def _chosen(name: str, value: Any) -> tuple[str, ...] | tuple[int, ...]:
    """Who goes first: words, each once, or numbers of customers."""
    if name == "chosen_customers":
        fits = _is_list_of(value, int) and len(value) <= MOST_CHOSEN
        must(fits, name, f"Give at most {MOST_CHOSEN} customers, by their numbers.")
        return tuple(sorted(set(value)))
    fits = _is_list_of(value, str) and len(value) <= MOST_CHOSEN and all(len(word) <= LONGEST_WORD for word in value)
    must(fits, name, f"Give at most {MOST_CHOSEN} short texts.")
    return tuple(sorted({word.strip() for word in value} - {""}))


def _rules(value: Any) -> tuple[Rule, ...]:
    must(
        isinstance(value, list | tuple)
        and len(value) <= MOST_RULES
        and all(isinstance(each, Mapping) for each in value),
        "eligibility",
        f"Give at most {MOST_RULES} rules, each with its conditions.",
    )
    read = (_rule(f"eligibility.{number}", each) for number, each in enumerate(value))
    return tuple(rule for rule in read if not rule.says_nothing)


def _rule(where: str, said: Mapping[str, Any]) -> Rule:
    conditions: dict[str, Any] = {}
    known = {field.name for field in fields(Rule)}
    for name, value in said.items():
        at = f"{where}.{name}"
        must(name in known, at, f"There is no condition called {name}.")
        if name == "has_inbound":
            must(isinstance(value, bool), at, "Say true or false.")
            conditions[name] = value
        elif value is not None and value != "":
            must(isinstance(value, str) and len(value) <= LONGEST_WORD, at, "Give a short text.")
            read = _price if name.startswith("price") else _percent if name.startswith("margin") else _word
            conditions[name] = read(at, value)
    rule = Rule(**conditions)
    must(
        rule.price_from is None or rule.price_to is None or rule.price_from <= rule.price_to,
        f"{where}.price_to",
        "Give a highest price that is not below the lowest.",
    )
    must(
        rule.margin_from is None or rule.margin_to is None or rule.margin_from <= rule.margin_to,
        f"{where}.margin_to",
        "Give a highest margin that is not below the lowest.",
    )
    return rule


def _price(at: str, value: str) -> Decimal:
    must(re.fullmatch(r"\s*[0-9]{1,9}([.][0-9]{1,3})?\s*", value) is not None, at, "Give a price like 49.90.")
    return Decimal(value.strip())


def _percent(at: str, value: str) -> Decimal:
    read = re.fullmatch(r"\s*(-?[0-9]{1,3}([.][0-9]{1,2})?)\s*%?\s*", value)
    must(read is not None and Decimal(read[1]) <= 100, at, "Give a percentage up to 100, like 35 or 12.5.")
    assert read is not None
    return Decimal(read[1])


def _word(_at: str, value: str) -> str | None:
    return value.strip() or None


def _date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise TermsError(name, f"{value!r} is not a date like 2026-12-24.") from None


def _time(name: str, value: Any) -> time:
    try:
        parsed = time.fromisoformat(value)
    except (TypeError, ValueError):
        raise TermsError(name, "Give a time of day like 14:00.") from None
    must(parsed == time(parsed.hour, parsed.minute), name, "Give a time of day like 14:00, in the shop's own time.")
    return parsed


def _is_int(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_list_of(value: Any, kind: type) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(v, kind) and not isinstance(v, bool) for v in value)
