"""The whole demo, up and running, its story told as far as three buyers waiting."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from promised.demo.checking import soon
from promised.demo.machinery import Addresses, Machinery
from promised.demo.people import Merchant, Shopper, Warehouse
from promised.demo.story import open_shop, three_buyers
from promised.demo.teller import Teller


@dataclass(frozen=True)
class Demo:
    """Where to look, and the people who are there."""

    at: Addresses
    merchant: Merchant
    shopper: Shopper
    warehouse: Warehouse

    def counts_in_lamps(self, units: int) -> None:
        """Lamps arrive for whoever waited longest, and they hear of it."""
        before = len(self.warehouse.mails("Anna"))
        order = self.merchant.get("/purchase-orders")["purchase_orders"][0]
        self.merchant.post(f"/purchase-orders/lines/{order['lines'][0]['line_id']}/receipts", {"units": units})
        self.warehouse.counts_in("AUR-1", units)
        soon("Anna hears of it", lambda: len(self.warehouse.mails("Anna")) > before)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The shop is open for backorders, and Anna, Ben and Cleo wait."""
    with Machinery(tmp_path_factory.mktemp("demo")) as machinery, Path(os.devnull).open("w") as nowhere:
        merchant, shopper, warehouse = Merchant(machinery), Shopper(machinery), Warehouse(machinery)
        teller = Teller(nowhere)
        open_shop(teller, merchant, shopper, warehouse)
        three_buyers(teller, shopper, warehouse)
        yield Demo(machinery.addresses, merchant, shopper, warehouse)
