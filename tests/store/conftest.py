"""No test of this room reaches a network: what nobody answers is an error."""

from collections.abc import Iterator

import pytest
import responses


@pytest.fixture(autouse=True)
def only_what_was_said() -> Iterator[responses.RequestsMock]:
    responses.mock.assert_all_requests_are_fired = True
    with responses.mock as mock:
        yield mock
    responses.mock.assert_all_requests_are_fired = False
