"""Reading what was sent into what the schema allows; every refusal names its field in a sentence."""

from typing import Any, TypeVar

from flask import request
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from plugin.api.schema.model import Body, Query
from plugin.problems import FieldError, Kind, Problem, invalid

B = TypeVar("B", bound=Body)
Q = TypeVar("Q", bound=Query)

LARGEST_BODY = 256 * 1024
_SENTENCES = {
    "missing": "Fill this in.",
    "string_too_short": "Fill this in.",
    "string_too_long": "Use at most {max_length} characters.",
    "string_type": "Give a text.",
    "string_pattern_mismatch": "This does not have the right form.",
    "int_type": "Give a whole number.",
    "int_parsing": "Give a whole number.",
    "int_parsing_size": "This number is too large.",
    "int_from_float": "Give a whole number.",
    "bool_type": "Say true or false.",
    "bool_parsing": "Say true or false.",
    "list_type": "Give a list.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "literal_error": "Choose one of {expected}.",
    "extra_forbidden": "There is no such field here.",
    "model_type": "Give an object.",
    "model_attributes_type": "Give an object.",
}
_DATES = "Give a date like 2026-12-07."


def read_body(model: type[B]) -> B:
    """The JSON body as ``model``. Raises Problem: 415 for another type, 400 for no JSON, 422 naming the fields."""
    raw = request.get_data()
    if not raw and not model.model_fields:
        return model()
    if request.mimetype != "application/json":
        raise Problem(Kind.UNSUPPORTED_MEDIA_TYPE, "Send the body with Content-Type: application/json.")
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        if problems[0]["type"] == "json_invalid":
            raise Problem(Kind.MALFORMED, f"The body is no JSON: {problems[0]['ctx']['error']}.") from None
        raise invalid(map(_field_error, problems)) from None


def read_query(model: type[Q]) -> Q:
    """The query string as ``model``. Raises Problem naming the parameters; one that is given twice is refused."""
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise invalid(FieldError(name, "Give this once.") for name in twice)
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise invalid(map(_field_error, error.errors(include_url=False, include_input=False))) from None


def _field_error(error: ErrorDetails) -> FieldError:
    return FieldError(".".join(str(part) for part in error["loc"]) or "body", _sentence(error))


def _sentence(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in {"greater_than_equal", "less_than_equal"}:
        return _bound(kind, context)
    if kind.startswith("date_"):
        return _DATES
    if kind == "value_error":
        return str(context["error"])
    template = _SENTENCES.get(kind)
    return template.format(**context) if template else f"{error['msg']}."


def _bound(kind: str, context: dict[str, Any]) -> str:
    if kind == "greater_than_equal":
        bound = context["ge"]
        return f"Give {bound} or more." if isinstance(bound, int) else f"Give a day from {bound} on."
    bound = context["le"]
    return f"Give {bound} or less." if isinstance(bound, int) else f"Give a day until {bound}."
