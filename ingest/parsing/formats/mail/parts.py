"""The parts of a message in reading order: what a mail program shows of it, and what is attached to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from ingest.parsing.formats.mail.headers import file_name

_SIGNATURES = frozenset(
    {"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"}
)
# messages within messages within messages: real ones stay below ten
_MAX_PARTS = 2_000
_HTML_WITHIN = 100  # parts of an alternative that are looked at for its HTML


# no text for people, though it is text
FOR_MACHINES = frozenset({"text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/css"})


@dataclass(frozen=True, slots=True)
class Part:
    """A part to be read.

    Attributes:
        kind: ``message`` is one within the message, whose own parts follow it.
        plain: the plain text that was sent beside this HTML.
    """

    message: Message
    kind: Literal["shown", "attached", "message"]
    plain: Message | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """All parts to be read; ``cut`` says that there were more than are looked at."""

    found: list[Part]
    cut: bool


def parts_of(message: Message) -> Parts:
    """The parts of ``message`` and of the messages within it, signatures and reports for machines left out."""
    found: list[Part] = []
    pending = [message]  # the next one last
    plain: dict[int, Message] = {}  # by the identity of the HTML beside it
    for _ in range(_MAX_PARTS):
        if not pending:
            break
        part = pending.pop()
        kind = part.get_content_type()
        inner = _inner(part)
        if kind in _SIGNATURES or kind == "message/delivery-status":  # the part before says the same in words
            continue
        if kind == "message/rfc822" and inner:
            found.append(Part(inner[0], "message"))
            pending += reversed(inner)
        elif kind == "multipart/alternative" and inner:
            pending += reversed(_chosen(inner, plain))
        elif inner or part.is_multipart():
            pending += reversed(inner)
        elif _is_shown(part, is_whole=part is message):
            found.append(Part(part, "shown", plain.get(id(part))))
        elif part.get_content_disposition() == "attachment" or part.get_content_maintype() != "image":
            found.append(Part(part, "attached"))
    return Parts(found, cut=bool(pending))


def _is_shown(part: Message, is_whole: bool) -> bool:
    """Whether a mail program shows it as text; one with a name is a file, unless it is the whole message."""
    if part.get_content_maintype() != "text":
        return False
    if is_whole:
        return True
    is_attached = part.get_content_disposition() == "attachment" or bool(file_name(part))
    return part.get_content_subtype() in ("plain", "html", "enriched", "rfc822-headers") and not is_attached


def _chosen(alternatives: list[Message], plain: dict[int, Message]) -> list[Message]:
    """The alternative that a mail program shows, the last one with HTML; the plain text beside it goes to ``plain``.

    What is attached within another alternative comes after it.
    """
    text = next((part for part in alternatives if part.get_content_type() == "text/plain"), None)
    shown = text or next(
        (part for part in reversed(alternatives) if part.get_content_type() not in FOR_MACHINES),
        alternatives[-1],
    )
    for part in reversed(alternatives):
        if (html := _html_in(part)) is not None:
            shown = part
            if text is not None:
                plain.setdefault(id(html), text)
            break
    others = (part for part in alternatives if part is not shown and part is not text)
    leaves = (leaf for part in others for leaf in _leaves(part))
    return [shown, *(leaf for leaf in leaves if leaf.get_content_disposition() == "attachment")]


def _html_in(part: Message) -> Message | None:
    """The first HTML in a part, which may be a part of parts."""
    for inner in _leaves(part):
        if inner.get_content_type() == "text/html" and inner.get_content_disposition() != "attachment":
            return inner
    return None


def _leaves(part: Message) -> Iterator[Message]:
    """The first parts of a part that have no parts themselves."""
    pending = [part]
    for _ in range(_HTML_WITHIN):
        if not pending:
            return
        found = pending.pop()
        if found.get_content_maintype() == "multipart":
            pending += reversed(_inner(found))
        else:
            yield found


def _inner(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []
