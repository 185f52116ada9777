"""XML trees, parsed without entities, network or huge size; elements have local names (namespaces differ by edition)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

from lxml import etree

from chatbot.errors import DocumentRefused
from ingest.parsing.archive import Archive

# lxml ships no types
Element: TypeAlias = Any


def parse_xml(data: bytes) -> Element:
    """Raises ``DocumentRefused`` when ``data`` is not well-formed."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        if "memory" in str(error).lower() or "unknown error" in str(error):
            raise MemoryError from error  # libxml2 reports it in either way
        reason = re.sub(r"\s*\(<string>.*", "", str(error))[:120]
        raise DocumentRefused(
            "The file is damaged: its XML cannot be read ({error}). Open it in its own program and save it again.",
            error=reason,
        ) from error


def name(element: Element) -> str:
    """The tag without its namespace; empty for comments, entities and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, local: str) -> str | None:
    """The value of the attribute with this local name, in whatever namespace."""
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == local:
            return str(value)
    return None


def children(element: Element, *locals_: str) -> Iterator[Element]:
    """Child elements with one of the local names, all of them when none is given."""
    for child in element:
        if (local := name(child)) and (not locals_ or local in locals_):
            yield child


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along ``path`` of local names."""
    for local in path:
        element = next(children(element, local), None) if element is not None else None
    return element


def descendants(element: Element, *locals_: str) -> Iterator[Element]:
    """The elements below ``element`` with one of these local names, and itself, in the order of the document."""
    for found in element.iter():
        if name(found) in locals_:
            yield found


def dublin_core_title(archive: Archive, member: str) -> str:
    """The title in an Office or OpenDocument property file, empty when there is none."""
    data = archive.read_if_present(member)
    if not data:
        return ""
    try:
        root = parse_xml(data)
    except DocumentRefused:
        return ""  # damaged properties are no reason to refuse the text
    return next((element.text or "" for element in descendants(root, "title")), "").strip()
