"""``GET /proxy/quote`` beside a bare handler (``bench.bare_quote``) under the same server and over the same books.

Both run as processes of their own under the product's own gunicorn (``bench.door``). Questions come over a few kept connections: ours,
bare, bare, ours ..., so that a busy machine slows both; the figure is the ratio of the medians of the turns' 99th percentiles.
"""

import argparse
import hashlib
import hmac
import http.client
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from backorder.db import catalogue, migrate, offers, shops
from backorder.db.engine import Database
from backorder.rules.offer import metafield
from backorder.rules.seen import Policy, VariantSeen
from backorder.rules.selling import Decision, SellingState
from bench import scratch
from bench.line import Shown, say
from bench.processes import free_port, process, settings
from bench.quantiles import quantile

SHOP, VARIANT = "lamplight.myshopify.com", 7
P99_RATIO = 5.0
# All questions of a run, so that the limit of a shop is not what is measured.
MOST = 2_900


@dataclass
class Door:
    """A server that answers quotes, and the milliseconds of its turns."""

    port: int
    secret: str
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--count", type=int, default=400, metavar="N", help="questions in a turn (400)")
    parser.add_argument("--turns", type=int, default=6, metavar="T", help="turns of each (6)")
    parser.add_argument("--connections", type=int, default=4, metavar="C", help="connections that are kept busy (4)")


def run(asked: argparse.Namespace) -> int:
    """0: a ratio above its target is shown and fails nothing. Raises RuntimeError if a question was not answered."""
    if asked.count * asked.turns > MOST:
        raise SystemExit(f"Ask for at most {MOST} questions in all turns together.")
    with scratch.address() as url, ExitStack() as open_now:
        place = Path(open_now.enter_context(tempfile.TemporaryDirectory(prefix="promised-bench-")))
        _decide(url)
        doors = {}
        for which, module in (("ours", "ours"), ("bare", "bare-quote")):
            port = free_port()
            environment = settings(port, url)
            one = open_now.enter_context(process(["bench.door", module], environment, place / f"{which}.log"))
            one.answers(f"http://127.0.0.1:{port}/proxy/quote?shop={SHOP}&variant={VARIANT}&quantity=1")
            doors[which] = Door(port, environment["SHOPIFY_API_SECRET"])
        for door in doors.values():
            _turn(door, 50, asked.connections)
        for turn in range(asked.turns):
            for which in ("ours", "bare") if turn % 2 else ("bare", "ours"):
                times = _turn(doors[which], asked.count, asked.connections)
                doors[which].p50.append(quantile(times, 0.5))
                doors[which].p99.append(quantile(times, 0.99))
        _say("SQLite" if url.startswith("sqlite:") else "PostgreSQL", doors["ours"], doors["bare"])
    return 0


def _decide(url: str) -> None:
    """Books in which one lamp is sold on backorder."""
    database = Database(url)
    migrate.upgrade(database)
    now = datetime.now(UTC)
    day = (now + timedelta(days=12)).date()
    decision = Decision(SellingState.BACKORDER, Policy.CONTINUE, day, "40 units left to sell.")
    wanted = metafield(decision, [{"units": 40, "ship_by": day.isoformat()}], now)
    with database.write() as tx:
        shop_id = shops.install(tx, SHOP, now).shop_id
        catalogue.save_variants(tx, shop_id, [_lamp(now)])
        catalogue.choose(tx, shop_id, [VARIANT], {"managed": True})
        offers.decide(tx, shop_id, VARIANT, decision.state.value, decision.reason, wanted, now)
    database.close()


def _lamp(now: datetime) -> VariantSeen:
    return VariantSeen(
        variant_id=VARIANT,
        product_id=VARIANT,
        item_id=VARIANT,
        title="Default Title",
        product_title="Lamp",
        product_handle="lamp",
        product_status="ACTIVE",
        sku=None,
        price=Decimal(10),
        policy=Policy.CONTINUE,
        tracked=True,
        requires_shipping=True,
        updated_at=now,
    )


def _turn(door: Door, count: int, connections: int) -> list[float]:
    """Ask so many questions; the milliseconds of each."""
    times: list[float] = []
    failed: list[int] = []

    def asks(visitor: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", door.port, timeout=30)
        for turn in range(count // connections):
            # Each is another visitor: nobody asks so much.
            headers = {"X-Forwarded-For": f"{visitor}.{turn}.{time.monotonic_ns()}"}
            address = _signed(door.secret)
            begun = time.perf_counter()
            line.request("GET", address, headers=headers)
            answer = line.getresponse()
            answer.read()
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status != http.client.OK:
                failed.append(answer.status)
        line.close()

    threads = [threading.Thread(target=asks, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise RuntimeError(f"{len(failed)} of {count} questions were answered {sorted(set(failed))}")
    return times


def _signed(secret: str) -> str:
    asked = {
        "shop": SHOP,
        "path_prefix": "/apps/promised",
        "timestamp": str(int(time.time())),
        "logged_in_customer_id": "",
        "variant": str(VARIANT),
        "quantity": "2",
    }
    text = "".join(f"{name}={value}" for name, value in sorted(asked.items()))
    signature = hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
    return f"/proxy/quote?{urlencode({**asked, 'signature': signature})}"


def _say(kind: str, ours: Door, bare: Door) -> None:
    found = {
        "ours_p50_ms": median(ours.p50),
        "ours_p99_ms": median(ours.p99),
        "bare_p50_ms": median(bare.p50),
        "bare_p99_ms": median(bare.p99),
    }
    ratio = round(found["ours_p99_ms"] / found["bare_p99_ms"], 2)
    say(
        "quote",
        {"database": kind, **{name: round(value, 2) for name, value in found.items()}, "p99_ratio": ratio},
        [
            Shown(
                f"p99 of a live quote, {kind}",
                f"{found['ours_p99_ms']:.1f} ms",
                f"{found['bare_p99_ms']:.1f} ms",
                ratio,
                f"< {P99_RATIO:g}",
            )
        ],
    )
