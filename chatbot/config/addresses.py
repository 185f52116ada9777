"""Under which names browsers may ask for the page, and from which pages: what a request says of itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Names:
    """The hosts that are this page. ``public``: those which the owner configured besides this machine's own."""

    public: frozenset[str] = frozenset()

    @classmethod
    def of(cls, configured: Iterable[str]) -> Names:
        """Names as configured; a wildcard for all names is none, because any site could take one of them."""
        names = (name.strip().strip("[]").lower().rstrip(".") for name in configured)
        return cls(frozenset(name for name in names if name and name not in ("*", *LOOPBACK)))

    def accept(self, host: str, own_address: str) -> bool:
        """Whether a ``Host`` header is this page's.

        ``own_address``: the one at which the connection arrived. Whoever typed it used no name that could be rebound.
        """
        name = host_name(host)
        return bool(name) and (
            name in LOOPBACK or self.is_public(name) or _is_same_address(name, own_address)
        )

    def is_public(self, name: str) -> bool:
        return name in self.public or any(
            pattern.startswith("*.") and name.endswith(pattern[1:]) for pattern in self.public
        )

    def accept_origin(self, origin: str, host: str) -> bool:
        """Whether a page of ``origin`` may talk to this one, which was asked for as ``host``.

        A page of the same host and port, or of a public name: a web server in front may have changed the ``Host``.
        """
        try:
            parts = urlsplit(origin)
        except ValueError:
            return False
        if parts.scheme not in ("http", "https") or parts.path or parts.query or parts.fragment:
            return False
        return parts.netloc.lower() == host.lower() or self.is_public(host_name(parts.netloc))


def host_name(host: str) -> str:
    """The name or address in a ``Host`` header, in lower case; empty where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    if parts.path or parts.query or parts.fragment or parts.username or parts.password or "@" in host:
        return ""
    return (parts.hostname or "").rstrip(".")


def is_from_another_page(headers: Mapping[str, str]) -> bool:
    """Whether the browser says that a page of another site or port asks, and not a person who follows a link."""
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    return not (headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document")


def _is_same_address(name: str, own: str) -> bool:
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(own)
    except ValueError:
        return False
