"""Metafields and their definitions."""

import json
from typing import Any

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.gids import gid
from devstore.model import Definition, Metafield, Owner

metafield = kind("Metafield", Metafield)
metafield.plain(
    "namespace", "key", "type", "value", "createdAt", "updatedAt", ownerType="owner", compareDigest="digest"
)
JSON_TYPES = frozenset({"json", "boolean", "number_integer", "number_decimal", "rating", "money"})


def metafield_of(asking: Asking, owner: Owner, owner_id: int, args: Args) -> Metafield | None:
    """The metafield that ``metafield(namespace:, key:)`` asks for."""
    namespace = asking.world.app.namespace(args.get("namespace"))
    return asking.shop.metafield(owner, owner_id, namespace, args["key"])


@metafield.field("id")
def _id(source: Metafield, _asking: Asking, _args: Args) -> str:
    return gid("Metafield", source.id)


@metafield.field("jsonValue")
def _json(source: Metafield, _asking: Asking, _args: Args) -> Any:
    structured = source.type in JSON_TYPES or source.type.startswith("list.")
    return json.loads(source.value) if structured else source.value


definition = kind("MetafieldDefinition", Definition)
definition.plain("namespace", "key", "name", ownerType="owner")
kind("MetafieldDefinitionType").keys("name")
kind("MetafieldAccess").keys("admin", "storefront", "customerAccount")
kind("MetafieldIdentifier").keys("ownerId", "namespace", "key")


@definition.field("id")
def _definition_id(source: Definition, _asking: Asking, _args: Args) -> str:
    return gid("MetafieldDefinition", source.id)


@definition.field("type")
def _type(source: Definition, _asking: Asking, _args: Args) -> dict[str, str]:
    return {"name": source.type}


@definition.field("access")
def _access(source: Definition, _asking: Asking, _args: Args) -> dict[str, str | None]:
    return {"admin": source.admin, "storefront": source.storefront, "customerAccount": source.customer_account}
