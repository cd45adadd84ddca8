"""GraphQL to one shop, with the token it is given: own limits of time, own errors, nothing ambient."""

import logging
import time
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

import requests
import shopify

from backorder.store.documents import Document, document
from backorder.store.errors import AccessLost, StoreBusy, StoreError, StoreRefused, Throttled, TokenRefused
from backorder.store.graphql_errors import error_in
from backorder.store.http import AFTER_FAULT, ask, json_of
from backorder.store.origin import REAL_ORIGIN, origin

API_VERSION = "2026-07"
RETRIES = 2
LONGEST_WAIT = 3.0  # seconds; a longer pause is the caller's to take, with the work put back

log = logging.getLogger(__name__)
dice = SystemRandom()


@dataclass(frozen=True)
class Throttle:
    """The bucket of query points as the store last told it; ``restore_rate`` is points a second."""

    maximum: float
    available: float
    restore_rate: float


class ShopGraphQL(shopify.GraphQL):  # type: ignore[misc]  # the library has no types
    """The Admin API of one shop.

    The library's own session is ambient (one shop's token can travel to another's address), so nothing of it is used:
    address and headers are fixed here, and requests go through ``http``.
    """

    def __init__(
        self,
        shop: str,
        token: str,
        http: requests.Session,
        *,
        template: str = REAL_ORIGIN,
        sleep: Callable[[float], None] = time.sleep,
        heard: Callable[[StoreError | None], None] = lambda _error: None,
    ) -> None:
        """``heard`` is told how each request ended, with the error that its caller gets."""
        version = shopify.ApiVersion.coerce_to_version(API_VERSION)
        self.shop = shop
        self.endpoint = version.api_path(origin(template, shop)) + "/graphql.json"
        self.headers = {"X-Shopify-Access-Token": token, "Accept": "application/json"}
        self.http = http
        self.sleep = sleep
        self.heard = heard
        self.throttle: Throttle | None = None
        self._fell_forward = False

    def __repr__(self) -> str:
        return f"<ShopGraphQL {self.shop}>"

    def execute(
        self, name: str, variables: Mapping[str, Any] | None = None, may_lack: Container[str] = ()
    ) -> dict[str, Any]:
        """The ``data`` of the document ``documents/<name>.graphql``.

        Fields of ``may_lack`` are null where the shop has not granted them; any other that is denied refuses the whole.

        Queries are asked again up to twice after a short pause; mutations only when the store says that it did nothing
        (THROTTLED). Raises the errors of ``backorder.store.errors``.
        """
        try:
            data = self._asked(document(name), variables or {}, may_lack)
        except StoreError as error:
            self.heard(error)
            raise
        self.heard(None)
        return data

    def _asked(self, asked: Document, variables: Mapping[str, Any], may_lack: Container[str]) -> dict[str, Any]:
        for attempt in range(RETRIES + 1):
            try:
                return self._once(asked, variables, may_lack)
            except StoreBusy as busy:
                if attempt == RETRIES or busy.retry_after > LONGEST_WAIT or not _may_repeat(asked, busy):
                    raise
                # Workers that were told to wait together shall not come back together.
                self.sleep(busy.retry_after + dice.uniform(0, 0.25))
        raise AssertionError("the last attempt answers or raises")

    def _once(self, asked: Document, variables: Mapping[str, Any], may_lack: Container[str]) -> dict[str, Any]:
        body = {"query": asked.text, "variables": dict(variables), "operationName": asked.operation}
        response = ask(self.http, self.endpoint, body, self.headers, effect=asked.changes)
        self._check_access(response)
        said = json_of(response)
        if not isinstance(said, dict) or not ("data" in said or "errors" in said):
            message = "The store's answer cannot be read."
            raise StoreBusy(message, retry_after=AFTER_FAULT, outcome_unknown=asked.changes)
        self._note_version(response)
        self._note_throttle(said)
        if error := error_in(said, effect=asked.changes, may_lack=may_lack):
            raise error
        data: dict[str, Any] = said["data"]
        return data

    def _check_access(self, response: requests.Response) -> None:
        status = response.status_code
        if status == requests.codes.ok:
            return
        if status == requests.codes.unauthorized:
            raise TokenRefused("The access token was not accepted (401).")
        if status in {requests.codes.payment_required, requests.codes.locked}:
            raise AccessLost(f"The shop is closed to us ({status}).")
        raise StoreRefused(f"The store refused the request ({status}).")

    def _note_version(self, response: requests.Response) -> None:
        """A retired version is answered by a younger one: better known before something breaks."""
        served = response.headers.get("X-Shopify-API-Version", API_VERSION)
        if served != API_VERSION and not self._fell_forward:
            self._fell_forward = True
            log.warning("the store answers with API version %s instead of %s", served, API_VERSION)

    def _note_throttle(self, said: Mapping[str, Any]) -> None:
        status = ((said.get("extensions") or {}).get("cost") or {}).get("throttleStatus")
        if status:
            self.throttle = Throttle(
                float(status["maximumAvailable"]), float(status["currentlyAvailable"]), float(status["restoreRate"])
            )


def _may_repeat(asked: Document, busy: StoreBusy) -> bool:
    return not asked.changes or isinstance(busy, Throttled)
