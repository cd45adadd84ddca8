"""Install: a merchant opens the app, leaves, comes back. The visit itself carries the key.

1. A verified session token says which shop this is.
2. If we hold no usable token for it, the session token is exchanged for an expiring offline pair.
3. The installation is recorded, and the first reading of the shop begins.
"""

from datetime import datetime

import structlog

from backorder.access import keep, readmitted
from backorder.bell import Ring
from backorder.clock import transport_now
from backorder.db import books, imports, mails, outbox, shops, tokens
from backorder.db.shops import Shop
from backorder.house import House
from backorder.importing import STEPS
from backorder.leave import reinstalled
from backorder.store.credentials import SessionClaims
from backorder.store.origin import origin
from backorder.store.tokens import exchange

log = structlog.get_logger(__name__)


def arrive(house: House, claims: SessionClaims, id_token: str, now: datetime) -> Shop:
    """A merchant of this shop is here. Installs the app where it is not, over old rows too.

    Raises the errors of ``backorder.store.errors`` if the exchange fails; nothing is recorded then.
    """
    with house.db.read() as tx:
        known = shops.by_domain(tx, claims.shop)
        pair = tokens.get(tx, house.sealer, known.shop_id) if known is not None and known.is_installed else None
    if known is not None and pair is not None and (pair.refresh_until is None or pair.refresh_until > transport_now()):
        return known
    fresh = exchange(
        house.http,
        origin(house.settings.shopify_shop_url, claims.shop),
        house.settings.shopify_api_key,
        house.settings.secrets[0],
        id_token,
    )
    with house.db.write() as tx:
        returning = known is not None and known.is_installed
        shop = shops.install(tx, claims.shop, now)
        if known is not None and not returning:
            reinstalled(tx, shop.shop_id)
        if not returning:
            imports.start(tx, shop.shop_id, STEPS, transport_now())
    keep(house, shop.shop_id, fresh)
    readmitted(house, shop.shop_id)
    log.info("installed" if not returning else "access renewed", shop=shop.domain, generation=shop.generation)
    for work in (Ring.IMPORT, Ring.OBSERVE, Ring.OUTBOX):
        house.bell.ring(work)
    return shop


def leave(house: House, domain: str, happened_at: datetime | None, now: datetime) -> bool:
    """The shop has uninstalled the app: forget its tokens, end its work. False if that was an older installation.

    ``happened_at`` is when the store says it happened; one that lies before the present installation is late news.
    """
    with house.db.write() as tx:
        shop = shops.by_domain(tx, domain)
        if shop is None or not shop.is_installed:
            return False
        if happened_at is not None and happened_at < shop.installed_at:
            return False
        shops.leave(tx, shop.shop_id, now)
        tokens.forget(tx, shop.shop_id)
        mails.put_by(tx, shop.shop_id, transport_now())
        dropped = outbox.drop_shop(tx, shop.shop_id, transport_now(), "the shop has uninstalled the app")
        imports.forget_shop(tx, shop.shop_id)
        books.forget_work(tx, shop.shop_id)
    log.info("uninstalled", shop=domain, dropped=dropped)
    return True
