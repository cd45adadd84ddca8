"""Access: a shop's store, reached with a token that is good now. One refresher at a time, by lease.

1. A pair that is good for a while yet is used as it is.
2. Otherwise one caller leases the renewal of exactly this version; the others wait for its result.
3. The new pair is kept before it is first used: the old refresh token stays good until then, so a lost answer is harmless.
4. A store that does not answer, or will not have us, rests: until that is over nobody asks it anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from backorder.clock import transport_now
from backorder.db import dirty, rests, shops, tokens, troubles
from backorder.db.engine import Connection
from backorder.db.tokens import TokenPair
from backorder.house import House
from backorder.store.errors import AccessLost, MissingScope, StoreBusy, StoreError, TokenRefused
from backorder.store.gateway import Gateway
from backorder.store.origin import origin
from backorder.store.scopes import missing_scopes
from backorder.store.tokens import Tokens
from backorder.store.tokens import refresh as renew_at_store

# An hour's token is renewed when ten minutes are left.
EARLY = timedelta(minutes=10)
LEASE_SECONDS = 30
WAIT_SECONDS = 0.2
# A store that is away is asked twice a minute in the end; one that has shut its door to us, four times an hour.
LONGEST_REST = timedelta(seconds=30)
SHUT_OUT = timedelta(minutes=15)
AFTER_REFUSED_TOKEN = timedelta(seconds=1)
AFTER_REFUSED_RENEWAL = 60.0

log = structlog.get_logger(__name__)


def open_store(house: House, shop_id: int) -> Gateway:
    """The shop's store. Raises AccessLost for a shop that has left or whose tokens are spent, StoreBusy to ask later.

    While the store rests it is StoreBusy until the rest is over, without a request.
    """
    with house.db.read() as tx:
        shop = shops.one(tx, shop_id)
        poorly = _awake(tx, shop_id)
        known = tokens.get(tx, house.sealer, shop_id) if shop.is_installed else None
    if not shop.is_installed:
        raise AccessLost(f"{shop.domain} has uninstalled the app.")
    fresh = known is not None and known.access_until - transport_now() > EARLY
    pair = known if known is not None and fresh else good_pair(house, shop_id, shop.domain)
    template = house.settings.shopify_shop_url
    listener = Listener(house, shop_id, pair.version, poorly=poorly)
    return Gateway(shop.domain, pair.access, house.http, template=template, sleep=house.sleep, heard=listener)


@dataclass
class Listener:
    """Hears how each request to a shop's store ended, so that the store rests when it must and no longer than it must."""

    house: House
    shop_id: int
    version: int
    poorly: bool

    def __call__(self, error: StoreError | None) -> None:
        """Called after every request, outside any transaction."""
        if isinstance(error, TokenRefused):
            self._distrust(error)
        elif isinstance(error, StoreBusy) or (isinstance(error, AccessLost) and not isinstance(error, MissingScope)):
            _lay_to_rest(self.house, self.shop_id, error)
            self.poorly = True
        elif self.poorly:
            # It decided something, be it a refusal: it is well.
            with self.house.db.write() as tx:
                rests.end(tx, self.shop_id)
            self.poorly = False
            log.info("the store answers again", shop_id=self.shop_id)

    def _distrust(self, refused: TokenRefused) -> None:
        """This token is not accepted although it should be: the next caller renews it. A younger one stays trusted."""
        with self.house.db.write() as tx:
            if tokens.expire(tx, self.shop_id, self.version, transport_now()):
                rests.begin(tx, self.shop_id, transport_now(), AFTER_REFUSED_TOKEN, SHUT_OUT, str(refused))


def good_pair(house: House, shop_id: int, domain: str) -> TokenPair:
    """Tokens that are good for a while yet, renewed if they must be."""
    for _ in range(int(LEASE_SECONDS / WAIT_SECONDS)):
        now = transport_now()
        with house.db.read() as tx:
            pair = tokens.get(tx, house.sealer, shop_id)
            if pair is None or pair.access_until - now <= EARLY:
                _awake(tx, shop_id)
        if pair is None:
            raise AccessLost(f"{domain} has given us no token; the merchant's next visit brings one.")
        if pair.access_until - now > EARLY:
            return pair
        try:
            renewed = renew(house, shop_id, domain, pair, now)
        except (StoreBusy, AccessLost) as error:
            _lay_to_rest(house, shop_id, error)
            raise
        if renewed is not None:
            return renewed
        house.sleep(WAIT_SECONDS)  # somebody else is at it
    raise StoreBusy("A renewal of the access token takes too long.", retry_after=5.0)


def renew(house: House, shop_id: int, domain: str, pair: TokenPair, now: datetime) -> TokenPair | None:
    """Renew exactly this pair, if nobody else does. Raises AccessLost when the refresh token is spent."""
    if pair.refresh is None:
        raise AccessLost(f"{domain} gave a token that cannot be renewed.")
    if pair.refresh_until is not None and pair.refresh_until <= now:
        raise AccessLost("The refresh token is spent; the merchant's next visit brings new access.")
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
    except StoreError as error:
        with house.db.write() as tx:
            tokens.give_up_refresh(tx, shop_id, pair.version)
        if isinstance(error, StoreBusy):
            raise
        # No piece of work is to blame for that, so none of them is refused by it.
        raise StoreBusy(str(error), retry_after=AFTER_REFUSED_RENEWAL) from error
    return keep(house, shop_id, fresh)


def keep(house: House, shop_id: int, fresh: Tokens) -> TokenPair:
    """Keep a new pair before anybody uses it. A visit that brings one opens a door that was shut to us."""
    now = transport_now()
    pair = TokenPair(
        access=fresh.access,
        access_until=now + timedelta(seconds=fresh.access_expires_in),
        refresh=fresh.refresh,
        refresh_until=now + timedelta(seconds=fresh.refresh_expires_in),
        scopes=fresh.scopes,
    )
    house.db.run(lambda tx: tokens.put(tx, house.sealer, shop_id, pair))
    return pair


def readmitted(house: House, shop_id: int) -> None:
    """The merchant was here with new access: what had to wait for that may go on at once."""
    with house.db.write() as tx:
        rests.end(tx, shop_id)
        troubles.hurry(tx, shop_id, transport_now())
        dirty.hurry(tx, shop_id, transport_now())


def _awake(tx: Connection, shop_id: int) -> bool:
    """Whether the store was poorly when last asked. Raises StoreBusy, with the reason, while it rests."""
    rest = rests.get(tx, shop_id)
    if rest is None:
        return False
    left = (rest.until - transport_now()).total_seconds()
    if left > 0:
        raise StoreBusy(rest.why, retry_after=left)
    return True


def _lay_to_rest(house: House, shop_id: int, error: StoreError) -> None:
    """Nobody asks this store anything for a while."""
    if isinstance(error, StoreBusy):
        pause, longest = timedelta(seconds=error.retry_after), LONGEST_REST
    else:
        pause = longest = SHUT_OUT
    with house.db.write() as tx:
        until = rests.begin(tx, shop_id, transport_now(), pause, longest, str(error))
    log.warning("the store rests", shop_id=shop_id, until=until.isoformat(), why=str(error))


def lacking(granted: Iterable[str], wanted: Iterable[str]) -> tuple[str, ...]:
    """The scopes of ``wanted`` that a shop has not granted, by name; what it granted may cover more than it says."""
    return tuple(sorted(missing_scopes(granted, wanted)))
