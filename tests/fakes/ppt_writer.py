"""Writes PPT files for tests: a document record, slides, a directory of their places, an edit that leads to it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from fakes.compound_writer import compound_file

_MASTER = 0x80000001


def atom(kind: int, data: bytes = b"", instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(data)) + data


def container(kind: int, *inner: bytes, instance: int = 0) -> bytes:
    data = b"".join(inner)
    return struct.pack("<HHI", instance << 4 | 15, kind, len(data)) + data


def text(words: str, kind: int = 4, styles: bytes = b"", eight_bits: bool = False) -> bytes:
    encoded = atom(4008, words.encode("latin-1")) if eight_bits else atom(4000, words.encode("utf-16-le"))
    return atom(3999, struct.pack("<I", kind)) + encoded + (atom(4001, styles) if styles else b"")


def styles(paragraphs: Sequence[tuple[int, int]], runs: Sequence[tuple[int, int, bytes]]) -> bytes:
    """``paragraphs``: characters (with the break after them), depth; ``runs``: characters, mask, what the mask says is there."""
    found = b"".join(struct.pack("<IHI", count, depth, 0) for count, depth in paragraphs)
    return found + b"".join(struct.pack("<II", count, mask) + data for count, mask, data in runs)


def shape(
    words: bytes,
    top: int = 0,
    left: int = 0,
    properties: Sequence[tuple[int, int]] = (),
    more: bytes = b"",
    *,
    kind: int = 0,
    number: int = 0,
    flags: int = 0,
    width: int = 100,
    height: int = 100,
    data: bytes = b"",
) -> bytes:
    """``kind``: 1 for a rectangle, 202 for a text box; ``flags`` of the shape; ``data`` that the program keeps of it."""
    said = b"".join(struct.pack("<HI", *entry) for entry in properties)
    return container(
        0xF004,
        atom(0xF00A, struct.pack("<II", number, flags), instance=kind),
        atom(0xF00B, said + more, instance=len(properties)),
        atom(0xF010, struct.pack("<4h", top, left, left + width, top + height)),
        container(0xF011, data) if data else b"",
        container(0xF00D, words) if words else b"",
    )


def filled(colour: int, opacity: int = 0x10000) -> list[tuple[int, int]]:
    """Properties of a shape that is filled with ``0x00BBGGRR``, or with a colour of the scheme, ``0x0800000N``."""
    return [(0x181, colour), (0x182, opacity), (0x1BF, 0x100010)]


UNFILLED = [(0x1BF, 0x100000)]


def group(
    top: int, left: int, bottom: int, right: int, inner: tuple[int, int, int, int], *members: bytes
) -> bytes:
    """Members have coordinates of their own, from ``inner``: left, top, right, bottom."""
    head = container(
        0xF004,
        atom(0xF009, struct.pack("<4i", *inner)),
        atom(0xF00A, struct.pack("<II", 0, 1)),
        atom(0xF010, struct.pack("<4h", top, left, right, bottom)),
    )
    return container(0xF003, head, *members)


def member(
    words: bytes,
    top: int,
    left: int,
    bottom: int,
    right: int,
    properties: Sequence[tuple[int, int]],
    kind: int = 1,
) -> bytes:
    said = b"".join(struct.pack("<HI", *entry) for entry in properties)
    return container(
        0xF004,
        atom(0xF00A, bytes(8), instance=kind),
        atom(0xF00B, said, instance=len(properties)),
        atom(0xF00F, struct.pack("<4i", left, top, right, bottom)),
        container(0xF00D, words) if words else b"",
    )


def numbered(*entries: tuple[int, int] | None) -> bytes:
    """Data of a shape whose runs name these by their place: (scheme, first number) or nothing."""
    said = b""
    for entry in entries:
        mask, values = (0x3000000, struct.pack("<hHH", 1, *entry)) if entry is not None else (0, b"")
        said += struct.pack("<I", mask) + values + bytes(8)
    blob = atom(5003, atom(4012, said))
    return container(5000, container(5002, atom(4026, "___PPT9".encode("utf-16-le")), blob))


def cell(words: str, top: int, left: int, bottom: int, right: int) -> bytes:
    return container(
        0xF004, atom(0xF00F, struct.pack("<4i", left, top, right, bottom)), container(0xF00D, text(words))
    )


def table(*cells: bytes) -> bytes:
    head = container(0xF004, atom(0xF122, struct.pack("<HI", 0x39F, 1), instance=1))
    return container(0xF003, head, *cells)


def drawing(*shapes: bytes, background: bytes = b"") -> bytes:
    first = container(0xF004, atom(0xF009, bytes(16)), atom(0xF00A, bytes(8)))
    return container(
        1036, container(0xF002, atom(0xF008, bytes(8)), container(0xF003, first, *shapes), background)
    )


def background(colour: int) -> bytes:
    return shape(b"", properties=filled(colour), kind=1, flags=0x400)


@dataclass(frozen=True)
class Slide:
    content: bytes
    outline: bytes = b""
    notes: str = ""
    hidden: bool = False
    follows: int = 0


def presentation(
    slides: Sequence[Slide],
    *,
    encrypted: bool = False,
    document: bytes = b"",
    older: bytes = b"",
    master: bytes = b"",
) -> bytes:
    """``older``: the first slide as it was before the last edit. Slides follow the master in their shapes (1), colours (2)
    and background (4) as ``follows`` says.
    """
    listed, notes_listed, bodies = b"", b"", []
    for number, slide in enumerate(slides):
        info = atom(1017, bytes(10) + struct.pack("<H", 4 if slide.hidden else 0) + bytes(4))
        said = struct.pack("<12xIIHH", _MASTER if master else 0, 0, slide.follows, 0)
        bodies.append(container(1006, atom(1007, said), info, slide.content))
        listed += atom(1011, struct.pack("<5I", 2 + 2 * number, 0, 0, 256 + number, 0)) + slide.outline
        words = text("*", 4) + text(slide.notes, 2)
        bodies.append(
            container(1008, atom(1009, struct.pack("<II", 256 + number, 0)), drawing(shape(words[8 + 4 :])))
        )
        notes_listed += atom(1011, struct.pack("<5I", 3 + 2 * number, 0, 0, 512 + number, 0))
    masters = b""
    if master:
        bodies.append(container(1016, atom(1007, bytes(24)), master))
        masters = container(
            4080, atom(1011, struct.pack("<5I", 1 + len(bodies), 0, 0, _MASTER, 0)), instance=1
        )
    main = container(
        1000,
        masters,
        container(4080, listed, instance=0),
        container(4080, notes_listed, instance=2),
        document,
    )
    stream, places = b"", []
    old_edit = 0
    if older:
        stream = container(1006, older)
        directory = atom(6002, struct.pack("<II", 2 | 1 << 20, 0))
        old_directory = len(stream)
        stream += directory
        old_edit = len(stream)
        stream += atom(4085, struct.pack("<7I", 0, 0, 0, old_directory, 1, 0, 0))
    for body in (main, *bodies):
        places.append(len(stream))
        stream += body
    directory_place = len(stream)
    stream += atom(6002, struct.pack("<I", 1 | len(places) << 20) + struct.pack(f"<{len(places)}I", *places))
    edit = len(stream)
    stream += atom(4085, struct.pack("<7I", 0, 0, old_edit, directory_place, 1, 0, 0))
    token = 0xF3D1C4DF if encrypted else 0xE391C05F
    user = atom(4086, struct.pack("<3I", 20, token, edit) + bytes(12))
    return compound_file({"PowerPoint Document": stream, "Current User": user})
