"""The people of the story, each at the door that people use: the merchant's API, the storefront, the back office."""

import re
import secrets
from datetime import date
from functools import cached_property
from html import unescape
from typing import Any

import requests

from promised.demo.checking import StoryBroken
from promised.demo.machinery import Machinery

SECONDS = 10.0


class Merchant:
    """Mara, who owns Lamplight: she opens the app in the store's admin and uses its API with session tokens."""

    def __init__(self, machinery: Machinery) -> None:
        self._at = machinery.addresses
        self._http = requests.Session()

    def opens_the_app(self) -> None:
        """The first load of the embedded page, as the store's admin frames it."""
        query = {"shop": self._at.domain, "embedded": "1", "locale": "en", "id_token": self._token()}
        answer = self._http.get(f"{self._at.app}/", params=query, timeout=SECONDS)
        if answer.status_code != requests.codes.ok:
            raise StoryBroken(f"the app's page answered {answer.status_code}")

    def get(self, path: str, **query: Any) -> Any:
        return self._ask("GET", path, params=query)

    def patch(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("PATCH", path, json=body)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._ask("POST", path, json=body)

    def _ask(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self._token()}", "Idempotency-Key": secrets.token_hex(16)}
        answer = self._http.request(method, f"{self._at.app}/api{path}", headers=headers, timeout=SECONDS, **more)
        if not answer.ok:
            raise StoryBroken(f"{method} {path} answered {answer.status_code}: {answer.text}")
        return answer.json()

    def _token(self) -> str:
        answer = self._http.get(f"{self._at.store}/_control/id_token/{self._at.domain}", timeout=SECONDS)
        token: str = answer.json()["id_token"]
        return token


class Shopper:
    """Anybody who buys in the storefront, with forms and cookies."""

    def __init__(self, machinery: Machinery) -> None:
        self._shop = machinery.addresses.shop

    def looks_at(self, handle: str) -> str:
        """What the promise block on a product page says without script."""
        page = requests.get(f"{self._shop}/products/{handle}", timeout=SECONDS).text
        found = re.search(r'class="promised__line"[^>]*>(.*?)</p>', page, re.DOTALL)
        return unescape(re.sub(r"<[^>]+>|\s+", " ", found.group(1))).strip() if found else ""

    def buys(self, who: str, *lines: tuple[int, int, str]) -> str:
        """Put lines of (variant, units, product page) into a cart and pay; the address of the order's page."""
        http = requests.Session()
        for variant_id, units, handle in lines:
            form = {"id": str(variant_id), "quantity": str(units), **self._properties(handle)}
            self._done(http.post(f"{self._shop}/cart/add", data=form, timeout=SECONDS), "the cart")
        form = {"name": f"{who} Berg", "email": f"{who.lower()}@example.com", "country": "US"}
        answer = http.post(f"{self._shop}/checkout", data=form, timeout=SECONDS)
        self._done(answer, "the checkout")
        return answer.url

    def _properties(self, handle: str) -> dict[str, str]:
        """What the product form sends beside variant and quantity: the day that the page shows, and its proof."""
        page = requests.get(f"{self._shop}/products/{handle}", timeout=SECONDS).text
        inputs = re.findall(r'<input type="hidden" name="(properties\[[^"]+)"[^>]*? value="([^"]*)"( disabled)?>', page)
        return {unescape(name): unescape(value) for name, value, disabled in inputs if not disabled}

    def reads_the_page_of(self, order: str) -> str:
        """What the page of an order says, as text."""
        page = requests.get(order, timeout=SECONDS).text
        return unescape(re.sub(r"<[^>]+>|\s+", " ", page))

    def _done(self, answer: requests.Response, what: str) -> None:
        if not answer.ok:
            raise StoryBroken(f"{what} answered {answer.status_code}")


class Warehouse:
    """Whoever counts goods in, and the store's own books: the judge of the story."""

    def __init__(self, machinery: Machinery) -> None:
        self._at = machinery.addresses
        self._http = requests.Session()

    def counts_in(self, sku: str, units: int) -> None:
        variant = self.variant(sku)
        body = {"item_id": variant["item_id"], "location_id": self.place, "units": units}
        answer = self._http.post(
            f"{self._at.store}/_control/{self._at.domain}/stock/receive", json=body, timeout=SECONDS
        )
        if not answer.ok:
            raise StoryBroken(f"receiving stock answered {answer.status_code}: {answer.text}")

    def spoils_the_post(self) -> None:
        """From now on every webhook is brought twice, and in no order."""
        wish = {"doubled": True, "shuffled": True}
        self._http.post(f"{self._at.store}/_control/faults", json=wish, timeout=SECONDS).raise_for_status()

    def ledger(self) -> dict[str, Any]:
        """Everything that is true in the store."""
        book: dict[str, Any] = self._control(f"ledger/{self._at.domain}")
        return book

    def mails(self, who: str) -> list[dict[str, Any]]:
        """The letters somebody got, oldest first."""
        every: list[dict[str, Any]] = self._control("mails")
        return [mail for mail in every if f"{who.lower()}@example.com" in mail["recipients"]]

    def misses(self) -> Any:
        """What was asked of the store that it does not model."""
        return self._control("misses")

    def today(self) -> date:
        return date.fromisoformat(self.ledger()["now"][:10])

    @cached_property
    def place(self) -> int:
        return int(self.ledger()["locations"][0]["id"])

    def variant(self, sku: str) -> dict[str, Any]:
        return next(variant for variant in self.ledger()["variants"] if variant["sku"] == sku)

    def order_of(self, who: str) -> dict[str, Any]:
        """Somebody's one order."""
        return next(order for order in self.ledger()["orders"] if order["email"] == f"{who.lower()}@example.com")

    def held(self, who: str) -> int:
        """Units of somebody's order under a hold of any app."""
        return _units(self.order_of(who), lambda part: bool(part["holds"]))

    def shippable(self, who: str) -> int:
        """Units of somebody's order that may be shipped now."""
        return _units(self.order_of(who), lambda part: part["status"] == "OPEN" and not part["holds"])

    def _control(self, path: str) -> Any:
        answer = self._http.get(f"{self._at.store}/_control/{path}", timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()


def _units(order: dict[str, Any], which: Any) -> int:
    return sum(line["remaining"] for part in order["fulfillment_orders"] if which(part) for line in part["lines"])
