"""What would become of a change, before it is made."""

from backorder.errors import Refused, Unknown
from backorder.rules.terms_error import TermsError
from backorder.what_if import Capped, Comes, FallsThrough, OnTerms, Question, Slips
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.what_if import WhatIfAsked
from plugin.here import business_now
from plugin.problems import FieldError, invalid
from plugin.shown import what_if
from plugin.shown.what_if import WhatIfShown


@endpoint(
    "Whose days would move, which promises would break and which mails would go; nothing is changed",
    reads=WhatIfAsked,
    answers=WhatIfShown,
)
def try_out(call: Call, asked: WhatIfAsked) -> WhatIfShown:
    questions = _questions(asked)
    try:
        return what_if.ask(call.house, call.caller.shop, [question for _, question in questions], business_now())
    except Unknown as unknown:
        raise not_found(unknown.sentence) from None
    except (Refused, TermsError) as refused:
        number, _, field = refused.field.partition(".")
        path = f"{questions[int(number)][0]}.{field}" if field else refused.field
        raise invalid([FieldError(path, refused.sentence)]) from None


def _questions(asked: WhatIfAsked) -> list[tuple[str, Question]]:
    """The questions, each with where it stands in the body."""
    found: list[tuple[str, Question]] = [
        (f"slips.{at}", Slips(slip.purchase_order_id, slip.days, slip.on, slip.line_id))
        for at, slip in enumerate(asked.slips)
    ]
    found += [(f"cancelled.{at}", FallsThrough(order_id)) for at, order_id in enumerate(asked.cancelled)]
    found += [
        (f"arrivals.{at}", Comes(more.variant_id, more.units, more.due_on, more.location_id))
        for at, more in enumerate(asked.arrivals)
    ]
    found += [(f"caps.{at}", Capped(cap.variant_id, cap.max_backorders)) for at, cap in enumerate(asked.caps)]
    if asked.settings is not None:
        found.append(("settings", OnTerms(asked.settings.model_dump(mode="json", exclude_unset=True))))
    return found
