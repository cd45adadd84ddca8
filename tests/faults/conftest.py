"""A town whose workers can be made to die, and the product's own processes over real servers."""

from collections.abc import Callable, Iterator

import pytest

from backorder import failpoint
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
