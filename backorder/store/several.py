"""Several things of one kind in one request: a request costs both sides about as much as what is read by it."""

from collections.abc import Container, Iterable, Iterator

from backorder.store.client import ShopGraphQL
from backorder.store.errors import StoreRefused
from backorder.store.gids import gid, number
from backorder.store.reading import Node


def several(
    client: ShopGraphQL, document: str, kind: str, ids: Iterable[int], at_once: int, may_lack: Container[str] = ()
) -> Iterator[Node]:
    """The nodes of these ids that the store shows, ``at_once`` by one, by a document that takes ``ids``.

    ``may_lack`` as in ``ShopGraphQL.execute``.
    """
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), at_once):
        yield from _read(client, document, kind, wanted[start : start + at_once], may_lack)


def _read(client: ShopGraphQL, document: str, kind: str, ids: list[int], may_lack: Container[str]) -> list[Node]:
    """A few that are refused together, for the cost of them all or for one that is broken, are asked for one by one."""
    try:
        found = client.execute(document, {"ids": [gid(kind, each) for each in ids]}, may_lack)["nodes"]
    except StoreRefused:
        if len(ids) == 1:
            raise
        return [node for each in ids for node in _read(client, document, kind, [each], may_lack)]
    return [node for node in found if node]


def by_number(nodes: Iterable[Node]) -> dict[int, Node]:
    """Nodes by the number of their id."""
    return {number(node["id"]): node for node in nodes}
