"""What the OpenAPI document says is what is answered: asked by schemathesis, with what it allows and what it does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from chatbot.api.app import create_app
from chatbot.api.service import Service
from chatbot.notebooks import ALONE, ApiKeys

CHECKS = (
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, unsupported_method, ignored_auth,
)  # fmt: skip
HOST = "127.0.0.1:8502"


@pytest.fixture
def token(service: Service) -> Iterator[str]:
    keys = ApiKeys(service.library)
    token, key = keys.make("schemathesis", ALONE)
    service.keys = keys
    yield token
    keys.revoke(key.id, ALONE)


def asked(service: Service, token: str, examples: int) -> tuple[int, list[str]]:
    """How many paths and methods were asked, each ``examples`` times, and what was wrong."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", create_app(service), headers={"host": HOST})
    wrong: list[str] = []
    count = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        count += 1

        @given(case=operation.as_strategy())
        @settings(max_examples=examples, derandomize=True, database=None,
                  suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])  # fmt: skip
        def check(case: schemathesis.Case) -> None:
            case.call_and_validate(
                headers={"host": HOST, "Authorization": f"Bearer {token}"}, checks=list(CHECKS)
            )

        try:
            check()
        except (Exception, BaseExceptionGroup) as error:  # each is told, not only the first
            wrong.append(f"{operation.label}: {error}")
    return count, wrong


@pytest.mark.parametrize("examples", [3, pytest.param(30, marks=pytest.mark.slow)])
def test_no_answer_is_a_server_error_or_undocumented(service: Service, token: str, examples: int) -> None:
    count, wrong = asked(service, token, examples)
    assert wrong == []
    assert count >= 8
