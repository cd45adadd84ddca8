"""What every body and query of the API is."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """JSON in: exactly the fields named, of exactly their types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Query(BaseModel):
    """A query string in: only the parameters named, each once; texts are read as what they stand for."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Body):
    """No body, or an empty object."""


class NoQuery(Query):
    """No query parameters."""
