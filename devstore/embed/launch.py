"""How the back office opens an app: the address of its frame, signed."""

import base64
from collections.abc import Sequence
from urllib.parse import urlencode

from devstore.installation import open_app
from devstore.model import Shop
from devstore.signing import query_hmac
from devstore.world import World


def launch_address(world: World, shop: Shop, path: str = "", extra: Sequence[tuple[str, str]] = ()) -> str:
    """Address of the app's document at ``path``, with what every first load carries and a token one minute long.

    Opening the app installs it when it was not, as managed installation does.
    """
    now = world.clock.transport()
    admin = f"{world.origin(shop)}/admin".split("://", 1)[1]
    pairs = [
        *extra,
        ("embedded", "1"),
        ("host", base64.urlsafe_b64encode(admin.encode()).decode().rstrip("=")),
        ("id_token", open_app(world, shop)),
        ("locale", "en"),
        ("shop", shop.domain),
        ("timestamp", str(int(now.timestamp()))),
    ]
    pairs.append(("hmac", query_hmac(world.app.secret, pairs)))
    return f"{world.app.url.rstrip('/')}/{path}?{urlencode(pairs)}"
