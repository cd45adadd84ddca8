"""The log of webhooks: what was sent, how often, and what the app answered."""

import json

from devstore.backoffice.door import backoffice, one_moment, page
from devstore.here import current_world, shop_or_404
from devstore.model import Delivery

SHOWN = 200


@backoffice.get("/<shop>/admin/webhooks")
@one_moment
def webhooks(shop: str) -> str:
    """The latest deliveries to this shop's app, the newest first."""
    found = shop_or_404(shop)
    mine = [delivery for delivery in current_world().post.made if delivery.shop == found.domain]
    return page("webhooks", found, deliveries=mine[: -SHOWN - 1 : -1], total=len(mine), readable=readable)


def readable(delivery: Delivery) -> str:
    """The body, laid out for people."""
    return json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False)
