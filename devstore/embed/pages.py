"""The page with the frame, the tokens for it, and App Bridge's stand-in."""

from flask import Blueprint, Response, abort, jsonify, render_template, request

from devstore.embed.launch import launch_address
from devstore.here import current_world, shop_or_404
from devstore.signing import mint_id_token

embed = Blueprint(
    "embed", __name__, template_folder="templates", static_folder="static", static_url_path="/_static/embed"
)
LAUNCH = frozenset({"embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"})


@embed.get("/<shop>/admin/apps/<handle>")
@embed.get("/<shop>/admin/apps/<handle>/")
@embed.get("/<shop>/admin/apps/<handle>/<path:path>")
def app_frame(shop: str, handle: str, path: str = "") -> str:
    """The app in its frame. 404 for an app that this store does not know."""
    world, found = current_world(), shop_or_404(shop)
    if handle != world.app.handle:
        abort(404, f"No app called {handle} is known here.")
    # what is signed anew is not taken over from the visitor's address
    extra = [(key, value) for key, value in request.args.items(multi=True) if key not in LAUNCH]
    address = launch_address(world, found, path, extra)
    return render_template("embed/frame.html", shop=found, world=world, address=address)


@embed.get("/<shop>/admin/_id_token")
def id_token(shop: str) -> Response:
    """A fresh session token for the frame's page. No other site can read it: there is no CORS header, on purpose."""
    world, found = current_world(), shop_or_404(shop)
    if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        abort(403, "Session tokens are for the back office's own pages.")
    answer = jsonify({"token": mint_id_token(world.app, found.domain, world.clock.transport())})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@embed.get("/app-bridge.js")
@embed.get("/<shop>/app-bridge.js")
def app_bridge(shop: str | None = None) -> Response:
    """The script that an embedded page loads first."""
    if shop is not None:
        shop_or_404(shop)
    return embed.send_static_file("app-bridge.js")
