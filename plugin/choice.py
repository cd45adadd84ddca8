"""Where a customer says how their order leaves: the link of a letter opens it, without a login (``backorder/rules/order_link.py``).

The link names an order and proves nothing about who opens it, so the page shows goods and days and nobody's name or address.
"""

from http import HTTPStatus
from math import ceil
from zoneinfo import ZoneInfo

from flask import Blueprint, current_app, redirect, render_template, request
from werkzeug.wrappers import Response

from backorder import choose_way
from backorder.errors import Refused, Unknown
from backorder.keys import signing_key
from backorder.mail.language import spoken
from backorder.mail.wording import ships
from backorder.rules import order_link
from backorder.rules.mixed import Way
from backorder.rules.order_link import Named
from plugin.asked_in import asked_in
from plugin.here import business_now, current_house
from plugin.problems import Kind, Problem
from plugin.shown import choice
from plugin.window import Window

# A minute's requests for one order: whoever reads and chooses needs five.
OF_AN_ORDER = 30
CHOOSERS = "choosers"

blueprint = Blueprint("choice", __name__, url_prefix="/choose")


@blueprint.get("/<token>")
def show_choice(token: str) -> str:
    """What may be chosen, or what was."""
    named = _named(token)
    found = choice.of_order(current_house(), named.shop_id, named.order_id)
    if found is None:
        raise Problem(Kind.NOT_FOUND, "This order is not there any more.")
    language = spoken(found.locale or asked_in(request))
    until = language.moment(found.until.astimezone(ZoneInfo(found.timezone))) if found.until else ""
    return render_template("choose.html", choice=found, token=token, language=language, ships=ships, until=until)


@blueprint.post("/<token>")
def make_choice(token: str) -> Response | tuple[str, int]:
    """Do as the customer says, and show what holds then; where they have no say any more, why, in their language."""
    named = _named(token)
    way = {"split": Way.SPLIT, "together": Way.TOGETHER}.get(request.form.get("way", ""))
    if way is None:
        raise Problem(Kind.REFUSED, "Go back and choose one of the two.", status=422)
    house = current_house()
    try:
        choose_way.answer(house, named.shop_id, named.order_id, way, business_now())
    except Unknown:
        raise Problem(Kind.NOT_FOUND, "This order is not there any more.") from None
    except Refused:
        return show_choice(token), HTTPStatus.CONFLICT
    return redirect(request.path, 303)


def _named(token: str) -> Named:
    """The order that a link names. Raises Problem."""
    house = current_house()
    named = order_link.read(signing_key(house.settings, order_link.PURPOSE), token)
    if named is None:
        raise Problem(Kind.NOT_FOUND, "This link is not one of ours. Open it from the letter again.")
    chooser: Window = current_app.extensions[CHOOSERS]
    wait = chooser.admit(named)
    if wait is not None:
        raise Problem(Kind.TOO_MANY, "Ask again a little later.", headers={"Retry-After": str(ceil(wait))})
    return named
