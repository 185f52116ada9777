"""HWP 5, the binary format of Hangul word processors: a compound file with the document's sections as records."""

from __future__ import annotations

import re
from pathlib import Path

from chatbot.errors import DocumentRefused, Phrase
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.hangul.hwp_body import Body, title_sizes
from ingest.parsing.formats.hangul.hwp_records import Record, tree, unpacked
from ingest.parsing.formats.hangul.hwp_styles import Styles, read_styles
from ingest.parsing.formats.legacy.compound import CompoundFile, open_compound

_SIGNATURE = b"HWP Document File"
_SECTION = re.compile(r"BodyText/Section(\d{1,5})", re.I)
# FileHeader, 32 bits at 36
_COMPRESSED, _PASSWORD, _DISTRIBUTED, _DRM, _CERTIFICATE, _CERTIFICATE_DRM = 1, 2, 4, 16, 256, 1024
_DAMAGED = "The file is damaged: no section of it can be read. Open it in Hangul, save it again and retry."


def parse(path: Path) -> ParsedDocument:
    builder = DocumentBuilder()
    with open_compound(path) as compound:
        compressed = _checked(compound)
        sections: list[list[Record]] = []
        for number, name in sorted(_sections(compound)):
            try:
                data, whole = unpacked(compound.read(name), compressed)
            except DocumentRefused:
                data, whole = b"", False
            records, complete = tree(data)
            sections.append(records)
            if not (whole and complete):
                builder.problem(Phrase("section {number} could not be read to its end", number=number + 1))
        styles = _styles(compound, compressed, builder)
    if not any(sections):
        raise DocumentRefused(_DAMAGED)
    body = Body(builder, styles, title_sizes(sections, styles))
    for records in sections:
        body.section(records)
    return builder.finish("hwp")


def _checked(compound: CompoundFile) -> bool:
    """Whether the streams are compressed; raises ``DocumentRefused`` for what only Hangul itself can open."""
    header = compound.read("FileHeader")
    if not header.startswith(_SIGNATURE) or len(header) < 40:
        raise DocumentRefused(_DAMAGED)
    flags = int.from_bytes(header[36:40], "little")
    if flags & _PASSWORD:
        raise DocumentRefused("The file is protected by a password. Save a copy without one.")
    if flags & (_DRM | _CERTIFICATE | _CERTIFICATE_DRM):
        raise DocumentRefused(
            "The file is encrypted by rights management (DRM) or a certificate. Save a copy without protection in Hangul."
        )
    if flags & _DISTRIBUTED:
        raise DocumentRefused(
            "This is an HWP document for distribution: its text is encrypted. Ask for the original, or print it to a PDF in Hangul."
        )
    return bool(flags & _COMPRESSED)


def _sections(compound: CompoundFile) -> list[tuple[int, str]]:
    return [(int(match.group(1)), name) for name in compound.names if (match := _SECTION.fullmatch(name))]


def _styles(compound: CompoundFile, compressed: bool, builder: DocumentBuilder) -> Styles:
    try:
        data, whole = unpacked(compound.read("DocInfo"), compressed)
    except DocumentRefused:
        data, whole = b"", False
    records, complete = tree(data)
    if not (whole and complete):
        builder.problem("headings and numbers may be missing: the document's styles are damaged")
    # the properties, in some versions all else lies below them
    return read_styles([inner for record in records for inner in (record, *record.children)])
