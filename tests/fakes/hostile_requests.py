"""Five hundred requests that no client of good will sends, as bytes, and a socket that sends them.

    for request in requests(paths, key, seed=7): outcome = sent(address, request)

The same seed gives the same requests.
"""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

How = Literal["whole", "half closed", "left early", "reset", "in pieces"]
_PATIENCE_S = 60.0
_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "G\0T")
IDS = (
    "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/library.db", "....//....//rag.db", "%00", "a%00b", "%ff%fe", "%", "%zz",
    "-1", "0", "99999999999999999999999", "1e9", "0x1", "%E2%80%AE", "'%20OR%201=1--", "%3Cscript%3E", "a" * 5_000,
    "..%5c..%5cwin.ini", "%f0%9f%98%80", "1-1-1", "1-99999999999999999999-0", "NaN", "null", "%0d%0aX-Evil:%201", "~", "*",
)  # fmt: skip
_QUERIES = (
    "", "?limit=-1", "?limit=99999999999999999999", "?cursor=%00", "?cursor=" + "A" * 4_000, "?limit=1&limit=2", "?a[]=1",
    "?notebook=..%2f..", "?limit=NaN", "?q=%ff", "?" + "&".join(f"x{n}=1" for n in range(500)),
)  # fmt: skip
_TYPES = (
    "application/json", "application/json; charset=utf-16", "text/plain", "application/xml", "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 300, "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
    "", "application/json\0", "application/" + "j" * 5_000,
)  # fmt: skip
_HEADERS = (
    "Range: bytes=0-99999999999999999999", "Range: bytes=-1,-2,-3,0-0,5-1", "Range: lines=1-2",
    "Idempotency-Key: " + "k" * 10_000, "Idempotency-Key: ../../x", "Idempotency-Key: \xff\xfe", "Idempotency-Key:",
    "X-Request-Id: " + "r" * 5_000, "X-Request-Id: a\tb", "Accept: application/x-nothing", "Accept-Encoding: " + "gzip, " * 500,
    "Content-Encoding: gzip", "Content-Encoding: br, gzip, deflate", "Expect: 100-continue", "Expect: 900-nonsense",
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13",
    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "If-None-Match: *",
    "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: evil.example\r\nForwarded: for=unknown;host=evil.example",
    "X-HTTP-Method-Override: DELETE", "Cookie: " + "c=1; " * 1_000, "Last-Event-ID: " + "9" * 400,
    "\r\n".join(f"X-Flood-{n}: {n}" for n in range(300)), "X-Long: " + "y" * 60_000, "Bad Header: 1", ": nothing", "X-Bad: a\0b",
)  # fmt: skip


def _bodies() -> tuple[bytes, ...]:
    asked = b'{"model": "secondlook", "messages": [{"role": "user", "content": %s}], "stream": %s}'
    return (
        b"", b"{", b"}", b"null", b"[]", b'"text"', b"1", b"NaN", b"{'a': 1}", b'{"a": 1,}', b"\xff\xfe\x00", b"\xef\xbb\xbf{}",
        '{"question": "é"}'.encode("utf-16"), '{"question": "é"}'.encode("latin-1"), b'{"question": "\\ud800"}',
        b'{"question": "a\\u0000b"}', b'{"question": "\x00"}', b"[" * 100_000, b'{"a":' * 50_000, b"[" * 900 + b"]" * 900,
        b'{"limit": ' + b"9" * 10_000 + b"}", b'{"k": 1e400}', b'{"k": -1e400}', b'{"k": NaN, "top_n": Infinity}',
        b'{"question": ' + b'"x' + b"y" * 300_000 + b'"}', b'{"question": "q", "question": "p"}', b'{"__proto__": {"a": 1}}',
        b'{"input": [' + b'"a",' * 5_000 + b'"a"]}', b'{"input": []}', b'{"input": [[1, 2], [3]]}', b'{"input": {"a": "b"}}',
        b'{"query": "", "documents": []}', b'{"query": "q", "documents": ["a"], "top_n": -1}',
        b'{"query": "q", "documents": [null, {"text": null}, 5]}', b'{"query": "q", "texts": [' + b'"",' * 2_000 + b'""]}',
        asked % (b'""', b"false"), asked % (b'"' + b" " * 1_000 + b'"', b"true"), asked % (b"null", b"true"),
        asked % (b'"\\u202e\\u0000\\ud83d"', b"true"), asked % (b'[{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]', b"true"),
        b'{"model": "../../etc", "messages": [{"role": "user", "content": "q"}]}', b'{"model": "", "messages": []}',
        b'{"model": "secondlook:openai-like:http://169.254.169.254/", "messages": [{"role": "user", "content": "q"}]}',
        b'{"model": "' + b"m" * 100_000 + b'", "messages": [{"role": "root", "content": "q"}]}',
        b'{"url": "file:///etc/passwd"}', b'{"address": "http://127.0.0.1:1/", "notebook": 1}', b'{"urls": ["gopher://x"]}',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="../../evil.txt"\r\n\r\nhello\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\x00b.txt"\r\n\r\n' + b"z" * 10_000,
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' * 2_000 + b"--x--\r\n",
        b"--x\r\n" + b"H: v\r\n" * 5_000 + b"\r\n\r\n--x--",
    )  # fmt: skip


_RAW = (
    b"\r\n" * 10, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET http://evil.example/v1/models HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    b"CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /v1/models HTTP/1.0\r\n\r\n", b"GET /v1/models\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n",
    b"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: \r\n\r\n", b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 30, b"GET /" + b"p" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HostileRequest:
    """``how``: whether all of it is sent, or the client goes away in the middle, politely or not."""

    content: bytes
    how: How

    def __str__(self) -> str:
        return f"{self.how}: {self.content[:200]!r} ({len(self.content):,} bytes)"


def requests(paths: Sequence[str], key: str, count: int = 500, seed: int = 7) -> Iterator[HostileRequest]:
    """``count`` of them. ``paths``: as an OpenAPI document has them, with ``{names}``."""
    chance = random.Random(seed)
    bodies = _bodies()
    hows: tuple[How, ...] = ("whole", "whole", "whole", "whole", "in pieces", "left early", "reset")
    yield from (HostileRequest(raw, "half closed") for raw in _RAW[:count])
    for number in range(count - len(_RAW)):
        path = "".join(
            chance.choice(IDS) if part.startswith("{") else part
            for part in chance.choice(paths).replace("{", "\0{").replace("}", "\0").split("\0")
        )
        path += chance.choice(_QUERIES) if chance.random() < 0.3 else ""
        method = chance.choice(_METHODS) if chance.random() < 0.3 else "POST"
        body = bodies[number % len(bodies)]
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"Content-Type: {'application/json' if chance.random() < 0.6 else chance.choice(_TYPES)}"]
        lines += [chance.choice((f"Authorization: Bearer {key}",) * 6 + _KEYS)]
        lines += chance.sample(_HEADERS, chance.choice((0, 0, 1, 2)))
        lines += ["Connection: close"]
        head = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n"
        yield HostileRequest(head + body, chance.choice(hows))


_KEYS = (
    "Authorization: Bearer", "Authorization: Bearer " + "A" * 20_000, "Authorization: Basic Zm9vOmJhcg==",
    "Authorization: Bearer sl-\xff\xfe", "X-Api-Key: ' OR 1=1", "Authorization: Bearer sl-" + "A" * 43,
)  # fmt: skip


def sent(address: tuple[str, int], request: HostileRequest) -> int | None:
    """The status of the first answer to ``request``; ``None`` where there was none before the connection ended.

    Raises:
        TimeoutError: neither an answer nor an end came within a minute.
    """
    with socket.create_connection(address, timeout=_PATIENCE_S) as connection:
        content = request.content
        with suppress(BrokenPipeError, ConnectionResetError):
            if request.how == "in pieces":
                step = max(1, len(content) // 7)
                for start in range(0, len(content), step):
                    connection.sendall(content[start : start + step])
            elif request.how in ("whole", "half closed"):
                connection.sendall(content)
            else:
                connection.sendall(content[: max(1, len(content) * 2 // 3)])
        if request.how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return None
        if request.how == "left early":
            return None
        if request.how == "half closed":  # or some of them would be waited for
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        return _status(connection)


def _status(connection: socket.socket) -> int | None:
    """Reads to the end, so that nothing of the answer waits to be taken."""
    answer = b""
    try:
        while piece := connection.recv(65_536):
            answer = (answer + piece)[:200] if len(answer) < 200 else answer
    except ConnectionResetError:
        pass
    head = answer.split(b" ", 2)
    return (
        int(head[1][:3]) if answer.startswith(b"HTTP/") and len(head) > 1 and head[1][:3].isdigit() else None
    )
