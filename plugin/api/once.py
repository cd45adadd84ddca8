"""``Idempotency-Key``: a write is done once, and asking again repeats its first answer."""

from collections.abc import Callable
from hashlib import sha256

from flask import Response, request

from backorder.clock import transport_now
from backorder.db import answers
from backorder.house import House
from plugin.problems import FieldError, Kind, Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
SERVER_ERROR = 500


def sent_key() -> str | None:
    """The key of this request. Raises Problem if it is empty, too long or no plain ASCII."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip()
    if not 1 <= len(key) <= answers.LONGEST_KEY or not (key.isascii() and key.isprintable()):
        sentence = f"Use 1 to {answers.LONGEST_KEY} printable ASCII characters."
        raise Problem(Kind.MALFORMED, f"{HEADER}: {sentence}", (FieldError(HEADER, sentence),))
    return key


def required_key() -> str:
    """The key of a request that must have one, because doing it twice would count twice. Raises Problem without it."""
    key = sent_key()
    if key is None:
        sentence = "Send a key of your own choice, new for each act, the same when you try again."
        raise Problem(Kind.MALFORMED, f"{HEADER} is missing. {sentence}", (FieldError(HEADER, sentence),))
    return key


def once(house: House, shop_id: int, key: str | None, work: Callable[[], Response]) -> Response:
    """Do ``work``, or repeat what it was answered the first time. Answers of status 500 and above are not kept."""
    if key is None:
        return work()
    said = house.db.run(lambda tx: answers.begin(tx, shop_id, key, _fingerprint(), transport_now()))
    if isinstance(said, answers.Answer):
        headers = {REPLAYED: "true"}
        return Response(said.body, status=said.status, content_type=said.content_type, headers=headers)
    if said is answers.Turn.IN_FLIGHT:
        raise Problem(Kind.KEY_IN_FLIGHT, "Ask again in a moment.", headers={"Retry-After": "1"})
    if said is answers.Turn.REUSED:
        raise Problem(
            Kind.KEY_REUSED, "Choose a new key for a new request.", (FieldError(HEADER, "Choose a new key."),)
        )
    return _first_time(house, shop_id, key, work)


def _first_time(house: House, shop_id: int, key: str, work: Callable[[], Response]) -> Response:
    try:
        response = work()
    except BaseException:
        house.db.run(lambda tx: answers.abandon(tx, shop_id, key))
        raise
    if response.status_code >= SERVER_ERROR:
        house.db.run(lambda tx: answers.abandon(tx, shop_id, key))
        return response
    answer = answers.Answer(response.status_code, response.content_type or "", response.get_data(as_text=True))
    house.db.run(lambda tx: answers.finish(tx, shop_id, key, answer))
    return response


def _fingerprint() -> str:
    digest = sha256(f"{request.method} {request.path}\n".encode())
    digest.update(request.get_data())
    return digest.hexdigest()
