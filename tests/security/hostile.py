"""Names as strangers give them: each would do harm to a page, a letter, a line of a log or a book that took it as it comes."""

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

from backorder import note, purchase
from backorder.allocate import decide
from backorder.clock import transport_now
from backorder.db import catalogue, locations, shops
from backorder.db.shops import Shop
from backorder.house import House
from backorder.rules.seen import LocationSeen, OrderSeen, ShopSeen, VariantSeen
from backorder.rules.terms import Terms
from tests.plugin.cast import ALICE, DUE, LAMP, NOW, order_seen

NAMES = {
    "a script": "<script>window.owned=1</script>",
    "a script behind a title": "</title></textarea></style><script>window.owned=1</script>",
    "an image that fails": '"><img src=x onerror=window.owned=1>',
    "an attribute": "' onmouseover='window.owned=1' x='",
    "a drawing": "--><svg onload=window.owned=1>",
    "a link": "javascript:window.owned=1",
    "a template": "{{7*7}}${7*7}#{7*7}{%raw%}",
    "a formula": "=cmd|'/c calc'!A1",
    "a header": "Lamp\r\nBcc: everyone@evil.example\r\n\r\nYou won",
    "a line of a log": 'Lamp\n{"event": "all is well", "level": "info"}\x1b[2J',
    "turned around": "Lamp \u202e\u2066gnp.exe\u2028\u2029",
    "a NUL": "La\0mp",
    "half a pair": "Lamp \ud800\udfff\udfff",
    "pictures": "\U0001fa94\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f3f4\u200d\u2620\ufe0f",
    "without end": "x" * 10_000,
    "nothing": " ",
}
# Elements and attributes of our own pages; no name may bring others, and no script of a name may run.
RUNS = {"script", "img", "svg", "iframe", "object", "embed", "style", "base", "foreignobject"}


class Tags(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def harm(page: str) -> list[str]:
    """What a browser would run of a page that is not ours."""
    found = []
    for tag, attributes in Tags(page).tags:
        if tag in RUNS and not (tag == "script" and attributes.get("src")):
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            if name.startswith("on") or (name in {"href", "src", "action"} and "javascript" in (value or "").lower()):
                found.append(f"<{tag} {name}>")
    return found


def rename(house: House, shop: Shop, name: str) -> None:
    """The shop, its place, everything on sale and the order's lines are called this."""
    with house.db.write() as tx:
        shops.describe(
            tx,
            shop.shop_id,
            ShopSeen(shop.shop_id, ALICE, name, "America/New_York", "USD", f"hello@{ALICE}", frozenset()),
        )
        place = LocationSeen(1, name, active=True, fulfills_online=True, is_service=False, country="US")
        locations.save_locations(tx, shop.shop_id, [place])
        known = catalogue.page(tx, shop.shop_id, limit=50)
        catalogue.save_variants(tx, shop.shop_id, [_called(variant, name) for variant in known])
        seen = called(order_seen(1001, {LAMP: 1}, paid=True, at=NOW), name)
        noted = note.order(tx, shop.shop_id, Terms(), seen, transport_now())
        decide(tx, shop.shop_id, noted.items, NOW, cause="a test")
    draft = purchase.Draft(name.strip()[:64] or "PO", name, None, (purchase.DraftLine(LAMP.variant_id, 1, DUE),))
    purchase.place(house, shop.shop_id, draft, actor="a test", now=NOW)


def called(seen: OrderSeen, name: str) -> OrderSeen:
    lines = tuple(replace(line, title=name, sku=name, shown=name) for line in seen.lines)
    return replace(seen, name=name, source=name, lines=lines)


def _called(variant: catalogue.Variant, name: str) -> VariantSeen:
    return VariantSeen(
        variant_id=variant.variant_id,
        product_id=variant.product_id,
        item_id=variant.item_id,
        title=name,
        product_title=name,
        product_handle=name,
        product_status="ACTIVE",
        sku=name,
        price=variant.price,
        policy=variant.policy,
        tracked=True,
        requires_shipping=True,
        updated_at=NOW,
    )


def addresses(purchase_orders: int) -> Iterator[str]:
    """Every page that shows a name."""
    yield from ("/", "/variants", "/backlog", "/backlog?show=everything", "/backlog?day=2026-11-23", "/settings")
    yield from ("/purchase-orders", "/purchase-orders/new", "/orders/10010")
    yield from (f"/purchase-orders/{number + 1}" for number in range(purchase_orders))
