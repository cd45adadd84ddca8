"""``/api/openapi.json``: the API described from the very models that read and answer (OpenAPI 3.1)."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, json
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from werkzeug.routing import Rule

from plugin.api.endpoint import Endpoint
from plugin.api.once import HEADER
from plugin.api.problem_schema import PROBLEM
from plugin.api.schema.model import Body, Query
from plugin.api.schema.values import LARGEST_ID
from plugin.problems import MEDIA_TYPE

PREFIX = "/api/"
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")
_REFERENCE = "#/components/schemas/{model}"


def describe() -> Response:
    """The description of this application's API."""
    return Response(json.dumps(description(current_app)), content_type="application/json")


def description(app: Flask) -> dict[str, Any]:
    """The OpenAPI document of every endpoint that ``app`` has under /api."""
    paths: dict[str, dict[str, Any]] = {}
    found = tuple(endpoints(app))
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for _, _, view in found:
        models += [(view.reads, "validation"), (view.answers, "serialization")]
    names, schemas = models_json_schema(list(dict.fromkeys(models)), ref_template=_REFERENCE)
    for rule, method, view in found:
        path = _PLACEHOLDER.sub(r"{\1}", rule.rule)
        paths.setdefault(path, {})[method.lower()] = _operation(rule, view, names, schemas["$defs"])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Promised", "version": "1", "description": "Backorders that keep their word."},
        "paths": paths,
        "components": {
            "schemas": {**schemas["$defs"], "Problem": PROBLEM},
            "securitySchemes": {"session": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "security": [{"session": []}],
    }


def endpoints(app: Flask) -> Iterator[tuple[Rule, str, Endpoint]]:
    """Every endpoint under /api with its rule and method, in the order of their addresses."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        if rule.rule.startswith(PREFIX) and isinstance(view, Endpoint):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, view


def _operation(rule: Rule, view: Endpoint, names: dict[Any, Any], defs: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [_id(name) for name in sorted(rule.arguments)]
    operation: dict[str, Any] = {"operationId": view.__name__, "summary": view.summary, "parameters": parameters}
    if issubclass(view.reads, Query):
        reference = names[view.reads, "validation"]["$ref"].rsplit("/", 1)[1]
        parameters += _query(defs[reference])
    else:
        parameters.append(_key(required=view.keyed))
        operation["requestBody"] = {
            "required": bool(view.reads.model_fields),
            "content": {"application/json": {"schema": names[view.reads, "validation"]}},
        }
    answer = {"application/json": {"schema": names[view.answers, "serialization"]}}
    operation["responses"] = {
        str(view.status): {"description": HTTPStatus(view.status).phrase, "content": answer},
        **_problems(writes=issubclass(view.reads, Body)),
    }
    return operation


def _problems(*, writes: bool) -> dict[str, Any]:
    statuses = [401, 403, 404, 422, 503]
    if writes:
        statuses += [400, 409, 413, 415]
    content = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
    return {str(status): {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(statuses)}


def _id(name: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 1, "maximum": LARGEST_ID}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    # ``explode`` is false: every parameter is given once, so the parts of a list stand in one, by commas.
    return [
        {"name": name, "in": "query", "required": name in required, "explode": False, "schema": part}
        for name, part in schema.get("properties", {}).items()
    ]


def _key(*, required: bool) -> dict[str, Any]:
    return {
        "name": HEADER,
        "in": "header",
        "required": required,
        "description": "New for each act, the same when the act is tried again: it is done once and answered alike.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": r"^[!-~]+$"},
    }
