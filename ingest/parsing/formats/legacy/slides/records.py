"""PPT: records, and the directory that says where the newest version of each slide is. ``[MS-PPT]`` 2.1, 2.3

record: version 4 bits, instance 12 bits | type 16 bits | size 32 bits | data; version 15: its data are records
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from chatbot.errors import DocumentRefused
from ingest.parsing.formats.legacy.compound import CompoundFile

_ENCRYPTED = 0xF3D1C4DF
_USER_EDIT, _DIRECTORY = 4085, 6002
_MAX_EDITS = 10_000
_MAX_RECORDS = 1_000_000
_DAMAGED = "The presentation is damaged. Open it in PowerPoint, save it again and retry."


@dataclass(frozen=True, slots=True)
class Atom:
    """A record; ``instance`` tells apart those of one type."""

    type: int
    instance: int
    data: bytes
    is_container: bool

    def inner(self) -> Iterator[Atom]:
        """The records in it."""
        return atoms(self.data)

    def first(self, kind: int, instance: int | None = None) -> Atom | None:
        return next(
            (atom for atom in self.inner() if atom.type == kind and instance in (None, atom.instance)), None
        )

    def within(self, *kinds: int) -> Iterator[Atom]:
        """Records of these types anywhere in it, in order; what is in them is not looked through."""
        pending, seen = [self.inner()], 0
        while pending and seen < _MAX_RECORDS:
            atom = next(pending[-1], None)
            seen += 1
            if atom is None:
                pending.pop()
            elif atom.type in kinds:
                yield atom
            elif atom.is_container:
                pending.append(atom.inner())

    def double(self, offset: int) -> int:
        """The unsigned 32 bits at ``offset``, 0 beyond the end."""
        return int.from_bytes(self.data[offset : offset + 4], "little")


def atoms(data: bytes) -> Iterator[Atom]:
    """Records that follow each other; ends at one that is cut off."""
    position = 0
    while position + 8 <= len(data):
        found = atom_at(data, position)
        if found is None:
            return
        yield found
        position += 8 + len(found.data)


def atom_at(data: bytes, position: int) -> Atom | None:
    """The record that begins at ``position``, in bytes; ``None`` where it would end behind the data."""
    if not 0 <= position <= len(data) - 8:
        return None
    head, kind, size = struct.unpack_from("<HHI", data, position)
    if position + 8 + size > len(data):
        return None
    return Atom(kind, head >> 4, data[position + 8 : position + 8 + size], head & 15 == 15)


class Persisted:
    """The newest version of each record that has a number. Raises ``DocumentRefused`` for encrypted and damaged files."""

    def __init__(self, compound: CompoundFile) -> None:
        user = compound.read_if_present("Current User")
        self._data = compound.read("PowerPoint Document")
        self._places: dict[int, int] = {}
        self.document: Atom | None = None
        if len(user) < 20:
            raise DocumentRefused(_DAMAGED)
        token, edit = struct.unpack_from("<II", user, 12)
        if token == _ENCRYPTED:
            raise DocumentRefused("The file is protected by a password. Save a copy without one.")
        seen: set[int] = set()
        document = 0
        while edit not in seen and len(seen) < _MAX_EDITS:
            seen.add(edit)
            atom = atom_at(self._data, edit)
            if atom is None or atom.type != _USER_EDIT or len(atom.data) < 20:
                break
            if len(atom.data) >= 32 and atom.double(28):
                raise DocumentRefused("The file is protected by a password. Save a copy without one.")
            self._directory(atom_at(self._data, atom.double(12)))
            document = document or atom.double(16)
            edit = atom.double(8)
            if not edit:
                break
        self.document = self.get(document)
        if self.document is None:
            raise DocumentRefused(_DAMAGED)

    def get(self, number: int) -> Atom | None:
        return atom_at(self._data, self._places[number]) if number in self._places else None

    def _directory(self, atom: Atom | None) -> None:
        """Runs of (first number 20 bits, count 12 bits), each followed by the places."""
        if atom is None or atom.type != _DIRECTORY:
            return
        position = 0
        while position + 4 <= len(atom.data):
            head = atom.double(position)
            first, count = head & 0xFFFFF, head >> 20
            for index in range(min(count, (len(atom.data) - position - 4) // 4)):
                # newer edits were read before
                self._places.setdefault(first + index, atom.double(position + 4 + 4 * index))
            position += 4 + 4 * count
