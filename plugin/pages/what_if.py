"""What if: try a change out before making it. What cannot be tried out comes back with a sentence beside its field."""

from collections.abc import Mapping
from datetime import date

from flask import render_template, request

from backorder.db import catalogue, purchase_orders
from backorder.db.catalogue import Variant
from backorder.db.purchase_orders import PurchaseOrder
from backorder.errors import Refused
from backorder.rules.terms_error import TermsError
from backorder.what_if import Capped, Comes, FallsThrough, OnTerms, Question, Slips
from plugin.here import business_now, current_caller, current_house
from plugin.pages.asked import number, text
from plugin.shown import what_if

MOST_CHOICES = 200
FIELDS = ("purchase_order", "days", "never", "variant", "units", "arrives_on", "capped", "cap", "handling_days")
# Under which name the form asks for what a question calls otherwise.
_SLIP = {"purchase_order_id": "purchase_order"}
_ARRIVAL = {"variant_id": "variant", "due_on": "arrives_on", "location_id": "variant"}
_CAP = {"variant_id": "capped", "max_backorders": "cap"}


def show_what_if() -> str:
    said = {name: text(name) for name in FIELDS}
    wrong: dict[str, str] = {}
    questions = _questions(said, wrong)
    shown = None
    if questions and not wrong:
        try:
            asked = [question for _, question in questions]
            shown = what_if.ask(current_house(), current_caller().shop, asked, business_now())
        except (Refused, TermsError) as refused:
            which, _, field = refused.field.partition(".")
            names = questions[int(which)][0] if field else {}
            wrong[names.get(field, field)] = refused.sentence
    orders, variants = _choices()
    return render_template("what_if.html", said=said, wrong=wrong, shown=shown, orders=orders, variants=variants)


def _questions(said: Mapping[str, str], wrong: dict[str, str]) -> list[tuple[Mapping[str, str], Question]]:
    """What is asked, each question with the names of its fields in the form; what cannot be read goes to ``wrong``."""
    found: list[tuple[Mapping[str, str], Question]] = []
    if said["purchase_order"]:
        order_id = number("purchase_order")
        if said["never"]:
            found.append((_SLIP, FallsThrough(order_id)))
        else:
            found.append((_SLIP, Slips(order_id, _whole("days", wrong))))
    if said["units"] or said["arrives_on"]:
        units, due_on = _whole("units", wrong), _day("arrives_on", wrong)
        found.append((_ARRIVAL, Comes(number("variant"), units, due_on)))
    if said["cap"]:
        found.append((_CAP, Capped(number("capped"), _whole("cap", wrong))))
    if said["handling_days"]:
        found.append(({}, OnTerms({"handling_days": _whole("handling_days", wrong)})))
    return found


def _whole(name: str, wrong: dict[str, str]) -> int:
    try:
        return int(request.args.get(name, "")[:9])
    except ValueError:
        wrong[name] = "Give a whole number."
        return 0


def _day(name: str, wrong: dict[str, str]) -> date:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        wrong[name] = "Give a date like 2026-12-07."
        return date.max


def _choices() -> tuple[list[PurchaseOrder], tuple[Variant, ...]]:
    """The purchase orders of which something is to come, newest first, and the variants that are sold on backorder."""
    shop_id = current_caller().shop.shop_id
    with current_house().db.read() as tx:
        orders = purchase_orders.page(tx, shop_id, limit=MOST_CHOICES, to_come=True)
        variants = catalogue.page(tx, shop_id, managed=True, limit=MOST_CHOICES)
    return list(orders), tuple(sorted(variants, key=lambda one: (one.full_title.casefold(), one.variant_id)))
