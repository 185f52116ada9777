"""What a person clicks runs the whole page, also where a part of the page reports in the same moment.

Streamlit's script in the browser sends all that has changed within one tick as one message. Where one of the changes is
of a fragment, the message asks for a run of that fragment alone: a click beside it would come with the state of the
page, and be obeyed with the next run of all of it, which may be never. Our fragments report by themselves: a clock ticks
while an answer is written, the conversation says which versions the browser holds. So a message with more than one change
is one for the whole page.
"""

from __future__ import annotations

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg


class WholeRuns:
    """ASGI middleware: changes messages of the page's WebSocket, and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        reports = Reports()

        async def received() -> Message:
            message = await receive()
            data = message.get("bytes")
            return {**message, "bytes": reports.read(data)} if data else message

        await self._app(scope, received, send)


class Reports:
    """The messages of one page, in their order."""

    def __init__(self) -> None:
        self._told: dict[str, int] = {}  # hash of the last state of each widget; a trigger is told once

    def read(self, data: bytes) -> bytes:
        """The message as Streamlit is to have it: of the whole page where more than one widget has changed."""
        try:
            message = BackMsg.FromString(data)
        except DecodeError:
            return data
        if message.WhichOneof("type") != "rerun_script":
            return data
        run = message.rerun_script
        told = {widget.id: hash(widget.SerializeToString()) for widget in run.widget_states.widgets}
        changed = sum(self._told.get(name) != state for name, state in told.items())
        self._told = told
        if not run.fragment_id or changed < 2:
            return data
        run.fragment_id = ""
        return bytes(message.SerializeToString())
