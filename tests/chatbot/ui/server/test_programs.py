"""The interface for programs beside the page: one process, one port, each with its own guard."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fakes.assistant import assistant_at
from fakes.page_server import PageServer, running


def test_programs_are_answered_at_the_port_of_the_page_and_the_page_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, "--api") as server:
        assert json.loads(server.ask("/healthz").body) == {"status": "ok"}
        models = json.loads(server.ask("/v1/models").body)["data"]
        assert models[0]["id"] == "secondlook"
        assert server.ask("/v1/nothing").status == 404
        assert server.ask("/api/notebooks", headers={"Host": "evil.example"}).status == 421
        assert server.ask("/api/notebooks", headers={"Origin": "http://evil.example"}).status == 403
        with assistant_at(f"{server.base}/mcp") as assistant:
            assert "search" in assistant.tools()
        assert b"<html" in server.ask("/").body
        with server.visit() as visit:
            assert "Second Look" in visit.draw()


@pytest.mark.slow
def test_where_people_sign_in_programs_need_a_key_and_a_cookie_is_none(tmp_path: Path) -> None:
    with running(tmp_path, "--api", sign_in=True) as server:
        assert server.ask("/v1/models", person="kim").status == 401
        assert server.ask("/healthz").status == 200


def test_a_page_alone_answers_no_program(page_server: PageServer) -> None:
    assert not page_server.ask("/v1/models").body.startswith(b'{"object"')
    assert page_server.ask("/v1/chat/completions", "POST").status == 405
