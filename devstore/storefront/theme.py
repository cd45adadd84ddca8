"""The theme: Liquid templates in a layout, with the app's block where product page and cart let apps in."""

from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError

from devstore.liquid import AppExtension, Page, Side
from devstore.liquid.page import NAME
from devstore.model import Shop
from devstore.storefront.carts import Cart
from devstore.storefront.drops import AllProducts, cart_drop, shop_drop
from devstore.world import World

FOLDER = Path(__file__).with_name("theme")
LETS_APPS_IN = frozenset({"product", "cart"})


class Theme:
    """Renders storefront pages. ``blocks`` is the folder of the app's theme extension.

    ``settings`` are what the merchant changed of its blocks in the theme's editor.
    """

    def __init__(self, blocks: Path) -> None:
        self.settings: dict[str, object] = {}
        self.side = Side(FOLDER, "/cdn/theme")
        self.extension = AppExtension(blocks, f"/cdn/extensions/{blocks.name}")

    def render(self, name: str, world: World, shop: Shop, cart: Cart, locale: str = "en", **values: object) -> str:
        """The whole page of ``templates/{name}.liquid``. Taken under the world's lock: it reads many things."""
        root = f"/{shop.domain}"
        page = Page(root, locale, ZoneInfo(shop.timezone), shop.currency, world.now())
        blocks = self.extension.on(name, "section") if name in LETS_APPS_IN else []
        embeds = self.extension.on(name, "body")
        facts: dict[str, object] = {
            NAME: page,
            "shop": shop_drop(world, shop),
            "cart": cart_drop(world, shop, cart),
            "all_products": AllProducts(world, shop),
            "request": {"locale": {"iso_code": locale}, "page_type": name},
            "template": {"name": name},
            "routes": {"root_url": f"{root}/", "cart_url": f"{root}/cart", "cart_change_url": f"{root}/cart/change"},
            "section": {"id": "main", "blocks": [self.extension.place(block, **self.settings) for block in blocks]},
            "content_for_header": self.extension.head([*blocks, *embeds], root),
            **values,
        }
        content = self.side.template(f"templates/{name}").render(**facts)
        placed = [self.extension.place(embed) for embed in embeds]
        body = "".join(embed.template.render(**facts, block=embed.facts()) for embed in placed)
        return self.side.template("layout/theme").render(**facts, content_for_layout=content + body)


def page_locale(asked: str | None) -> str:
    """The language of a page: the one asked for, as ``fr-CA``; English where that is none."""
    try:
        return str(Locale.parse(asked, sep="-")).replace("_", "-") if asked else "en"
    except (ValueError, UnknownLocaleError):
        return "en"
