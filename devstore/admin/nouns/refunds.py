"""What was paid back, and where its units went."""

from dataclasses import dataclass
from datetime import datetime

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import LineItem, Location, Order, Refund, RefundLine


@dataclass(frozen=True)
class Refunded:
    """A refund seen from its order."""

    order: Order
    refund: Refund

    @property
    def id(self) -> int:
        return self.refund.id

    @property
    def created_at(self) -> datetime:
        return self.refund.created_at

    @property
    def note(self) -> str | None:
        return self.refund.note


@dataclass(frozen=True)
class RefundedLine:
    """A line of a refund seen from its order."""

    order: Order
    line: RefundLine

    @property
    def id(self) -> int:
        return self.line.id

    @property
    def quantity(self) -> int:
        return self.line.quantity


refund = kind("Refund", Refunded).plain("createdAt", "note", processedAt="created_at", updatedAt="created_at")
line = kind("RefundLineItem", RefundedLine).plain("quantity")


@refund.field("id")
def _id(source: Refunded, _asking: Asking, _args: Args) -> str:
    return gid("Refund", source.id)


@refund.listing("refundLineItems")
def _lines(source: Refunded, _asking: Asking, _args: Args) -> Listing:
    return Listing([RefundedLine(source.order, each) for each in source.refund.lines])


@line.field("id")
def _line_id(source: RefundedLine, _asking: Asking, _args: Args) -> str:
    return gid("RefundLineItem", source.id)


@line.field("lineItem")
def _line_item(source: RefundedLine, _asking: Asking, _args: Args) -> LineItem:
    return source.order.line(source.line.line_item_id)


@line.field("restockType")
def _restock_type(source: RefundedLine, _asking: Asking, _args: Args) -> str:
    return source.line.restock_type.upper()


@line.field("restocked")
def _restocked(source: RefundedLine, _asking: Asking, _args: Args) -> bool:
    return source.line.restock_type != "no_restock"


@line.field("location")
def _location(source: RefundedLine, asking: Asking, _args: Args) -> Location | None:
    return asking.shop.locations.get(source.line.location_id or 0)
