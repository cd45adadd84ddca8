"""Settings: how the shop works, and what may be promised."""

from flask import render_template

from backorder.rules.terms import MOST_RULES, Terms
from plugin.here import current_caller
from plugin.shown import settings

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_RULE = settings.EligibilityShown(
    tag=None, vendor=None, product_type=None, price_from=None, price_to=None, has_inbound=False
)


def show_settings() -> str:
    shown = settings.of_shop(current_caller().shop)
    # One more than there are, to be filled in.
    rules = [*shown.eligibility, NO_RULE][:MOST_RULES]
    policy = Terms.from_json(current_caller().shop.terms).queue_policy.sentence
    return render_template(
        "settings.html", settings=shown, policy=policy, weekdays=WEEKDAYS, rules=rules, no_rule=NO_RULE
    )
