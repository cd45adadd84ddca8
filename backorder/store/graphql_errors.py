"""What a GraphQL answer with ``errors`` means, whatever its HTTP status."""

import re
from collections.abc import Container, Mapping, Sequence
from typing import Any

from backorder.store.errors import AccessLost, MissingScope, StoreBusy, StoreError, StoreRefused, Throttled, UserError
from backorder.store.http import AFTER_FAULT

LONGEST_THROTTLE_WAIT = 60.0
# How a refusal begins that takes an approval by Shopify, not a scope of the merchant's; its documentation shows it without a code.
NOT_APPROVED = "This app is not approved to "


def error_in(said: Mapping[str, Any], *, effect: bool, may_lack: Container[str] = ()) -> StoreError | None:
    """The error that an answer amounts to, or None for a good one.

    An error beside data refuses the whole: half an answer would be taken for all of it. If that was a mutation
    (``effect``) whose root field has a value, it has happened all the same. Only fields of ``may_lack`` may be denied:
    they are null then, and the rest is as it would be.
    """
    data = said.get("data")
    spared = may_lack if isinstance(data, dict) else ()
    problems = [problem for problem in _problems(said.get("errors")) if not _spares(problem, spared)]
    happened = effect and isinstance(data, dict) and any(value is not None for value in data.values())
    if not problems:
        return None if isinstance(data, dict) else StoreRefused("The store answered without data.")
    return _meaning(problems, said, happened=happened, effect=effect)


def _meaning(
    problems: Sequence[Mapping[str, Any]], said: Mapping[str, Any], *, happened: bool, effect: bool
) -> StoreError:
    codes = {_code(problem) for problem in problems}
    if "THROTTLED" in codes:
        return Throttled("The store's query points are used up.", retry_after=_wait(said))
    if "ACCESS_DENIED" in codes:
        return MissingScope(_scope(problems), outcome_unknown=happened)
    if "SHOP_INACTIVE" in codes:
        return AccessLost("The shop is inactive.")
    if codes & {"INTERNAL_SERVER_ERROR", "TIMEOUT"}:
        return StoreBusy("The store failed inside.", retry_after=AFTER_FAULT, outcome_unknown=effect)
    listed = [UserError(_text(problem), _path(problem), _code(problem)) for problem in problems]
    return StoreRefused(listed[0].message, problems=listed, outcome_unknown=happened)


def _problems(errors: object) -> list[Mapping[str, Any]]:
    """``errors`` is a list of objects; refusals before GraphQL put a bare string there."""
    if not errors:
        return []
    entries = errors if isinstance(errors, list) else [errors]
    return [entry if isinstance(entry, dict) else {"message": str(entry)} for entry in entries]


def _spares(problem: Mapping[str, Any], may_lack: Container[str]) -> bool:
    """Whether all that the store refused is a field which the reading can do without."""
    path = _path(problem)
    return _code(problem) == "ACCESS_DENIED" and bool(path) and path[-1] in may_lack


def _code(problem: Mapping[str, Any]) -> str | None:
    code = (problem.get("extensions") or {}).get("code")
    if code is None:
        return "ACCESS_DENIED" if _text(problem).startswith(NOT_APPROVED) else None
    return str(code)


def _text(problem: Mapping[str, Any]) -> str:
    return str(problem.get("message") or "The store gave no reason.")


def _path(problem: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(step) for step in problem.get("path") or ())


def _scope(problems: Sequence[Mapping[str, Any]]) -> str:
    """The scope that the store names; its whole sentence where it names none, or leaves a choice."""
    denied = next(problem for problem in problems if _code(problem) == "ACCESS_DENIED")
    if _text(denied).startswith(NOT_APPROVED):
        return f"customer data: {_text(denied).partition('. ')[0].removesuffix('.')}"
    sentence = str((denied.get("extensions") or {}).get("requiredAccess") or _text(denied))
    named = set(re.findall(r"\b(?:read|write)_[a-z_]+", sentence))
    return named.pop() if len(named) == 1 else sentence


def _wait(said: Mapping[str, Any]) -> float:
    """Seconds until the points that were asked for have come back."""
    cost = (said.get("extensions") or {}).get("cost") or {}
    status = cost.get("throttleStatus") or {}
    rate = float(status.get("restoreRate") or 0)
    missing = float(cost.get("requestedQueryCost") or 0) - float(status.get("currentlyAvailable") or 0)
    if rate <= 0:
        return AFTER_FAULT
    return min(max(missing / rate, 0.1), LONGEST_THROTTLE_WAIT)
