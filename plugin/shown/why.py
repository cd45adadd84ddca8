"""Why a date: the same trace for the merchant, for support and for whoever waits, in words and in numbers."""

from backorder.explain import Explanation
from backorder.rules.trace import Trace
from plugin.shown.model import Shown


class Why(Shown):
    """Why this date: a sentence for the merchant, one for the customer, the steps in words, and the numbers they are written from."""

    sentence: str
    for_buyer: str
    steps: tuple[str, ...]
    trace: Trace | None


def of(explanation: Explanation) -> Why:
    """An explanation as shown."""
    return Why(
        sentence=explanation.sentence,
        for_buyer=explanation.for_buyer,
        steps=explanation.steps,
        trace=explanation.trace,
    )
