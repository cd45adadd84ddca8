"""One request to a store: with limits of time, without redirects and cookies, and with errors that say what happened."""

import math
import os
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from backorder.store.errors import StoreBusy, StoreRefused

CONNECT_SECONDS = 2.0
READ_SECONDS = 10.0
AFTER_SILENCE = 5.0  # a store that does not answer is left alone for a moment
AFTER_FAULT = 1.0
LONGEST_RETRY_AFTER = 3600.0
# What requests would heed of the environment. A .netrc is not among it: we bring our own token.
FROM_ENVIRONMENT = {"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}


class Http(requests.Session):
    """What other rooms carry from door to gateway without knowing requests.

    ``store_ahead``: by how many seconds the store's clock was last seen to be ahead of ours (negative: behind), as far as
    an answer's ``Date`` and the time it took can tell; 0 while they may well agree.
    """

    def __init__(self) -> None:
        super().__init__()
        self.store_ahead = 0.0
        self.hooks["response"].append(self._note_clock)

    def _note_clock(self, response: requests.Response, **_: object) -> None:
        try:
            said = parsedate_to_datetime(response.headers.get("Date", ""))
        except ValueError:  # missing, or no date
            return
        received = datetime.now(UTC)
        # Made in whole seconds, some time between our sending and our receiving.
        earliest = (said - received).total_seconds()
        latest = earliest + 1 + response.elapsed.total_seconds()
        self.store_ahead = earliest if earliest > 0 else min(latest, 0.0)


def open_http() -> Http:
    """A session that shops may share: it pools connections and remembers nothing else (no cookies, no headers)."""
    http = Http()
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Looking for a proxy in the environment at every request costs a third of it; most have none.
    http.trust_env = any(name.upper() in FROM_ENVIRONMENT for name in os.environ)
    http.headers["User-Agent"] = "Promised"
    return http


def ask(http: requests.Session, url: str, body: object, headers: dict[str, str], *, effect: bool) -> requests.Response:
    """Post JSON; the answer if the store decided anything at all.

    ``effect``: the request changes something, so an answer that was lost leaves its outcome unknown. Raises StoreBusy
    for silence, 429 and 5xx, StoreRefused for a redirect (our headers are for this address only).
    """
    try:
        response = http.post(
            url, json=body, headers=headers, timeout=(CONNECT_SECONDS, READ_SECONDS), allow_redirects=False
        )
    except requests.RequestException as error:
        unknown = effect and not _never_sent(error)
        message = f"The store did not answer ({type(error).__name__})."
        raise StoreBusy(message, retry_after=AFTER_SILENCE, outcome_unknown=unknown) from error
    _check_status(response, effect=effect)
    return response


def json_of(response: requests.Response) -> Any:
    """The JSON of an answer, or None where there is none."""
    try:
        return response.json()
    except ValueError:
        return None


def _check_status(response: requests.Response, *, effect: bool) -> None:
    status = response.status_code
    if status == requests.codes.too_many_requests:
        raise StoreBusy("The store asks for a pause (429).", retry_after=_retry_after(response))
    if status >= requests.codes.internal_server_error:
        raise StoreBusy(f"The store failed ({status}).", retry_after=AFTER_FAULT, outcome_unknown=effect)
    if requests.codes.multiple_choices <= status < requests.codes.bad_request:
        raise StoreRefused(f"The store points elsewhere ({status}); redirects are not followed.")


def _never_sent(error: requests.RequestException) -> bool:
    """Whether the connection was never made, so that nothing can have happened."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _retry_after(response: requests.Response) -> float:
    try:
        seconds = float(response.headers.get("Retry-After", ""))
    except ValueError:  # missing, or a date
        return AFTER_FAULT
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER) if math.isfinite(seconds) else AFTER_FAULT
