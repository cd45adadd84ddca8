"""Settings: how the shop works, and what may be promised."""

from flask import render_template

from backorder.db import collections, last_choices
from backorder.rules.terms import MOST_RULES, Terms
from plugin.here import current_caller, current_house
from plugin.shown import settings
from plugin.shown.variants import last_change

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NO_RULE = settings.EligibilityShown(
    tag=None,
    vendor=None,
    product_type=None,
    price_from=None,
    price_to=None,
    has_inbound=False,
    collection=None,
    margin_from=None,
    margin_to=None,
)


def show_settings() -> str:
    shown = settings.of_shop(current_caller().shop)
    # One more than there are, to be filled in.
    rules = [*shown.eligibility, NO_RULE][:MOST_RULES]
    with current_house().db.read() as tx:
        last = last_change(last_choices.get(tx, current_caller().shop.shop_id))
        sizes = {title.casefold(): size for title, size in collections.sizes(tx, current_caller().shop.shop_id).items()}
    return render_template(
        "settings.html",
        settings=shown,
        policy=Terms.from_json(current_caller().shop.terms).queue_policy.sentence,
        weekdays=WEEKDAYS,
        rules=rules,
        no_rule=NO_RULE,
        collection_sizes=sizes,
        last_change=last,
    )
