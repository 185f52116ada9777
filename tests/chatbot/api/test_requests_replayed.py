"""Requests as Open WebUI 0.12 and LibreChat 0.8 send them, and what they make of the answers.

Written after their sources: Open WebUI's ``utils/middleware.py``, ``routers/tasks.py``, ``retrieval/models/external.py``,
``retrieval/utils.py`` and the page; LibreChat's ``@librechat/agents`` 3.2 over LangChain.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from fakes.llm_server import FakeLLMServer

ASKED = "How many days of annual leave are there?"
QUERY = "How often is the filter changed?"
DOCUMENTS = ["The house is green.", "The filter is changed every 90 days.", "Cats sleep a lot."]
USER = {
    "X-OpenWebUI-User-Name": "Kim%20Minji", "X-OpenWebUI-User-Id": "7", "X-OpenWebUI-User-Email": "kim@example.org",
    "X-OpenWebUI-User-Role": "user", "X-OpenWebUI-Chat-Id": "c1",
}  # fmt: skip
TITLE_OF_WEBUI = """### Task:
Generate a concise title summarizing the chat history.
### Guidelines:
- Keep it short: 2-4 words is best.
- Your entire response must consist solely of the JSON object, without any introductory or concluding text.
### Output:
JSON format: { "title": "your concise title here" }
### Chat History:
<chat_history>
USER: How many days of annual leave are there?
ASSISTANT: There are 25 days of leave [1].
</chat_history>"""
TITLE_OF_LIBRECHAT = """Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only return the title itself.

Conversation:
User: How many days of annual leave are there?
AI: There are 25 days of leave [1]."""


@dataclass
class WebUI:
    """What the page of Open WebUI has of a stream.

    Attributes:
        sources: (address, name) of each that it was told of, an address once: ``[n]`` leads to the nth.
    """

    content: str = ""
    usage: dict[str, int] = field(default_factory=dict)
    sources: list[tuple[str, str]] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)

    def read(self, text: str) -> WebUI:
        for line in text.split("\n"):
            if line.startswith("data:") and (data := line[5:].strip()) != "[DONE]":
                self._chunk(json.loads(data))
        return self

    def _chunk(self, chunk: dict[str, Any]) -> None:
        if told := chunk.get("event"):
            assert told["type"] == "source"
            assert len(told["data"]["document"]) == len(told["data"]["metadata"])
            for about in told["data"]["metadata"]:
                self._source(about["source"], about["name"])
        assert not chunk.get("type", "").startswith("response.")
        self.usage.update(chunk.get("usage") or {})
        if not chunk.get("choices"):
            self.errors += [chunk["error"]] if chunk.get("error") else []
            return
        delta = chunk["choices"][0].get("delta", {})
        for note in delta.get("annotations") or []:
            if note.get("type") == "url_citation" and "url_citation" in note:
                self._source(note["url_citation"]["url"], note["url_citation"]["title"])
        self.content += delta.get("content") or ""

    def _source(self, address: str, name: str) -> None:
        if address not in [known for known, _ in self.sources]:
            self.sources.append((address, name))


def chat_of_webui(client: TestClient) -> WebUI:
    messages = [
        {"role": "system", "content": "User Context: Kim, in Seoul"},
        {"role": "user", "content": ASKED},
    ]
    body = {"stream": True, "model": "secondlook", "messages": messages, "stream_options": {"include_usage": True},
            "temperature": 0.8, "reasoning_effort": "medium", "tools": []}  # fmt: skip
    answer = client.post("/v1/chat/completions", content=json.dumps(body), headers={**USER, "Content-Type": "application/json"})  # fmt: skip
    assert answer.headers["content-type"].startswith("text/event-stream")
    return WebUI().read(answer.text)


@pytest.mark.parametrize(
    "reply", ["There are 25 days of leave [1].", "They are taken by March [3].", "Both [3], [2] and [3]."]
)
def test_a_number_in_an_answer_leads_to_its_source_on_the_page_of_open_webui(
    client: TestClient, fake_llm: FakeLLMServer, reply: str
) -> None:
    fake_llm.reply = reply
    shown = chat_of_webui(client)
    asked = {"model": "secondlook", "messages": [{"role": "user", "content": ASKED}]}
    sources = client.post("/v1/chat/completions", json=asked).json()["secondlook"]["sources"]
    assert shown.content == reply
    assert shown.usage["total_tokens"] > 0
    for number in {int(digit) for digit in reply if digit in "123" and f"[{digit}]" in reply}:
        address, name = shown.sources[number - 1]
        source = sources[number - 1]
        assert name == source["document"] + (f", p. {source['page']}" if source["page"] else "")
        assert client.get(address).json()["document"] == source["document"]


def test_open_webui_shows_why_a_stream_broke_off(client: TestClient, fake_llm: FakeLLMServer) -> None:
    fake_llm.fault = "close"
    assert "language_model" in str(chat_of_webui(client).errors)


def test_an_answer_without_citations_tells_open_webui_of_no_source(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = "Good morning."
    assert chat_of_webui(client).sources == []


def test_open_webui_falls_back_to_the_question_where_a_notebook_writes_no_title(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    """A notebook answers questions about its documents: what comes is no JSON, and the page takes the first message."""
    fake_llm.reply = "There are 25 days of leave [1]."
    messages = [{"role": "user", "content": TITLE_OF_WEBUI}]
    body = {"model": "secondlook", "messages": messages, "stream": False, "max_completion_tokens": 1000}
    answer = client.post("/v1/chat/completions", json=body)
    assert answer.status_code == 200
    content = answer.json()["choices"][0]["message"]["content"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(content[content.find("{") : content.rfind("}") + 1])


def test_the_external_reranker_of_open_webui_reads_a_score_for_each_document(client: TestClient) -> None:
    body = {"model": "any", "query": QUERY, "documents": DOCUMENTS, "top_n": len(DOCUMENTS)}
    results = client.post("/v1/rerank", json=body, headers=USER).json()["results"]
    scores = [result["relevance_score"] for result in sorted(results, key=lambda result: result["index"])]
    assert len(scores) == len(DOCUMENTS)
    assert scores.index(max(scores)) == 1


def test_open_webui_embeds_questions_and_passages_apart_where_its_prefix_field_is_ours(
    client: TestClient,
) -> None:
    """``RAG_EMBEDDING_PREFIX_FIELD_NAME=input_type``, with ``query`` and ``passage`` as the prefixes."""

    def vectors(**more: str) -> Any:
        body = {"input": [QUERY], "model": "any", **more}
        return [row["embedding"] for row in client.post("/v1/embeddings", json=body).json()["data"]]

    assert vectors() == vectors(input_type="passage")
    assert vectors() != vectors(input_type="query")


def test_librechat_lists_streams_and_gets_a_title_in_words(
    client: TestClient, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply = "There are 25 days of leave [1]."
    assert "secondlook" in [model["id"] for model in client.get("/v1/models").json()["data"]]
    messages = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": ASKED}]},
    ]
    body = {"model": "secondlook", "temperature": 1, "top_p": 1, "frequency_penalty": 0, "presence_penalty": 0, "user": "65f0",
            "stream": True, "stream_options": {"include_usage": True}, "messages": messages}  # fmt: skip
    shown = WebUI().read(client.post("/v1/chat/completions", json=body).text)
    assert shown.content == fake_llm.reply
    assert shown.usage["total_tokens"] > 0
    title = {
        "model": "secondlook",
        "stream": False,
        "messages": [{"role": "user", "content": TITLE_OF_LIBRECHAT}],
    }
    assert client.post("/v1/chat/completions", json=title).json()["choices"][0]["message"]["content"]


def test_a_title_that_librechat_wants_as_an_object_is_refused_and_says_so(client: TestClient) -> None:
    """``titleMethod: structured``."""
    schema = {"type": "json_schema", "json_schema": {"name": "extract", "schema": {"type": "object"}}}
    messages = [{"role": "user", "content": TITLE_OF_LIBRECHAT}]
    refused = client.post(
        "/v1/chat/completions", json={"model": "secondlook", "messages": messages, "response_format": schema}
    )
    assert (refused.status_code, refused.json()["error"]["param"]) == (400, "response_format")
