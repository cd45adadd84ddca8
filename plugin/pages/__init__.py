"""The embedded pages: server-rendered, shown in the frame of the shop's admin."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from plugin.pages import (
    arrivals,
    backlog,
    bounce,
    by_hand,
    change_variants,
    comparisons,
    counts,
    drop_ship,
    health,
    home,
    leaving,
    order_location,
    order_supplier,
    orders,
    otherwise,
    paper,
    picking,
    purchase_order_sheets,
    purchase_orders,
    push,
    queue_policy,
    rules,
    settings,
    supplier_sheets,
    suppliers,
    variants,
    what_if,
)
from plugin.pages.surroundings import surroundings
from plugin.session import BOUNCE_PATH, admit_document

BOUNCE = "pages.bounce"
PAGES = (
    ("/", home.show_home),
    ("/variants", variants.show_variants),
    ("/variants/change", change_variants.show_change_variants),
    ("/variants/<id:variant_id>/counts", counts.show_variant_counts),
    ("/counts", counts.show_counts),
    ("/purchase-orders", purchase_orders.show_purchase_orders),
    ("/purchase-orders/new", purchase_orders.show_new_purchase_order),
    ("/purchase-orders/import", purchase_order_sheets.show_import),
    ("/purchase-orders/<id:purchase_order_id>", purchase_orders.show_purchase_order),
    ("/purchase-orders/<id:purchase_order_id>/otherwise", otherwise.show_otherwise),
    ("/purchase-orders/<id:purchase_order_id>/paper", paper.show_paper),
    ("/suppliers", suppliers.show_suppliers),
    ("/suppliers/import", supplier_sheets.show_supplier_import),
    ("/suppliers/<id:supplier_id>", suppliers.show_supplier),
    ("/drop-ship", drop_ship.show_drop_ship),
    ("/what-if", what_if.show_what_if),
    ("/backlog", backlog.show_backlog),
    ("/arrivals", arrivals.show_arrivals),
    ("/picking", picking.show_picking),
    ("/queues/<id:item_id>", backlog.show_queue),
    ("/orders/<id:order_id>", orders.show_order),
    ("/settings", settings.show_settings),
    ("/settings/queue", queue_policy.show_queue_policy),
    ("/settings/rules", rules.show_rules),
    ("/settings/leave", leaving.show_leaving),
    ("/health", health.show_health),
    ("/comparisons/<id:comparison_id>", comparisons.show_comparison),
)
# Pages that are asked with a file or a number, and still only look.
LOOKED_AT = (
    ("/purchase-orders/import", purchase_order_sheets.show_preview),
    ("/purchase-orders/<id:purchase_order_id>/push", push.show_push),
    ("/purchase-orders/<id:purchase_order_id>/supplier", order_supplier.show_order_supplier),
    ("/purchase-orders/<id:purchase_order_id>/location", order_location.show_order_location),
    ("/suppliers/import", supplier_sheets.show_supplier_preview),
    ("/settings/rules", rules.show_rules_preview),
    ("/settings/queue", queue_policy.show_queue_policy_tried),
    ("/orders/lines/<id:order_line_id>/by-hand", by_hand.show_by_hand),
)


def _make() -> Blueprint:
    made = Blueprint("pages", __name__)
    made.before_request(_admit)
    made.context_processor(surroundings)
    for path, view in PAGES:
        made.add_url_rule(path, view_func=view, methods=["GET"])
    for path, looked_at in LOOKED_AT:
        made.add_url_rule(path, view_func=looked_at, methods=["POST"])
    made.add_url_rule(BOUNCE_PATH, endpoint="bounce", view_func=bounce.bounce, methods=["GET"])
    return made


def _admit() -> Response | None:
    return None if request.endpoint == BOUNCE else admit_document()


blueprint = _make()
