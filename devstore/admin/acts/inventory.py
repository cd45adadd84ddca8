"""Counts set and adjusted by an app, each with the count it believed to see."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.ids import wanted
from devstore.admin.modelled import Args, inputs, kind
from devstore.gids import gid
from devstore.model import Level
from devstore.saying import StoreSays
from devstore.shelf import shift
from devstore.stock import known_level, note_level

REASONS = frozenset(
    {
        "correction",
        "cycle_count_available",
        "damaged",
        "movement_canceled",
        "movement_created",
        "movement_received",
        "movement_updated",
        "other",
        "promotion",
        "quality_control",
        "received",
        "reservation_created",
        "reservation_deleted",
        "reservation_updated",
        "restock",
        "safety_stock",
        "shrinkage",
    }
)
MOST = 1_000_000_000

inputs("InventorySetQuantitiesInput", "name", "reason", "referenceDocumentUri", "quantities")
inputs("InventoryQuantityInput", "inventoryItemId", "locationId", "quantity", "changeFromQuantity")
inputs("InventoryAdjustQuantitiesInput", "name", "reason", "referenceDocumentUri", "changes")
inputs("InventoryChangeInput", "inventoryItemId", "locationId", "delta", "changeFromQuantity")
payload("InventorySetQuantitiesPayload", "inventoryAdjustmentGroup")
payload("InventoryAdjustQuantitiesPayload", "inventoryAdjustmentGroup")
kind("InventoryChange").keys("name", "delta", "quantityAfterChange")


@dataclass(frozen=True)
class AdjustmentGroup:
    """What one call changed."""

    number: int
    created_at: datetime
    reason: str
    reference: str | None
    changes: list[dict[str, Any]] = field(default_factory=list)


group = kind("InventoryAdjustmentGroup", AdjustmentGroup)
group.plain("createdAt", "reason", "changes", referenceDocumentUri="reference")


@group.field("id")
def _id(source: AdjustmentGroup, _asking: Asking, _args: Args) -> str:
    return gid("InventoryAdjustmentGroup", source.number)


@mutation.field("inventorySetQuantities", "input")
def _set(_source: None, asking: Asking, args: Args) -> Payload:
    wish = args["input"]
    _demand_expectation(wish["quantities"])

    def act() -> Payload:
        if wish["name"] not in {"available", "on_hand"}:
            raise StoreSays(
                "The quantity name must be either 'available' or 'on_hand'.", ("input", "name"), "INVALID_NAME"
            )
        levels = [
            _level(asking, each, index, wish["name"], "quantities") for index, each in enumerate(wish["quantities"])
        ]
        deltas = [
            each["quantity"] - level.quantity(wish["name"])
            for each, level in zip(wish["quantities"], levels, strict=True)
        ]
        return _adjust(asking, wish, levels, deltas)

    return attempt(act)


@mutation.field("inventoryAdjustQuantities", "input")
def _adjust_by(_source: None, asking: Asking, args: Args) -> Payload:
    wish = args["input"]
    _demand_expectation(wish["changes"])

    def act() -> Payload:
        if wish["name"] != "available":
            said = "Other quantities than available need a ledger document, which this store does not keep."
            raise StoreSays(said, ("input", "name"), "INVALID_QUANTITY_NAME")
        levels = [_level(asking, each, index, "available", "changes") for index, each in enumerate(wish["changes"])]
        return _adjust(asking, wish, levels, [each["delta"] for each in wish["changes"]])

    return attempt(act)


def _demand_expectation(items: list[dict[str, Any]]) -> None:
    """``changeFromQuantity`` is nullable in the schema, yet the server refuses a call that leaves it out."""
    if any("changeFromQuantity" not in each for each in items):
        raise GraphQLError(
            "changeFromQuantity must be given, as a number or as null", extensions={"code": "INVALID_FIELD_ARGUMENTS"}
        )


def _level(asking: Asking, wish: dict[str, Any], index: int, name: str, where: str) -> Level:
    item, place = wanted(wish["inventoryItemId"], "InventoryItem"), wanted(wish["locationId"], "Location")
    if item in asking.shop.items and place in asking.shop.locations and (item, place) not in asking.shop.levels:
        raise StoreSays(
            "The quantity couldn't be set because the item is not stocked at the location.",
            ("input", where, str(index), "locationId"),
            "ITEM_NOT_STOCKED_AT_LOCATION",
        )
    try:
        level = known_level(asking.world, asking.shop, item, place)
    except StoreSays as said:
        raise StoreSays(said.message, ("input", where, str(index), *said.field), said.code) from said
    expected = wish["changeFromQuantity"]
    if expected is not None and expected != level.quantity(name):
        raise StoreSays(
            "The specified quantity does not match the persisted quantity.",
            ("input", where, str(index), "changeFromQuantity"),
            "CHANGE_FROM_QUANTITY_STALE",
        )
    if abs(wish.get("quantity", wish.get("delta", 0))) > MOST:
        raise StoreSays("The quantity is too high.", ("input", where, str(index)), "INVALID_QUANTITY_TOO_HIGH")
    return level


def _adjust(asking: Asking, wish: dict[str, Any], levels: list[Level], deltas: list[int]) -> Payload:
    if wish["reason"] not in REASONS:
        raise StoreSays("The specified reason is invalid.", ("input", "reason"), "INVALID_REASON")
    changes = []
    for level, delta in zip(levels, deltas, strict=True):
        if not delta:
            continue
        shift(asking.world, asking.shop, level, available=delta)
        note_level(asking.world, asking.shop, "stock corrected", "app", level, delta=delta, reason=wish["reason"])
        changes += [
            {"name": "available", "delta": delta, "quantityAfterChange": level.available},
            {"name": "on_hand", "delta": delta, "quantityAfterChange": level.on_hand},
        ]
    if not changes:
        return {"inventoryAdjustmentGroup": None}
    number = asking.shop.next_id()
    reference = wish.get("referenceDocumentUri")
    made = AdjustmentGroup(number, asking.world.now(), wish["reason"], reference, changes)
    return {"inventoryAdjustmentGroup": made}
