"""Where the Admin API is knocked at: ``{origin}/admin/api/{version}/graphql.json``."""

import json
import re
import uuid
from typing import Any

from flask import Blueprint, Response, abort, request

from devstore.access import bearer
from devstore.admin.asking import Asking
from devstore.admin.execute import run
from devstore.admin.schema import VERSION
from devstore.breaking import broken, fault_for_this
from devstore.here import current_world, shop_or_404

admin_api = Blueprint("admin_api", __name__)
UNRECOGNIZED = "[API] Invalid API key or access token (unrecognized login or wrong password)"


@admin_api.post("/<domain>/admin/api/<version>/graphql.json")
def graphql(domain: str, version: str) -> Response:
    """Run one document. Another version than the committed one is answered by it, and the header says so."""
    if not re.fullmatch(r"\d{4}-\d{2}", version):
        abort(404)
    world, shop = current_world(), shop_or_404(domain)
    fault = fault_for_this(world, shop)
    if fault is not None and not fault.after_effect:
        world.knocks[domain, "broken"] += 1
        return broken(world, fault)
    with world.lock:
        token = bearer(world, shop, request.headers.get("X-Shopify-Access-Token"))
    if token is None:
        world.knocks[domain, "unknown token"] += 1
        return _json({"errors": UNRECOGNIZED}, 401)
    asked = _read()
    if asked is None:
        return _json({"errors": {"query": "Required parameter missing or invalid"}}, 400)
    world.knocks[domain, str(asked.get("operationName"))] += 1
    answer = run(Asking(world, shop, token.scopes), asked["query"], asked.get("variables"), asked.get("operationName"))
    if world.slow.get(domain):
        world.pause(world.slow[domain])
    said = _json(answer, 200)
    return said if fault is None else broken(world, fault, said)


def _read() -> dict[str, Any] | None:
    """The request, or None when it is none."""
    if request.mimetype == "application/graphql":
        return {"query": request.get_data(as_text=True)}
    asked = request.get_json(force=True, silent=True)
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return None
    return asked if isinstance(asked.get("variables") or {}, dict) else None


def _json(answer: object, status: int) -> Response:
    headers = {"X-Shopify-API-Version": VERSION, "X-Request-Id": str(uuid.uuid4())}
    return Response(json.dumps(answer), status, headers, mimetype="application/json")
