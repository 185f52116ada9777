"""What every answer of the server tells the browser: load nothing from elsewhere, be framed by nobody, guess no types."""

from __future__ import annotations

from chatbot.ui.server.inline import script_hashes

_OF_OTHERS = b"access-control-"  # nobody else's page is to read an answer

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_OF_A_FILE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"


def policy(host: str) -> str:
    """The Content-Security-Policy of the page that was asked for as ``host``, which has been checked; empty otherwise."""
    return "; ".join((
        "default-src 'none'",
        # Streamlit imports the scripts of our own components from blobs that it makes itself
        f"script-src 'self' blob: {script_hashes()}",
        "style-src 'self' 'unsafe-inline'",  # its style sheets are written by a script
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "media-src 'self' blob:",
        f"connect-src 'self'{_sockets(host)}",
        "worker-src 'self' blob:",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ))  # fmt: skip


def _sockets(host: str) -> str:
    """Not every browser counts a WebSocket as 'self'; an IPv6 address cannot be written here."""
    return "" if not host or "[" in host else f" ws://{host} wss://{host}"


def with_headers(headers: list[tuple[bytes, bytes]], host: str, is_file: bool) -> list[tuple[bytes, bytes]]:
    """``headers`` of an answer with ours instead of others of the same names.

    ``is_file``: a file of somebody's, which the browser is neither to keep nor to run as a page.
    """
    ours = {**_ALWAYS, "Content-Security-Policy": _OF_A_FILE if is_file else policy(host)}
    if is_file:
        ours["Cache-Control"] = "private, no-store"
    names = {name.lower().encode() for name in ours}
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() not in names and not name.lower().startswith(_OF_OTHERS)
    ]
    return kept + [(name.encode(), value.encode("latin-1")) for name, value in ours.items()]
