"""Settings: how the shop works, and what may be promised."""

from flask import render_template

from backorder.db import last_choices
from backorder.rules.terms import Terms
from plugin.here import current_caller, current_house
from plugin.shown import settings
from plugin.shown.variants import last_change

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def show_settings() -> str:
    shown = settings.of_shop(current_caller().shop)
    terms = Terms.from_json(current_caller().shop.terms)
    with current_house().db.read() as tx:
        last = last_change(last_choices.get(tx, current_caller().shop.shop_id))
    return render_template(
        "settings.html",
        settings=shown,
        policy=terms.queue_policy.sentence,
        weekdays=WEEKDAYS,
        rules=[rule.sentence for rule in terms.eligibility],
        last_change=last,
    )
