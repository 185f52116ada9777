"""The page behind nginx and behind Caddy as deploy/ has them, over TLS: its WebSocket, uploads, sign-in and refusals; below a path too."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import pytest
from websockets.exceptions import InvalidStatus

from chatbot.ui.server.visits import MOST_OF_AN_ADDRESS
from fakes.page_server import PageServer, running
from paths import ROOT

NAME = "docs.example.org"
NGINX = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
CADDY = (ROOT / "deploy" / "Caddyfile").read_text("utf-8")
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass
class Proxied(PageServer):
    """The page as browsers reach it: nginx's port, over TLS, by its name."""

    tls_port: int = 0
    prefix: str = ""

    @property
    def base(self) -> str:
        return f"https://{NAME}"

    def connection(self) -> socket.socket:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it has signed itself
        near, far = socket.socketpair()
        Thread(target=asyncio.run, args=(_carried(far, self.tls_port, context),), daemon=True).start()
        near.settimeout(60)
        return near


async def _carried(plain: socket.socket, port: int, context: ssl.SSLContext) -> None:
    """Carry what comes in ``plain`` to ``port`` over TLS, and back, by one thread.

    ``websockets`` reads and writes in two threads, and Python 3.11 locks no SSL object: of 900 visits, 2 were lost.
    """
    ours = await asyncio.open_connection(sock=plain)
    theirs = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=NAME)

    async def copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.close()

    await asyncio.gather(copied(ours[0], theirs[1]), copied(theirs[0], ours[1]))


def _tool(name: str) -> str:
    found = shutil.which(name, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _certificate(folder: Path) -> None:
    subprocess.run(
        [_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out",
         folder / "fullchain.pem", "-days", "1", "-subj", f"/CN={NAME}"],
        check=True, capture_output=True,
    )  # fmt: skip


def _free_ports() -> tuple[int, int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        return one.getsockname()[1], other.getsockname()[1]


def nginx_site(server: PageServer, folder: Path, prefix: str = "") -> tuple[list[str], int]:
    """nginx with the site of deploy/: the command, and the port. Only ports and places of files are changed."""
    plain, tls = _free_ports()
    site = re.sub(r"\n *listen \[::\].*", "", NGINX)
    for before, after in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{tls} ssl"),
        ("127.0.0.1:8501", f"127.0.0.1:{server.port}"),
        ("/etc/ssl/secondlook", str(folder)),
        ("location / {", f"location {prefix}/ {{"),
    ):
        assert before in site
        site = site.replace(before, after)
    (folder / "site.conf").write_text(site)
    kinds = "".join(f"{kind}_temp_path {kind};" for kind in _TEMPORARY)
    (folder / "nginx.conf").write_text(
        "daemon off; master_process off; pid nginx.pid; error_log proxy.log; events {} "
        f"http {{ access_log off; {kinds} include site.conf; }}"
    )
    return [_tool("nginx"), "-p", str(folder), "-c", "nginx.conf"], tls


def caddy_site(server: PageServer, folder: Path) -> tuple[list[str], int]:
    """Likewise Caddy, with a certificate of its own in place of that which it would ask for."""
    _, tls = _free_ports()
    site = CADDY.replace("127.0.0.1:8501", f"127.0.0.1:{server.port}").replace(
        "{$SECONDLOOK_HOST:docs.example.org} {",
        f"{NAME}:{tls} {{\n\ttls {folder}/fullchain.pem {folder}/key.pem\n\tbind 127.0.0.1",
    )
    assert str(folder) in site
    (folder / "Caddyfile").write_text(f"{{\n\tadmin off\n\tauto_https disable_redirects\n}}\n{site}")
    return [_tool("caddy"), "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")], tls


@contextmanager
def before(
    server: PageServer, folder: Path, site: tuple[list[str], int], prefix: str = ""
) -> Iterator[Proxied]:
    """The page with a web server in front of it."""
    command, tls = site
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with (folder / "said.log").open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
    try:
        until = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", tls), timeout=5):
                break
        assert process.poll() is None, (folder / "said.log").read_text()
        yield Proxied(server.page, tls, prefix)
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module", params=["nginx", pytest.param("caddy", marks=pytest.mark.slow)])
def proxied(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    _tool(request.param)
    folder = tmp_path_factory.mktemp("proxied")
    _certificate(folder)
    with running(folder, f"--host={NAME}", sign_in=True) as server:
        site = nginx_site(server, folder) if request.param == "nginx" else caddy_site(server, folder)
        with before(server, folder, site) as found:
            yield found


def test_the_page_its_websocket_and_uploads_come_through(proxied: Proxied) -> None:
    assert proxied.ask("/_stcore/health").status == 200
    answer = proxied.ask("/")
    assert answer.status == 200
    assert "max-age=31536000" in answer.headers["strict-transport-security"]
    assert f"wss://{NAME}" in answer.headers["content-security-policy"]
    with proxied.visit() as stranger:
        assert "Sign in" in stranger.draw()
        assert proxied.upload(stranger.session_id, b"x" * 1000) == 403
    with proxied.visit("alice") as alice:
        assert "Sign in" not in alice.draw()
        assert proxied.upload(alice.session_id, b"x" * 3_000_000, "alice") == 204
        assert proxied.upload(alice.session_id, b"x", "bob") == 403


@pytest.mark.parametrize("size", [1, 100_000, 2_000_000])
def test_a_refused_upload_is_told_so_however_much_was_sent(proxied: Proxied, size: int) -> None:
    """Of 50 each, Caddy lost the words of 1 to 15, and nginx made a "bad gateway" of up to 16."""
    with proxied.visit("alice") as alice:
        alice.draw()
        for _ in range(20):
            assert proxied.upload(alice.session_id, b"x" * size, "bob") == 403


def test_other_names_and_other_pages_are_refused_through_it_too(proxied: Proxied) -> None:
    assert b"<html" not in proxied.ask("/", headers={"Host": "evil.example"}).body  # Caddy: 200, and nothing
    assert proxied.ask("/", headers={"Origin": "https://evil.example"}).status == 403
    with pytest.raises(InvalidStatus), proxied.visit(origin="https://evil.example"):
        pass


def test_strangers_are_counted_by_the_address_that_the_proxy_names(proxied: Proxied) -> None:
    """One who says that he is somebody else is the one whom the proxy sees."""
    straight = PageServer(proxied.page)
    with ExitStack() as opened:
        for _ in range(MOST_OF_AN_ADDRESS):
            opened.enter_context(straight.visit())
        assert proxied.ask("/", headers={"X-Forwarded-For": "203.0.113.1"}).status == 503
        assert proxied.ask("/", person="alice").status == 200
        straight = PageServer(proxied.page)
        assert (
            straight.ask("/", headers={"X-Forwarded-For": "203.0.113.2"}).status == 200
        )  # another visitor's


@pytest.mark.slow
def test_below_a_path_everything_is_there_too(tmp_path: Path) -> None:
    _tool("nginx")
    _certificate(tmp_path)
    with (
        running(tmp_path, f"--host={NAME}", "--base-path=/ask", sign_in=True) as server,
        before(server, tmp_path, nginx_site(server, tmp_path, "/ask"), "/ask") as proxied,
    ):
        assert proxied.ask("/ask/_stcore/health").status == 200
        page = proxied.ask("/ask/")
        assert page.status == 200
        assert b"sl-room" in page.body
        script = re.search(rb'src="\./(static/js/[^"]+)"', page.body)
        assert script is not None
        assert proxied.ask(f"/ask/{script[1].decode()}").status == 200
        assert proxied.ask("/").status == 404
        with proxied.visit("alice") as alice:
            assert "Sign in" not in alice.draw()
            assert proxied.upload(alice.session_id, b"mine", "alice") == 204
        with pytest.raises(InvalidStatus), proxied.visit(origin="https://evil.example"):
            pass
