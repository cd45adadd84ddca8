"""``python -m devstore``: one process that is the store, until SIGTERM."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from werkzeug.serving import WSGIRequestHandler, make_server

from devstore.admin.schema import schema
from devstore.app import read_app
from devstore.clock import Clock
from devstore.mailbox import mailbox_of
from devstore.mailbox.sink import HOST as MAIL_HOST
from devstore.seed import DOMAIN, SEEDS
from devstore.web import create_app
from devstore.world import World


class Quiet(WSGIRequestHandler):
    """The store's own traffic is no news. Connections stay open, as with the real one."""

    protocol_version = "HTTP/1.1"
    # Or the body of an answer would wait for the other side to say that it has its head.
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the store; prints one line of JSON with its addresses when it answers."""
    asked = _arguments(argv)
    app = read_app(asked.app_config, client_id=asked.api_key, secret=asked.api_secret, url=asked.app_url)
    world = World(app, Clock(asked.clock_file), routing_delay=asked.routing_delay)
    world.post.remembers = asked.remember
    web = create_app(world)
    letters = mailbox_of(web)
    server = make_server(asked.host, asked.port, web, threaded=True, request_handler=Quiet)
    world.base = f"http://{asked.host}:{server.server_port}"
    schema()
    SEEDS[asked.seed](world, asked.shop)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    serving = threading.Thread(target=server.serve_forever, name="store-web", daemon=True)
    serving.start()
    world.start()
    addresses = {
        "store": world.base,
        "shop": f"{world.base}/{asked.shop}",
        "smtp": f"smtp://{MAIL_HOST}:{letters.open(asked.smtp_port)}",
        "mailbox": f"{world.base}/mailbox",
    }
    sys.stdout.write(json.dumps(addresses) + "\n")
    sys.stdout.flush()
    stopping.wait()
    server.shutdown()
    world.stop()
    letters.close()
    return 0


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devstore", description="A Shopify store that lives on your machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=4010, help="0 takes a free one")
    parser.add_argument("--smtp-port", type=int, default=0, help="where the mailbox listens; 0 takes a free one")
    parser.add_argument("--app-config", type=Path, default=Path("shopify.app.toml"))
    parser.add_argument("--app-url", default="http://localhost:5000")
    parser.add_argument("--api-key", required=True)
    parser.add_argument("--api-secret", required=True)
    parser.add_argument("--clock-file", type=Path, help="a file with the seconds that business time is ahead")
    parser.add_argument("--shop", default=DOMAIN)
    parser.add_argument("--seed", choices=sorted(SEEDS), default="demo")
    parser.add_argument("--routing-delay", type=float, default=0.3, help="seconds from order to fulfillment orders")
    parser.add_argument("--remember", type=int, metavar="N", help="forget deliveries that ended, but for the last N")
    return parser.parse_args(argv)


if __name__ == "__main__":
    raise SystemExit(main())
