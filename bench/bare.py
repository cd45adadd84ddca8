"""The bare handler that the receiver is measured against: what no receiver of webhooks can do without.

It is a plain WSGI function, without a framework. For each request it:

1. reads the body,
2. checks the HMAC-SHA256 signature over the raw body, in constant time,
3. commits one INSERT of shop, topic, event id, the moment and the raw body, through the database's driver, on a connection
   that stays open: one for each thread on PostgreSQL (autocommit, one round trip), one behind a lock on SQLite (WAL,
   ``synchronous=FULL``), which is the quickest way there without grouping,
4. answers 200.

It does not know repeats, encrypts nothing, writes no log, rings no bell, bounds no body, and has no patience to lose. Its table
has a primary key and no other index.
"""

import base64
import hashlib
import hmac
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

Keep = Callable[[str, str, str, bytes], None]

TABLE = "bare_webhooks"
INSERT = f"INSERT INTO {TABLE} (shop, topic, event, received, body) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608 - a constant


def create_table(database_url: str) -> None:
    """Make the bare handler's table anew."""
    serial = "INTEGER PRIMARY KEY" if database_url.startswith("sqlite:") else "BIGSERIAL PRIMARY KEY"
    blob = "BLOB" if database_url.startswith("sqlite:") else "BYTEA"
    columns = f"id {serial}, shop TEXT, topic TEXT, event TEXT, received DOUBLE PRECISION, body {blob}"
    statements = (f"DROP TABLE IF EXISTS {TABLE}", f"CREATE TABLE {TABLE} ({columns})")
    connection: Any = _sqlite(database_url) if database_url.startswith("sqlite:") else _postgresql(database_url)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def bare(database_url: str, secret: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The handler, as a WSGI application."""
    keep = _keep_in_sqlite(database_url) if database_url.startswith("sqlite:") else _keep_in_postgresql(database_url)
    key = secret.encode()

    def handle(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST":
            start_response("405 Method Not Allowed", [("Content-Length", "0")])
            return []
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        signed = base64.b64encode(hmac.digest(key, body, hashlib.sha256)).decode()
        if not hmac.compare_digest(signed, environ.get("HTTP_X_SHOPIFY_HMAC_SHA256", "")):
            start_response("401 Unauthorized", [("Content-Length", "0")])
            return []
        keep(
            environ["HTTP_X_SHOPIFY_SHOP_DOMAIN"],
            environ["HTTP_X_SHOPIFY_TOPIC"],
            environ["HTTP_X_SHOPIFY_EVENT_ID"],
            body,
        )
        start_response("200 OK", [("Content-Length", "0")])
        return []

    return handle


def _keep_in_sqlite(database_url: str) -> Keep:
    connection, lock = _sqlite(database_url), threading.Lock()
    statement = INSERT.replace("%s", "?")

    def keep(shop: str, topic: str, event: str, body: bytes) -> None:
        with lock:
            connection.execute(statement, (shop, topic, event, time.time(), body))

    return keep


def _keep_in_postgresql(database_url: str) -> Keep:
    mine = threading.local()

    def keep(shop: str, topic: str, event: str, body: bytes) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = _postgresql(database_url)
        mine.connection.execute(INSERT, (shop, topic, event, time.time(), body))

    return keep


def _sqlite(database_url: str) -> sqlite3.Connection:
    path = database_url.removeprefix("sqlite:///")
    connection = sqlite3.connect(path, timeout=10, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def _postgresql(database_url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True)
