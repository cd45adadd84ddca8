"""Change variants: say what shall change, see what it would do, and only then do it."""

from datetime import date
from typing import Any, cast

from flask import render_template

from backorder import bulk
from backorder.db import catalogue
from backorder.errors import Refused
from backorder.manage import MOST_AT_ONCE, Choice
from plugin.here import business_now, current_caller, current_house
from plugin.pages.asked import choice, numbers, text
from plugin.shown import previews, suppliers
from plugin.shown.previews import PreviewShown

WORDS = ("managing", "lifecycle")
FLAGS = ("made_to_order", "drop_shipped")
YES_OR_NO = {"yes": True, "no": False}
SUPPLIER = "supplier_id"
COUNTS = ("lead_time_days", "max_backorders", "max_per_order", "max_per_customer")
DAY = "sell_until"
INSTEAD = "substitutes"
NONE = "none"  # takes a number or a day away


def show_change_variants() -> str:
    house, shop_id = current_house(), current_caller().shop.shop_id
    with house.db.read() as tx:
        chosen = [v for v in catalogue.by_ids(tx, shop_id, numbers("variant", MOST_AT_ONCE)) if not v.gone]
    asked = {name: text(name) for name in (*WORDS, SUPPLIER, *COUNTS, DAY, INSTEAD)}
    asked |= {name: choice(name, YES_OR_NO) for name in FLAGS}
    said, wrong = _read(asked)
    preview, refusal = _preview([v.variant_id for v in chosen], said) if said and chosen and not wrong else (None, {})
    return render_template(
        "change_variants.html",
        variants=chosen,
        asked=asked,
        wrong_with=wrong | refusal,
        preview=preview,
        suppliers=suppliers.every(house, current_caller().shop).suppliers,
        sends=[(name, _sent(value), _kind(name)) for name, value in said.items()],
    )


def _preview(ids: list[int], said: dict[str, Any]) -> tuple[PreviewShown | None, dict[str, str]]:
    house, shop_id = current_house(), current_caller().shop.shop_id
    try:
        return previews.of(bulk.preview(house, shop_id, ids, now=business_now(), **cast(Choice, said))), {}
    except Refused as refused:
        return None, {refused.field: refused.sentence}


def _read(asked: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was said, and what of it cannot be read, each with a sentence."""
    said: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in asked.items():
        if not value:
            continue
        try:
            said[name] = _by_skus(value) if name == INSTEAD else _value(name, value)
        except Refused as refused:
            wrong[name] = refused.sentence
        except ValueError:
            wrong[name] = "Give a day like 2026-12-24, or none." if name == DAY else "Give a number, or none."
    return said, wrong


def _value(name: str, value: str) -> Any:
    if name in WORDS:
        return value
    if name in FLAGS:
        return YES_OR_NO[value]
    if value.lower() == NONE:
        return None
    return date.fromisoformat(value) if name == DAY else int(value)


def _by_skus(value: str) -> list[int]:
    """The variants with these SKUs. Raises Refused for one that none or several have."""
    if value.lower() == NONE:
        return []
    skus = [sku.strip() for sku in value.split(",") if sku.strip()]
    with current_house().db.read() as tx:
        found = catalogue.by_skus(tx, current_caller().shop.shop_id, skus)
    for sku in skus:
        having = sum(variant.sku == sku for variant in found)
        if having != 1:
            raise Refused(INSTEAD, f"{'No variant has' if not having else 'Several variants have'} the SKU {sku}.")
    return [next(variant.variant_id for variant in found if variant.sku == sku) for sku in skus]


def _sent(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else " ".join(map(str, value)) if isinstance(value, list) else value


def _kind(name: str) -> str:
    if name in FLAGS:
        return "bool"
    return "int" if name in {*COUNTS, SUPPLIER} else {DAY: "day", INSTEAD: "numbers"}.get(name, "")
