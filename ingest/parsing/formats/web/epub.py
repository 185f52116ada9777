"""EPUB: the chapters in spine order, each an XHTML file inside the archive."""

from __future__ import annotations

import posixpath
from pathlib import Path
from urllib.parse import unquote

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.archive import Archive, open_archive
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.web.html_page import add_html, decode_html
from ingest.parsing.xml_tree import Element, attribute, descendants, name, parse_xml

_FONT_OBFUSCATION = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


def parse(path: Path) -> ParsedDocument:
    with open_archive(path) as archive:
        _refuse_protected(archive)
        package_path = _package_path(archive)
        package = parse_xml(archive.read(package_path))
        builder = DocumentBuilder()
        for member in _spine(package, posixpath.dirname(package_path)):
            _add_chapter(builder, archive, member)
        title = next((element.text or "" for element in descendants(package, "title")), "")
        return builder.finish("epub", title)


def _add_chapter(builder: DocumentBuilder, archive: Archive, member: str) -> None:
    def linked(address: str) -> str | None:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(member), unquote(address)))
        data = archive.read_if_present(path) if path in archive.names else None
        return data.decode("utf-8", "replace") if data is not None else None

    if builder.full:
        return
    try:
        data = archive.read_if_present(member)
        if data is None:
            builder.problem(Phrase("chapter {name} is missing", name=repr(member[:100])))
        else:
            add_html(builder, decode_html(data), site=False, linked=linked)
    except DocumentRefused:
        # the other chapters are none the worse for it
        builder.problem(Phrase("chapter {name} cannot be read", name=repr(member[:100])))


def _refuse_protected(archive: Archive) -> None:
    data = archive.read_if_present("META-INF/encryption.xml")
    if not data:
        return
    methods = [attribute(found, "Algorithm") for found in descendants(parse_xml(data), "EncryptionMethod")]
    if any(method not in _FONT_OBFUSCATION for method in methods):
        raise DocumentRefused(
            "The book is protected against copying (DRM). Index a version without protection."
        )


def _package_path(archive: Archive) -> str:
    data = archive.read_if_present("META-INF/container.xml")
    if data:
        for found in descendants(parse_xml(data), "rootfile"):
            if (path := attribute(found, "full-path")) and path in archive.names:
                return path
    for member in sorted(archive.names):
        if member.endswith(".opf"):
            return member
    raise DocumentRefused("The book has no table of its chapters (.opf). Convert it again.")


def _spine(package: Element, folder: str) -> list[str]:
    """Member names of the chapters; the whole manifest's when the spine is empty."""
    documents: dict[str, str] = {}
    navigation: set[str] = set()
    for item in descendants(package, "item"):
        href, key, kind = attribute(item, "href"), attribute(item, "id"), attribute(item, "media-type") or ""
        if href and key and ("html" in kind or href.endswith((".html", ".xhtml", ".htm"))):
            documents[key] = posixpath.normpath(posixpath.join(folder, unquote(href)))
            if "nav" in (attribute(item, "properties") or "").split():
                navigation.add(key)
    order = [attribute(item, "idref") for item in package.iter() if name(item) == "itemref"]
    chosen = [key for key in order if key in documents and key not in navigation] or list(documents)
    # once each: a spine may name a chapter a thousand times
    return list(dict.fromkeys(documents[key] for key in chosen if key is not None))
