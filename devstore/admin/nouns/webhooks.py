"""Subscriptions made through the API. Declared ones are the configuration's and do not show here."""

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.gids import gid
from devstore.model import Subscription

subscription = kind("WebhookSubscription", Subscription)
subscription.plain("uri", "filter", "includeFields", "name", "createdAt", "updatedAt", legacyResourceId="id")
subscription.always(format="JSON", metafieldNamespaces=[])


@subscription.field("id")
def _id(source: Subscription, _asking: Asking, _args: Args) -> str:
    return gid("WebhookSubscription", source.id)


@subscription.field("topic")
def _topic(source: Subscription, _asking: Asking, _args: Args) -> str:
    return source.topic.upper().replace("/", "_")


@subscription.field("apiVersion")
def _version(_source: Subscription, asking: Asking, _args: Args) -> dict[str, str]:
    return {"handle": asking.world.app.api_version}
