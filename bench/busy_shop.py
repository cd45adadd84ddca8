"""A shop that is busy for as long as wished: people buy, change their minds, goods come in, the warehouse ships, things go wrong.

About nine webhooks come of each order in the end, so that many orders a second are as many webhooks. The warehouse ships what lies
on the shelf and is under no hold, so the number of open orders stays bounded.
"""

import random
import time
from dataclasses import dataclass, field
from typing import Any

import requests

from bench.town import Town

WEBHOOKS_OF_AN_ORDER = 9.0
GOODS = 8
PACKED_AFTER = 30.0
BAD_POST = {"doubled": True, "shuffled": True, "spread": 1.0, "late": 0.3, "lost": 0.02}
GOOD_POST = {"doubled": False, "shuffled": False, "spread": 0.0, "late": 0.0, "lost": 0.0}
API_FAULTS: tuple[dict[str, Any], ...] = (
    {"status": 503},
    {"status": 429},
    {"status": 502, "after_effect": True},
    {"status": 500, "naming": "mutation", "after_effect": True},
)


@dataclass
class BusyShop:
    """Acts at their rates, each when its time has come; ``tick`` is called often."""

    here: Town
    rate: float
    seed: int = 7
    placed: int = 0
    refused: int = 0
    _due: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        book = self.here.control("ledger/{shop}")
        self._goods = [(v["id"], v["item_id"]) for v in book["variants"][:GOODS]]
        self._place = book["locations"][0]["id"]
        self.here.control("faults", **BAD_POST)
        orders = WEBHOOKS_OF_AN_ORDER / self.rate
        self._every = {
            self._buys: orders,
            self._comes_in: 6 * orders,
            self._ships: 10.0,
            self._cancels: 15 * orders,
            self._api_breaks: 11.0,
            self._mail_changes_mood: 23.0,
        }
        now = time.monotonic()
        self._due = {act.__name__: now + pause for act, pause in self._every.items()}

    def tick(self) -> None:
        """Do what is due."""
        now = time.monotonic()
        for act, pause in self._every.items():
            if self._due[act.__name__] <= now:
                # A machine that cannot keep up is not punished for it twice.
                self._due[act.__name__] = max(self._due[act.__name__] + pause, now)
                self._try(act)

    def all_is_well(self) -> None:
        """No faults from now on."""
        self.here.control("faults", **GOOD_POST)
        self.here.control("mails/mode", mode="ok")

    def _try(self, act: Any) -> None:
        try:
            act()
        except requests.HTTPError as error:
            # The store refuses what came too late (a parcel of a cancelled order); people live with that.
            if error.response is None or error.response.status_code != requests.codes.unprocessable:
                raise
            self.refused += 1

    def _buys(self) -> None:
        self.placed += 1
        who = {"email": f"buyer{self.placed}@example.com", "first_name": "Ada", "last_name": "Berg"}
        lines = [
            {"variant_id": variant, "quantity": self._dice.randint(1, 3)}
            for variant, _ in self._dice.sample(self._goods, self._dice.choice((1, 1, 2)))
        ]
        self.here.control("{shop}/orders", lines=lines, customer=who, ignore_policy=True)

    def _comes_in(self) -> None:
        _, item = self._dice.choice(self._goods)
        self.here.control(
            "{shop}/stock/receive", item_id=item, location_id=self._place, units=self._dice.randint(12, 18)
        )

    def _ships(self) -> None:
        book = self.here.control("open_orders/{shop}")
        shelf = {level["item_id"]: level["on_hand"] for level in book["levels"]}
        for part in sorted(_free(book), key=lambda part: part["id"]):
            needed = {line["item_id"]: line["remaining"] for line in part["lines"]}
            if part["age"] > PACKED_AFTER and all(shelf.get(item, 0) >= units for item, units in needed.items()):
                for item, units in needed.items():
                    shelf[item] -= units
                self._try(
                    lambda number=part["id"]: self.here.control(f"{{shop}}/fulfillment_orders/{number}/ship", go=1)
                )

    def _cancels(self) -> None:
        waiting = [order["id"] for order in self.here.control("open_orders/{shop}")["orders"]]
        if waiting:
            self.here.control(f"{{shop}}/orders/{self._dice.choice(waiting)}/cancel", restock=True)

    def _api_breaks(self) -> None:
        self.here.control("faults", api=[self._dice.choice(API_FAULTS)])

    def _mail_changes_mood(self) -> None:
        self.here.control("mails/mode", mode=self._dice.choice(("greylist", "ok", "down")))


def _free(book: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        part
        for order in book["orders"]
        for part in order["fulfillment_orders"]
        if part["status"] == "OPEN" and not part["holds"]
    ]
