"""The metafields that we define in a shop; ``shopify.app.toml`` declares the same, this mends what it left out."""

from dataclasses import dataclass

from backorder.store.annotations import ORDER_KEY
from backorder.store.client import ShopGraphQL
from backorder.store.offers import NAMESPACE, VARIANT_KEY
from backorder.store.reading import Node, refusal, user_errors


@dataclass(frozen=True)
class Definition:
    owner: str
    key: str
    name: str
    storefront: str
    customer_account: str


DEFINITIONS = (
    # public: theme, cart and checkout show the date without asking us
    Definition("PRODUCTVARIANT", VARIANT_KEY, "Backorder", "PUBLIC_READ", "NONE"),
    # the buyer reads it on the order page
    Definition("ORDER", ORDER_KEY, "Backorder promise", "NONE", "READ"),
)


def ensure(client: ShopGraphQL) -> tuple[str, ...]:
    return tuple(each.key for each in DEFINITIONS if not _there(client, each) and _create(client, each))


def _there(client: ShopGraphQL, wish: Definition) -> bool:
    variables = {"ownerType": wish.owner, "key": wish.key}
    return bool(client.execute("definitions", variables)["metafieldDefinitions"]["nodes"])


def _create(client: ShopGraphQL, wish: Definition) -> bool:
    """Whether it was us: TAKEN means that somebody else created it since we looked."""
    said = client.execute("definition_create", {"definition": _input(wish)})["metafieldDefinitionCreate"]
    problems = user_errors(said)
    if problems and {problem.code for problem in problems} != {"TAKEN"}:
        raise refusal(problems)
    return not problems


def _input(wish: Definition) -> Node:
    return {
        "ownerType": wish.owner,
        "namespace": NAMESPACE,
        "key": wish.key,
        "name": wish.name,
        "type": "json",
        "access": {
            "admin": "MERCHANT_READ",
            "storefront": wish.storefront,
            "customerAccount": wish.customer_account,
        },
    }
