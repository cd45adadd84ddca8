"""The schema of a problem document (RFC 9457), as ``plugin.problems`` writes it."""

from typing import Any

from plugin.problems import Kind

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "What went wrong. Rely on `type`; `detail` is a sentence and may change.",
    "required": ["type", "title", "status", "detail", "errors", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri", "enum": [kind.type for kind in Kind]},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "request_id": {"type": "string"},
    },
}
