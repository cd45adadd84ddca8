"""For tests in one process: ``responses`` hands requests for the store to the store, without a port."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import requests
import responses

from devstore.web import create_app
from devstore.world import World

METHODS = (responses.GET, responses.POST, responses.PUT, responses.DELETE)
Handed = tuple[int, dict[str, str], bytes]


def register(mock: responses.RequestsMock, world: World) -> None:
    """Let ``mock`` answer everything under ``world.base`` from the store's own web application.

    A mock of one's own is made with ``assert_all_requests_are_fired=False``: nobody knocks by every method.
    """
    client = create_app(world).test_client()

    def hand(request: requests.PreparedRequest) -> Handed:
        parts = urlsplit(request.url or "")
        body = request.body.encode() if isinstance(request.body, str) else request.body
        asked_at = world.clock.transport()
        answer = client.open(
            parts.path,
            method=request.method or "GET",
            query_string=parts.query,
            data=body,
            headers=list(request.headers.items()),
            base_url=f"{parts.scheme}://{parts.netloc}",
        )
        if world.clock.transport() - asked_at > _patience(request):
            raise requests.ReadTimeout(f"no answer from {parts.netloc} in time")
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        content_type = headers.pop("Content-Type", None)
        return answer.status_code, headers | ({"Content-Type": content_type} if content_type else {}), answer.data

    address = re.compile(re.escape(world.base) + r"(/.*)?$")
    for method in METHODS:
        mock.add_callback(method, address, callback=hand, content_type=None)


def _patience(request: requests.PreparedRequest) -> timedelta:
    """How long whoever asks waits for the answer."""
    timeout = getattr(request, "req_kwargs", {}).get("timeout")
    seconds = timeout[1] if isinstance(timeout, tuple) else timeout
    return timedelta.max if seconds is None else timedelta(seconds=seconds)
