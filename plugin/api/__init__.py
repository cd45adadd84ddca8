"""The JSON API of the merchant, under ``/api``."""

from flask import Blueprint, current_app, request

from plugin.api import (
    arrivals,
    backlog,
    counts,
    data_requests,
    drop_ship,
    health,
    home,
    leaving,
    orders,
    outbox,
    picking,
    purchase_order_sheets,
    purchase_orders,
    risk,
    settings,
    supplier_sheets,
    suppliers,
    transfers,
    variants,
    what_if,
)
from plugin.api.endpoint import Endpoint
from plugin.api.openapi import describe
from plugin.api.reading import LARGEST_BODY
from plugin.session import admit_fetch

DESCRIPTION = "api.openapi"
ENDPOINTS: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/home", home.show_home),
    ("GET", "/import", home.show_import),
    ("GET", "/health", health.show_health),
    ("POST", "/comparisons", health.compare_now),
    ("GET", "/comparisons/<id:comparison_id>", health.list_differences),
    ("GET", "/comparisons/<id:comparison_id>/export", health.export_differences),
    ("GET", "/settings", settings.show_settings),
    ("PATCH", "/settings", settings.change_settings),
    ("POST", "/settings/rules/preview", settings.preview_rules),
    ("GET", "/leaving", leaving.show_leaving),
    ("POST", "/leaving", leaving.leave_shop),
    ("POST", "/leaving/back", leaving.come_back),
    ("GET", "/owed/export", leaving.export_owed),
    ("GET", "/variants", variants.list_variants),
    ("PATCH", "/variants", variants.choose_variants),
    ("POST", "/variants/preview", variants.preview_variants),
    ("POST", "/variants/undo", variants.undo_choice),
    ("POST", "/variants/<id:variant_id>/rearm", variants.rearm_variant),
    ("GET", "/variants/<id:variant_id>/counts", counts.show_variant_counts),
    ("POST", "/variants/<id:variant_id>/aside/release", counts.release_aside),
    ("POST", "/variants/<id:variant_id>/aside/keep", counts.keep_aside),
    ("POST", "/variants/<id:variant_id>/aside/put", counts.put_aside),
    ("POST", "/variants/<id:variant_id>/aside/receipt", counts.book_in_aside),
    ("GET", "/counts", counts.list_counts),
    ("GET", "/counts/export", counts.export_counts),
    ("POST", "/counts/overwriting", counts.answer_overwriting),
    ("GET", "/quote", variants.quote_variant),
    ("GET", "/purchase-orders", purchase_orders.list_purchase_orders),
    ("POST", "/purchase-orders", purchase_orders.create_purchase_order),
    ("GET", "/purchase-orders/export", purchase_order_sheets.export_purchase_orders),
    ("POST", "/purchase-orders/import", purchase_order_sheets.import_purchase_orders),
    ("POST", "/purchase-orders/import/preview", purchase_order_sheets.preview_purchase_orders),
    ("GET", "/purchase-orders/<id:purchase_order_id>", purchase_orders.show_purchase_order),
    ("POST", "/purchase-orders/<id:purchase_order_id>/cancel", purchase_orders.cancel_purchase_order),
    ("GET", "/purchase-orders/<id:purchase_order_id>/history", purchase_orders.show_history),
    ("POST", "/purchase-orders/<id:purchase_order_id>/receipts", purchase_orders.book_in_scanned),
    ("POST", "/purchase-orders/<id:purchase_order_id>/push", purchase_orders.push_purchase_order),
    ("POST", "/purchase-orders/<id:purchase_order_id>/push/preview", purchase_orders.preview_push),
    ("POST", "/purchase-orders/<id:purchase_order_id>/supplier", purchase_orders.change_order_supplier),
    ("POST", "/purchase-orders/<id:purchase_order_id>/supplier/preview", purchase_orders.preview_order_supplier),
    ("POST", "/purchase-orders/<id:purchase_order_id>/location", purchase_orders.change_order_location),
    ("POST", "/purchase-orders/<id:purchase_order_id>/location/preview", purchase_orders.preview_order_location),
    ("POST", "/purchase-orders/acts/<id:act_id>/undo", purchase_orders.undo_act),
    ("POST", "/purchase-orders/lines/<id:line_id>/close", purchase_orders.close_line),
    ("POST", "/purchase-orders/lines/<id:line_id>/split", purchase_orders.split_line),
    ("PATCH", "/purchase-orders/lines/<id:line_id>", purchase_orders.change_due_day),
    ("POST", "/purchase-orders/lines/<id:line_id>/receipts", purchase_orders.book_in_units),
    ("POST", "/transfers/<id:transfer_id>/purchase-order", transfers.link_transfer),
    ("GET", "/suppliers/lateness", suppliers.list_lateness),
    ("GET", "/suppliers", suppliers.list_suppliers),
    ("POST", "/suppliers", suppliers.add_supplier),
    ("GET", "/suppliers/export", supplier_sheets.export_suppliers),
    ("POST", "/suppliers/import", supplier_sheets.import_suppliers),
    ("POST", "/suppliers/import/preview", supplier_sheets.preview_suppliers),
    ("PATCH", "/suppliers/<id:supplier_id>", suppliers.change_supplier),
    ("POST", "/suppliers/<id:supplier_id>/remove", suppliers.remove_supplier),
    ("GET", "/drop-ship", drop_ship.show_drop_ship),
    ("POST", "/drop-ship/suppliers/<id:supplier_id>/letters", drop_ship.pass_on_lines),
    ("GET", "/drop-ship/suppliers/<id:supplier_id>/export", drop_ship.export_to_pass_on),
    ("POST", "/drop-ship/suppliers/<id:supplier_id>/export", drop_ship.export_chosen_lines),
    ("POST", "/drop-ship/letters/<id:letter_id>/again", drop_ship.send_letter_again),
    ("POST", "/drop-ship/lines/<id:order_line_id>/shipped", drop_ship.ship_by_supplier),
    ("POST", "/what-if", what_if.try_out),
    ("GET", "/backlog", backlog.list_backlog),
    ("GET", "/backlog/export", backlog.export_backlog),
    ("GET", "/backlog/then", backlog.show_backlog_then),
    ("GET", "/arrivals", arrivals.show_arrivals),
    ("GET", "/picking", picking.list_picking),
    ("GET", "/picking/export", picking.export_picking),
    ("GET", "/queues/<id:item_id>", backlog.show_queue),
    ("GET", "/risk", risk.list_risks),
    ("GET", "/orders/<id:order_id>", orders.show_order),
    ("GET", "/orders/<id:order_id>/elsewhere", orders.ask_elsewhere),
    ("POST", "/orders/<id:order_id>/elsewhere", orders.serve_order_elsewhere),
    ("POST", "/orders/<id:order_id>/way", orders.choose_way_of_order),
    ("POST", "/orders/lines/<id:order_line_id>/by-hand", orders.change_by_hand),
    ("POST", "/orders/lines/<id:order_line_id>/by-hand/preview", orders.preview_by_hand),
    ("POST", "/orders/acts/<id:queue_act_id>/undo", orders.undo_by_hand),
    ("GET", "/data-requests", data_requests.list_data_requests),
    ("GET", "/data-requests/<id:data_request_id>/export", data_requests.export_data_request),
    ("POST", "/data-requests/<id:data_request_id>/answered", data_requests.answer_data_request),
    ("GET", "/outbox/troubled", outbox.list_troubled),
    ("POST", "/outbox/<id:outbox_id>/again", outbox.try_again),
)


def _make() -> Blueprint:
    made = Blueprint("api", __name__, url_prefix="/api")
    made.before_request(_admit)
    for method, path, view in ENDPOINTS:
        made.add_url_rule(path, endpoint=view.__name__, view_func=view, methods=[method])
    made.add_url_rule("/openapi.json", endpoint="openapi", view_func=describe, methods=["GET"])
    return made


def _admit() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    own = view.largest if isinstance(view, Endpoint) else None
    request.max_content_length = own or LARGEST_BODY
    if request.endpoint != DESCRIPTION:  # the description holds nothing of anybody
        admit_fetch()


blueprint = _make()
