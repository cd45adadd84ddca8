"""What storefronts without our theme block ask: the shop's own address ``/apps/promised/...``, forwarded and signed by Shopify.

The answer is about goods, never about a person: who is logged in is neither read nor kept, and what a visitor is counted by is
forgotten with the window.
"""

from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from math import ceil
from secrets import token_bytes
from typing import Annotated, cast

from flask import Blueprint, Response, current_app, request
from pydantic import ConfigDict, Field

from backorder import quote as quoting
from backorder.clock import transport_now
from backorder.errors import Unknown
from backorder.store.credentials import CallerRefused, proxy_signed
from plugin.api.endpoint import not_found
from plugin.api.reading import read_query
from plugin.api.schema.model import Query
from plugin.api.schema.values import Id
from plugin.here import business_now, current_house
from plugin.problems import Kind, Problem
from plugin.shown.model import Shown
from plugin.window import Window

DOORMEN = "doormen"
# A minute's questions: of one visitor, and of all visitors of a shop, who may claim to be many.
OF_A_VISITOR, OF_A_SHOP = 60, 3_000


class QuoteAsked(Query):
    """Which variant, how many; the rest is what Shopify adds, now or some day."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    variant: Id
    quantity: Annotated[int, Field(ge=1, le=quoting.MOST_UNITS)] = 1


class QuoteShown(Shown):
    """What may be shown now. What goes into the cart with ``properties`` is promised to its buyer until ``valid_until``.

    Where a range is shown, ``range_from`` is its first day and ``ship_by``, the promise, its last. Of a quantity that cannot be had, or
    has no day, ``state`` is *waitlist*, and ``most`` says how many there may be. ``sent_directly``: nothing arrives here first, the supplier
    sends it, and no day is known.
    """

    variant: int
    quantity: int
    state: str
    ship_by: date | None
    range_from: date | None
    most: int | None
    sent_directly: bool
    sentence: str
    valid_until: str
    properties: dict[str, str]


@dataclass
class Doormen:
    """Who counts the questions of this process. Visitors are told apart by a digest with a key that nobody else knows."""

    visitors: Window = field(default_factory=lambda: Window(OF_A_VISITOR))
    shops: Window = field(default_factory=lambda: Window(OF_A_SHOP))
    key: bytes = field(default_factory=lambda: token_bytes(32))

    def admit(self, shop: str, address: str) -> None:
        """Let a question in. Raises Problem."""
        visitor = blake2b(f"{shop} {address}".encode(), key=self.key, digest_size=16).digest()
        wait = self.visitors.admit(visitor) or self.shops.admit(shop)
        if wait is not None:
            again = {"Retry-After": str(ceil(wait))}
            raise Problem(Kind.TOO_MANY, "Ask again a little later.", headers=again)


blueprint = Blueprint("proxy", __name__, url_prefix="/proxy")


@blueprint.get("/quote")
def show_quote() -> Response:
    """What the next buyer of a variant may be shown, for the quantity asked."""
    house = current_house()
    try:
        caller = proxy_signed(request.query_string, house.settings.secrets, transport_now())
    except CallerRefused as refused:
        raise Problem(Kind.REFUSED, "Ask by the shop's own address.", status=401) from refused
    cast(Doormen, current_app.extensions[DOORMEN]).admit(caller.shop, request.headers.get("X-Forwarded-For", ""))
    asked = read_query(QuoteAsked)
    try:
        found = quoting.live(house, caller.shop, asked.variant, asked.quantity, business_now())
    except Unknown as unknown:
        raise not_found(unknown.sentence) from None
    answer = QuoteShown(
        variant=asked.variant,
        quantity=asked.quantity,
        state=found.state,
        ship_by=found.ship_by,
        range_from=found.ship_from,
        most=found.most,
        sent_directly=found.sent_directly,
        sentence=found.sentence,
        valid_until=found.valid_until,
        properties=found.properties,
    )
    return Response(answer.model_dump_json(), content_type="application/json")


@blueprint.after_request
def let_any_site_read(response: Response) -> Response:
    """Public, and the same for everybody: a headless storefront asks from an address of its own, and reads also why it gets no day."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "Retry-After"
    return response
