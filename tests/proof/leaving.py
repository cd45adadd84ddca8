"""The end of some stories: the merchant lets the app leave, and calls it back or not. What that must come to, by the ledger alone."""

from functools import partial
from typing import TYPE_CHECKING

from backorder import leave
from tests.proof.history import Book, Story
from tests.proof.queues import original, ours, shelves

if TYPE_CHECKING:
    from tests.proof.perform import Player

OUR_TAG = "backorder"


def leave_and_come_back(player: "Player") -> None:
    """Let the app leave, and come back if that is wanted, looking at the ledger after each."""
    stage, history = player.stage, player.history
    player.insist(partial(leave.leave, stage.house, stage.shop_id, actor="Mara", now=stage.now()))
    player.at_last()
    history.left = history.read()
    if player.comes_back:
        player.insist(partial(leave.come_back, stage.house, stage.shop_id, actor="Mara", now=stage.now()))
        player.at_last()
        history.back = history.read()


def leaving_gives_everything_back(story: Story) -> list[str]:
    """When the app has left, nothing of it is in the store, and what it borrowed is as it was."""
    book = story.left
    if book is None:
        return []
    broken = [
        f"{order['name']}: {part['id']} is under a hold of the app that left"
        for order in book["orders"]
        for part in order["fulfillment_orders"]
        if ours(part)
    ]
    broken += [f"{order['name']} has the app's tag still" for order in book["orders"] if OUR_TAG in order["tags"]]
    owners = [("shop", book), *((order["name"], order) for order in book["orders"])]
    owners += [(variant["sku"], variant) for variant in book["variants"]]
    broken += [
        f"{name} has {field['key']} still" for name, owner in owners for field in owner["metafields"] if _is_ours(field)
    ]
    for variant in book["variants"]:
        writes = [e for e in book["journal"] if e["act"] == "policy set" and e["variant_id"] == variant["id"]]
        if writes and writes[-1]["by"] == "app" and variant["policy"] != original(writes):
            broken.append(f"{variant['sku']}: left with {variant['policy']}, which is not what it was")
    return broken


def who_comes_back_finds_everything(story: Story) -> list[str]:
    """What waited before the app left is held, said and sold again when it is back; what could ship still can.

    Before, a hold may have kept back units that were there too: one is never divided. A new one is on what waits, and on nothing else.
    """
    if story.back is None:
        return []
    before, after = _said(story.last), _said(story.back)
    broken = [
        f"{what} was {before[what]} before the app left and is {after[what]} now that it is back"
        for what in before
        if before[what] != after[what]
    ]
    could, can = _open(story.last), _open(story.back)
    given = {(p.line, shelf.place): shelf.given(p.line) for shelf in shelves(story.frames[-1]) for p in shelf.pieces}
    for (line, place), units in can.items():
        least = could[line, place]
        most = max(least, given.get((line, place), least))
        if not least <= units <= most:
            broken.append(f"line {line}: {units} may ship now that the app is back, {least} to {most} should")
    return broken


def _is_ours(field: Book) -> bool:
    return str(field["namespace"]).startswith("app--")


def _said(book: Book) -> dict[str, object]:
    """How goods are sold, and how orders are marked."""
    said: dict[str, object] = {f"the policy of {variant['sku']}": variant["policy"] for variant in book["variants"]}
    return said | {f"the mark of {order['name']}": OUR_TAG in order["tags"] for order in book["orders"]}


def _open(book: Book) -> dict[tuple[int, int], int]:
    """Units that are under no hold of ours, by (line, place), 0 where all are."""
    found: dict[tuple[int, int], int] = {}
    for part in (part for order in book["orders"] for part in order["fulfillment_orders"]):
        for line in part["lines"]:
            spot = (line["line_item_id"], part["location_id"])
            found[spot] = found.get(spot, 0) + (0 if ours(part) else line["remaining"])
    return found
