"""Subscriptions made for one shop."""

from urllib.parse import urlsplit

from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs
from devstore.model import Subscription
from devstore.saying import StoreSays
from devstore.topics import TOPICS

inputs("WebhookSubscriptionInput", "uri", "format", "filter", "includeFields", "name")
payload("WebhookSubscriptionCreatePayload", "webhookSubscription")
payload("WebhookSubscriptionDeletePayload", "deletedWebhookSubscriptionId")


@mutation.field("webhookSubscriptionCreate", "topic", "webhookSubscription")
def _create(_source: None, asking: Asking, args: Args) -> Payload:
    wish, shop = args["webhookSubscription"], asking.shop

    def act() -> Payload:
        topic = TOPICS.get(args["topic"])
        if topic is None:
            raise StoreSays(f"This store never emits {args['topic']}.", ("topic",))
        uri = wish.get("uri") or ""
        if urlsplit(uri).scheme not in {"http", "https"}:
            raise StoreSays("Address is not an address that can be called.", ("webhookSubscription", "uri"))
        if any(each.topic == topic and each.uri == uri for each in shop.subscriptions.values()):
            raise StoreSays("Address for this topic has already been taken", ("webhookSubscription", "uri"))
        now = asking.world.now()
        made = Subscription(shop.next_id(), topic, uri, now, now, wish.get("name"), wish.get("filter"))
        made.include_fields = tuple(wish.get("includeFields") or ())
        shop.subscriptions[made.id] = made
        return {"webhookSubscription": made}

    return attempt(act)


@mutation.field("webhookSubscriptionDelete", "id")
def _delete(_source: None, asking: Asking, args: Args) -> Payload:
    number = wanted(args["id"], "WebhookSubscription")

    def act() -> Payload:
        if asking.shop.subscriptions.pop(number, None) is None:
            raise StoreSays("Webhook subscription does not exist", ("id",))
        return {"deletedWebhookSubscriptionId": args["id"]}

    return attempt(act)
