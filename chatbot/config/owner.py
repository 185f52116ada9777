"""What the owner of the program has said about language models: which addresses, which keys go where, who may choose.

An address that somebody typed on the page is not one that the owner set, and neither is one that a file in the working
folder names: the folder may have come from somebody else. What is asked of these addresses is decided by this.
"""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from pydantic import BaseModel, ConfigDict

_PORTS = {"http": 80, "https": 443}


class Owner(BaseModel):
    """Goes with the settings of a language model, and is never read from a file.

    Attributes:
        addresses: ``backend address`` of each that a configuration file names.
        keyed: those among them that may be sent a key of the environment besides the vendor's own.
        file: the configuration file, for messages; empty where there was none.
        allow_private: whether addresses inside this network may be typed.
        shared: whether others than the owner use the page: what they choose is in ``backends``, and typed is nothing.
        backends: ``backend`` or ``backend:model``.
        models: files of models that the configuration names, or that were pulled.
        closed: folders out of which no model is loaded: what others uploaded lies there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    addresses: tuple[str, ...] = ()
    keyed: tuple[str, ...] = ()
    file: str = ""
    allow_private: bool = False
    shared: bool = False
    backends: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def origin(url: str) -> str:
    """Scheme, host and port; what stands behind the port makes no difference."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    scheme, host = (parts.scheme or "http").lower(), (parts.hostname or "").lower()
    try:
        port = parts.port or _PORTS.get(scheme, 0)
    except ValueError:  # no number: no address either
        port = 0
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def place(backend: str, url: str) -> str:
    """``backend address``: where a key for that backend may go."""
    return f"{backend} {origin(url)}"


def without_password(url: str) -> str:
    """``url`` with ``***`` where it holds a name and a password, or a query, which may be a key."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "***"
    where = f"***@{parts.netloc.rpartition('@')[2]}" if "@" in parts.netloc else parts.netloc
    return urlunsplit((parts.scheme, where, parts.path, "***" if parts.query else "", ""))
