"""What no well-meaning client sends: each is an error that says what to do, and the server goes on."""

from __future__ import annotations

from typing import Any

import pytest
from mcp import MCPError

from chatbot.text.asking import LONGEST_QUESTION
from fakes.assistant import Assistant, text_of

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("search", {}, "query"),
    ("search", {"query": 7}, "query"),
    ("search", {"query": ["a"]}, "query"),
    ("search", {"query": "   "}, "empty"),
    ("search", {"query": "x" * (LONGEST_QUESTION + 1)}, "query"),
    ("search", {"query": "x" * 3_000_000}, "query"),
    ("search", {"query": "x", "k": "ten"}, "k"),
    ("search", {"query": "x", "k": 10**30}, "k"),
    ("search", {"query": "x", "top_n": True}, "top_n"),
    ("search", {"query": "x", "nonsense": 1}, "nonsense"),
    ("search", {"query": "x", "filters": ["../../etc/passwd"]}, "no document or folder"),
    ("search", {"query": "x", "notebook": "../other"}, "no notebook"),
    ("ask", {"question": "x", "history": [{"question": "a"}]}, "history.0.answer"),
    ("ask", {"question": "x", "history": [{"question": "a", "answer": "b"}] * 21}, "history"),
    ("read_source", {}, "passage"),
    ("read_source", {"passage": 1, "document": "a"}, "either"),
    ("read_source", {"passage": 2**62}, "search again"),
    ("read_source", {"passage": 2**80}, "passage"),
    ("read_source", {"document": "../../etc/passwd"}, "no document"),
    ("read_source", {"document": "/etc/passwd"}, "no document"),
    ("list_documents", {"folder": "'; DROP TABLE document; --"}, "no document or folder"),
    ("list_documents", {"limit": 0}, "limit"),
    ("add_document", {"name": "a.md", "text": "hello"}, "--allow-adding"),
]


@pytest.mark.parametrize(("tool", "arguments", "said"), WRONG)
def test_wrong_arguments_are_an_error_of_the_tool_that_says_which(
    samples_assistant: Assistant, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = samples_assistant.call(tool, **arguments)
    assert result.is_error
    assert said in text_of(result)
    assert len(text_of(result)) < 3_000
    assert samples_assistant.call("list_documents", limit=1).structured_content["documents"]


def test_an_unknown_tool_is_an_error_of_the_protocol_that_names_the_known_ones(
    samples_assistant: Assistant,
) -> None:
    with pytest.raises(MCPError, match=r"unknown tool 'shell'; known: search"):
        samples_assistant.call("shell", command="ls")


@pytest.mark.parametrize(
    "uri",
    [
        "secondlook://document/1/../../../etc/passwd",
        "secondlook://document/1/%2e%2e/%2e%2e/etc/passwd",
        "secondlook://document/1//etc/passwd",
        "secondlook://document/2/x",
        "secondlook://document/1/",
        "secondlook://document/1/x?start=-1",
        "secondlook://document/1/x?start=1&other=2",
        "secondlook://document/99999999999999999999/x",
        "secondlook://other/1/x",
        "file:///etc/passwd",
        "/etc/passwd",
        "secondlook://[",
        "x" * 100_000,
    ],
)
def test_no_address_leads_out_of_the_index(samples_assistant: Assistant, uri: str) -> None:
    with pytest.raises(MCPError, match=r"no such resource|no document|no notebook") as caught:
        samples_assistant.read(uri)
    assert len(str(caught.value)) < 1_000
    assert "root:" not in str(caught.value)


def test_a_cursor_of_another_list_is_an_error(samples_assistant: Assistant) -> None:
    with pytest.raises(MCPError, match="begin it anew"):
        samples_assistant.resources("not-a-cursor")


def test_half_a_character_is_an_error_and_not_the_end_of_the_server(samples_assistant: Assistant) -> None:
    result = samples_assistant.call("search", query="half \\ud800")
    assert not result.is_error  # that is text
    result = samples_assistant.call("search", query="\u202e\u0000\u200b")
    assert result.is_error or result.structured_content["verdict"]["verdict"]
