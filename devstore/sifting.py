"""What a subscription lets through: ``include_fields`` and a small ``filter``."""

from collections.abc import Mapping


def sifted(payload: Mapping[str, object], include_fields: tuple[str, ...]) -> dict[str, object]:
    """The payload, or only the top-level fields that were asked for."""
    if not include_fields:
        return dict(payload)
    wanted = {field.split(".")[0] for field in include_fields}
    return {key: value for key, value in payload.items() if key in wanted}


def passes(condition: str | None, payload: Mapping[str, object]) -> bool:
    """Whether a payload meets a filter of ``field:value`` terms joined by AND.

    Raises ``ValueError`` for a filter that is more than that: none of ours is.
    """
    if not condition:
        return True
    for term in condition.split(" AND "):
        field, colon, value = term.strip().partition(":")
        if not colon or not field.isidentifier() or value[:1] in "<>=":
            msg = f"this store understands filters like status:active, not {condition!r}"
            raise ValueError(msg)
        if str(payload.get(field)).lower() != value.strip("'\"").lower():
            return False
    return True
