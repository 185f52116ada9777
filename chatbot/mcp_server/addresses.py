"""Addresses of documents as resources: ``secondlook://document/1/data/guide.md``. Names in the index, no paths."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlsplit

SCHEME, KIND = "secondlook", "document"
TEMPLATE = f"{SCHEME}://{KIND}/{{notebook}}/{{+document}}{{?start}}"


def address_of(notebook: int, document: str, start: int = 0) -> str:
    """Of a document from its character ``start`` on."""
    query = f"?start={start}" if start else ""
    return f"{SCHEME}://{KIND}/{notebook}/{quote(document)}{query}"


def place_of(address: str) -> tuple[int, str, int] | None:
    """Notebook, document and character; ``None`` for any other address."""
    try:
        parts = urlsplit(address)
        query = dict(parse_qsl(parts.query, max_num_fields=3))
        number, _, document = parts.path.lstrip("/").partition("/")
        start = query.pop("start", "0")
    except ValueError:
        return None
    is_ours = parts.scheme == SCHEME and parts.netloc == KIND and not query and not parts.fragment
    if not is_ours or not document or not _is_number(number) or not _is_number(start):
        return None
    return int(number), unquote(document), int(start)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12
