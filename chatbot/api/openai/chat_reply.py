"""An answer as ``/v1/chat/completions`` says it: a message with annotations, or chunks of one.

Each citation is a ``url_citation``, because some clients refuse a whole answer for any other kind (litellm): of a web page
with its own address, of a file with that of the document in this interface, and its place in the file beside it as
``file_citation``. ``start_index`` and ``end_index`` are the place of ``[n]`` in the text, in characters.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote as in_address

from chatbot.api.answers.asking import Answered
from chatbot.api.answers.sources import answered_json
from chatbot.api.answers.together import place_of
from chatbot.api.openai.chat_request import ChatRequest
from chatbot.citations.markers import citations_in
from chatbot.citations.quotes import quote
from chatbot.store.records import name_of
from chatbot.trace import Source

DONE = b"data: [DONE]\n\n"


def annotations_of(answered: Answered, base: str) -> list[dict[str, Any]]:
    """One for each citation in the text, in order. ``base``: the address at which this interface was asked."""
    sources = {source.number: source for source in answered.answer.sources}
    return [
        _annotation(sources[number], place, answered, base)
        for place, number in citations_in(answered.text)
        if number in sources
    ]


def _annotation(source: Source, place: int, answered: Answered, base: str) -> dict[str, Any]:
    at = {"start_index": place, "end_index": place + len(f"[{source.number}]")}
    cited = {**at, "url": _url(source, answered, base), "title": _title(source)}
    if source.document in answered.addresses:
        return {"type": "url_citation", "url_citation": cited}
    return {
        "type": "url_citation",
        "url_citation": cited,
        "file_citation": {
            **at, "file_id": source.document, "filename": name_of(source.document), "page": source.page,
            "index": source.number, "quote": "\n".join(quote(source, one) for one in source.highlights),
        },
    }  # fmt: skip


def _title(source: Source) -> str:
    return source.document + (f", p. {source.page}" if source.page else "")


def _url(source: Source, answered: Answered, base: str) -> str:
    if address := answered.addresses.get(source.document):
        return address
    notebook, document = place_of(source, answered.question.notebooks)
    return f"{base}/api/documents/{in_address(document)}?notebook=%23{notebook}"


def open_webui_event(answered: Answered, base: str) -> dict[str, Any] | None:
    """All sources in the order of their numbers, as an event of Open WebUI; ``None`` where none is cited.

    Its page takes ``[n]`` for the nth source it was told of with an address of its own, and does not look at the places
    of annotations: those alone would lead ``[3]`` astray where ``[2]`` is not cited, or is of the same document.
    """
    if not answered.answer.citations:
        return None
    texts, about, seen = [], [], set[str]()
    for source in sorted(answered.answer.sources, key=lambda source: source.number):
        address = _url(source, answered, base)
        own = f"{address}#{source.number}" if address in seen else address
        seen.add(own)
        texts.append(source.text)
        # external: the name is shown, and not the address
        about.append({"source": own, "name": _title(source), "external": True})
    return {
        "type": "source",
        "data": {"source": {"name": "Second Look"}, "document": texts, "metadata": about},
    }


def usage(answered: Answered) -> dict[str, int]:
    """What the language model counted, or an estimate; 0 where none was asked."""
    tokens = answered.answer.tokens
    sent, received = (tokens.prompt, tokens.answer) if tokens is not None else (0, 0)
    return {"prompt_tokens": sent, "completion_tokens": received, "total_tokens": sent + received}


def completion(
    answered: Answered, request: ChatRequest, number: str, created: int, base: str
) -> dict[str, Any]:
    """The whole answer as one object."""
    message: dict[str, Any] = {
        "role": "assistant", "content": answered.text, "refusal": None, "annotations": annotations_of(answered, base),
    }  # fmt: skip
    if answered.answer.thoughts:
        message["reasoning_content"] = answered.answer.thoughts
    choice = {"index": 0, "message": message, "finish_reason": answered.finish, "logprobs": None}
    return {
        "id": number, "object": "chat.completion", "created": created, "model": request.model, "choices": [choice],
        "usage": usage(answered), "secondlook": _own(answered, request),
    }  # fmt: skip


class Chunks:
    """The events of one streamed answer, as bytes."""

    def __init__(self, request: ChatRequest, number: str, created: int, base: str) -> None:
        self._request = request
        self._at = base
        self._base = {
            "id": number,
            "object": "chat.completion.chunk",
            "created": created,
            "model": request.model,
        }
        self._usage: dict[str, Any] = {"usage": None} if request.with_usage else {}
        # a token is an event; its frame is written once and not for each
        frame = json.dumps({**self._base, "choices": [{"index": 0, "delta": {"content": "\0"}, "finish_reason": None}], **self._usage}, ensure_ascii=False)  # fmt: skip
        before, _, after = frame.partition('"\\u0000"')
        self._before, self._after = f"data: {before}", f"{after}\n\n"

    def begin(self) -> bytes:
        return self._event({"role": "assistant", "content": ""})

    def text(self, piece: str) -> bytes:
        return f"{self._before}{json.dumps(piece, ensure_ascii=False)}{self._after}".encode()

    def restart(self) -> bytes:
        """What came so far were thoughts; a client that does not know this sees them before the answer."""
        return self._event({"content": "\n\n"}, secondlook={"restart": True})

    def end(self, answered: Answered) -> Iterator[bytes]:
        """The sources, why it ended, and what it cost."""
        own: dict[str, Any] = {"secondlook": _own(answered, self._request)}
        if told := open_webui_event(answered, self._at):
            own["event"] = told
        yield self._event({"annotations": annotations_of(answered, self._at)}, **own)
        yield self._event({}, finish=answered.finish)
        if self._request.with_usage:
            yield _data({**self._base, "choices": [], "usage": usage(answered)})
        yield DONE

    def _event(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _data({**self._base, "choices": [choice], **self._usage, **more})


def _data(content: Mapping[str, Any]) -> bytes:
    return f"data: {json.dumps(content, ensure_ascii=False)}\n\n".encode("utf-8", "replace")


def _own(answered: Answered, request: ChatRequest) -> dict[str, Any]:
    return answered_json(answered, request.ignored(), candidates=request.own.candidates)
