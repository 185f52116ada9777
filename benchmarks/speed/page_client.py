"""A person at the page without a browser: Streamlit's own messages over its websocket, for many people at once.

    async with PageClient("http://127.0.0.1:8501") as person:
        seconds, answer = await person.ask("How many days may I work from home?")

It draws nothing. It keeps the parcels of the conversation that the server sends (``chatbot/ui/chat/conversation_view.py``),
ticks for the page's clock (``chatbot/ui/clock.py``), and sends a question as the field to ask in does.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.cookiejar
import json
import re
import time
import urllib.request
from types import TracebackType
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

_SETTLED = re.compile(r'<section class="sl-parcel" data-version="(?!live-)[^"]*" data-exchange="(\d+)">')
_CLOCK = "secondlook_clock"


class PageClient:
    """One session. ``TimeoutError`` when no answer comes, ``ConnectionError`` when the server hangs up."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.errors: list[str] = []  # exceptions that the page shows
        self._settled: dict[int, str] = {}  # exchange -> its HTML once it is complete
        self._asked = 0
        self._field = ""
        self._page, self._query, self._closed = "", "", ""
        self._tick: asyncio.Task[None] | None = None
        self._changed, self._finished = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> PageClient:
        cookie = await asyncio.to_thread(_cookie, self.address)
        self._socket = await websockets.connect(
            f"ws://{urlsplit(self.address).netloc}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit"), websockets.Subprotocol(cookie)],
            origin=websockets.Origin(self.address),
            additional_headers={"Cookie": f"_streamlit_xsrf={cookie}"},
            max_size=None,
            open_timeout=60,
            ping_interval=None,
        )
        self._reader = asyncio.create_task(self._read())
        await self._send()
        await asyncio.wait_for(self._finished.wait(), 120)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [task for task in (self._tick, self._reader) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._socket.close()

    async def ask(self, question: str, limit_s: float = 120) -> tuple[float, str]:
        """Seconds until the exchange has settled, its citations checked, and its HTML; of a refusal likewise."""
        number = self._asked
        self._asked += 1
        asked = WidgetState(id=self._field)
        asked.chat_input_value.data = question
        start = time.perf_counter()
        await self._send(asked)
        async with asyncio.timeout(limit_s):
            while number not in self._settled:
                if self._closed:
                    raise ConnectionError(self._closed)
                self._changed.clear()
                await self._changed.wait()
        return time.perf_counter() - start, self._settled[number]

    async def _send(self, once: WidgetState | None = None, fragment: str = "") -> None:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self._query, self._page, fragment
        if once is not None:
            run.widget_states.widgets.append(once)
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        try:
            async for data in self._socket:
                message = ForwardMsg()
                message.ParseFromString(data if isinstance(data, bytes) else data.encode())
                self._take(message)
                self._changed.set()
        except websockets.ConnectionClosed as error:
            self._closed = str(error) or "closed"
            self._changed.set()
            self._finished.set()

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session":
                self._page = message.new_session.page_script_hash
            case "navigation":
                self._page = message.navigation.page_script_hash
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "delta":
                self._take_element(message)
            case "script_finished":
                self._finished.set()

    def _take_element(self, message: ForwardMsg) -> None:
        if message.delta.WhichOneof("type") != "new_element":
            return
        element = message.delta.new_element
        match element.WhichOneof("type"):
            case "html":
                if found := _SETTLED.match(element.html.body):
                    self._settled[int(found[1])] = element.html.body
            case "bidi_component":
                if element.bidi_component.component_name == _CLOCK:
                    self._wind(element.bidi_component, message.delta.fragment_id)
            case "chat_input":
                self._field = element.chat_input.id
            case "exception":
                self.errors.append(f"{element.exception.type}: {element.exception.message}")

    def _wind(self, clock: BidiComponent, fragment: str) -> None:
        if self._tick is not None:
            self._tick.cancel()
        self._tick = asyncio.create_task(self._tick_once(clock.id, json.loads(clock.json), fragment))

    async def _tick_once(self, clock: str, data: dict[str, float], fragment: str) -> None:
        await asyncio.sleep(data["every"] / 1000)
        tick = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{clock}__events")
        tick.json_trigger_value = json.dumps([{"event": "tick", "value": data["now"]}])
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._send(tick, fragment)


def _cookie(address: str) -> str:
    """What the server gives a browser against forged requests, and wants back when the websocket opens."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for path in ("/_stcore/health", "/"):
        with opener.open(address + path, timeout=30) as response:
            response.read()
    return next((cookie.value or "" for cookie in jar), "none")
