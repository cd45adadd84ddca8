"""Metafields written and taken away."""

import json

from devstore.model import Definition, Metafield, Owner, Shop
from devstore.saying import StoreSays
from devstore.world import World

LONGEST_JSON = 128 * 1024
LONGEST_VALUE = 16 * 1024


def set_metafield(
    world: World,
    shop: Shop,
    owner: Owner,
    owner_id: int,
    namespace: str,
    key: str,
    kind: str | None,
    value: str,
    by: str,
) -> Metafield:
    """Write one metafield; ``kind`` None takes the type that is declared or was there. Raises ``StoreSays``."""
    kind = check_metafield(shop, owner, owner_id, namespace, key, kind, value)
    place = (owner, owner_id, namespace, key)
    found = shop.metafields.get(place)
    now = world.now()
    if found is None:
        found = Metafield(shop.next_id(), owner, owner_id, namespace, key, kind, value, now, now)
        shop.metafields[place] = found
    found.type, found.value, found.updated_at = kind, value, now
    shop.note(now, "metafield set", by, owner=owner, owner_id=owner_id, namespace=namespace, key=key, value=value)
    return found


def delete_metafield(world: World, shop: Shop, owner: Owner, owner_id: int, namespace: str, key: str, by: str) -> bool:
    """Take one away; False when there was none."""
    if shop.metafields.pop((owner, owner_id, namespace, key), None) is None:
        return False
    shop.note(world.now(), "metafield deleted", by, owner=owner, owner_id=owner_id, namespace=namespace, key=key)
    return True


def definition(shop: Shop, owner: Owner, namespace: str, key: str) -> Definition | None:
    """The declaration of a metafield."""
    for declared in shop.definitions.values():
        if (declared.owner, declared.namespace, declared.key) == (owner, namespace, key):
            return declared
    return None


def check_metafield(
    shop: Shop, owner: Owner, owner_id: int, namespace: str, key: str, kind: str | None, value: str
) -> str:
    """The type a value would be written with. Raises ``StoreSays`` when it cannot be written."""
    declared = definition(shop, owner, namespace, key)
    present = shop.metafields.get((owner, owner_id, namespace, key))
    kind = kind or (declared.type if declared else present.type if present else None)
    if kind is None:
        raise StoreSays("Type can't be blank.", ("type",), "BLANK")
    if declared is not None and declared.type != kind:
        raise StoreSays(f"Type must be {declared.type} as its definition says.", ("type",), "INVALID_TYPE")
    if len(value.encode()) > (LONGEST_JSON if kind == "json" else LONGEST_VALUE):
        raise StoreSays("Value is too long.", ("value",), "TOO_LONG")
    if value == "":
        raise StoreSays("Value can't be blank.", ("value",), "BLANK")
    if kind == "json":
        try:
            json.loads(value)
        except ValueError as error:
            raise StoreSays(f"Value is invalid JSON: {error}.", ("value",), "INVALID_VALUE") from error
    return kind
