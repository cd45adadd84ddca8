"""Parcels that left the house."""

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Listing
from devstore.gids import gid
from devstore.model import Fulfillment, FulfillmentEvent

parcel = kind("Fulfillment", Fulfillment)
parcel.plain("status", "displayStatus", "createdAt", "updatedAt", "inTransitAt", legacyResourceId="id")


@parcel.field("id")
def _id(source: Fulfillment, _asking: Asking, _args: Args) -> str:
    return gid("Fulfillment", source.id)


@parcel.field("totalQuantity")
def _total(source: Fulfillment, _asking: Asking, _args: Args) -> int:
    return sum(line.quantity for line in source.lines)


@parcel.field("trackingInfo", "first")
def _tracking(source: Fulfillment, _asking: Asking, _args: Args) -> list[dict[str, str | None]]:
    if source.tracking_number is None and source.tracking_url is None:
        return []
    return [{"company": source.tracking_company, "number": source.tracking_number, "url": source.tracking_url}]


kind("FulfillmentTrackingInfo").keys("company", "number", "url")


@parcel.listing("events")
def _events(source: Fulfillment, _asking: Asking, _args: Args) -> Listing:
    return Listing(source.events)


event = kind("FulfillmentEvent", FulfillmentEvent).plain("status", "happenedAt")


@event.field("id")
def _event_id(source: FulfillmentEvent, _asking: Asking, _args: Args) -> str:
    return gid("FulfillmentEvent", source.id)
