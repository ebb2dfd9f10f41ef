"""Reads an OpenAPI document as a walker needs it: which routes there are, what each wants, and which take an id."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI

from vigint_core.wire import Identity

Operation = tuple[str, str]
"""``("PUT", "/v1/incidents/{incident_id}")``."""
_METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
_PATTERN = next(meta.pattern for field in Identity.__metadata__ for meta in field.metadata if hasattr(meta, "pattern"))


@dataclass(frozen=True, slots=True)
class Described:
    """One operation of the document.

    Attributes:
        scopes: what its key must have; None where it wants no key.
        ids: names of everything that a client may send and that is an id: by its name, or by its form.
    """

    operation: Operation
    scopes: tuple[str, ...] | None
    ids: frozenset[str]


def described(app: FastAPI) -> Iterator[Described]:
    """Every operation of an application's OpenAPI document."""
    document = app.openapi()
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                spoken = item[method]
                security = spoken.get("security")
                scopes = None if security is None else tuple(scope for each in security for scope in each["key"])
                shared = item.get("parameters", [])
                yield Described((method.upper(), path), scopes, frozenset(_ids(document, spoken, shared)))


def _ids(document: Mapping[str, Any], spoken: Mapping[str, Any], shared: list[Any]) -> Iterator[str]:
    for parameter in [*shared, *spoken.get("parameters", [])]:
        told = _followed(document, parameter)
        in_path = told.get("in") == "path"  # whatever stands in an address names something
        if in_path or _is_id(told["name"], _followed(document, told.get("schema", {}))):
            yield told["name"]
    body = _followed(document, spoken.get("requestBody", {}))
    for content in body.get("content", {}).values():
        yield from _within(document, content.get("schema", {}), frozenset())


def _within(document: Mapping[str, Any], schema: Any, seen: frozenset[str]) -> Iterator[str]:
    """Names of ids anywhere in a schema."""
    if not isinstance(schema, dict) or schema.get("$ref", "") in seen:
        return
    seen = seen | {schema["$ref"]} if "$ref" in schema else seen
    schema = _followed(document, schema)
    document = {**document, "$defs": {**document.get("$defs", {}), **schema.get("$defs", {})}}
    for name, told in schema.get("properties", {}).items():
        if _is_id(name, _followed(document, told)):
            yield name
        yield from _within(document, told, seen)
    for key in ("items", "additionalProperties", "propertyNames"):
        yield from _within(document, schema.get(key), seen)
    for key in ("anyOf", "oneOf", "allOf", "prefixItems"):
        for told in schema.get(key, []):
            yield from _within(document, told, seen)


def _is_id(name: str, schema: Mapping[str, Any]) -> bool:
    by_form = _PATTERN in (schema.get("pattern"), schema.get("items", {}).get("pattern"))
    return by_form or name in {"id", "ids"} or name.endswith(("_id", "_ids", "Id", "Ids"))


def _followed(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema that a reference points to."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
