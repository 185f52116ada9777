"""One page from the web: its content and name, or why not. The only code of ingest that uses the network.

Addresses inside this network (loopback, private, link-local and so on) are refused unless they are allowed: a server
that is shared would else read for strangers what only it can reach. Each name is resolved once and the connection goes
to the address that was looked at, after a redirect too.
"""

from __future__ import annotations

import ipaddress
import json
import re
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from urllib.parse import unquote, urljoin, urlsplit

import httpcore

from chatbot.errors import DocumentRefused

MAX_BYTES = 50 * 2**20
SECONDS = 30.0  # for all of it
_TIMEOUTS = {"connect": 10.0, "read": 10.0, "write": 10.0, "pool": 1.0}
_REDIRECTS = 5
_GONE = (404, 410)
_PIECE_CHARS = 180  # of a name
_HEADERS = {
    "User-Agent": "SecondLook/1.0",
    "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.5",
}
# endings of names by media type, for addresses whose path has none; what a file is, its content decides
_ENDINGS = {
    "text/html": ".html", "application/xhtml+xml": ".html", "application/pdf": ".pdf", "text/plain": ".txt",
    "text/markdown": ".md", "text/csv": ".csv", "application/json": ".json",
}  # fmt: skip
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}$")


@dataclass(frozen=True, slots=True)
class WebPage:
    """What a server sent.

    Attributes:
        address: where it came from in the end, after redirects.
        content: its bytes; ``None`` when it has not changed since ``validators``.
        name: a file name for it.
        validators: ETag and date as JSON, for the next time; empty where the server gives none.
    """

    address: str
    content: bytes | None
    name: str
    validators: str


def is_address(text: str) -> bool:
    """Whether ``text`` is meant as a web address and not as a path."""
    return text.lower().startswith(("http://", "https://"))


def fetch(address: str, validators: str = "", allow_private: bool = False) -> WebPage:
    """Ask the server of ``address`` for the page, once.

    Args:
        validators: of an earlier ``WebPage``: the content is not sent again if it is still the same.

    Raises:
        DocumentRefused: with the reason and what to do.
    """
    deadline = time.monotonic() + SECONDS
    headers = {**_HEADERS, **_conditions(validators)}
    context = ssl.create_default_context()
    with httpcore.ConnectionPool(ssl_context=context, network_backend=_Checked(allow_private)) as pool:
        for _ in range(_REDIRECTS + 1):
            _check(address)
            try:
                found = _ask(pool, address, headers, deadline)
            except (httpcore.TimeoutException, TimeoutError) as error:
                raise DocumentRefused(
                    "{host} does not answer. Try again later.", host=_host(address)
                ) from error
            except ssl.SSLError as error:
                raise DocumentRefused(
                    "The certificate of {host} is not valid ({error}). Save the page from a browser and add the file.",
                    host=_host(address), error=error.reason or error,
                ) from error  # fmt: skip
            except (
                httpcore.NetworkError,
                httpcore.ProtocolError,
                httpcore.UnsupportedProtocol,
                OSError,
            ) as error:
                raise DocumentRefused(
                    "{host} cannot be reached ({error}). Check the address and the connection.",
                    host=_host(address), error=str(error)[:200] or type(error).__name__,
                ) from error  # fmt: skip
            if isinstance(found, WebPage):
                return found
            address = urljoin(address, found)
    raise DocumentRefused(
        "{host} redirects without end. Give the address of the page itself.", host=_host(address)
    )


class _Checked(httpcore.SyncBackend):
    """Connects to public addresses only, unless others are allowed."""

    def __init__(self, allow_private: bool) -> None:
        super().__init__()
        self._allow_private = allow_private

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:  # fmt: skip
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        places = list(dict.fromkeys(str(info[4][0]) for info in found))
        if not self._allow_private and not all(map(is_public, places)):
            raise DocumentRefused(
                "{host} is an address inside this network; pages from there are not fetched. Allow it with web.allow_private, or save the page and add the file.",
                host=host,
            )
        for place in places[:-1]:
            try:
                return super().connect_tcp(place, port, timeout, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return super().connect_tcp(places[-1], port, timeout, local_address, socket_options)


def is_public(place: str) -> bool:
    """Whether an IP address belongs to the internet at large; one inside another is looked at too."""
    ip = ipaddress.ip_address(place.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inside.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if any(inner is not None and not is_public(str(inner)) for inner in inside):
            return False
        if ip.ipv4_mapped is not None:
            return True
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def _check(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise DocumentRefused("Only addresses with http or https can be fetched. Check the address.")
    if parts.username is not None or parts.password is not None:
        raise DocumentRefused(
            "The address holds a name or password. Give it without, or save the page and add the file."
        )
    if any(char.isspace() or ord(char) < 32 for char in address):
        raise DocumentRefused("The address holds a space. Check the address.")


def _ask(
    pool: httpcore.ConnectionPool, address: str, headers: dict[str, str], deadline: float
) -> WebPage | str:
    """The page, or where it is said to be."""
    with pool.stream(
        "GET", _ascii(address), headers=list(headers.items()), extensions={"timeout": _TIMEOUTS}
    ) as answer:
        told = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in answer.headers}
        if answer.status in (301, 302, 303, 307, 308) and "location" in told:
            return told["location"]
        if answer.status == 304:
            return WebPage(address, None, "", "")
        if answer.status in _GONE:
            raise DocumentRefused(
                "{host} has no such page (any more): status {status}. Check the address.",
                host=_host(address), status=answer.status,
            )  # fmt: skip
        if answer.status != 200:
            raise DocumentRefused(
                "{host} answers with status {status} instead of the page. Check the address; what needs a login can be saved from a browser and added as a file.",
                host=_host(address), status=answer.status,
            )  # fmt: skip
        content = bytearray()
        for piece in answer.iter_stream():
            content += piece
            if len(content) > MAX_BYTES:
                raise DocumentRefused(
                    "{host} sends more than {most} MB. Save a part of it and add the file.",
                    host=_host(address), most=MAX_BYTES // 2**20,
                )  # fmt: skip
            if time.monotonic() > deadline:
                raise TimeoutError
    kind, charset = _media_type(told.get("content-type", ""))
    kept = {"etag": told.get("etag", ""), "modified": told.get("last-modified", "")}
    return WebPage(
        address, _as_utf_8(bytes(_unpacked(content, told)), kind, charset), _name(address, kind),
        json.dumps(kept) if any(kept.values()) else "",
    )  # fmt: skip


def _unpacked(content: bytearray, told: dict[str, str]) -> bytes:
    """No packing was asked for; what is packed anyway is not guessed at."""
    if told.get("content-encoding", "identity").lower() not in ("identity", ""):
        raise DocumentRefused(
            "The server packs the page in a way that was not asked for. Save it from a browser and add the file."
        )
    return bytes(content)


def _conditions(validators: str) -> dict[str, str]:
    kept = json.loads(validators) if validators else {}
    named = {"If-None-Match": kept.get("etag", ""), "If-Modified-Since": kept.get("modified", "")}
    return {name: value for name, value in named.items() if value}


def _media_type(header: str) -> tuple[str, str]:
    message = Message()
    message["Content-Type"] = header or "application/octet-stream"
    return message.get_content_type(), str(message.get_content_charset() or "")


def _as_utf_8(content: bytes, kind: str, charset: str) -> bytes:
    """Text whose character set only the server names, as UTF-8 with a mark that says so."""
    if not kind.startswith("text/") or not charset:
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode(charset).encode("utf-8-sig")
        except (LookupError, UnicodeDecodeError):
            return content
    return content


def _name(address: str, kind: str) -> str:
    path = unquote(urlsplit(address).path).rstrip("/").rpartition("/")[2]
    name = "".join(char for char in path if char.isprintable())[:_PIECE_CHARS] or "index"
    return name if _ENDING.search(name) and kind != "text/html" else name + _ENDINGS.get(kind, "")


def _host(address: str) -> str:
    return urlsplit(address).hostname or address[:100]


def _ascii(address: str) -> str:
    """The address as it goes over the wire: host in IDNA, other characters in percent signs."""
    parts = urlsplit(address)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    place = f"[{host}]" if ":" in host else host
    netloc = f"{place}:{parts.port}" if parts.port else place
    rest = parts._replace(scheme=parts.scheme.lower(), netloc=netloc, fragment="").geturl()
    return "".join(
        char if "!" <= char <= "~" else "".join(f"%{byte:02X}" for byte in char.encode()) for char in rest
    )
