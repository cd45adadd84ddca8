"""Problem documents (RFC 9457): what went wrong, for programs and for the people behind them.

``type`` is stable and may be relied upon; ``detail`` is a sentence and may change.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from flask import Response, g

MEDIA_TYPE = "application/problem+json"


class Kind(Enum):
    """A kind of problem: the end of its type URI, its status, its title."""

    MALFORMED = ("malformed", 400, "The request cannot be read")
    UNAUTHENTICATED = ("unauthenticated", 401, "A valid session token is needed")
    OPERATORS_ONLY = ("operators-only", 401, "The figures are for operators")
    NOT_INSTALLED = ("not-installed", 403, "The app is not installed in this shop")
    NOT_FOUND = ("not-found", 404, "There is no such thing")
    METHOD_NOT_ALLOWED = ("method-not-allowed", 405, "This address does not take this method")
    KEY_IN_FLIGHT = ("key-in-flight", 409, "The first request with this key is still being answered")
    TOO_LARGE = ("too-large", 413, "The request is too large")
    UNSUPPORTED_MEDIA_TYPE = ("unsupported-media-type", 415, "The body must be JSON")
    INVALID = ("invalid-input", 422, "Some of the input cannot be used")
    KEY_REUSED = ("key-reused", 422, "This key was used for another request")
    REFUSED = ("refused", 400, "The request was refused")
    TOO_MANY = ("too-many-requests", 429, "Too many questions in a short time")
    UNEXPECTED = ("unexpected", 500, "Something went wrong on our side")
    STORE = ("store", 503, "The store could not be reached")
    BUSY = ("busy", 503, "The app is busy")

    def __init__(self, slug: str, status: int, title: str) -> None:
        self.slug = slug
        self.status = status
        self.title = title

    @property
    def type(self) -> str:
        return f"urn:promised:problem:{self.slug}"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; ``field`` is a dotted path into the body, a query parameter or a header."""

    field: str
    message: str


@dataclass(eq=False)
class Problem(Exception):
    """Stops a request and becomes its answer."""

    kind: Kind
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int | None = None

    def document(self) -> str:
        """The problem as JSON."""
        return json.dumps(
            {
                "type": self.kind.type,
                "title": self.kind.title,
                "status": self.status or self.kind.status,
                "detail": self.detail,
                "errors": [{"field": error.field, "message": error.message} for error in self.errors],
                "request_id": request_id(),
            },
            ensure_ascii=False,
        )

    def response(self) -> Response:
        """The problem as an HTTP answer."""
        return Response(
            self.document(),
            status=self.status or self.kind.status,
            headers=dict(self.headers),
            content_type=MEDIA_TYPE,
        )


def invalid(errors: Iterable[FieldError]) -> Problem:
    """Input that was read but cannot be used."""
    found = tuple(errors)
    detail = "; ".join(f"{error.field}: {error.message}" for error in found[:5])
    return Problem(Kind.INVALID, detail, found)


def request_id() -> str:
    """The id under which this request stands in our logs."""
    return str(getattr(g, "request_id", ""))
