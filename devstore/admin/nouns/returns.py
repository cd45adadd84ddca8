"""What buyers send back, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import Disposition, LineItem, Location, Order, Return, ReturnLine


@dataclass(frozen=True)
class Returned:
    """A return seen from its order."""

    order: Order
    made: Return

    @property
    def id(self) -> int:
        return self.made.id

    @property
    def name(self) -> str:
        return self.made.name

    @property
    def status(self) -> str:
        return self.made.status

    @property
    def created_at(self) -> datetime:
        return self.made.created_at


@dataclass(frozen=True)
class Reverse:
    """The way back of a return: one for each, with its number."""

    of: Returned

    @property
    def id(self) -> int:
        return self.of.id


@dataclass(frozen=True)
class ReverseLine:
    """A line on its way back."""

    order: Order
    line: ReturnLine

    @property
    def id(self) -> int:
        return self.line.id

    @property
    def quantity(self) -> int:
        return self.line.quantity


@dataclass(frozen=True)
class Packed:
    """A line of a parcel, as far as returns speak of it."""

    line: LineItem


returned = kind("Return", Returned).plain("name", "status", "createdAt")
reverse = kind("ReverseFulfillmentOrder", Reverse)
line = kind("ReverseFulfillmentOrderLineItem", ReverseLine).plain(totalQuantity="quantity")
disposition = kind("ReverseFulfillmentOrderDisposition", Disposition).plain("quantity", "createdAt", type="kind")
kind("FulfillmentLineItem", Packed).plain(lineItem="line")


@returned.field("id")
def _id(source: Returned, _asking: Asking, _args: Args) -> str:
    return gid("Return", source.id)


@returned.field("totalQuantity")
def _total(source: Returned, _asking: Asking, _args: Args) -> int:
    return sum(each.quantity for each in source.made.lines)


@returned.listing("reverseFulfillmentOrders")
def _ways_back(source: Returned, _asking: Asking, _args: Args) -> Listing:
    return Listing([Reverse(source)])


@reverse.field("id")
def _reverse_id(source: Reverse, _asking: Asking, _args: Args) -> str:
    return gid("ReverseFulfillmentOrder", source.id)


@reverse.listing("lineItems")
def _lines(source: Reverse, _asking: Asking, _args: Args) -> Listing:
    return Listing([ReverseLine(source.of.order, each) for each in source.of.made.lines])


@line.field("id")
def _line_id(source: ReverseLine, _asking: Asking, _args: Args) -> str:
    return gid("ReverseFulfillmentOrderLineItem", source.id)


@line.field("fulfillmentLineItem")
def _packed(source: ReverseLine, _asking: Asking, _args: Args) -> Packed:
    return Packed(source.order.line(source.line.line_item_id))


@line.field("dispositions")
def _dispositions(source: ReverseLine, _asking: Asking, _args: Args) -> list[Disposition]:
    return source.line.dispositions


@disposition.field("id")
def _disposition_id(source: Disposition, _asking: Asking, _args: Args) -> str:
    return gid("ReverseFulfillmentOrderDisposition", source.id)


@disposition.field("location")
def _location(source: Disposition, asking: Asking, _args: Args) -> Location | None:
    return asking.shop.locations.get(source.location_id or 0)
