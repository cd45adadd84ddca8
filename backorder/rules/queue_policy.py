"""Who goes before whom, as the merchant declares it; checked for starvation before it may be saved.

One of four says who goes first:

- *first come*: the older are served first (domain §3). The default, and the only one that a queue's front can speak for.
- *promise first*: told days are deadlines (rules.repromise).
- *chosen first*: some customers, orders with some tags, or orders of some channels go first, with at most a part of what is given
  out on a day, so that something is left for everybody else.
- *complete orders first*: an order of which everything else is covered, and which this shelf can complete, goes first.

And two say what is given at all: lines (or orders) *whole* or not at all, and only so many units a day to one customer. Whoever has
waited ``passed_over_days`` is passed over no more, whatever the policy: from then on only the older go before. That, and nothing else,
is why nobody starves: after those days the queue before somebody can only become shorter.
"""

from collections.abc import Collection
from dataclasses import dataclass

from backorder.rules.repromise import FIRST_COME, PROMISE_FIRST

CHOSEN_FIRST, COMPLETE_FIRST = "chosen first", "complete orders first"
GOES_FIRST = (FIRST_COME, PROMISE_FIRST, CHOSEN_FIRST, COMPLETE_FIRST)
NOT_WHOLE, WHOLE_LINES, WHOLE_ORDERS = "off", "line", "order"
WHOLE = (NOT_WHOLE, WHOLE_LINES, WHOLE_ORDERS)
LONGEST_PASSED_OVER = 365
MOST_PERCENT = 90


@dataclass(frozen=True)
class QueuePolicy:
    """What the merchant declared. Words of ``chosen_tags`` and ``chosen_channels`` are compared whole and whatever their case.

    Of what is given out on a day at most ``chosen_percent``, and at most ``chosen_units_a_day`` units, go to chosen ones before their turn.
    ``customer_units``: so many units of an item a day for one customer; what is beyond goes behind everybody.
    """

    goes_first: str = FIRST_COME
    chosen_tags: tuple[str, ...] = ()
    chosen_channels: tuple[str, ...] = ()
    chosen_customers: tuple[int, ...] = ()
    chosen_percent: int | None = 50
    chosen_units_a_day: int | None = None
    whole: str = NOT_WHOLE
    customer_units: int | None = None
    passed_over_days: int | None = 14

    @property
    def by_age(self) -> bool:
        """Whether it is first come, first served, and nothing else."""
        return self.goes_first == FIRST_COME and not self.restricts

    @property
    def restricts(self) -> bool:
        """Whether it says what is given at all."""
        return self.whole != NOT_WHOLE or self.customer_units is not None

    @property
    def asks_who(self) -> bool:
        """Whether it must be known whose an order is, and what it says of itself."""
        return self.goes_first == CHOSEN_FIRST or self.customer_units is not None

    @property
    def asks_for_the_rest(self) -> bool:
        """Whether it must be known what else of an order waits."""
        return self.goes_first == COMPLETE_FIRST or self.whole == WHOLE_ORDERS

    def chooses(self, tags: Collection[str], channel: str | None, customer: int | None) -> bool:
        """Whether an order goes first."""
        said = {tag.casefold() for tag in tags}
        return (
            any(tag.casefold() in said for tag in self.chosen_tags)
            or (channel or "").casefold() in {each.casefold() for each in self.chosen_channels}
            or customer in self.chosen_customers
        )

    @property
    def sentence(self) -> str:
        """The policy in words, for the merchant."""
        first = {
            FIRST_COME: "First come, first served",
            PROMISE_FIRST: "Promises go before age",
            CHOSEN_FIRST: f"Chosen ones go first, with {self._cap}",
            COMPLETE_FIRST: "Orders that can be completed go first",
        }[self.goes_first]
        more = {
            NOT_WHOLE: "",
            WHOLE_LINES: "; a line is served whole or not at all",
            WHOLE_ORDERS: "; an order is served whole or not at all",
        }[self.whole]
        if self.customer_units is not None:
            more += f"; at most {self.customer_units} of an item a day for one customer while others wait"
        if not self.by_age and self.goes_first != PROMISE_FIRST:
            more += f"; who has waited {self.passed_over_days} days is passed over no more"
        return f"{first}{more}."

    @property
    def _cap(self) -> str:
        percent = f"at most {self.chosen_percent} % of what is given out on a day" if self.chosen_percent else ""
        units = f"at most {self.chosen_units_a_day} units a day" if self.chosen_units_a_day else ""
        return " and ".join(filter(None, (percent, units)))


def cannot_be(policy: QueuePolicy) -> tuple[str, str] | None:
    """Why a policy may not be saved: the field, and a sentence for the merchant; None where it may.

    Each of these would let somebody wait for ever, or means nothing.
    """
    if policy.goes_first == CHOSEN_FIRST:
        if not (policy.chosen_tags or policy.chosen_channels or policy.chosen_customers):
            return "chosen_tags", "Say who goes first: tags, channels or customers."
        if policy.chosen_percent is None and policy.chosen_units_a_day is None:
            return "chosen_percent", "Leave something for everybody else: give a percentage or a number of units a day."
    if policy.goes_first == PROMISE_FIRST and policy.restricts:
        field = "whole" if policy.whole != NOT_WHOLE else "customer_units"
        return field, "Where promises go first, a told day is served as told: this cannot be asked for as well."
    if policy.passed_over_days is None and not policy.by_age and policy.goes_first != PROMISE_FIRST:
        return (
            "passed_over_days",
            "Somebody could wait for ever: say after how many days nobody is passed over any more.",
        )
    return None
