"""A town whose workers can be made to die, and servers that can be cut off, stopped and restarted."""

from collections.abc import Callable, Iterator

import pytest

from backorder import failpoint
from tests.faults.proxy import Proxy
from tests.stories.conftest import _town, time, town, town_on_both

__all__ = ["_town", "time", "town", "town_on_both"]

Arm = Callable[[str], None]


@pytest.fixture
def arm() -> Iterator[Arm]:
    """Arms failpoints in this process, until the test ends."""

    def ask(points: str) -> None:
        failpoint.arm({failpoint.ARMED: points}, store_is_overridden=True)

    yield ask
    failpoint.arm({}, store_is_overridden=True)


@pytest.fixture
def between() -> Iterator[Callable[[str], Proxy]]:
    """Puts a proxy before the server of an address; all of them end with the test."""
    proxies: list[Proxy] = []

    def put(url: str) -> Proxy:
        proxies.append(Proxy(url))
        return proxies[-1]

    yield put
    for proxy in proxies:
        proxy.close()
