"""The parts around a Word document's body: notes, comments, headers and footers."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.parsing.formats.numbering import counter
from ingest.parsing.formats.ooxml.parts.package import Package, number, truth
from ingest.parsing.formats.ooxml.word.styles import value_of
from ingest.parsing.xml_tree import Element, attribute, child, children, descendants, name


@dataclass(slots=True)
class Notes:
    """Footnotes or endnotes, numbered in the order in which the text refers to them.

    Attributes:
        form: the number format of their marks.
        start: the number of the first one.
        marks: id -> mark as shown; empty for a note with a mark of its own.
        order: the ids in the order of the references.
    """

    form: str = "decimal"
    start: int = 1
    marks: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    _counted: int = 0

    def mark(self, identifier: str, has_own_mark: bool) -> str:
        """What the reference shows, apart from the figure before it: `` [3]``."""
        if identifier not in self.marks:
            self.marks[identifier] = "" if has_own_mark else counter(self.start + self._counted, self.form)
            self._counted += not has_own_mark
            self.order.append(identifier)
        shown = self.marks[identifier]
        return f" [{shown}]" if shown else ""


def notes_of(kind: str, settings: Element | None, body: Element | None) -> Notes:
    """How notes of a kind (``footnote``, ``endnote``) are numbered: by the sections, else by the settings."""
    notes = Notes("lowerRoman" if kind == "endnote" else "decimal")
    sections = list(descendants(body, "sectPr")) if body is not None else []
    for holder in (settings, *sections[:1]):
        properties = child(holder, f"{kind}Pr")
        notes.form = value_of(child(properties, "numFmt")) or notes.form
        notes.start = number(value_of(child(properties, "numStart")), notes.start)
    return notes


def by_id(root: Element | None, *kinds: str) -> dict[str, Element]:
    """Notes or comments by their ids; the separators above notes, which have a type, are left out."""
    found = children(root, *kinds) if root is not None else ()
    return {
        attribute(item, "id") or "": item for item in found if attribute(item, "type") in (None, "normal")
    }


def running_parts(
    package: Package, part: str, body: Element, settings: Element | None
) -> dict[str, tuple[str, bool]]:
    """Parts of headers and footers in the order of the sections: the place, and whether any page shows it."""
    found: dict[str, tuple[str, bool]] = {}
    even = truth(child(settings, "evenAndOddHeaders"))
    for section in descendants(body, "sectPr"):
        first = truth(child(section, "titlePg"))
        for reference in children(section, "headerReference", "footerReference"):
            kind = attribute(reference, "type") or "default"
            shown = {"first": first, "even": even}.get(kind, True)
            place = "Header" if name(reference) == "headerReference" else "Footer"
            target = package.target(part, attribute(reference, "id"))
            if target:
                found[target] = place, shown or found.get(target, ("", False))[1]
    return found
