"""Glow & Sons, who deliver lamps to the shop or send them to its buyers directly."""

from backorder import pass_on, suppliers
from backorder.db import claims, levels
from backorder.db.books import metadata
from backorder.pass_on import Desk
from devstore.mailbox.letter import Mail
from devstore.model import Address, Order
from tests.stories.town import Town

GLOW = "orders@glow.example"
HOME = Address(
    "Anna Berg", "12 Elm Street", "Springfield", "IL", "US", "62704", address2="Apt 4", country="United States"
)


def with_glow(town: Town, days: int = 5) -> int:
    """The shop is open, and Glow & Sons deliver lamps within so many days."""
    town.install()
    draft = suppliers.SupplierDraft("Glow & Sons", days, GLOW)
    glow = suppliers.add(town.house, town.shop_id, draft, actor="Mara", now=town.now())
    town.manage(town.lamp, town.chair)
    town.choose(town.lamp, supplier_id=glow)
    return glow


def sent_by_glow(town: Town, days: int = 5) -> int:
    """… and send them to the buyers directly."""
    glow = with_glow(town, days)
    town.choose(town.lamp, drop_shipped=True)
    return glow


def desk(town: Town) -> Desk:
    (found,) = pass_on.desks(town.house, town.shop_id)
    return found


def pass_all_on(town: Town, supplier_id: int, note: str = "") -> int:
    number = pass_on.send(town.house, town.shop_id, supplier_id, None, note, by_mail=True, actor="Mara", now=town.now())
    town.settle()
    return number


def letters_to(town: Town, address: str) -> list[Mail]:
    return [mail for mail in town.mailbox.messages if address in mail.recipients]


def everything(town: Town) -> str:
    """Every row of every book."""
    with town.house.db.read() as tx:
        return "".join(repr(row) for table in metadata.sorted_tables for row in tx.execute(table.select()))


def line_of(town: Town, order: Order, sku: str) -> int:
    return next(line.id for line in order.line_items if line.sku == sku)


def shelf(town: Town) -> int:
    """Units of lamps that can ship from here, as the app reckons."""
    with town.house.db.read() as tx:
        level = levels.one(tx, town.shop_id, town.lamp.item_id, town.place)
    assert level is not None
    return level.on_shelf


def holds(town: Town, order: Order) -> dict[str, set[str]]:
    """The reasons for which each SKU of an order is held."""
    skus = {line.id: line.sku for line in order.line_items}
    found: dict[str, set[str]] = {}
    for part in town.parts(order):
        for line in part.lines:
            if line.remaining:
                found.setdefault(str(skus[line.line_item_id]), set()).update(hold.reason for hold in part.holds)
    return found


def text_to(town: Town, who: str) -> str:
    """The words of the newest letter that somebody got, on one line."""
    return " ".join(letters_to(town, f"{who.lower()}@example.com")[-1].text.split())


def drop_ship_of(town: Town, line_id: int) -> bool:
    """Whether a supplier sends a line."""
    with town.house.db.read() as tx:
        return any(claim.drop_shipped for claim in claims.of_lines(tx, town.shop_id, [line_id]))
