"""An Office package: parts by name, and the relations that lead from one part to another."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import Archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.xml_tree import Element, attribute, children, parse_xml

_UNREAD = "the part {part} could not be read"


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a part leads: ``kind`` is the last word of the relation's type, the same in both editions of the format.

    ``target`` is the name of a part, or an address where ``external``.
    """

    kind: str
    target: str
    external: bool = False


class Package:
    """Parts of one file. A damaged part is told to ``builder`` and counts as missing: the others are still read."""

    def __init__(self, archive: Archive, builder: DocumentBuilder) -> None:
        self._archive = archive
        self._builder = builder
        self._relations: dict[str, dict[str, Relation]] = {}
        # writers disagree on upper and lower case; part names have none
        self._names = {name.lower(): name for name in archive.names}

    def main(self, usual: str) -> str:
        """The part that the package says to begin with, else ``usual``."""
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and self.has(relation.target):
                return relation.target
        return usual

    def has(self, part: str) -> bool:
        return part.lower() in self._names

    def bytes_of(self, part: str) -> bytes | None:
        """The part as it is, ``None`` where it is missing or damaged."""
        name = self._names.get(part.lower())
        if name is None:
            return None
        try:
            return self._archive.read(name)
        except DocumentRefused:
            self.unread(part)
            return None

    def xml(self, part: str) -> Element | None:
        """The root of the part, ``None`` where it is missing or damaged."""
        data = self.bytes_of(part)
        if data is None:
            return None
        try:
            return parse_xml(data)
        except DocumentRefused:
            self.unread(part)
            return None

    def unread(self, part: str) -> None:
        self._builder.problem(Phrase(_UNREAD, part=posixpath.basename(part)[:100]))

    def relations(self, part: str) -> dict[str, Relation]:
        """By their ids; ``part`` is empty for those of the package."""
        if part not in self._relations:
            folder, file = posixpath.split(part)
            root = self.xml(posixpath.join(folder, "_rels", f"{file}.rels"))
            found = children(root, "Relationship") if root is not None else ()
            self._relations[part] = {item.get("Id") or "": _relation(item, folder) for item in found}
        return self._relations[part]

    def target(self, part: str, identifier: str | None) -> str:
        """The part that a relation of ``part`` leads to; empty for none and for addresses outside."""
        relation = self.relations(part).get(identifier or "")
        return "" if relation is None or relation.external else relation.target

    def related(self, part: str, *kinds: str) -> Iterator[str]:
        """Parts that ``part`` is related to in one of these ways."""
        for relation in self.relations(part).values():
            if relation.kind in kinds and not relation.external:
                yield relation.target


def _relation(element: Element, folder: str) -> Relation:
    target = element.get("Target") or ""
    external = element.get("TargetMode") == "External"
    if not external:
        target = unquote(target.partition("#")[0]).replace("\\", "/")
        target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    return Relation((element.get("Type") or "").rpartition("/")[2], target, external)


def truth(element: Element | None, local: str = "val", default: bool = True) -> bool:
    """An on/off property: there without a value means on. ``False`` where the element is missing."""
    if element is None:
        return False
    return switched(attribute(element, local), default)


def switched(value: str | None, default: bool = False) -> bool:
    """``1``, ``true`` and ``on`` are true, other words false, none is the ``default``."""
    return default if value is None else value.strip().lower() in ("1", "true", "on", "t")


def number(value: str | None, default: int = 0) -> int:
    """A whole number in an attribute; ``default`` for whatever is none (or has more than 12 digits)."""
    value = (value or "").strip()
    digits = value.lstrip("+-")
    return (
        int(value) if len(digits) <= 12 and digits.isdecimal() and len(value) - len(digits) <= 1 else default
    )
