"""The OpenAPI document with what FastAPI does not know: the key, and every refusal in the form that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI

from chatbot.api.entrance import OPEN
from chatbot.api.problems import OPENAI, TITLES

_REFUSALS = (400, 401, 403, 404, 408, 409, 413, 415, 421, 422, 429, 500, 502, 503)
_OF_THE_GUARD = (400, 403, 408, 413, 415, 421)  # all that a path without a key refuses
_NOT_READY = 503
_RETRIED = (429, 503)
_KEY = "key"
_TEXT = {"type": "string"}
_TEXT_OR_NONE = {"type": ["string", "null"]}
_SCHEMAS: dict[str, Any] = {
    "OpenAIError": {
        "type": "object", "required": ["error"],
        "properties": {"error": {
            "type": "object", "required": ["message", "type", "param", "code"],
            "properties": {"message": _TEXT, "type": _TEXT, "param": _TEXT_OR_NONE, "code": _TEXT_OR_NONE},
        }},
        "examples": [{"error": {
            "message": "this is no valid API key; make one with: secondlook keys make NAME",
            "type": "authentication_error", "param": None, "code": "invalid_api_key",
        }}],
    },
    "Problem": {
        "type": "object", "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT, "code": _TEXT,
            "request_id": _TEXT, "param": _TEXT,
        },
        "examples": [{
            "type": "urn:secondlook:problem:not_allowed", "title": "Not allowed", "status": 403,
            "detail": "your role in Team does not allow that (add); ask one of its owners", "code": "not_allowed",
            "request_id": "5f0c3b2a9d1e4f68",
        }],
    },
}  # fmt: skip


def document(app: FastAPI) -> None:
    """Have ``app`` describe itself as it answers."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(described())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's own way to change it


def _completed(schema: dict[str, Any]) -> dict[str, Any]:
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):  # the framework's form, which is never sent
        schemas.pop(unused, None)
    schemas.update(_SCHEMAS)
    components["securitySchemes"] = {
        _KEY: {
            "type": "http",
            "scheme": "bearer",
            "description": "secondlook keys make NAME; docs/api-keys.md",
        }
    }
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            operation["responses"] = {**operation["responses"], **_refusals(path)}
            if path not in OPEN:
                operation["security"] = [{_KEY: []}]
    return schema


def _refusals(path: str) -> Mapping[str, Any]:
    statuses = _REFUSALS if path not in OPEN else (*_OF_THE_GUARD, _NOT_READY)
    is_openai = path.startswith(OPENAI)
    kind = "application/json" if is_openai else "application/problem+json"
    content = {
        kind: {"schema": {"$ref": f"#/components/schemas/{'OpenAIError' if is_openai else 'Problem'}"}}
    }
    return {str(status): _refusal(status, content) for status in statuses}


def _refusal(status: int, content: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"description": TITLES[status], "content": content}
    if status in _RETRIED:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return told
