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
    title = source.document + (f", {source.page}" if source.page else "")
    if address := answered.addresses.get(source.document):
        return {"type": "url_citation", "url_citation": {**at, "url": address, "title": title}}
    url = f"{base}/api/documents/{in_address(source.document)}?notebook=%23{answered.question.notebook}"
    return {
        "type": "url_citation",
        "url_citation": {**at, "url": url, "title": title},
        "file_citation": {
            **at, "file_id": source.document, "filename": name_of(source.document), "page": source.page,
            "index": source.number, "quote": "\n".join(quote(source, one) for one in source.highlights),
        },
    }  # fmt: skip


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
        yield self._event(
            {"annotations": annotations_of(answered, self._at)}, secondlook=_own(answered, self._request)
        )
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
