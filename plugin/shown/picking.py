"""The pick list as shown: orders, what to take for each, and from where."""

from itertools import groupby

from backorder import picking
from backorder.db.shops import Shop
from backorder.house import House
from backorder.picking import Pick
from backorder.rules.barcode import bars, drawable, width
from plugin.shown.model import Shown


class PickShown(Shown):
    """Units of one order line to be taken from one place."""

    line_id: int
    location: str
    bin: str | None
    sku: str | None
    barcode: str | None
    title: str
    units: int

    @property
    def symbol(self) -> str | None:
        """What is drawn for a scanner: the barcode, or else the SKU; None where neither can be."""
        return next((code for code in (self.barcode, self.sku) if code and drawable(code)), None)

    @property
    def bars(self) -> tuple[tuple[int, int], ...]:
        """The bars of the symbol, as (from, width)."""
        return bars(self.symbol) if self.symbol else ()

    @property
    def width(self) -> int:
        """The width of the symbol."""
        return width(self.symbol) if self.symbol else 0


class PickOrder(Shown):
    """What may be sent of one order."""

    order_id: int
    name: str
    lines: tuple[PickShown, ...]


class PickList(Shown):
    """What may be sent now, the oldest orders first; ``cut_off``: there is more than a list holds."""

    orders: tuple[PickOrder, ...]
    cut_off: bool

    @property
    def units(self) -> int:
        return sum(line.units for order in self.orders for line in order.lines)


def pick_list(house: House, shop: Shop, location_id: int | None = None) -> PickList:
    """What may be sent now from one location, or from all."""
    found = picking.picks(house, shop.shop_id, location_id)
    return PickList(
        orders=tuple(
            PickOrder(order_id=order_id, name=name, lines=tuple(map(_line, picking.by_bin(tuple(some)))))
            for (order_id, name), some in groupby(found.lines, key=lambda pick: (pick.order_id, pick.order_name))
        ),
        cut_off=found.cut_off,
    )


def _line(pick: Pick) -> PickShown:
    return PickShown(
        line_id=pick.line_id,
        location=pick.location,
        bin=pick.bin,
        sku=pick.sku,
        barcode=pick.barcode,
        title=pick.title,
        units=pick.units,
    )
