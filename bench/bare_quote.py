"""The bare handler that ``GET /proxy/quote`` is measured against: what no answer to a live question can do without.

It is a plain WSGI function, without a framework. For each request it checks the signature of the query in constant time, reads what was
decided about the variant by one SELECT on a connection that stays open, finds the day for the quantity and answers as JSON. It
signs no proof, counts nobody, checks no question, and forgives nothing.
"""

import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import psycopg

DECIDED = "SELECT o.wanted FROM offers o JOIN shops s ON s.id = o.shop_id WHERE s.domain = %s AND o.variant_id = %s"


def bare_quote(database_url: str, secret: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The handler, as a WSGI application."""
    find, key = _finder(database_url), secret.encode()

    def handle(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        asked = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        signature = asked.pop("signature", "")
        text = "".join(f"{name}={value}" for name, value in sorted(asked.items())).encode()
        if not hmac.compare_digest(hmac.new(key, text, hashlib.sha256).hexdigest(), signature):
            start_response("401 Unauthorized", [("Content-Length", "0")])
            return []
        decided, left = find(asked["shop"], int(asked["variant"])), int(asked["quantity"])
        day = None
        for step in decided["steps"]:
            left -= step["units"]
            if left <= 0:
                day = step["ship_by"]
                break
        body = json.dumps({"state": decided["state"], "ship_by": day}).encode()
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    return handle


def _finder(database_url: str) -> Callable[[str, int], Any]:
    mine = threading.local()
    lite = database_url.startswith("sqlite:")

    def find(shop: str, variant: int) -> Any:
        if not hasattr(mine, "connection"):
            mine.connection = (
                sqlite3.connect(database_url.removeprefix("sqlite:///"))
                if lite
                else psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True)
            )
        statement = DECIDED.replace("%s", "?") if lite else DECIDED
        (found,) = mine.connection.execute(statement, (shop, variant)).fetchone()
        return json.loads(found) if isinstance(found, str) else found

    return find
