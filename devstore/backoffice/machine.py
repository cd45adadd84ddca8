"""What only a store on your machine has: a clock to advance, a post that can fail, an app to remove."""

from datetime import timedelta

from flask import request
from werkzeug.wrappers import Response

from devstore.backoffice.door import amount, attempt, backoffice, number, one_moment, page, shop_time
from devstore.here import current_world, shop_or_404
from devstore.installation import install, uninstall
from devstore.saying import StoreSays

UNITS = {"hours": 3600, "days": 86400}
FARTHEST = timedelta(days=3660)


@backoffice.get("/<shop>/admin/machine")
@one_moment
def machine(shop: str) -> str:
    """The switches."""
    return page("machine", shop_or_404(shop), faults=current_world().post.faults)


@backoffice.post("/<shop>/admin/machine/clock")
def advance(shop: str) -> Response:
    """Move business time on."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        unit = UNITS.get(request.form.get("unit", ""), 0)
        seconds = amount("amount", "How far to go") * unit
        if not 0 < seconds <= FARTHEST.total_seconds():
            raise StoreSays("Go on by more than nothing and less than ten years.", ("amount",))
        return f"It is now {shop_time(world.clock.advance(seconds), found)}."

    return attempt(act, f"/{found.domain}/admin/machine", "clock")


@backoffice.post("/<shop>/admin/machine/faults")
def switch_faults(shop: str) -> Response:
    """Let the post fail, or stop failing."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        late, percent = amount("late", "Lateness"), amount("lost", "The part that is lost")
        if percent > 100:
            raise StoreSays("At most 100 % can be lost.", ("lost",))
        faults = world.post.faults
        faults.lose_next = max(0, number("lose_next", "How many to lose"))
        faults.late, faults.lost = late, percent / 100
        faults.doubled, faults.shuffled = "doubled" in request.form, "shuffled" in request.form
        return "The post works as you set it."

    return attempt(act, f"/{found.domain}/admin/machine", "faults")


@backoffice.post("/<shop>/admin/machine/app")
def change_app(shop: str) -> Response:
    """Install or remove the app."""
    world, found = current_world(), shop_or_404(shop)

    def act() -> str:
        if request.form.get("act") == "uninstall":
            uninstall(world, found)
            return f"{world.app.name} is removed."
        install(world, found)
        return f"{world.app.name} is installed."

    return attempt(act, f"/{found.domain}/admin/machine", "app")
