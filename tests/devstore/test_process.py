"""The store as a process with a port, and handed over inside one process."""

import json
import os
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
import responses

from devstore.handing import register
from devstore.seed import DOMAIN
from tests.devstore.conftest import EXCHANGE
from tests.serving import serve

TOML = """
name = "Promised"
[access_scopes]
scopes = "write_products,write_orders"
[webhooks]
api_version = "2026-07"
  [[webhooks.subscriptions]]
  topics = ["orders/create", "fulfillment_orders/order_routing_complete"]
  uri = "/webhooks"
"""


class Listener:
    """An app that writes down what it is told; refuses the first delivery."""

    def __init__(self):
        self.heard, self.changed = [], threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):  # the server looks the method up by this name
                self.rfile.read(int(self.headers["Content-Length"]))
                with outer.changed:
                    outer.heard.append(self.headers["X-Shopify-Topic"])
                    outer.changed.notify_all()
                self.send_response(503 if len(outer.heard) == 1 else 200)
                self.end_headers()

            def log_message(self, *_):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=serve, args=(self.server,), daemon=True)

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.heard) >= count, 15), self.heard


@pytest.fixture
def listener():
    app = Listener()
    app.thread.start()
    yield app
    app.server.shutdown()
    app.server.server_close()


@pytest.mark.long
def test_the_process_sells_routes_tells_retries_and_stops(listener, tmp_path):
    config, clock = tmp_path / "shopify.app.toml", tmp_path / "clock"
    config.write_text(TOML, encoding="utf-8")
    port = listener.server.server_port
    command = [
        *(sys.executable, "-m", "devstore", "--port", "0", "--app-config", str(config)),
        *("--app-url", f"http://127.0.0.1:{port}", "--api-key", "k", "--api-secret", "s" * 32),
        *("--clock-file", str(clock), "--routing-delay", "0.05"),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as process:
        try:
            addresses = json.loads(process.stdout.readline())
            control = addresses["store"] + "/_control"
            requests.get(f"{control}/id_token/{DOMAIN}", timeout=5).raise_for_status()
            variant = requests.get(f"{control}/ledger/{DOMAIN}", timeout=5).json()["variants"][0]
            body = {"lines": [{"variant_id": variant["id"], "quantity": 1}]}
            requests.post(f"{control}/{DOMAIN}/orders", json=body, timeout=5).raise_for_status()
            listener.wait_for(3)
            assert requests.post(f"{control}/idle?timeout=10", timeout=15).json() == {"idle": True}
            requests.post(f"{control}/clock/advance", json={"seconds": 60}, timeout=5).raise_for_status()
            assert float(clock.read_text()) == 60
            deliveries = requests.get(f"{control}/ledger/{DOMAIN}", timeout=5).json()["deliveries"]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
    assert set(listener.heard) == {"orders/create", "fulfillment_orders/order_routing_complete"}
    assert sorted(each["answers"] for each in deliveries) == [[200], [503, 200]]


def test_requests_for_the_store_are_handed_over_without_a_port(world, shop, client):
    token = client.get(f"/_control/id_token/{shop.domain}").json["id_token"]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        register(mock, world)
        origin = world.origin(shop)
        bought = requests.post(
            f"{origin}/admin/oauth/access_token", json={**EXCHANGE, "subject_token": token}, timeout=1
        )
        answer = requests.post(
            f"{origin}/admin/api/2026-07/graphql.json",
            json={"query": "{ shop { name } }"},
            headers={"X-Shopify-Access-Token": bought.json()["access_token"]},
            timeout=1,
        )
        with pytest.raises(requests.ConnectionError):
            requests.get("http://127.0.0.1:1/elsewhere", timeout=1)
    assert answer.json()["data"] == {"shop": {"name": "Lamplight"}}
    assert answer.headers["X-Shopify-API-Version"] == "2026-07"
