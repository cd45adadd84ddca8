"""What buyer and shop agreed on, and when: the order, edits, refunds."""

from dataclasses import dataclass
from datetime import datetime

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import Agreement, LineItem, Order, Sale


@dataclass(frozen=True)
class Agreed:
    """An agreement seen from its order."""

    order: Order
    agreement: Agreement

    @property
    def id(self) -> int:
        return self.agreement.id

    @property
    def happened_at(self) -> datetime:
        return self.agreement.happened_at

    @property
    def reason(self) -> str:
        return self.agreement.reason


class Edited(Agreed):
    """Staff edited the order."""


class PaidBack(Agreed):
    """Money went back."""


class SentBack(Agreed):
    """Units come back."""


OF_REASON = {"ORDER_EDIT": Edited, "REFUND": PaidBack, "RETURN": SentBack}


def agreed(order: Order, agreement: Agreement) -> Agreed:
    """An agreement as the kind of thing that its reason makes it."""
    return OF_REASON.get(agreement.reason, Agreed)(order, agreement)


@dataclass(frozen=True)
class Sold:
    """A sale seen from its order."""

    order: Order
    sale: Sale

    @property
    def id(self) -> int:
        return self.sale.id

    @property
    def action_type(self) -> str:
        return self.sale.action

    @property
    def quantity(self) -> int:
        return self.sale.quantity


sale = kind("ProductSale", Sold).plain("actionType", "quantity")


KINDS = {
    Agreed: "OrderAgreement",
    Edited: "OrderEditAgreement",
    PaidBack: "RefundAgreement",
    SentBack: "ReturnAgreement",
}


def _id(source: Agreed, _asking: Asking, _args: Args) -> str:
    return gid(KINDS[type(source)], source.id)


def _sales(source: Agreed, _asking: Asking, _args: Args) -> Listing:
    return Listing([Sold(source.order, each) for each in source.agreement.sales])


for _of, _name in KINDS.items():
    _kind = kind(_name, _of).plain("happenedAt", "reason")
    _kind.field("id")(_id)
    _kind.listing("sales")(_sales)


@sale.field("id")
def _sale_id(source: Sold, _asking: Asking, _args: Args) -> str:
    return gid("ProductSale", source.id)


@sale.field("lineItem")
def _sold_line(source: Sold, _asking: Asking, _args: Args) -> LineItem:
    return source.order.line(source.sale.line_item_id)
