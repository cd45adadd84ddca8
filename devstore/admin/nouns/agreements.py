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


agreement = kind("OrderAgreement", Agreed).plain("happenedAt", "reason")
sale = kind("ProductSale", Sold).plain("actionType", "quantity")


@agreement.field("id")
def _agreement_id(source: Agreed, _asking: Asking, _args: Args) -> str:
    return gid("OrderAgreement", source.id)


@agreement.listing("sales")
def _sales(source: Agreed, _asking: Asking, _args: Args) -> Listing:
    return Listing([Sold(source.order, each) for each in source.agreement.sales])


@sale.field("id")
def _sale_id(source: Sold, _asking: Asking, _args: Args) -> str:
    return gid("ProductSale", source.id)


@sale.field("lineItem")
def _sold_line(source: Sold, _asking: Asking, _args: Args) -> LineItem:
    return source.order.line(source.sale.line_item_id)
