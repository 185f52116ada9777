"""Detection of a file's format: by its first bytes, then by the parts of its archive, then by its name."""

from __future__ import annotations

import re
from pathlib import PurePath

from chatbot.errors import DocumentRefused, OcrMissing, Phrase
from ingest.parsing.archive import Archive
from ingest.parsing.encoding import decode
from ingest.parsing.formats.legacy.compound import CompoundFile
from ingest.parsing.ocr import INSTALL, available

TEXT_SUFFIXES = {
    ".txt": "text",
    ".text": "text",
    ".log": "text",
    ".rst": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".ipynb": "json",
    ".vtt": "subtitles",
    ".srt": "subtitles",
    ".eml": "eml",
    ".mbox": "mbox",
    ".mht": "eml",
    ".mhtml": "eml",
}
BINARY_SUFFIXES = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".pptx": "pptx",
    ".pptm": "pptx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".epub": "epub",
    ".odt": "odt",
    ".ods": "ods",
    ".odp": "odp",
    ".hwpx": "hwpx",
    ".hwp": "hwp",
    ".doc": "doc",
    ".xls": "xls",
    ".xlsb": "xlsb",
    ".ppt": "ppt",
    ".msg": "msg",
    ".zip": "zip",
    ".rtf": "rtf",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".tif": "image",
    ".tiff": "image",
    ".bmp": "image",
    ".webp": "image",
    ".gif": "image",
}
SUPPORTED_SUFFIXES = frozenset(TEXT_SUFFIXES) | frozenset(BINARY_SUFFIXES)

_SCAN = Phrase(
    "An image has no text layer; OCR is not installed. Index a version with text, or install OCR: {install}.",
    install=INSTALL,
)
_UNREAD_IMAGE = "HEIC and AVIF images cannot be read. Save it as PNG or JPEG."
_RECORDING = "Sound and video hold no text. Index a transcript instead."
_PACKED = "This is a packed archive. Unpack it and index the files in it."
_OLD = (
    "This old binary format cannot be read, or the file is damaged. "
    "Open it in its own program and save it as PDF or DOCX."
)
_PROGRAM = "This is a program, not a document. Remove it from the folder."

# (offset, bytes) of the images that OCR reads; a text may begin with BM, but not with zeros after that
_IMAGES = (
    (0, b"\x89PNG"),
    (0, b"\xff\xd8\xff"),
    (0, b"GIF8"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
    (0, b"II+\0"),
    (0, b"MM\0+"),
    (8, b"WEBP"),
)
_BITMAP = re.compile(rb"BM....\0\0\0\0", re.S)
# (offset, bytes, reason); formats that are recognised to be refused by name
_REFUSED_MAGIC = (
    (4, b"ftypheic", _UNREAD_IMAGE),
    (4, b"ftypheix", _UNREAD_IMAGE),
    (4, b"ftypmif1", _UNREAD_IMAGE),
    (4, b"ftypavif", _UNREAD_IMAGE),
    (4, b"ftyp", _RECORDING),
    (0, b"ID3", _RECORDING),
    (0, b"OggS", _RECORDING),
    (0, b"fLaC", _RECORDING),
    (8, b"WAVE", _RECORDING),
    (8, b"AVI ", _RECORDING),
    (0, b"\x1aE\xdf\xa3", _RECORDING),
    (0, b"\x1f\x8b", _PACKED),
    (0, b"7z\xbc\xaf", _PACKED),
    (0, b"Rar!", _PACKED),
    (0, b"BZh", _PACKED),
    (0, b"\xfd7zXZ", _PACKED),
    (0, b"\x7fELF", _PROGRAM),
    (0, b"MZ\x90", _PROGRAM),
    (
        0,
        b"HWP Document File V3",
        "HWP 3 files cannot be read. Open it in Hangul and save it as .hwpx or .docx.",
    ),
    # workbooks of Excel 2 to 5 that are no compound files, Word 1 and 2, Write
    (0, b"\x09\x00\x04\x00", _OLD),
    (0, b"\x09\x02\x06\x00", _OLD),
    (0, b"\x09\x04\x06\x00", _OLD),
    (0, b"\x09\x08\x08\x00", _OLD),
    (0, b"\x9b\xa5\x21\x00", _OLD),
    (0, b"\xdb\xa5\x2d\x00", _OLD),
    (0, b"\x31\xbe\x00\x00\x00\xab", _OLD),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# streams of the compound file formats; the first that occurs decides. A workbook may lie in a message or a document
_OLE_STREAMS = (
    ("EncryptedPackage", ""),
    ("__properties_version1.0", "msg"),
    ("FileHeader", "hwp"),
    ("PowerPoint Document", "ppt"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_MIMETYPES = {
    b"application/epub+zip": "epub",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.spreadsheet-template": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.presentation-template": "odp",
    b"application/hwp+zip": "hwpx",
}
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S
)
_MBOX_START = re.compile(rb"\s{0,9}>?From [^\n]{3,200}\d{4}[^\n]{0,40}\n[!-9;-~]+:")
# a part of a page, as exported tables are
_MARKUP_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:table|meta|style|div|p|font|center|title|link|h[1-6]|tr|thead|tbody|span|br|script|b|!\[if)\b",
    re.I | re.S,
)
_SUBTITLES_START = re.compile(rb"WEBVTT(?:\s|$)|\s*\d+[ \t]*\r?\n\d{1,2}:\d{2}:\d{2}[,.]\d{3}[ \t]*-->")
_OVERRULING = {
    "text": ("html", "eml", "mbox", "subtitles"),
    "markdown": ("html",),
    "csv": ("html",),
    "json": ("html",),
    "html": ("eml",),
    "eml": ("html", "mbox"),
}
_MAIL_START = re.compile(rb"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}", re.I)
_MAIL_HEADER = re.compile(rb"^(?:received|return-path|message-id|mime-version|delivered-to):", re.I | re.M)


def detect(data: bytes, name: str) -> str:
    """The format of a file that begins with ``data``; ``zip`` and ``ole`` need a second look inside.

    Raises ``DocumentRefused`` for what is recognised but cannot be read, and for a binary format's name on
    something else.
    """
    suffix = PurePath(name).suffix.lower()
    head = data[:1024]
    if head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"%PDF-") or (suffix == ".pdf" and b"%PDF-" in head):
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(_OLE):
        return "ole"
    if head.lstrip(b"\xef\xbb\xbf\r\n\t ").startswith(b"{\\rtf"):
        return "rtf"
    if any(head.startswith(magic, offset) for offset, magic in _IMAGES) or _BITMAP.match(head):
        if not available():
            raise OcrMissing(_SCAN)
        return "image"
    for offset, magic, reason in _REFUSED_MAGIC:
        if head.startswith(magic, offset):
            raise DocumentRefused(reason)
    if suffix in BINARY_SUFFIXES:
        return _text_under_another_name(data, suffix)
    named, found = TEXT_SUFFIXES.get(suffix), _by_content(head)
    # a page or a mail says so in its first lines; Markdown and tables have no such sign
    return found if named is None or found in _OVERRULING.get(named, ()) else named


def detect_in_archive(archive: Archive) -> str:
    """The format of a zip-based document by its parts."""
    names = archive.names
    if "word/document.xml" in names:
        return "docx"
    if "ppt/presentation.xml" in names:
        return "pptx"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "mimetype" in names:
        mimetype = archive.read("mimetype").strip()
        if mimetype in _MIMETYPES:
            return _MIMETYPES[mimetype]
    if "META-INF/container.xml" in names and any(name.endswith(".opf") for name in names):
        return "epub"
    if "Contents/section0.xml" in names:
        return "hwpx"
    if "[Content_Types].xml" in names:
        # strict and hand-made packages may keep the main part elsewhere
        for folder, kind in (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx")):
            if any(name.startswith(folder) for name in names):
                return kind
    return "zip"


def detect_in_compound(compound: CompoundFile) -> str:
    """The format of a compound file (Office before 2007, Outlook, HWP 5) by its streams.

    Raises ``DocumentRefused`` for one that is encrypted as a whole, and for formats that are not read.
    """
    for stream, kind in _OLE_STREAMS:
        if stream in compound:
            if not kind:
                raise DocumentRefused("The file is protected by a password. Save a copy without one.")
            return kind
    raise DocumentRefused(_OLD)


def _text_under_another_name(data: bytes, suffix: str) -> str:
    """The format of a text that is named like a binary format: programs export pages and tables as .xls and .doc."""
    try:
        decode(data)
    except DocumentRefused as error:
        raise DocumentRefused(
            "The file is named {suffix} but is none: it is damaged or misnamed. Replace it or correct its ending.",
            suffix=suffix,
        ) from error
    head = data[:1024]
    found = _by_content(head)
    if found == "text" and _MARKUP_START.match(_in_bytes(head)):
        return "html"
    return "csv" if found == "text" and suffix in (".xls", ".xlsx", ".xlsm", ".xlsb") else found


def _by_content(head: bytes) -> str:
    head = _in_bytes(head)
    if _HTML_START.match(head):
        return "html"
    if _MBOX_START.match(head):
        return "mbox"
    if _MAIL_HEADER.search(head) and _MAIL_START.match(head.lstrip()):
        return "eml"
    return "subtitles" if _SUBTITLES_START.match(head) else "text"


def _in_bytes(head: bytes) -> bytes:
    """The first bytes as UTF-8, where they are UTF-16 with its mark; without the mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    return head.lstrip(b"\xef\xbb\xbf")
