"""The app in its frame, in a real Chromium: fresh tokens, its own links, and those that leave it."""

from dataclasses import replace

import pytest
from flask import Flask, Response, jsonify, request

from devstore.seed import lamplight
from devstore.web import create_app
from devstore.world import World

from .cast import APP, ORIGIN
from .looks import keep

pytestmark = pytest.mark.browser


@pytest.fixture
def app_inside(serve):
    """A small app behind a door that wants a fresh token, and calls the first one it sees invalid."""
    app = Flask("an app inside")
    app.seen = []

    @app.get("/")
    @app.get("/settings")
    def document():
        if "id_token" not in request.args:
            back = f"/bounce?shopify-reload={request.path}"
            return Response(status=302, headers={"Location": back})
        return f"""<!doctype html><html lang="en"><head><meta name="shopify-api-key" content="{APP.client_id}">
            <script src="{app.store}{ORIGIN}/app-bridge.js"></script><title>Promised</title>
            <link rel="icon" href="data:,"></head><body>
            <s-app-nav><a href="/settings">Settings</a></s-app-nav><main><h1>{request.path}</h1>
            <p><a href="/settings">In the frame</a></p><p><a href="shopify:admin/orders">Orders</a></p>
            <p id="answer"></p></main>
            <script>fetch("/api").then((a) => a.json()).then((j) => {{
              document.querySelector("#answer").textContent = j.said; shopify.toast.show("Saved"); }});</script>"""

    @app.get("/bounce")
    def bounce():
        return f'<!doctype html><script src="{app.store}{ORIGIN}/app-bridge.js"></script>'

    @app.get("/api")
    def api():
        app.seen.append(request.headers.get("Authorization", ""))
        if len(app.seen) == 1:
            return Response(status=401, headers={"X-Shopify-Retry-Invalid-Session-Request": "1"})
        return jsonify(said="two tokens seen" if app.seen[0] != app.seen[1] else "the same token twice")

    app.port = serve(app)
    return app


def test_an_app_lives_in_its_frame(app_inside, serve, open_page):
    world = World(replace(APP, url=f"http://localhost:{app_inside.port}"))
    lamplight(world)
    app_inside.store = world.base = f"http://127.0.0.1:{serve(create_app(world))}"
    page = open_page(f"{world.base}{ORIGIN}/admin/apps/promised")
    inside = page.frame_locator("iframe")
    inside.get_by_text("two tokens seen").wait_for()
    open_page.expect("401")  # the first token is refused
    assert all(token.startswith("Bearer ey") for token in app_inside.seen[:2])
    page.get_by_role("status").get_by_text("Saved").wait_for()
    keep(page, "admin-app", accessible=False)

    inside.get_by_role("link", name="In the frame").click()  # a plain link carries no token: the bounce page mends it
    inside.get_by_role("heading", name="/settings").wait_for()
    page.wait_for_url("**/admin/apps/promised/settings")
    assert page.get_by_role("link", name="Settings").get_attribute("href").endswith("/admin/apps/promised/settings")
    inside.get_by_role("link", name="Orders").click()
    page.wait_for_url("**/admin/orders")
