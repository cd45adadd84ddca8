"""The embedded pages: server-rendered, shown in the frame of the shop's admin."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from plugin.pages import backlog, bounce, health, home, orders, purchase_orders, settings, variants, what_if
from plugin.pages.surroundings import surroundings
from plugin.session import BOUNCE_PATH, admit_document

BOUNCE = "pages.bounce"
PAGES = (
    ("/", home.show_home),
    ("/variants", variants.show_variants),
    ("/purchase-orders", purchase_orders.show_purchase_orders),
    ("/purchase-orders/new", purchase_orders.show_new_purchase_order),
    ("/purchase-orders/<id:purchase_order_id>", purchase_orders.show_purchase_order),
    ("/what-if", what_if.show_what_if),
    ("/backlog", backlog.show_backlog),
    ("/orders/<id:order_id>", orders.show_order),
    ("/settings", settings.show_settings),
    ("/health", health.show_health),
)


def _make() -> Blueprint:
    made = Blueprint("pages", __name__)
    made.before_request(_admit)
    made.context_processor(surroundings)
    for path, view in PAGES:
        made.add_url_rule(path, view_func=view, methods=["GET"])
    made.add_url_rule(BOUNCE_PATH, endpoint="bounce", view_func=bounce.bounce, methods=["GET"])
    return made


def _admit() -> Response | None:
    return None if request.endpoint == BOUNCE else admit_document()


blueprint = _make()
