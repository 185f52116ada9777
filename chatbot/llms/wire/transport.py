"""The one place between a server that calls itself compatible and OpenAI's client: an httpx transport.

request -> without what this model refuses -> response -> a stream in OpenAI's own shape | ServerSaid
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx

from chatbot.llms.wire.adapting import MOST_CHANGES, Adaptations, adapted, body_of, change_for, note_for
from chatbot.llms.wire.dialect import as_openai
from chatbot.llms.wire.said import ServerSaid, read_up_to, said

_KNOWN = Adaptations()  # of this process


class CompatibleTransport(httpx.BaseTransport):
    """Sends chat requests with ``wrapped`` and gives their answers one shape.

    Args:
        tell: gets a sentence for the person when a parameter is left out.
    """

    def __init__(
        self, wrapped: httpx.Client, tell: Callable[[str], None], known: Adaptations = _KNOWN
    ) -> None:
        self._wrapped = wrapped
        self._tell = tell
        self._known = known

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises ``ServerSaid`` for every status that is no success."""
        body = body_of(request.read()) if request.method == "POST" else None
        if body is None or not isinstance(body.get("messages"), list):
            return checked(self._wrapped.send(request, stream=True))
        url, model = str(request.url), str(body.get("model", ""))
        changes = self._known.of(url, model)
        while True:
            sent = _with_body(request, adapted(body, changes)) if changes else request
            try:
                response = checked(self._wrapped.send(sent, stream=True))
            except ServerSaid as error:
                change = change_for(error, adapted(body, changes))
                if change is None or change in changes or len(changes) >= MOST_CHANGES:
                    raise
                changes = (*changes, change)
                self._tell(note_for(change, model))
                continue
            if changes != self._known.of(url, model):
                self._known.remember(url, model, changes)
            return _in_one_shape(response)

    def close(self) -> None:
        self._wrapped.close()


def checked(response: httpx.Response) -> httpx.Response:
    """``response`` if it is a success, unread. Raises ``ServerSaid`` with the server's own words."""
    if response.is_success:
        return response
    try:
        body = read_up_to(response.iter_bytes())
    except (httpx.HTTPError, ValueError):  # the status says enough
        body = b""
    finally:
        response.close()
    raise said(response.status_code, response.headers, body)


def _with_body(request: httpx.Request, body: dict[str, Any]) -> httpx.Request:
    headers = {
        k: v for k, v in request.headers.items() if k.lower() not in ("content-length", "transfer-encoding")
    }
    return httpx.Request(
        request.method, request.url, headers=headers, json=body, extensions=request.extensions
    )


def _in_one_shape(response: httpx.Response) -> httpx.Response:
    return httpx.Response(
        response.status_code,
        headers={"Content-Type": "text/event-stream"},
        stream=_Shaped(response),
        extensions=response.extensions,
    )


class _Shaped(httpx.SyncByteStream):
    """The stream of ``response``, decompressed and in OpenAI's shape."""

    def __init__(self, response: httpx.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from as_openai(self._response.iter_bytes())

    def close(self) -> None:
        self._response.close()
