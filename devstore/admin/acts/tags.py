"""Tags, added and removed one by one."""

from devstore.admin.acts.refusing import Payload, mutation, payload, refused
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args
from devstore.gids import split_gid
from devstore.model import Order, Product
from devstore.tags import add_tags, remove_tags

payload("TagsAddPayload", "node")
payload("TagsRemovePayload", "node")


@mutation.field("tagsAdd", "id", "tags")
def _add(_source: None, asking: Asking, args: Args) -> Payload:
    thing = _tagged(asking, args["id"])
    if thing is None:
        return _missing()
    add_tags(asking.world, asking.shop, thing, args["tags"], by="app")
    return {"node": thing, "userErrors": []}


@mutation.field("tagsRemove", "id", "tags")
def _remove(_source: None, asking: Asking, args: Args) -> Payload:
    thing = _tagged(asking, args["id"])
    if thing is None:
        return _missing()
    remove_tags(asking.world, asking.shop, thing, args["tags"], by="app")
    return {"node": thing, "userErrors": []}


def _tagged(asking: Asking, text: str) -> Order | Product | None:
    known, _ = split_gid(text)
    if known == "Order":
        order = asking.shop.orders.get(wanted(text, "Order"))
        return order if order is not None and asking.shows(order) else None
    return asking.shop.products.get(wanted(text, "Product"))


def _missing() -> Payload:
    return refused({"field": ["id"], "message": "Resource does not exist", "code": None})
