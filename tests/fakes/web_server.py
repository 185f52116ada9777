"""A real web server on loopback, whose pages a test sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from fakes.loopback import LoopbackServer


@dataclass
class Page:
    """What is sent for a path; ``etag`` is compared with what the client knows."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    etag: str = ""
    headers: dict[str, str] = field(default_factory=dict)


class WebServer(LoopbackServer):
    """``with WebServer() as server: server.pages["/a"] = Page(b"...")``; ``server.url`` ends without a slash."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        pages, requests = self.pages, self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                page = pages.get(self.path, Page(b"nothing here", status=404))
                known = bool(page.etag) and self.headers.get("If-None-Match") == page.etag
                self.send_response(304 if known else page.status)
                for name, value in page.headers.items():
                    self.send_header(name, value)
                if page.etag:
                    self.send_header("ETag", page.etag)
                self.send_header("Content-Type", page.kind)
                self.send_header("Content-Length", "0" if known else str(len(page.body)))
                self.end_headers()
                if not known:
                    self.wfile.write(page.body)

            def log_message(self, *_: object) -> None:
                pass

        super().__init__(Handler)
        self.url = self.origin
