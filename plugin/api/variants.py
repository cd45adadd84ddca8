"""Variants: which the app may sell on backorder, and what the next buyer would be promised."""

from datetime import date
from typing import cast

from backorder import bulk, manage
from backorder import quote as quoting
from backorder.db import catalogue
from plugin.api.endpoint import Call, endpoint
from plugin.api.named_variant import named_variant
from plugin.api.schema.model import Nothing
from plugin.api.schema.variants import QuoteAsked, VariantsAsked, VariantsChoice
from plugin.here import business_now
from plugin.problems import FieldError, Kind, Problem
from plugin.shown import previews, variants
from plugin.shown.model import Shown
from plugin.shown.previews import PreviewShown
from plugin.shown.variants import VariantPage, VariantShown


class Chosen(Shown):
    """The variants as they are after the choice."""

    variants: tuple[VariantShown, ...]


class Undone(Shown):
    """What is again as it was: so many variants, or the rules for them."""

    variants: int
    rules: bool


class QuoteShown(Shown):
    """What the next buyer would be promised; ``basis`` says what the day rests on, ``sentence`` says it to a shopper.

    Where a range is told, ``range_from`` is its first day and ``ship_by``, the promise, its last. Of so many as cannot be had, or have no
    day, ``state`` is *waitlist*, and ``most`` says how many there may be.
    """

    variant_id: int
    units: int
    state: str
    reason: str
    ship_by: date | None
    range_from: date | None
    most: int | None
    basis: str | None
    sentence: str


@endpoint("Variants, with how each is sold now and why", reads=VariantsAsked, answers=VariantPage)
def list_variants(call: Call, asked: VariantsAsked) -> VariantPage:
    shop = call.caller.shop
    return variants.page(call.house, shop, search=asked.search, managed=asked.managed, after=asked.after)


@endpoint("Let the app manage variants or not, in bulk; set lead time and limit", reads=VariantsChoice, answers=Chosen)
def choose_variants(call: Call, choice: VariantsChoice) -> Chosen:
    _must_all_be_known(call, choice.variant_ids)
    manage.choose(
        call.house,
        call.shop_id,
        choice.variant_ids,
        **_said(choice),
        actor=call.caller.actor,
        now=business_now(),
        moving_nobody=choice.moving_nobody,
    )
    with call.house.db.read() as tx:
        chosen = catalogue.by_ids(tx, call.shop_id, choice.variant_ids)
    return Chosen(variants=variants.of(call.house, call.caller.shop, chosen))


@endpoint(
    "What a choice would change and whose day it would move, without making it",
    reads=VariantsChoice,
    answers=PreviewShown,
)
def preview_variants(call: Call, choice: VariantsChoice) -> PreviewShown:
    _must_all_be_known(call, choice.variant_ids)
    found = bulk.preview(call.house, call.shop_id, choice.variant_ids, **_said(choice), now=business_now())
    return previews.of(found)


@endpoint("Take the last choice about variants, or the last change of rules, back", reads=Nothing, answers=Undone)
def undo_choice(call: Call, _: Nothing) -> Undone:
    undone = bulk.undo(call.house, call.shop_id, actor=call.caller.actor, now=business_now())
    return Undone(variants=undone.variants, rules=undone.rules)


@endpoint("Take a yielded selling policy in hand again", reads=Nothing, answers=VariantShown)
def rearm_variant(call: Call, _: Nothing, variant_id: int) -> VariantShown:
    named_variant(call, variant_id)
    manage.rearm(call.house, call.shop_id, variant_id, actor=call.caller.actor, now=business_now())
    return variants.of(call.house, call.caller.shop, [named_variant(call, variant_id)])[0]


@endpoint("What the next buyer would be promised", reads=QuoteAsked, answers=QuoteShown)
def quote_variant(call: Call, asked: QuoteAsked) -> QuoteShown:
    named_variant(call, asked.variant_id)
    quote = quoting.quote(call.house, call.shop_id, asked.variant_id, asked.units, business_now())
    return QuoteShown(
        variant_id=asked.variant_id,
        units=asked.units,
        state=quote.state,
        reason=quote.reason,
        ship_by=quote.ship_by,
        range_from=quote.ship_from,
        most=quote.most,
        basis=quote.basis,
        sentence=quote.sentence,
    )


def _said(choice: VariantsChoice) -> manage.Choice:
    """What of a choice was said."""
    return cast(manage.Choice, choice.model_dump(exclude={"variant_ids", "moving_nobody"}, exclude_unset=True))


def _must_all_be_known(call: Call, variant_ids: list[int]) -> None:
    with call.house.db.read() as tx:
        known = {variant.variant_id for variant in catalogue.by_ids(tx, call.shop_id, variant_ids)}
    sentence = "The shop has no such variant."
    unknown = [FieldError(f"variant_ids.{at}", sentence) for at, asked in enumerate(variant_ids) if asked not in known]
    if unknown:
        raise Problem(Kind.NOT_FOUND, sentence, tuple(unknown))
