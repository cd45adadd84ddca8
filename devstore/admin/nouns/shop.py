"""The shop itself, the app's installation, locations, jobs, pages."""

from typing import Any

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.admin.paging import Page
from devstore.gids import gid
from devstore.model import Level, Location, Shop

shop = kind("Shop", Shop)
shop.plain("name", "email", "currencyCode", contactEmail="email", myshopifyDomain="domain", ianaTimezone="timezone")
shop.plain(currencyCode="currency")
shop.always(weightUnit="KILOGRAMS", features={"sellsSubscriptions": False})
kind("ShopFeatures").keys("sellsSubscriptions")
kind("ShopPlan").keys("publicDisplayName", "partnerDevelopment", "shopifyPlus")
kind("Domain").keys("host", "url")
kind("App").keys("id", "title", "handle")
kind("AppInstallation").keys("id", "launchUrl", "accessScopes", "activeSubscriptions", "app")
kind("AccessScope").keys("handle")
kind("AppSubscription").keys("id", "name", "status", "test", "currentPeriodEnd")
kind("Job").keys("id", "done")
kind("ApiVersion").keys("handle")
kind("Attribute").keys("key", "value")


@shop.field("id")
def _id(source: Shop, _asking: Asking, _args: Args) -> str:
    return gid("Shop", source.id)


@shop.field("url")
def _url(source: Shop, _asking: Asking, _args: Args) -> str:
    return f"https://{source.domain}"


@shop.field("primaryDomain")
def _domain(source: Shop, _asking: Asking, _args: Args) -> dict[str, str]:
    return {"host": source.domain, "url": f"https://{source.domain}"}


@shop.field("enabledPresentmentCurrencies")
def _currencies(source: Shop, _asking: Asking, _args: Args) -> list[str]:
    return [source.currency]


@shop.field("plan")
def _plan(source: Shop, _asking: Asking, _args: Args) -> dict[str, object]:
    return {"publicDisplayName": source.plan, "partnerDevelopment": source.plan == "Development", "shopifyPlus": False}


location = kind("Location", Location)
location.plain("name", legacyResourceId="id", isActive="active", fulfillsOnlineOrders="fulfills_online")
location.plain(shipsInventory="fulfills_online", isFulfillmentService="is_service")


@location.field("id")
def _location_id(source: Location, _asking: Asking, _args: Args) -> str:
    return gid("Location", source.id)


@location.field("hasActiveInventory")
def _has_inventory(source: Location, asking: Asking, _args: Args) -> bool:
    levels: list[Level] = list(asking.shop.levels.values())
    return any(level.location_id == source.id for level in levels)


@location.field("address")
def _address(source: Location, _asking: Asking, _args: Args) -> dict[str, str]:
    return {"countryCode": source.country, "provinceCode": source.province, "zip": source.zip}


kind("LocationAddress").keys("countryCode", "provinceCode", "zip")

info = kind("PageInfo")
info.plain(hasNextPage="has_next", hasPreviousPage="has_previous")


@info.field("endCursor")
def _end(source: Page, _asking: Asking, _args: Args) -> str | None:
    return source.edges[-1].cursor if source.edges else None


@info.field("startCursor")
def _start(source: Page, _asking: Asking, _args: Args) -> str | None:
    return source.edges[0].cursor if source.edges else None


def app_of(asking: Asking, app_id: int | None) -> dict[str, Any] | None:
    """The app with this id, as an answer; None for the merchant's staff."""
    if app_id is None:
        return None
    ours = app_id == asking.app_id
    return {
        "id": gid("App", app_id),
        "title": asking.world.app.name if ours else "Another app",
        "handle": asking.world.app.handle if ours else "another-app",
    }
