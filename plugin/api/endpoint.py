"""One endpoint of the API: what it reads, does and answers, said once; the description is made from the same words."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response
from pydantic import BaseModel

from backorder.errors import Refused, Unknown
from backorder.house import House
from backorder.rules.terms_error import TermsError
from plugin.api.once import once, required_key, sent_key
from plugin.api.reading import read_body, read_query
from plugin.api.schema.model import Body, Query
from plugin.here import Caller, current_caller, current_house
from plugin.problems import FieldError, Kind, Problem, invalid

Work = Callable[..., BaseModel]


@dataclass(frozen=True)
class Call:
    """What every endpoint is given: the house, and whose shop this is. ``key`` is the request's idempotency key."""

    house: House
    caller: Caller
    key: str | None = None

    @property
    def shop_id(self) -> int:
        return self.caller.shop.shop_id


@dataclass(frozen=True)
class Endpoint:
    """A view: reads ``reads`` (a body or a query), does ``work(call, asked, **ids)``, answers ``answers``.

    ``keyed``: the request must carry an idempotency key, because done twice it would count twice. ``largest``: bytes of its
    body, where they are not those of all others.
    """

    work: Work
    reads: type[Body] | type[Query]
    answers: type[BaseModel]
    summary: str
    status: int = 200
    keyed: bool = False
    largest: int | None = None

    @property
    def __name__(self) -> str:  # Flask names the endpoint after it
        return self.work.__name__

    def __call__(self, **ids: int) -> Response:
        """Answer the current request."""
        house, caller = current_house(), current_caller()
        if issubclass(self.reads, Query):
            return self._do(Call(house, caller), read_query(self.reads), ids)
        asked = read_body(self.reads)
        key = required_key() if self.keyed else sent_key()
        call = Call(house, caller, key)
        return once(house, call.shop_id, key, lambda: self._do_or_explain(call, asked, ids))

    def _do_or_explain(self, call: Call, asked: Body, ids: dict[str, int]) -> Response:
        """As ``_do``, with a refusal as an answer like any other, so that it is repeated like any other."""
        try:
            return self._do(call, asked, ids)
        except Problem as problem:
            return problem.response()

    def _do(self, call: Call, asked: Body | Query, ids: dict[str, int]) -> Response:
        try:
            answer = self.work(call, asked, **ids)
        except Unknown as unknown:
            raise not_found(unknown.sentence) from None
        except (Refused, TermsError) as refused:
            raise invalid([FieldError(refused.field, refused.sentence)]) from None
        return Response(answer.model_dump_json(), status=self.status, content_type="application/json")


def endpoint(
    summary: str,
    *,
    reads: type[Body] | type[Query],
    answers: type[BaseModel],
    status: int = 200,
    keyed: bool = False,
    largest: int | None = None,
) -> Callable[[Work], Endpoint]:
    """Make a function into an endpoint."""

    def made(work: Work) -> Endpoint:
        return Endpoint(work, reads, answers, summary, status, keyed, largest)

    return made


def not_found(sentence: str = "The shop has no such thing.") -> Problem:
    """Unknown, or somebody else's: both look the same."""
    return Problem(Kind.NOT_FOUND, sentence)
