"""Documents that an assistant adds, and those that it may not."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from chatbot.config import Config
from chatbot.mcp_server.visits import Adding
from fakes.assistant import Connect, text_of
from fakes.web_server import Page, WebServer

TEXT = "# Rooftop garden\n\nThe rooftop garden opens at seven and closes at nine in the evening."


@pytest.fixture
def allowed(tmp_path: Path) -> Adding:
    folder = tmp_path / "allowed"
    folder.mkdir()
    return Adding(True, (folder,))


def test_a_text_that_was_added_is_found(connect: Connect, empty: Config, allowed: Adding) -> None:
    with connect(empty, allowed) as assistant:
        result, told = assistant.call_with_progress("add_document", name="garden.md", text=TEXT)
        assert not result.is_error, text_of(result)
        assert result.structured_content["document"] == "uploads/garden.md"
        assert told
        again = assistant.call("add_document", name="garden.md", text=TEXT).structured_content
        other = assistant.call("add_document", name="garden.md", text="Something else.")
        replaced = assistant.call("add_document", name="garden.md", text=TEXT + " Bring tea.", replace=True)
        found = assistant.call("search", query="When does the rooftop garden close?").structured_content
    assert again["outcome"] == "unchanged"
    assert "replace: true" in text_of(other)
    assert replaced.structured_content["outcome"] == "indexed"
    assert found["candidates"][0]["document"] == "uploads/garden.md"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"name": "a.md"}, "give one of"),
        ({"text": "hello"}, "give a `name`"),
        ({"name": "a.md", "text": "a", "base64": "YQ=="}, "give one of"),
        ({"name": "a.pdf", "text": "hello"}, "is not that of a text"),
        ({"name": "a.md", "text": "  \n"}, "empty"),
        ({"name": "a.pdf", "base64": "no base64!"}, "no base64"),
        ({"name": "a.pdf", "base64": "JVBERi0xLjQKYnJva2VuCg=="}, "not added"),
        ({"address": "file:///etc/passwd"}, "no address"),
        ({"address": "/etc/passwd"}, "no address"),
        ({"path": "/etc/passwd"}, "--folder"),
        ({"path": "~/.ssh/id_rsa"}, "--folder"),
    ],
)
def test_what_cannot_be_added_is_an_error_that_says_what_to_do(
    connect: Connect, empty: Config, allowed: Adding, arguments: dict[str, Any], said: str
) -> None:
    with connect(empty, allowed) as assistant:
        result = assistant.call("add_document", **arguments)
    assert result.is_error
    assert said in text_of(result)


def test_a_name_leads_to_no_other_place(connect: Connect, empty: Config, allowed: Adding) -> None:
    name = "../../../../etc/cron.d/evil.md"
    with connect(empty, allowed) as assistant:
        added = assistant.call("add_document", name=name, base64=base64.b64encode(TEXT.encode()).decode())
    assert added.structured_content["document"] == "uploads/evil.md"


def test_a_page_inside_the_network_is_not_fetched(connect: Connect, empty: Config, allowed: Adding) -> None:
    with WebServer() as server, connect(empty, allowed) as assistant:
        server.pages["/secret"] = Page(b"<html><body><p>the secret</p></body></html>")
        result = assistant.call("add_document", address=f"{server.origin}/secret")
        asked = list(server.requests)
    assert result.is_error
    assert asked == []


def test_a_path_is_read_in_the_folders_that_were_named_and_nowhere_else(
    connect: Connect, empty: Config, allowed: Adding, tmp_path: Path
) -> None:
    folder = allowed.folders[0]
    (folder / "garden.md").write_text(TEXT, "utf-8")
    (folder / ".env").write_text("KEY=1", "utf-8")
    (tmp_path / "outside.md").write_text("outside", "utf-8")
    (folder / "link.md").symlink_to(tmp_path / "outside.md")
    os.mkfifo(folder / "pipe.md")
    with connect(empty, allowed) as assistant:
        added = assistant.call("add_document", path=str(folder / "garden.md"))
        refused = [
            assistant.call("add_document", path=str(path))
            for path in (
                folder / "link.md", folder / ".env", folder / ".." / "outside.md", tmp_path / "outside.md",
                folder, folder / "pipe.md", folder / "missing.md",
            )
        ]  # fmt: skip
        names = [row["name"] for row in assistant.call("list_documents").structured_content["documents"]]
    assert added.structured_content["document"] == "uploads/garden.md"
    assert all(result.is_error for result in refused)
    assert names == ["garden.md"]


def test_without_folders_no_path_is_read(connect: Connect, empty: Config, tmp_path: Path) -> None:
    file = tmp_path / "a.md"
    file.write_text(TEXT, "utf-8")
    with connect(empty, Adding(True)) as assistant:
        result = assistant.call("add_document", path=str(file))
    assert "--folder DIR" in text_of(result)
