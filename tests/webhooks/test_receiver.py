import io
import threading
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import inbox
from tests.webhooks.cast import BODY, FORMER_SECRET, LAMPLIGHT, WRONG_SECRET, envelope, signature
from webhooks import receiver


def kept(house):
    with house.db.write() as tx:
        return inbox.take(tx, house.sealer, transport_now())


def test_a_signed_webhook_is_kept_whole_and_the_bell_rung(house, door, bell):
    answer = door.post("/webhooks", data=BODY, headers=envelope(BODY))
    assert answer.status_code == 200
    (one,) = kept(house)
    assert (one.shop_domain, one.topic, one.webhook_id) == (LAMPLIGHT, "inventory_levels/update", "webhook-1")
    assert one.body == BODY
    assert one.triggered_at == datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=UTC)
    assert bell.rung == [Ring.INBOX]


def test_the_body_lies_encrypted_in_the_books(house, door):
    door.post("/webhooks", data=BODY, headers=envelope(BODY))
    with house.db.read() as tx:
        (sealed,) = tx.execute(inbox.inbox.select()).all()
    assert b"inventory_item_id" not in sealed.body_sealed
    assert house.sealer.open(inbox.BODY_PURPOSE, sealed.body_sealed) == BODY


def test_mallorys_signature_leaves_nothing(house, door, bell):
    forged = envelope(BODY, Hmac_Sha256=signature(BODY, WRONG_SECRET))
    assert door.post("/webhooks", data=BODY, headers=forged).status_code == 401
    assert kept(house) == ()
    assert bell.rung == []


def test_without_the_check_mallory_would_get_in(house, door, monkeypatch):
    monkeypatch.setattr(receiver, "webhook_signed", lambda *_: True)
    forged = envelope(BODY, Hmac_Sha256=signature(BODY, WRONG_SECRET))
    assert door.post("/webhooks", data=BODY, headers=forged).status_code == 200
    assert len(kept(house)) == 1


@pytest.mark.parametrize("damaged", [None, "", "x", "ä" * 44, "\xff\xfe", "=" * 44, signature(BODY) + " "])
def test_a_missing_or_strange_signature_is_refused_and_not_an_error(house, door, damaged):
    assert door.post("/webhooks", data=BODY, headers=envelope(BODY, Hmac_Sha256=damaged)).status_code == 401
    assert kept(house) == ()


def test_a_body_changed_on_the_way_is_refused(house, door):
    assert door.post("/webhooks", data=BODY + b" ", headers=envelope(BODY)).status_code == 401
    assert kept(house) == ()


def test_the_signature_is_over_raw_bytes_not_over_text(house, door):
    body = b'{"id": 1, "note": "\xff\xfe is no UTF-8"}'
    assert door.post("/webhooks", data=body, headers=envelope(body)).status_code == 200
    assert kept(house)[0].body == body


def test_the_previous_secret_still_counts_while_it_is_rotated(house, door, door_of):
    before = envelope(BODY, Hmac_Sha256=signature(BODY, FORMER_SECRET))
    assert (
        door_of(house, shopify_api_secret_previous=None).post("/webhooks", data=BODY, headers=before).status_code == 401
    )
    assert door.post("/webhooks", data=BODY, headers=before).status_code == 200


def test_a_repeat_is_answered_and_changes_nothing(house, door):
    for _ in range(3):
        assert door.post("/webhooks", data=BODY, headers=envelope(BODY)).status_code == 200
    assert len(kept(house)) == 1


def test_another_event_with_the_same_body_is_another_delivery(house, door):
    door.post("/webhooks", data=BODY, headers=envelope(BODY))
    door.post("/webhooks", data=BODY, headers=envelope(BODY, Event_Id="event-2", Webhook_Id="webhook-2"))
    assert len(kept(house)) == 2


def test_one_event_to_two_subscriptions_is_one_delivery(house, door):
    door.post("/webhooks", data=BODY, headers=envelope(BODY))
    door.post("/webhooks", data=BODY, headers=envelope(BODY, Webhook_Id="webhook-2"))
    assert len(kept(house)) == 1


def test_without_an_event_id_the_webhook_id_tells_deliveries_apart(house, door):
    for webhook in ("a", "b", "a"):
        door.post("/webhooks", data=BODY, headers=envelope(BODY, Event_Id=None, Webhook_Id=webhook))
    assert [one.webhook_id for one in kept(house)] == ["a", "b"]


def test_names_come_in_any_case_and_are_kept_in_one(house, door):
    shouted = envelope(BODY, Shop_Domain="LampLight.MyShopify.com ", Topic="Inventory_Levels/Update")
    door.post("/webhooks", data=BODY, headers=shouted)
    (one,) = kept(house)
    assert (one.shop_domain, one.topic) == (LAMPLIGHT, "inventory_levels/update")


@pytest.mark.parametrize("body", [b"", b"not json", b"[1, 2]", b"\x00\xff", b'{"a":' * 2000])
def test_a_verified_body_is_kept_even_if_nobody_will_understand_it(house, door, body):
    assert door.post("/webhooks", data=body, headers=envelope(body)).status_code == 200
    assert kept(house)[0].body == body


def test_an_envelope_without_names_is_kept_too(house, door):
    bare = {"X-Shopify-Hmac-Sha256": signature(BODY)}
    assert door.post("/webhooks", data=BODY, headers=bare).status_code == 200
    (one,) = kept(house)
    assert (one.shop_domain, one.topic, one.triggered_at) == ("", "", None)


@pytest.mark.parametrize(
    "stamp", ["yesterday", "", "2026-07-01", "2026-07-01T10:00:00", "0001-01-01T00:00:00+14:00", "9" * 400]
)
def test_a_strange_time_on_the_envelope_is_no_time(house, door, stamp):
    assert door.post("/webhooks", data=BODY, headers=envelope(BODY, Triggered_At=stamp)).status_code == 200
    assert kept(house)[0].triggered_at is None


def test_names_longer_than_the_books_take_are_cut(house, door):
    long = envelope(BODY, Topic="t" * 5000, Webhook_Id="w" * 5000, Event_Id="e" * 5000, Shop_Domain="s" * 5000)
    assert door.post("/webhooks", data=BODY, headers=long).status_code == 200
    (one,) = kept(house)
    assert (len(one.topic), len(one.webhook_id), len(one.shop_domain)) == (128, 255, 255)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_posts_are_taken(house, door, method):
    answer = door.open("/webhooks", method=method, data=BODY, headers=envelope(BODY))
    assert answer.status_code == 405
    assert kept(house) == ()


class CountingStream(io.RawIOBase):
    """A body that could go on for ever, and knows how much of it was read."""

    def __init__(self) -> None:
        self.read_so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer):
        buffer[:] = b"x" * len(buffer)
        self.read_so_far += len(buffer)
        return len(buffer)


def test_a_body_that_says_it_is_over_8_mib_is_not_read_at_all(house, door):
    stream = CountingStream()
    said = {"wsgi.input": stream, "CONTENT_LENGTH": str(receiver.BODY_LIMIT + 1)}
    answer = door.post("/webhooks", headers=envelope(b""), environ_overrides=said)
    assert answer.status_code == 413
    assert stream.read_so_far == 0
    assert kept(house) == ()


def test_a_body_of_unsaid_length_is_not_read_far_beyond_8_mib(house, door):
    stream = CountingStream()
    chunked = {"wsgi.input": stream, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = door.post("/webhooks", headers=envelope(b""), environ_overrides=chunked)
    assert answer.status_code == 413
    assert receiver.BODY_LIMIT <= stream.read_so_far <= receiver.BODY_LIMIT + 128 * 1024
    assert kept(house) == ()


def test_a_body_of_exactly_8_mib_is_kept(house, door):
    body = b" " * receiver.BODY_LIMIT
    assert door.post("/webhooks", data=body, headers=envelope(body)).status_code == 200
    assert len(kept(house)[0].body) == receiver.BODY_LIMIT


def test_a_busy_database_is_answered_in_time_and_the_store_comes_again(house, door, bell, monkeypatch):
    monkeypatch.setattr(receiver, "PATIENCE_SECONDS", 0.05)
    let_go = threading.Event()
    writing = threading.Event()

    def hold_the_database():
        with house.db.write():
            writing.set()
            let_go.wait(10)

    holder = threading.Thread(target=hold_the_database)
    holder.start()
    assert writing.wait(10)
    try:
        answer = door.post("/webhooks", data=BODY, headers=envelope(BODY))
    finally:
        let_go.set()
        holder.join()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert kept(house) == ()
    assert bell.rung == []
    assert door.post("/webhooks", data=BODY, headers=envelope(BODY)).status_code == 200
    assert len(kept(house)) == 1


def test_the_bell_is_rung_only_after_the_body_is_safe(house, door, bell, monkeypatch):
    seen = []

    def look(_what):
        with house.db.read() as tx:
            seen.append(inbox.waiting(tx))

    monkeypatch.setattr(bell, "ring", look)
    door.post("/webhooks", data=BODY, headers=envelope(BODY))
    assert seen == [1]


def test_the_log_names_shop_topic_and_webhook_but_never_the_body(door):
    body = b'{"email": "alice@example.com"}'
    with capture_logs() as entries:
        for _ in range(2):
            door.post("/webhooks", data=body, headers=envelope(body, Topic="orders/create"))
    (entry,) = entries  # that it came again; what is kept once is told when it is understood
    assert (entry["shop"], entry["topic"], entry["webhook_id"]) == (LAMPLIGHT, "orders/create", "webhook-1")
    assert "alice@example.com" not in str(entries)
    assert signature(body) not in str(entries)
