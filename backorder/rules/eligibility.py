"""Which variants the app manages by itself: the merchant's rules, and the word on a single variant, which goes before them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Managing(StrEnum):
    """Who says whether the app sells a variant on backorder."""

    BY_RULE = "by_rule"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class Traits:
    """What rules look at of a variant. ``inbound``: units of it are on order or at the dock.

    ``collections``: the titles of those it is in, as far as rules name them. ``unit_cost``: None where the store does not know it.
    """

    tags: frozenset[str]
    vendor: str
    product_type: str
    price: Decimal
    inbound: bool
    collections: frozenset[str] = frozenset()
    unit_cost: Decimal | None = None

    @property
    def margin(self) -> Decimal | None:
        """What is left of the price after the unit cost, in percent of the price; None where either is unknown."""
        if self.unit_cost is None or self.price <= 0:
            return None
        return (self.price - self.unit_cost) * 100 / self.price


@dataclass(frozen=True)
class Rule:
    """All of its conditions must hold; what is None is not asked for. Words are compared whole and whatever their case.

    Prices are in the shop's currency, margins in percent of the price (``Traits.margin``), both ends included; where no margin is
    known, no condition on it holds.
    """

    tag: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    price_from: Decimal | None = None
    price_to: Decimal | None = None
    has_inbound: bool = False
    collection: str | None = None
    margin_from: Decimal | None = None
    margin_to: Decimal | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether it would hold for everything."""
        return self == Rule()

    def holds(self, of: Traits) -> bool:
        """Whether a variant with these traits meets every condition."""
        return (
            (self.tag is None or self.tag.casefold() in {tag.casefold() for tag in of.tags})
            and (self.vendor is None or self.vendor.casefold() == of.vendor.casefold())
            and (self.product_type is None or self.product_type.casefold() == of.product_type.casefold())
            and (self.price_from is None or of.price >= self.price_from)
            and (self.price_to is None or of.price <= self.price_to)
            and (of.inbound or not self.has_inbound)
            and (
                self.collection is None or self.collection.casefold() in {title.casefold() for title in of.collections}
            )
            and _within(of.margin, self.margin_from, self.margin_to)
        )

    @property
    def sentence(self) -> str:
        """The rule in words: ``vendor Glow, price from 50, with goods on order``."""
        said = [
            f"{name} {value}"
            for name, value in (
                ("collection", self.collection),
                ("tag", self.tag),
                ("vendor", self.vendor),
                ("type", self.product_type),
                ("price from", self.price_from),
                ("price to", self.price_to),
            )
            if value is not None
        ]
        margins = (("margin from", self.margin_from), ("margin to", self.margin_to))
        said += [f"{name} {value} %" for name, value in margins if value is not None]
        return ", ".join([*said, "with goods on order"] if self.has_inbound else said)


def _within(value: Decimal | None, least: Decimal | None, most: Decimal | None) -> bool:
    """Whether a value is known to lie between two bounds; one that is None bounds nothing."""
    if least is None and most is None:
        return True
    return value is not None and (least is None or value >= least) and (most is None or value <= most)


@dataclass(frozen=True)
class Verdict:
    """Whether the app manages a variant, and why."""

    managed: bool
    reason: str


def judge(managing: Managing, rules: Iterable[Rule], traits: Traits, *, managed: bool, waits: bool) -> Verdict:
    """Whether the app manages a variant that it ``managed`` so far or not. ``waits``: somebody waits for it.

    Who waits is not let down because a rule holds no longer: what is managed by rule stays so until nobody waits.
    """
    if managing is Managing.ALWAYS:
        return Verdict(managed=True, reason="You chose it.")
    if managing is Managing.NEVER:
        return Verdict(managed=False, reason="You chose not to sell it on backorder.")
    met = next((rule for rule in rules if rule.holds(traits)), None)
    if met is not None:
        return Verdict(managed=True, reason=f"By rule: {met.sentence}.")
    if managed and waits:
        return Verdict(managed=True, reason="No rule holds any more; it is managed until nobody waits.")
    return Verdict(managed=False, reason="No rule holds.")
