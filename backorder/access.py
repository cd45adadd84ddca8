"""Access: a shop's store, reached with a token that is good now. One refresher at a time, by lease.

1. A pair that is good for a while yet is used as it is.
2. Otherwise one caller leases the renewal of exactly this version; the others wait for its result.
3. The new pair is kept before it is first used: the old refresh token stays good until then, so a lost answer is harmless.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from backorder.clock import transport_now
from backorder.db import shops, tokens
from backorder.db.tokens import TokenPair
from backorder.house import House
from backorder.store.errors import AccessLost, StoreBusy, StoreError
from backorder.store.gateway import Gateway
from backorder.store.origin import origin
from backorder.store.scopes import missing_scopes
from backorder.store.tokens import Tokens
from backorder.store.tokens import refresh as renew_at_store

# An hour's token is renewed when ten minutes are left.
EARLY = timedelta(minutes=10)
LEASE_SECONDS = 30
WAIT_SECONDS = 0.2


def open_store(house: House, shop_id: int) -> Gateway:
    """The shop's store. Raises AccessLost for a shop that has left or whose tokens are spent, StoreBusy to ask later."""
    with house.db.read() as tx:
        shop = shops.one(tx, shop_id)
    if not shop.is_installed:
        raise AccessLost(f"{shop.domain} has uninstalled the app.")
    pair = good_pair(house, shop_id, shop.domain)
    template = house.settings.shopify_shop_url
    return Gateway(shop.domain, pair.access, house.http, template=template, sleep=house.sleep)


def good_pair(house: House, shop_id: int, domain: str) -> TokenPair:
    """Tokens that are good for a while yet, renewed if they must be."""
    for _ in range(int(LEASE_SECONDS / WAIT_SECONDS)):
        now = transport_now()
        with house.db.read() as tx:
            pair = tokens.get(tx, house.sealer, shop_id)
        if pair is None:
            raise AccessLost(f"{domain} has given us no token; the merchant's next visit brings one.")
        if pair.access_until - now > EARLY:
            return pair
        renewed = renew(house, shop_id, domain, pair, now)
        if renewed is not None:
            return renewed
        house.sleep(WAIT_SECONDS)  # somebody else is at it
    raise StoreBusy("A renewal of the access token takes too long.", retry_after=5.0)


def renew(house: House, shop_id: int, domain: str, pair: TokenPair, now: datetime) -> TokenPair | None:
    """Renew exactly this pair, if nobody else does. Raises AccessLost when the refresh token is spent."""
    if pair.refresh is None:
        raise AccessLost(f"{domain} gave a token that cannot be renewed.")
    with house.db.write() as tx:
        if not tokens.lease_refresh(tx, shop_id, pair.version, now, LEASE_SECONDS):
            return None
    try:
        fresh = renew_at_store(
            house.http,
            origin(house.settings.shopify_shop_url, domain),
            house.settings.shopify_api_key,
            house.settings.secrets[0],
            pair.refresh,
        )
    except AccessLost:
        # The refresh token is spent: the merchant's next visit brings a new pair.
        with house.db.write() as tx:
            tokens.spent(tx, shop_id, pair.version, now)
        raise
    except StoreError:
        with house.db.write() as tx:
            tokens.give_up_refresh(tx, shop_id, pair.version)
        raise
    return keep(house, shop_id, fresh)


def keep(house: House, shop_id: int, fresh: Tokens) -> TokenPair:
    """Keep a new pair before anybody uses it."""
    now = transport_now()
    pair = TokenPair(
        access=fresh.access,
        access_until=now + timedelta(seconds=fresh.access_expires_in),
        refresh=fresh.refresh,
        refresh_until=now + timedelta(seconds=fresh.refresh_expires_in),
        scopes=fresh.scopes,
    )
    with house.db.write() as tx:
        tokens.put(tx, house.sealer, shop_id, pair)
    return pair


def distrust(house: House, shop_id: int) -> None:
    """The store did not accept the token although it should be good: let the next caller renew it."""
    with house.db.write() as tx:
        tokens.expire(tx, shop_id, transport_now())


def lacking(granted: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """The scopes of ``wanted`` that a shop has not granted, by name; what it granted may cover more than it says."""
    return tuple(sorted(missing_scopes(granted, wanted)))
