"""Sales that do not come from the online store: draft orders, and the till. And the places that goods are sold from."""

from flask import abort, request
from werkzeug.wrappers import Response

from devstore.backoffice.door import attempt, backoffice, number, one_moment, page
from devstore.counter import sell_over_counter, sell_to_send
from devstore.drafts import complete_draft, delete_draft, write_draft
from devstore.here import current_world, shop_or_404
from devstore.model import Customer
from devstore.places import open_place


@backoffice.get("/<shop>/admin/sales")
@one_moment
def sales(shop: str) -> str:
    """Draft orders, the newest first, and the till."""
    found = shop_or_404(shop)
    return page("sales", found, drafts=list(found.drafts.values())[::-1])


@backoffice.post("/<shop>/admin/sales/drafts")
def draft(shop: str) -> Response:
    """Write down what somebody will buy."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        made = write_draft(world, found, _lines(), _buyer(), reserve="reserve" in request.form)
        return f"{made.name} is written{', its units are set aside' if made.reserved else ''}."

    return attempt(act, f"/{found.domain}/admin/sales", "drafts")


@backoffice.post("/<shop>/admin/sales/drafts/<int:draft_id>/<name>")
def draft_act(shop: str, draft_id: int, name: str) -> Response:
    """``complete`` (paid or not) or ``delete`` a draft."""
    world, found = current_world(), shop_or_404(shop)
    if name not in {"complete", "pending", "delete"}:
        abort(404, "Nothing of that kind can be done with a draft.")

    def act() -> str:
        if name == "delete":
            return f"{delete_draft(world, found, draft_id).name} is deleted."
        return f"It is order {complete_draft(world, found, draft_id, paid=name == 'complete').name} now."

    return attempt(act, f"/{found.domain}/admin/sales", "drafts")


@backoffice.post("/<shop>/admin/sales/till")
def till(shop: str) -> Response:
    """Sell at the till: taken along, or to be sent."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        if place := request.form.get("location_id", type=int):
            order = sell_over_counter(world, found, _lines(), place, _buyer())
            return f"{order.name}: sold and taken along."
        return f"{sell_to_send(world, found, _lines(), _buyer()).name}: sold, to be sent."

    return attempt(act, f"/{found.domain}/admin/sales", "till")


@backoffice.post("/<shop>/admin/sales/places")
def place(shop: str) -> Response:
    """Open a location that stocks everything there is."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        name, service = request.form.get("name", "").strip(), "is_service" in request.form
        made = open_place(world, found, name, is_service=service, stocks=list(found.items))
        return f"{made.name} is open."

    return attempt(act, f"/{found.domain}/admin/sales", "places")


def _lines() -> list[tuple[int, int]]:
    return [(number("variant_id", "The thing"), number("units", "The number of units"))]


def _buyer() -> Customer | None:
    email = request.form.get("email", "").strip()
    return Customer(0, email, email.partition("@")[0].capitalize()) if email else None
