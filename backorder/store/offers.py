"""How variants are sold: policy and promise, always written together."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from backorder.rules.seen import Policy
from backorder.store.client import ShopGraphQL
from backorder.store.errors import UserError
from backorder.store.gids import gid, number
from backorder.store.reading import Node, instant, payload, refusal, user_errors
from backorder.store.written import OfferChange, OfferOutcome, OfferWritten

NAMESPACE = "$app"
VARIANT_KEY = "backorder"
VARIANTS_A_CALL = 100
METAFIELDS_A_CALL = 25


def offer(client: ShopGraphQL, product_id: int, changes: Sequence[OfferChange]) -> OfferOutcome:
    written: dict[int, OfferWritten] = {}
    refused: dict[int, UserError] = {}
    for start in range(0, len(changes), VARIANTS_A_CALL):
        outcome = _some(client, product_id, changes[start : start + VARIANTS_A_CALL])
        written.update(outcome.written)
        refused.update(outcome.refused)
    return OfferOutcome(written, refused)


def clear_promise(client: ShopGraphQL, variant_ids: Iterable[int]) -> None:
    wanted = sorted(set(variant_ids))
    for start in range(0, len(wanted), METAFIELDS_A_CALL):
        named = [
            {"ownerId": gid("ProductVariant", each), "namespace": NAMESPACE, "key": VARIANT_KEY}
            for each in wanted[start : start + METAFIELDS_A_CALL]
        ]
        payload(client.execute("metafields_delete", {"metafields": named}), "metafieldsDelete")


def json_text(value: Mapping[str, Any]) -> str:
    """The same value is always the same text, so that writing it twice changes nothing."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _some(client: ShopGraphQL, product_id: int, changes: Sequence[OfferChange]) -> OfferOutcome:
    variables = {"productId": gid("Product", product_id), "variants": [_wish(change) for change in changes]}
    said = client.execute("offer", variables)["productVariantsBulkUpdate"]
    refused: dict[int, UserError] = {}
    for problem in user_errors(said):
        position = _position(problem, len(changes))
        if position is None:  # about the product, not about one of its variants
            raise refusal((problem,))
        refused.setdefault(changes[position].variant_id, problem)
    written = {row.variant_id: row for row in map(_written, said["productVariants"] or ())}
    return OfferOutcome({each: row for each, row in written.items() if each not in refused}, refused)


def _wish(change: OfferChange) -> Node:
    wish: Node = {"id": gid("ProductVariant", change.variant_id)}
    if change.policy is not None:
        wish["inventoryPolicy"] = change.policy.value
    if change.promise is not None:
        wish["metafields"] = [
            {"namespace": NAMESPACE, "key": VARIANT_KEY, "type": "json", "value": json_text(change.promise)}
        ]
    return wish


def _position(problem: UserError, count: int) -> int | None:
    """Which of the changes a problem is about: its field reads ``variants, 3, inventoryPolicy``."""
    if len(problem.field) < 2 or problem.field[0] != "variants" or not problem.field[1].isdecimal():
        return None
    position = int(problem.field[1])
    return position if position < count else None


def _written(node: Node) -> OfferWritten:
    promise = node["backorder"]
    return OfferWritten(
        variant_id=number(node["id"]),
        policy=Policy(node["inventoryPolicy"]),
        updated_at=instant(node["updatedAt"]),
        promise_digest=promise and promise["compareDigest"],
    )
