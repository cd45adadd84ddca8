"""The fronts of deep queues in a scene, apart from the rest of it, so that a server can read some while we decide about others."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from backorder.db import queues
from backorder.db.engine import Connection
from backorder.db.queues import Front
from backorder.rules.footing import Standing
from backorder.scene import Goods, Place


def ask(tx: Connection, shop_id: int, goods: Iterable[Goods]) -> None:
    """Let a server read ahead what ``read`` of the same goods is going to ask."""
    queues.ask_front(tx, shop_id, *_deep_places(goods))


def read(tx: Connection, shop_id: int, goods: Iterable[Goods]) -> tuple[Goods, ...]:
    """The goods with the front of each deep queue (``queues.front``)."""
    found = tuple(goods)
    front_at = queues.front(tx, shop_id, *_deep_places(found))
    return tuple(
        replace(one, places=tuple(_with_front(p, front_at) for p in one.places)) if one.deep else one for one in found
    )


def _with_front(place: Place, front_at: Mapping[tuple[int, int], Front]) -> Place:
    front = front_at.get((place.item_id, place.location.location_id))
    return replace(place, claims=front.claims, head=front.head) if front else place


def _deep_places(goods: Iterable[Goods]) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], Standing]]:
    """The units to give and the standing of each deep queue."""
    to_give, standing = {}, {}
    for one in goods:
        for place in one.places:
            if place.standing is not None:
                spot = (place.item_id, place.location.location_id)
                to_give[spot], standing[spot] = place.settled.to_give, place.standing
    return to_give, standing
