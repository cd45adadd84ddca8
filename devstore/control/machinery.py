"""Looking at the books, the clock, the faults, and waiting until all is quiet."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from devstore.faults import ApiFault
from devstore.here import current_world, shop_or_404
from devstore.installation import open_app, uninstall
from devstore.ledger import journal, ledger, open_orders

machinery = Blueprint("control_machinery", __name__, url_prefix="/_control")


@machinery.get("/ledger/<domain>")
def books(domain: str) -> Response:
    """Everything true in a shop."""
    return jsonify(ledger(current_world(), shop_or_404(domain)))


@machinery.get("/journal/<domain>")
def acts(domain: str) -> Response:
    """Who did what in a shop, oldest first; only acts after the number ``after``."""
    after = int(request.args.get("after", "0"))
    world = current_world()
    with world.lock:
        return jsonify(journal(shop_or_404(domain), after))


@machinery.get("/open_orders/<domain>")
def unshipped(domain: str) -> Response:
    """What is left to ship, and the levels: a small part of the ledger."""
    world = current_world()
    with world.lock:
        return jsonify(open_orders(world, shop_or_404(domain)))


@machinery.get("/asked/<domain>")
def asked(domain: str) -> Response:
    """What a shop was asked so far: requests by document, and how often the ``levels`` of each item were read, by second."""
    world = current_world()
    shop_or_404(domain)
    with world.lock:
        documents = {name: count for (shop, name), count in world.knocks.items() if shop == domain}
        levels = [
            {"item_id": item, "second": second, "times": times}
            for (shop, item, second), times in world.levels_read.items()
            if shop == domain
        ]
    return jsonify(documents=documents, levels=levels)


@machinery.get("/misses")
def misses() -> Response:
    """What was asked for and is not modelled, and deprecated things that were used; empty in a good story."""
    world = current_world()
    return jsonify({"misses": world.misses, "deprecations": world.deprecations, "failures": world.background.failures})


@machinery.post("/faults")
def faults() -> Response:
    """Switch faults of the post by their names (``Faults``); ``api`` breaks the next answers (``ApiFault``).

    ``slow_shops`` says by shop how many seconds each of its answers takes.
    ``shuffled`` alone spreads deliveries over half a second.
    """
    world, wish = current_world(), _wish()
    if wish.get("shuffled"):
        wish.setdefault("spread", 0.5)
    for name in ("doubled", "shuffled", "spread", "late", "lost", "lose_next"):
        if name in wish:
            setattr(world.post.faults, name, wish.pop(name))
    for each in wish.pop("api", []):
        world.api_faults.append(_api_fault(each))
    world.slow.update({shop: float(seconds) for shop, seconds in wish.pop("slow_shops", {}).items()})
    if wish:
        abort(400, f"No such fault: {', '.join(wish)}")
    chosen = world.post.faults
    return jsonify(
        doubled=chosen.doubled,
        shuffled=chosen.shuffled,
        spread=chosen.spread,
        late=chosen.late,
        lost=chosen.lost,
        lose_next=chosen.lose_next,
        api=len(world.api_faults),
    )


def _api_fault(wish: dict[str, Any]) -> ApiFault:
    try:
        return ApiFault(**wish)
    except TypeError as error:
        abort(400, f"No such fault: {error}")


@machinery.post("/throttle")
def throttle() -> Response:
    """Set the bucket: ``maximum``, ``restore_rate``; ``drain`` a shop's domain to nothing, for ``seconds``."""
    world, wish = current_world(), _wish()
    with world.lock:
        world.throttle.maximum = float(wish.get("maximum", world.throttle.maximum))
        world.throttle.restore_rate = float(wish.get("restore_rate", world.throttle.restore_rate))
        if "drain" in wish:
            world.throttle.drain(wish["drain"])
            world.throttle.stay_empty(wish["drain"], float(wish.get("seconds", 0)))
    return jsonify(maximum=world.throttle.maximum, restore_rate=world.throttle.restore_rate)


@machinery.get("/clock")
def clock() -> Response:
    """Business time."""
    return jsonify(now=current_world().now().isoformat(), offset=current_world().clock.offset)


@machinery.post("/clock/advance")
def advance() -> Response:
    """Move business time on by ``seconds``."""
    return jsonify(now=current_world().clock.advance(float(_wish()["seconds"])).isoformat())


@machinery.post("/idle")
def idle() -> Response:
    """Wait until nothing is queued or being delivered, at most ``timeout`` seconds (10)."""
    return jsonify(idle=current_world().wait_idle(float(request.args.get("timeout", "10"))))


@machinery.get("/id_token/<domain>")
def id_token(domain: str) -> Response:
    """A session token, as the embedding frame gets one when the merchant opens the app (which installs it)."""
    return jsonify(id_token=open_app(current_world(), shop_or_404(domain)))


@machinery.post("/<domain>/uninstall")
def remove(domain: str) -> Response:
    """The merchant removes the app."""
    uninstall(current_world(), shop_or_404(domain))
    return jsonify(installed=False)


def _wish() -> dict[str, Any]:
    wish = request.get_json(silent=True)
    if not isinstance(wish, dict):
        abort(400, "Send a JSON object.")
    return wish
