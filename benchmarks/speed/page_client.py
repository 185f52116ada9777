"""A person at the page without a browser: Streamlit's own messages over its websocket, for many people at once.

    async with PageClient("http://127.0.0.1:8501") as person:
        seconds, answer = await person.ask("How many days may I work from home?")

It draws nothing. It keeps the parcels of the conversation that the server sends (``chatbot/ui/chat/conversation_view.py``),
ticks for the page's clock and for what is drawn again by itself, and sends a question as the field to ask in does, files as
the field for files does, and clicks as a button does.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import http.cookiejar
import json
import re
import time
import urllib.request
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from urllib.parse import urlsplit

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

_SETTLED = re.compile(r'<section class="sl-parcel" data-version="(?!live-)[^"]*" data-exchange="(\d+)">')
_CLOCK = "secondlook_clock"
_XSRF = "_streamlit_xsrf"
_PATIENCE_S = 120.0


class PageClient:
    """One session. ``TimeoutError`` when no answer comes, ``ConnectionError`` when the server hangs up.

    Attributes:
        errors: exceptions that the page shows.
        html: what stands on the page, by its place.
    """

    def __init__(self, address: str, cookies: Mapping[str, str] | None = None, query: str = "") -> None:
        """
        Args:
            cookies: those of somebody who has signed in.
            query: of the page's address, for example ``nb=2``.
        """
        self.address = address
        self.errors: list[str] = []
        self.html: dict[tuple[int, ...], str] = {}
        self._cookies = dict(cookies or {})
        self._settled: dict[int, str] = {}  # exchange -> its HTML once it is complete
        self._asked = 0
        self._field = self._files = self._session = ""
        self._given: WidgetState | None = None  # files that were sent and are not taken yet
        self._buttons: dict[str, str] = {}  # the end of an id, which is the button's key -> the id
        self._parts: dict[str, str] = {}
        self._page, self._query, self._closed = "", query, ""
        self._tick: asyncio.Task[None] | None = None
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._changed, self._finished = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> PageClient:
        if _XSRF not in self._cookies:
            self._cookies[_XSRF] = await asyncio.to_thread(_cookie, self.address)
        self._socket = await websockets.connect(
            f"ws://{urlsplit(self.address).netloc}/_stcore/stream",
            subprotocols=[websockets.Subprotocol("streamlit"), websockets.Subprotocol(self._cookies[_XSRF])],
            origin=websockets.Origin(self.address),
            additional_headers={"Cookie": _line(self._cookies)},
            max_size=None,
            open_timeout=60,
            ping_interval=None,
        )
        self._reader = asyncio.create_task(self._read())
        await self._send()
        await asyncio.wait_for(self._finished.wait(), _PATIENCE_S)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tasks = [task for task in (self._tick, self._reader, *self._timers.values()) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._socket.close()

    async def ask(self, question: str, limit_s: float = _PATIENCE_S) -> tuple[float, str]:
        """Seconds until the exchange has settled, its citations checked, and its HTML; of a refusal likewise."""
        start = time.perf_counter()
        number = await self.begin_to_ask(question)
        await self.until(lambda: number in self._settled, limit_s)
        return time.perf_counter() - start, self._settled[number]

    async def begin_to_ask(self, question: str) -> int:
        """Send a question and do not wait for its answer; its number in the conversation."""
        await self.until(lambda: bool(self._field))  # which is there once the page is drawn
        number = self._asked
        self._asked += 1
        asked = WidgetState(id=self._field)
        asked.chat_input_value.data = question
        await self._send(asked)
        return number

    async def click(self, key: str) -> None:
        """On the button of this key, and wait until the page is drawn."""
        await self.until(lambda: key in self._buttons)
        await self._run(WidgetState(id=self._buttons[key], trigger_value=True))

    async def go(self, part: str) -> None:
        """To another part of the page."""
        self._page = self._parts[part]
        self.html.clear()
        await self._run()

    async def upload(self, files: Sequence[tuple[str, bytes]]) -> list[int]:
        """Through the field for files of the Documents page, all at once; the status of each."""
        await self.until(lambda: bool(self._files))
        given = WidgetState(id=self._files)
        codes = []
        for name, content in files:
            file_id = str(uuid.uuid4())
            codes.append(await asyncio.to_thread(self._put, file_id, name, content))
            info = given.file_uploader_state_value.uploaded_file_info.add()
            info.file_id, info.name, info.size = file_id, name, len(content)
            info.file_urls.file_id = file_id
        self._given = given  # sent with every run, as a browser does: the next one may end the first
        await self._run(given)
        return codes

    async def until(self, holds: Callable[[], bool], limit_s: float = _PATIENCE_S) -> None:
        """Wait for what the page shows next, until ``holds()``."""
        async with asyncio.timeout(limit_s):
            while not holds():
                if self._closed:
                    raise ConnectionError(self._closed)
                self._changed.clear()
                await self._changed.wait()

    def text(self) -> str:
        """The HTML that stands on the page."""
        return "\n".join(self.html.values())

    async def _run(self, once: WidgetState | None = None) -> None:
        self._finished.clear()
        await self._send(once)
        await asyncio.wait_for(self._finished.wait(), _PATIENCE_S)

    async def _send(self, once: WidgetState | None = None, fragment: str = "") -> None:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash, run.fragment_id = self._query, self._page, fragment
        if once is not None:
            run.widget_states.widgets.append(once)
        if self._given is not None and once is not self._given:
            run.widget_states.widgets.append(self._given)
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
                self._session = message.new_session.initialize.session_id
                if not message.metadata.run.fragment_ids:
                    self._stop(list(self._timers))
            case "navigation":
                self._page = message.navigation.page_script_hash
                self._parts = {p.url_pathname: p.page_script_hash for p in message.navigation.app_pages}
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "auto_rerun":
                self._again(message.auto_rerun.fragment_id, message.auto_rerun.interval)
            case "stop_auto_rerun":
                self._stop(message.stop_auto_rerun.fragment_ids)
            case "delta" if message.delta.WhichOneof("type") == "new_element":
                place = tuple(message.metadata.delta_path)
                self._take_element(message.delta.new_element, place, message.delta.fragment_id)
            case "script_finished":
                self._finished.set()

    def _take_element(self, element: Element, place: tuple[int, ...], fragment: str) -> None:
        self.html.pop(place, None)
        match element.WhichOneof("type"):
            case "html":
                if found := _SETTLED.match(element.html.body):
                    self._settled[int(found[1])] = element.html.body
                elif not element.html.body.startswith("<style"):
                    self.html[place] = element.html.body
            case "bidi_component":
                if element.bidi_component.component_name == _CLOCK:
                    self._wind(element.bidi_component, fragment)
            case "chat_input":
                self._field = element.chat_input.id
            case "file_uploader":
                if element.file_uploader.id.split("-", 2)[-1].startswith("upload-"):  # not that for a folder
                    self._files = element.file_uploader.id
                    if self._given is not None and self._given.id != self._files:
                        self._given = None  # taken
            case "button":
                self._buttons[element.button.id.split("-", 2)[-1]] = element.button.id
            case "exception":
                self.errors.append(f"{element.exception.type}: {element.exception.message}")

    def _again(self, fragment: str, seconds: float) -> None:
        if fragment not in self._timers:
            self._timers[fragment] = asyncio.create_task(self._tick_always(fragment, seconds))

    def _stop(self, fragments: Sequence[str]) -> None:
        for fragment in fragments:
            if (timer := self._timers.pop(fragment, None)) is not None:
                timer.cancel()

    async def _tick_always(self, fragment: str, seconds: float) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await asyncio.sleep(seconds)
                await self._send(fragment=fragment)

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

    def _put(self, file_id: str, name: str, content: bytes) -> int:
        mark = uuid.uuid4().hex
        head = f'--{mark}\r\nContent-Disposition: form-data; name="{file_id}"; filename="{name}"\r\nContent-Type: text/plain\r\n\r\n'
        headers = {
            "Content-Type": f"multipart/form-data; boundary={mark}",
            "X-Xsrftoken": self._cookies[_XSRF],
            "Cookie": _line(self._cookies),
        }
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=_PATIENCE_S)
        with contextlib.closing(connection):
            body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
            connection.request("PUT", f"/_stcore/upload_file/{self._session}/{file_id}", body, headers)
            return connection.getresponse().status


def _line(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _cookie(address: str) -> str:
    """What the server gives a browser against forged requests, and wants back when the websocket opens."""
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    for path in ("/_stcore/health", "/"):
        with opener.open(address + path, timeout=30) as response:
            response.read()
    return next((cookie.value or "" for cookie in jar), "none")
