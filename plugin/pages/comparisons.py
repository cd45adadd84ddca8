"""A comparison with the store: what differed, why as far as can be told, and what put it right or does."""

from flask import abort, render_template

from backorder.rules.causes import Kind
from plugin.here import current_caller, current_house
from plugin.pages.asked import choice, number
from plugin.shown import differences

KINDS = {kind.value: kind for kind in Kind}


def show_comparison(comparison_id: int) -> str:
    kind = choice("kind", KINDS)
    page = differences.of_comparison(
        current_house(), current_caller().shop, comparison_id, KINDS.get(kind), number("offset")
    )
    if page is None:
        abort(404)
    return render_template("comparison.html", page=page, kind=kind)
