"""The client that knocks at a door with webhooks: a process of its own, a few keep-alive connections, a bounded count.

``python -m bench.knocker`` reads a wish as JSON from stdin and writes what it saw as JSON: the seconds from the first request to
the last answer, each request's milliseconds, and how many were not answered 200.
"""

import base64
import hashlib
import hmac
import json
import socket
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from uuid import uuid4

HEAD = (
    "POST /webhooks HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Shopify-Topic: {topic}\r\n"
    "X-Shopify-Shop-Domain: {shop}\r\nX-Shopify-Hmac-Sha256: {signature}\r\nX-Shopify-Webhook-Id: {event}\r\n"
    "X-Shopify-Event-Id: {event}\r\nX-Shopify-API-Version: 2026-07\r\n"
    "X-Shopify-Triggered-At: 2026-11-25T12:00:00.000000000Z\r\nContent-Length: {length}\r\n\r\n"
)


@dataclass(frozen=True)
class Wish:
    """What to send: ``count`` webhooks over ``connections``; ``rate`` a second in all, or 0 for as fast as answers come."""

    port: int
    secret: str
    count: int
    connections: int = 8
    rate: float = 0.0
    size: int = 4096
    shop: str = "lamplight.myshopify.com"
    topic: str = "orders/updated"


@dataclass
class Seen:
    """What came of it."""

    seconds: float = 0.0
    refused: int = 0
    milliseconds: list[float] = field(default_factory=list)


def knock(wish: Wish) -> Seen:
    """Send them all, from as many threads as there are connections."""
    body = order(wish.size)
    signature = base64.b64encode(hmac.digest(wish.secret.encode(), body, hashlib.sha256)).decode()
    seen, lock = Seen(), threading.Lock()
    begun = time.monotonic()
    turns = iter(range(wish.count))

    def one_connection() -> None:
        times, refused = [], 0
        with socket.create_connection(("127.0.0.1", wish.port), timeout=30) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                with lock:
                    turn = next(turns, None)
                if turn is None:
                    break
                due = begun + turn / wish.rate if wish.rate else 0.0
                if (pause := due - time.monotonic()) > 0:
                    time.sleep(pause)
                request = HEAD.format(
                    topic=wish.topic, shop=wish.shop, signature=signature, event=uuid4(), length=len(body)
                ).encode()
                started = time.monotonic()
                line.sendall(request + body)
                refused += not _answered_200(line)
                # At a steady rate a request that had to queue behind a slow one waited too.
                times.append((time.monotonic() - (max(due, begun) if wish.rate else started)) * 1000)
        with lock:
            seen.milliseconds += times
            seen.refused += refused

    threads = [threading.Thread(target=one_connection) for _ in range(wish.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen.seconds = time.monotonic() - begun
    return seen


def order(size: int) -> bytes:
    """An order as the store writes it, in ``size`` bytes: who packs bodies meets here what the store would send."""
    whole: dict[str, object] = {"id": 4507, "admin_graphql_api_id": "gid://shopify/Order/4507", "note": ""}
    lines: list[object] = []
    whole["line_items"] = lines
    while len(json.dumps({**whole, "line_items": [*lines, _line(len(lines))]})) <= size:
        lines.append(_line(len(lines)))
    whole["note"] = "x" * max(0, size - len(json.dumps(whole)))
    return json.dumps(whole).encode()


def _line(number: int) -> dict[str, object]:
    told = int(hashlib.sha256(str(number).encode()).hexdigest()[:12], 16)
    return {
        "id": told,
        "admin_graphql_api_id": f"gid://shopify/LineItem/{told}",
        "fulfillable_quantity": told % 7,
        "fulfillment_status": None,
        "grams": told % 2999,
        "name": f"Lamp {told % 89}",
        "price": f"{told % 211}.{told % 97:02}",
        "product_id": told // 3,
        "quantity": told % 7,
        "requires_shipping": True,
        "sku": f"LAMP-{told % 9973}",
        "variant_id": told // 5,
        "vendor": "Lamplight",
    }


def _answered_200(line: socket.socket) -> bool:
    answer = b""
    while b"\r\n\r\n" not in answer:
        part = line.recv(65536)
        if not part:
            raise ConnectionError("the server hung up")
        answer += part
    head, _, rest = answer.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(lengths[0]) - len(rest) if lengths else 0
    while left > 0:
        left -= len(line.recv(left))
    return head.startswith(b"HTTP/1.1 200")


if __name__ == "__main__":
    json.dump(asdict(knock(Wish(**json.load(sys.stdin)))), sys.stdout)
