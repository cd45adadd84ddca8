"""Counts: what is set aside, what somebody says of it, and how the shelves changed."""

from backorder import believe
from backorder.db import catalogue
from plugin.api.endpoint import Call, endpoint
from plugin.api.named_variant import named_variant
from plugin.api.schema.counts import (
    AsideBelongs,
    AsidePlace,
    AsideUnits,
    CountsAsked,
    CountsExported,
    OverwritingAnswer,
)
from plugin.api.schema.model import NoQuery
from plugin.here import business_now
from plugin.shown import counts
from plugin.shown.counts import CountsShown, VariantCounts
from plugin.shown.sheets import FileShown


@endpoint("What is set aside, and changes that nothing explains", reads=CountsAsked, answers=CountsShown)
def list_counts(call: Call, asked: CountsAsked) -> CountsShown:
    return counts.of_shop(call.house, call.caller.shop, business_now(), falls=asked.falls, before=asked.before)


@endpoint("Changes of counts as a CSV file", reads=CountsExported, answers=FileShown)
def export_counts(call: Call, asked: CountsExported) -> FileShown:
    variant = named_variant(call, asked.variant_id) if asked.variant_id is not None else None
    return FileShown(name="counts.csv", content=counts.sheet(call.house, call.caller.shop, variant))


@endpoint("Say whether another system overwrites a location's counts", reads=OverwritingAnswer, answers=CountsShown)
def answer_overwriting(call: Call, said: OverwritingAnswer) -> CountsShown:
    believe.says_of_location(
        call.house,
        call.shop_id,
        said.location_id,
        overwrites=said.overwrites,
        actor=call.caller.actor,
        now=business_now(),
    )
    return counts.of_shop(call.house, call.caller.shop, business_now())


@endpoint("How the counts of a variant changed", reads=NoQuery, answers=VariantCounts)
def show_variant_counts(call: Call, _: NoQuery, variant_id: int) -> VariantCounts:
    return _shown(call, named_variant(call, variant_id))


@endpoint("Units that were set aside are there", reads=AsideUnits, answers=VariantCounts, keyed=True)
def release_aside(call: Call, said: AsideUnits, variant_id: int) -> VariantCounts:
    variant = named_variant(call, variant_id)
    where = (variant.item_id, said.location_id)
    believe.release(call.house, call.shop_id, *where, said.units, actor=call.caller.actor, now=business_now())
    return _shown(call, variant)


@endpoint("Units that were set aside stay so", reads=AsidePlace, answers=VariantCounts)
def keep_aside(call: Call, said: AsidePlace, variant_id: int) -> VariantCounts:
    variant = named_variant(call, variant_id)
    believe.keep_aside(
        call.house, call.shop_id, variant.item_id, said.location_id, actor=call.caller.actor, now=business_now()
    )
    return _shown(call, variant)


@endpoint("Set units on a shelf aside", reads=AsideUnits, answers=VariantCounts, keyed=True)
def put_aside(call: Call, said: AsideUnits, variant_id: int) -> VariantCounts:
    variant = named_variant(call, variant_id)
    where = (variant.item_id, said.location_id)
    believe.put_aside(call.house, call.shop_id, *where, said.units, actor=call.caller.actor, now=business_now())
    return _shown(call, variant)


@endpoint("Units that were set aside came with a purchase order", reads=AsideBelongs, answers=VariantCounts, keyed=True)
def book_in_aside(call: Call, said: AsideBelongs, variant_id: int) -> VariantCounts:
    variant = named_variant(call, variant_id)
    believe.belongs_to(
        call.house,
        call.shop_id,
        variant.item_id,
        said.location_id,
        said.units,
        said.line_id,
        sure=said.sure,
        key=f"aside {call.key}",
        actor=call.caller.actor,
        now=business_now(),
    )
    return _shown(call, variant)


def _shown(call: Call, variant: catalogue.Variant) -> VariantCounts:
    return counts.of_variant(call.house, call.caller.shop, variant, business_now())
