"""The committed schema and what was written down beside it, loaded once per process."""

import gzip
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_client_schema

from devstore.admin.scalars import make_strict

VERSION = "2026-07"
FOLDER = Path(__file__).parent.parent / "schema"


@dataclass(frozen=True)
class Facts:
    """``idempotent`` mutations need a key; ``scopes`` has any-of scopes by ``Type.field`` and by type."""

    idempotent: frozenset[str]
    scopes: dict[str, frozenset[str]]


@cache
def schema() -> GraphQLSchema:
    """The schema with strict scalars."""
    raw: Any = json.loads(gzip.decompress((FOLDER / f"admin_{VERSION}.json.gz").read_bytes()))
    built = build_client_schema(raw, assume_valid=True)
    make_strict(built)
    return built


@cache
def facts() -> Facts:
    """What the descriptions said."""
    raw: Any = json.loads((FOLDER / f"facts_{VERSION}.json").read_text(encoding="utf-8"))
    return Facts(frozenset(raw["idempotent"]), {name: frozenset(any_of) for name, any_of in raw["scopes"].items()})
