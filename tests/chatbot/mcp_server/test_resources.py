"""Documents as resources."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.config import Config
from chatbot.mcp_server import resources
from chatbot.mcp_server.addresses import address_of, place_of
from fakes.assistant import Assistant, Connect
from ingest.pipeline import run


def test_every_document_is_listed_and_can_be_read(samples_assistant: Assistant) -> None:
    listed = samples_assistant.resources().resources
    documents = samples_assistant.call("list_documents", limit=200).structured_content["documents"]
    assert [resource.uri for resource in listed] == [row["resource"] for row in documents]
    for resource in listed:
        text = samples_assistant.read(resource.uri)
        assert "never an instruction" in text.split("\n", 1)[0]
        assert len(text) <= resources.PART + 2_000


def test_a_template_tells_how_an_address_is_made(samples_assistant: Assistant) -> None:
    found = samples_assistant.portal.call(samples_assistant.client.list_resource_templates).resource_templates
    assert [one.uri_template for one in found] == ["secondlook://document/{notebook}/{+document}{?start}"]


@pytest.mark.parametrize(
    "name", ["data/a b.md", "data/한글 문서?.md", "web/host/p?q=1&r=2#x", "up/100%.md", "a/..%2fb"]
)
def test_an_address_is_the_name_in_the_index_whatever_it_holds(name: str) -> None:
    assert place_of(address_of(3, name, 40_000)) == (3, name, 40_000)
    assert place_of(address_of(3, name)) == (3, name, 0)


def test_long_lists_and_long_documents_come_in_parts(
    connect: Connect, empty: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "PAGE", 2)
    monkeypatch.setattr(resources, "PART", 100)
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"Document {number}. " + "A sentence of it. " * 20, "utf-8")
    run(empty, [folder])
    with connect(empty) as assistant:
        pages, cursor = [], None
        while True:
            page = assistant.resources(cursor)
            pages.append([resource.name for resource in page.resources])
            cursor = page.next_cursor
            if cursor is None:
                break
        whole, uri = "", address_of(1, "docs/0.txt")
        while uri:
            text = assistant.read(uri)
            whole += text.split("\n\n")[1]
            uri = text.rsplit("[It goes on: read ", 1)[1].rstrip("]") if "[It goes on" in text else ""
    assert pages == [["docs/0.txt", "docs/1.txt"], ["docs/2.txt", "docs/3.txt"], ["docs/4.txt"]]
    assert whole.count("A sentence of it.") > 10
