"""Writes PPT files for tests: a document record, slides, a directory of their places, an edit that leads to it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from fakes.compound_writer import compound_file


def atom(kind: int, data: bytes = b"", instance: int = 0) -> bytes:
    return struct.pack("<HHI", instance << 4, kind, len(data)) + data


def container(kind: int, *inner: bytes, instance: int = 0) -> bytes:
    data = b"".join(inner)
    return struct.pack("<HHI", instance << 4 | 15, kind, len(data)) + data


def text(words: str, kind: int = 4, styles: bytes = b"", eight_bits: bool = False) -> bytes:
    encoded = atom(4008, words.encode("latin-1")) if eight_bits else atom(4000, words.encode("utf-16-le"))
    return atom(3999, struct.pack("<I", kind)) + encoded + (atom(4001, styles) if styles else b"")


def styles(paragraphs: Sequence[tuple[int, int]], runs: Sequence[tuple[int, int, bytes]]) -> bytes:
    """``paragraphs``: characters, depth; ``runs``: characters, mask, what the mask says is there."""
    found = b"".join(struct.pack("<IHI", count, depth, 0) for count, depth in paragraphs)
    return found + b"".join(struct.pack("<II", count, mask) + data for count, mask, data in runs)


def shape(
    words: bytes, top: int = 0, left: int = 0, properties: Sequence[tuple[int, int]] = (), more: bytes = b""
) -> bytes:
    said = b"".join(struct.pack("<HI", *entry) for entry in properties)
    return container(
        0xF004,
        atom(0xF00A, bytes(8)),
        atom(0xF00B, said + more, instance=len(properties)),
        atom(0xF010, struct.pack("<4h", top, left, left + 100, top + 100)),
        container(0xF00D, words) if words else b"",
    )


def cell(words: str, top: int, left: int, bottom: int, right: int) -> bytes:
    return container(
        0xF004, atom(0xF00F, struct.pack("<4i", left, top, right, bottom)), container(0xF00D, text(words))
    )


def table(*cells: bytes) -> bytes:
    head = container(0xF004, atom(0xF122, struct.pack("<HI", 0x39F, 1), instance=1))
    return container(0xF003, head, *cells)


def drawing(*shapes: bytes) -> bytes:
    group = container(0xF004, atom(0xF009, bytes(16)), atom(0xF00A, bytes(8)))
    return container(1036, container(0xF002, atom(0xF008, bytes(8)), container(0xF003, group, *shapes)))


@dataclass(frozen=True)
class Slide:
    content: bytes
    outline: bytes = b""
    notes: str = ""
    hidden: bool = False


def presentation(
    slides: Sequence[Slide], *, encrypted: bool = False, document: bytes = b"", older: bytes = b""
) -> bytes:
    """``older``: the first slide as it was before the last edit."""
    listed, notes_listed, bodies = b"", b"", []
    for number, slide in enumerate(slides):
        info = atom(1017, bytes(10) + struct.pack("<H", 4 if slide.hidden else 0) + bytes(4))
        bodies.append(container(1006, atom(1007, bytes(24)), info, slide.content))
        listed += atom(1011, struct.pack("<5I", 2 + 2 * number, 0, 0, 256 + number, 0)) + slide.outline
        words = text("*", 4) + text(slide.notes, 2)
        bodies.append(
            container(1008, atom(1009, struct.pack("<II", 256 + number, 0)), drawing(shape(words[8 + 4 :])))
        )
        notes_listed += atom(1011, struct.pack("<5I", 3 + 2 * number, 0, 0, 512 + number, 0))
    main = container(
        1000,
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
