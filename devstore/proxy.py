"""The app proxy: a path of the shop that the app answers, with a signature that says the store really asked."""

from collections.abc import Iterator

import requests
from flask import Blueprint, Response, abort, request

from devstore.app import AppProxy
from devstore.here import current_world, shop_or_404
from devstore.signing import proxy_signature
from devstore.world import World

proxy = Blueprint("proxy", __name__)

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
TIMEOUT = (2.0, 10.0)
# the store's own, or of one connection only; cookies pass in neither direction, as in life
NOT_FORWARDED = frozenset(
    [
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
)
NOT_RETURNED = frozenset(
    ["connection", "content-encoding", "content-length", "keep-alive", "set-cookie", "transfer-encoding"]
)


@proxy.route("/<shop>/apps/<subpath>", methods=METHODS)
@proxy.route("/<shop>/apps/<subpath>/<path:rest>", methods=METHODS)
def forward(shop: str, subpath: str, rest: str = "") -> Response:
    """The app's answer. 404 when the app declared no such proxy, 502 when it does not answer."""
    world, found = current_world(), shop_or_404(shop)
    declared = world.app.proxy
    if declared is None or (declared.prefix, declared.subpath) != ("apps", subpath):
        abort(404, f"No app answers at /apps/{subpath}.")
    try:
        answer = requests.request(
            request.method,
            declared.url.rstrip("/") + (f"/{rest}" if rest else ""),
            params=list(signed_query(world, found.domain, declared)),
            data=request.get_data(),
            headers={name: value for name, value in request.headers if name.lower() not in NOT_FORWARDED},
            timeout=TIMEOUT,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        abort(502, f"The app did not answer: {type(error).__name__}.")
    headers = [(name, value) for name, value in answer.headers.items() if name.lower() not in NOT_RETURNED]
    return Response(answer.content, answer.status_code, headers)


def signed_query(world: World, domain: str, declared: AppProxy) -> Iterator[tuple[str, str]]:
    """The visitor's query, what the store adds to it, and the signature over all of that."""
    added = {
        "shop": domain,
        "logged_in_customer_id": "",
        "path_prefix": f"/{declared.prefix}/{declared.subpath}",
        "timestamp": str(int(world.clock.transport().timestamp())),
    }
    # a visitor cannot speak in the store's name: what the store says replaces what came
    mine = [(key, value) for key, value in request.args.items(multi=True) if key not in {*added, "signature"}]
    pairs = [*mine, *added.items()]
    yield from pairs
    yield "signature", proxy_signature(world.app.secret, pairs)
