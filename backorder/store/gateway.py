"""The gateway: all that we ask of one store. Each method is one sentence of the room it comes from.

Reads return the frozen values of ``backorder.rules.seen``; ids are the store's own numbers, cursors are opaque and
None when there is no next page. Every method may raise the errors of ``backorder.store.errors``.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import requests

from backorder.rules.parcels import ShipTo, Tracking
from backorder.rules.seen import (
    ContactSeen,
    FulfillmentOrderSeen,
    ItemSeen,
    LevelSeen,
    LocationSeen,
    OrderSeen,
    ShopSeen,
    SweptSeen,
    VariantSeen,
)
from backorder.rules.transfers import TransferSeen
from backorder.store import (
    addresses,
    annotations,
    collections,
    definitions,
    fulfillments,
    holds,
    inventory,
    moves,
    offers,
    orders,
    shop,
    sweeps,
    transfers,
    variants,
)
from backorder.store.client import ShopGraphQL, Throttle
from backorder.store.collections import CollectionPage, CollectionSeen
from backorder.store.errors import StoreError
from backorder.store.origin import REAL_ORIGIN
from backorder.store.written import Held, OfferChange, OfferOutcome, Released, SubscriptionSeen


class Gateway:
    """One shop's store, reached with one token; made, used, dropped."""

    def __init__(
        self,
        shop_domain: str,
        token: str,
        http: requests.Session,
        *,
        template: str = REAL_ORIGIN,
        sleep: Callable[[float], None] = time.sleep,
        heard: Callable[[StoreError | None], None] = lambda _error: None,
    ) -> None:
        self._client = ShopGraphQL(shop_domain, token, http, template=template, sleep=sleep, heard=heard)

    @property
    def domain(self) -> str:
        """Whose store this is."""
        domain: str = self._client.shop
        return domain

    @property
    def throttle(self) -> Throttle | None:
        """The shop's query points as last told."""
        return self._client.throttle

    # Reading

    def shop(self) -> ShopSeen:
        """The shop, and the scopes it has granted."""
        return shop.read(self._client)

    def locations(self, after: str | None = None) -> tuple[tuple[LocationSeen, ...], str | None]:
        """One page of locations, inactive ones included."""
        return shop.locations(self._client, after)

    def subscriptions(self) -> tuple[SubscriptionSeen, ...]:
        """All webhook subscriptions that were made through the API for this shop."""
        return shop.subscriptions(self._client)

    def variants(
        self, after: str | None = None, query: str | None = None
    ) -> tuple[tuple[tuple[VariantSeen, tuple[LevelSeen, ...]], ...], str | None]:
        """One page of variants, each with all its levels; ``query`` in the store's search syntax."""
        return variants.page(self._client, after, query)

    def variants_by_ids(self, variant_ids: Iterable[int]) -> tuple[VariantSeen, ...]:
        """These variants, sorted by id; those that are gone are missing."""
        return variants.by_ids(self._client, variant_ids)

    def item(self, item_id: int) -> ItemSeen | None:
        """An inventory item with every level and every variant that sells it; None if it is gone."""
        return inventory.item(self._client, item_id)

    def items(self, item_ids: Iterable[int]) -> dict[int, ItemSeen]:
        """Inventory items, several in one request; those that are gone are missing."""
        return inventory.items(self._client, item_ids)

    def collections(self, title: str) -> tuple[CollectionSeen, ...]:
        """The collections of this title, whatever the case of its letters."""
        return collections.titled(self._client, title)

    def collection(self, collection_id: int, after: str | None = None) -> CollectionPage | None:
        """A page of the products in a collection; None if it is gone."""
        return collections.page(self._client, collection_id, after)

    def sweep(self, since: datetime, after: str | None = None) -> tuple[tuple[SweptSeen, ...], str | None]:
        """One page of the fulfillment orders that changed since (inclusive), closed ones too, oldest change first."""
        return sweeps.changed(self._client, since, after)

    def open_orders(self, after: str | None = None) -> tuple[tuple[int, ...], str | None]:
        """One page of the ids of orders that still have something to ship, archived ones too."""
        return sweeps.open_orders(self._client, after)

    def order(self, order_id: int) -> OrderSeen | None:
        """An order, whole; None if it is gone or too old for our scopes."""
        return orders.order(self._client, order_id)

    def orders(self, order_ids: Iterable[int]) -> dict[int, OrderSeen]:
        """Orders, whole, several in one request; those that are gone or too old for our scopes are missing."""
        return orders.orders(self._client, order_ids)

    def open_transfers(self, after: str | None = None) -> tuple[tuple[int, ...], str | None]:
        """One page of the ids of transfers that were made ready and have not ended."""
        return transfers.open_transfers(self._client, after)

    def transfers(self, transfer_ids: Iterable[int]) -> dict[int, TransferSeen]:
        """Transfers with their shipments, whole, several in one request; those that are gone are missing."""
        return transfers.transfers(self._client, transfer_ids)

    def fulfillment_order(self, fulfillment_order_id: int) -> FulfillmentOrderSeen | None:
        """One fulfillment order as it stands: what to read back when an outcome is unknown."""
        return orders.fulfillment_order(self._client, fulfillment_order_id)

    def addresses(self, order_ids: Iterable[int]) -> dict[int, ShipTo]:
        """Where orders are to be sent, several in one request; those that are gone, hidden or without an address are missing."""
        return addresses.ship_to(self._client, order_ids)

    def contact(self, order_id: int) -> ContactSeen | None:
        """Whom to write to about an order; None if the order is gone. Raises MissingScope without the data's grant."""
        return orders.contact(self._client, order_id)

    # Writing

    def hold(
        self,
        fulfillment_order_id: int,
        handle: str,
        parts: Mapping[int, int] | None,
        note: str,
        reason: str = holds.OUT_OF_STOCK,
    ) -> Held:
        """Hold units, for want of stock or another of the store's reasons: ``parts`` maps part ids to units, None holds the whole of it.

        Raises AlreadyHeld if a hold of ours with this handle is there, or was placed and not shown: what was asked for is done.
        """
        return holds.hold(self._client, fulfillment_order_id, handle, parts, note, reason)

    def release(self, fulfillment_order_id: int, hold_ids: Iterable[int]) -> Released | None:
        """Release exactly these holds; None: it was done, and not shown.

        Raises ValueError for none: the store would take that to mean everybody's.
        """
        return holds.release(self._client, fulfillment_order_id, tuple(hold_ids))

    def narrow(
        self,
        fulfillment_order_id: int,
        hold_ids: Iterable[int],
        handle: str,
        parts: Mapping[int, int],
        note: str,
        reason: str = holds.OUT_OF_STOCK,
    ) -> Held | None:
        """Release these holds of ours and hold only ``parts`` again, in one request; between the two nothing is held.

        None: it was done, and not shown.
        """
        return holds.narrow(self._client, fulfillment_order_id, tuple(hold_ids), handle, parts, note, reason)

    def fulfill(self, fulfillment_order_id: int, parts: Mapping[int, int], tracking: Tracking) -> None:
        """Say that units of an open fulfillment order were shipped: ``parts`` maps part ids to units. The store tells the buyer.

        Done twice it would count twice: whoever asks reads the fulfillment order before.
        """
        fulfillments.fulfill(self._client, fulfillment_order_id, parts, tracking)

    def merge(self, fulfillment_order_ids: Sequence[int]) -> None:
        """Make open fulfillment orders of one order and location one again, the first of them."""
        holds.merge(self._client, fulfillment_order_ids)

    def may_move(self, fulfillment_order_id: int, location_id: int) -> bool:
        """Whether a fulfillment order may be sent from that location instead; not if it is gone, or its buyer collects it."""
        return moves.may_move(self._client, fulfillment_order_id, location_id)

    def move(self, fulfillment_order_id: int, location_id: int, parts: Mapping[int, int] | None) -> None:
        """Send a fulfillment order from another location: ``parts`` maps part ids to units, None moves the whole."""
        moves.move(self._client, fulfillment_order_id, location_id, parts)

    def set_deadline(self, fulfillment_order_ids: Sequence[int], at: datetime) -> None:
        """Say by when these fulfillment orders are to be sent; all of them or, if one is gone, none."""
        holds.set_deadline(self._client, fulfillment_order_ids, at)

    def offer(self, product_id: int, changes: Iterable[OfferChange]) -> OfferOutcome:
        """Set policy and promise of a product's variants, both at once; a refused variant does not stop the others."""
        return offers.offer(self._client, product_id, tuple(changes))

    def clear_promise(self, variant_ids: Iterable[int]) -> None:
        """Take the promise off these variants; one that has none is fine."""
        offers.clear_promise(self._client, variant_ids)

    def annotate(
        self, order_id: int, promise: Mapping[str, Any], digest: str | None, tags: Collection[str] = ()
    ) -> str:
        """Write what was promised on the order, and add tags to it; returns the new digest.

        ``digest`` is what was read before, None if nothing was there. Raises ChangedMeanwhile if that is no longer so.
        """
        return annotations.annotate(self._client, order_id, promise, digest, tags)

    def clear_annotation(self, order_id: int, tags: Iterable[str]) -> None:
        """Take what was promised off an order, and these tags; what it does not have is fine."""
        annotations.clear(self._client, order_id, tags)

    def tags_add(self, order_id: int, tags: Iterable[str]) -> None:
        """Add tags to an order; those it has already are fine."""
        annotations.tags_add(self._client, order_id, tags)

    def tags_remove(self, order_id: int, tags: Iterable[str]) -> None:
        """Remove tags from an order; those it does not have are fine."""
        annotations.tags_remove(self._client, order_id, tags)

    def ensure_definitions(self) -> tuple[str, ...]:
        """Create the metafield definitions that are missing; returns their keys."""
        return definitions.ensure(self._client)
