"""The entry to all parsers, a file to text with structure: ``parse(path) -> ParsedDocument``, or ``DocumentRefused`` with the reason.

    detect (magic bytes, archive parts, name) -> one parser per family of formats -> DocumentBuilder -> ParsedDocument

Untrusted files go through ``ingest.sandbox.parser.ParserProcess``, which calls ``parse`` in a limited subprocess.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

from chatbot.errors import DocumentRefused
from ingest.parsing.archive import open_archive
from ingest.parsing.detect import SUPPORTED_SUFFIXES, detect, detect_in_archive, detect_in_compound
from ingest.parsing.document import Block, Page, ParsedDocument
from ingest.parsing.formats.legacy.compound import open_compound

__all__ = [
    "PARSER_VERSION",
    "SUPPORTED_SUFFIXES",
    "Block",
    "DocumentRefused",
    "Page",
    "ParsedDocument",
    "parse",
]

# raise it when the same file would give another text or other marks: documents are then parsed again
PARSER_VERSION = 9

# imported on first use: a folder of text files never loads PDFium or openpyxl
_PARSERS = {
    "pdf": "ingest.parsing.pdf.pdf",
    "docx": "ingest.parsing.formats.ooxml.docx",
    "pptx": "ingest.parsing.formats.ooxml.pptx",
    "xlsx": "ingest.parsing.formats.ooxml.xlsx",
    "csv": "ingest.parsing.formats.text.csv_table",
    "html": "ingest.parsing.formats.web.html_page",
    "markdown": "ingest.parsing.formats.text.markdown",
    "text": "ingest.parsing.formats.text.plain_text",
    "json": "ingest.parsing.formats.text.json_text",
    "subtitles": "ingest.parsing.formats.text.subtitles",
    "eml": "ingest.parsing.formats.mail.message",
    "epub": "ingest.parsing.formats.web.epub",
    "odt": "ingest.parsing.formats.opendocument.odt",
    "ods": "ingest.parsing.formats.opendocument.ods",
    "odp": "ingest.parsing.formats.opendocument.odp",
    "doc": "ingest.parsing.formats.legacy.doc",
    "ppt": "ingest.parsing.formats.legacy.ppt",
    "xls": "ingest.parsing.formats.legacy.xls",
    "xlsb": "ingest.parsing.formats.legacy.xlsb",
    "msg": "ingest.parsing.formats.mail.outlook",
    "mbox": "ingest.parsing.formats.mail.mbox",
    "zip": "ingest.parsing.formats.archives.packed",
    "hwp": "ingest.parsing.formats.hangul.hwp",
    "hwpx": "ingest.parsing.formats.hangul.hwpx",
    "rtf": "ingest.parsing.formats.rtf",
    "image": "ingest.parsing.formats.image",
}
_HEAD = 4096


def parse(path: Path, name: str | None = None) -> ParsedDocument:
    """Parses one file. ``name`` is its original name where ``path`` is not (an upload stored under its hash).

    Raises ``DocumentRefused`` when the file cannot be indexed, with the reason and what to do about it.
    """
    return _parser(format_of(path, name))(path)


def format_of(path: Path, name: str | None = None) -> str:
    """One of the formats of ``_PARSERS``; raises ``DocumentRefused`` for everything else."""
    if not path.is_file():
        raise DocumentRefused("There is no regular file under this name. Check the path.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if not head:
                raise DocumentRefused("The file is empty. Nothing to index; remove it or replace it.")
            found = detect(head, name or path.name)
    except OSError as error:
        raise DocumentRefused(
            "The file cannot be opened ({error}). Check its permissions.", error=error.strerror
        ) from error
    if found == "zip":
        with open_archive(path) as archive:
            return detect_in_archive(archive)
    if found == "ole":
        with open_compound(path) as compound:
            return detect_in_compound(compound)
    return found


def _parser(file_format: str) -> Callable[[Path], ParsedDocument]:
    parser: Callable[[Path], ParsedDocument] = importlib.import_module(_PARSERS[file_format]).parse
    return parser
