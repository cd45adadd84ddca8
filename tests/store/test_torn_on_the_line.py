"""Answers over a real line that break on the way: cut in their middle, shorter than they said, or never coming."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import responses

from backorder.store import http
from backorder.store.errors import StoreBusy
from backorder.store.gateway import Gateway
from backorder.store.http import open_http
from tests.store.cast import LAMPLIGHT, TOKEN

WHOLE = b'{"data": {"tagsAdd": {"node": {"id": "gid://shopify/Order/1"}, "userErrors": []}}}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True)
def only_what_was_said() -> responses.RequestsMock:
    """Here the line is real: this mock is never started, so nothing stands between us and the loopback."""
    return responses.RequestsMock(assert_all_requests_are_fired=False)


@contextmanager
def a_store_that_says(answer: bytes | None) -> Iterator[tuple[Gateway, list[bytes]]]:
    """Every request is heard whole and answered with exactly these bytes, then the line is cut; None: only silence."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        over = threading.Event()
        clerk = threading.Thread(target=_answer, args=(listener, answer, heard, over))
        clerk.start()
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}/{{shop}}"
        try:
            yield Gateway(LAMPLIGHT, TOKEN, open_http(), template=origin, sleep=lambda _seconds: None), heard
        finally:
            over.set()
            socket.create_connection(listener.getsockname()).close()
            clerk.join(5)


def _answer(listener: socket.socket, answer: bytes | None, heard: list[bytes], over: threading.Event) -> None:
    while True:
        line, _ = listener.accept()
        if over.is_set():
            line.close()
            return
        with line:
            heard.append(_request(line))
            if answer is None:
                over.wait(5)
            else:
                line.sendall(answer)


def _request(line: socket.socket) -> bytes:
    """One request with its body."""
    line.settimeout(5)
    read = b""
    while b"\r\n\r\n" not in read:
        read += line.recv(65_536)
    head, _, body = read.partition(b"\r\n\r\n")
    length = next(int(h.split(b":")[1]) for h in head.split(b"\r\n") if h.lower().startswith(b"content-length"))
    while len(body) < length:
        body += line.recv(65_536)
    return body


def sized(body: bytes, length: int) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % length + body


BROKEN = {
    "cut in its middle": sized(WHOLE[:40], len(WHOLE)),
    "shorter than it said": sized(WHOLE, len(WHOLE) + 100),
    "whole, but of half the JSON": sized(WHOLE[:40], 40),
    "a chunk that never ends": HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % (len(WHOLE) + 9) + WHOLE,
    "a page of HTML": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 15\r\n\r\n<html>oh</html>",
    "not HTTP at all": b"220 mail.example ESMTP\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
def test_a_broken_answer_to_a_mutation_leaves_it_unknown_and_is_not_repeated(answer: bytes) -> None:
    with a_store_that_says(answer) as (store, heard):
        with pytest.raises(StoreBusy) as busy:
            store.tags_add(1, ["waits"])
        assert busy.value.outcome_unknown
        assert busy.value.retry_after > 0
        assert len(heard) == 1


def test_the_same_answer_whole_is_good() -> None:
    """The control: it is the breaking that made it unknown."""
    with a_store_that_says(sized(WHOLE, len(WHOLE))) as (store, heard):
        store.tags_add(1, ["waits"])
        assert len(heard) == 1


@pytest.mark.parametrize("answer", [BROKEN["cut in its middle"], BROKEN["nothing"]], ids=["cut", "nothing"])
def test_a_broken_answer_to_a_question_is_busy_and_nothing_happened(answer: bytes) -> None:
    with a_store_that_says(answer) as (store, _):
        with pytest.raises(StoreBusy) as busy:
            store.locations()
        assert not busy.value.outcome_unknown


def test_silence_ends_by_our_own_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.2)
    with a_store_that_says(None) as (store, heard):
        with pytest.raises(StoreBusy, match="ReadTimeout") as busy:
            store.tags_add(1, ["waits"])
        assert busy.value.outcome_unknown
        assert len(heard) == 1


def test_a_store_that_is_not_there_did_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    store = Gateway(LAMPLIGHT, TOKEN, open_http(), template=f"http://127.0.0.1:{port}/{{shop}}")
    with pytest.raises(StoreBusy) as busy:
        store.tags_add(1, ["waits"])
    assert not busy.value.outcome_unknown
