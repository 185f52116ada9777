"""Headers of messages as people wrote them: encoded words (RFC 2047), also broken ones, and raw bytes of any charset."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from email.message import Message

from chatbot.errors import DocumentRefused
from ingest.parsing.clean import one_line
from ingest.parsing.encoding import decode

MAX_HEADER = 10_000  # a long list of recipients
_MAX_NAME = 200
_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]*)\?=")
_NAMES = (("filename", "Content-Disposition"), ("name", "Content-Type"))
_NAME = re.compile(r"name\s*=\s*\"?([^\";]{1,400})", re.I)
# white space between two encoded words is none of the text
_BETWEEN = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,40}\?[bBqQ]\?)")
# browsers and mail programs read these as their larger relatives
CHARSETS = {"euc-kr": "cp949", "ks_c_5601-1987": "cp949", "ksc5601": "cp949", "iso-8859-1": "cp1252",
            "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "x-windows-949": "cp949", "utf8": "utf-8"}  # fmt: skip
# codecs of Python that are no charsets of mail; some take the square of the length
_NO_CHARSETS = frozenset({"idna", "punycode", "undefined", "mbcs", "oem", "unicode_escape", "unicode-escape",
                          "raw_unicode_escape", "raw-unicode-escape"})  # fmt: skip
# charsets in which nearly any bytes can be read: UTF-8 under such a name is still UTF-8
_SINGLE_BYTE = re.compile(
    r"(?:us-)?ascii|ansi.*|iso-?8859.*|latin.*|cp?125\d|windows-125\d|x?-?unknown.*|8bit|default|", re.I
)
# names that programs give to whatever they do not know
_VAGUE = re.compile(
    r"(?:us-)?ascii|ansi.*|iso-?8859-?1|latin-?1|(?:cp|windows-)1252|x?-?unknown.*|8bit|default|", re.I
)


def header(message: Message, name: str) -> str:
    """The header ``name`` on one line, empty where there is none."""
    return decoded(_raw_header(message, name))


def is_cut(message: Message, name: str) -> bool:
    """Whether ``header`` gives only the first ``MAX_HEADER`` characters of it."""
    return len(_raw_header(message, name)) > MAX_HEADER


def _raw_header(message: Message, name: str) -> str:
    """As it is written, with raw bytes as surrogates: ``Message.get`` replaces those."""
    found = next((value for key, value in message.raw_items() if key.lower() == name.lower()), "")
    return str(found)


def decoded(text: str) -> str:
    """A header's value, with its encoded words and raw bytes read."""
    text = _BETWEEN.sub(r"\1", _raw(text[:MAX_HEADER]))
    found: list[str] = []
    position = 0
    pending: tuple[str, bytes] | None = None  # a character may be cut in two by the end of a word
    for word in _WORD.finditer(text):
        if pending is not None and word.start() > position:
            found.append(text_of(pending[1], pending[0]))
            pending = None
        found.append(text[position : word.start()])
        charset, data = word.group(1).split("*")[0].lower(), _bytes(word.group(2), word.group(3))
        if pending is not None and pending[0] != charset:
            found.append(text_of(pending[1], pending[0]))
            pending = None
        pending = (charset, (pending[1] if pending is not None else b"") + data)
        position = word.end()
    if pending is not None:
        found.append(text_of(pending[1], pending[0]))
    return one_line("".join(found) + text[position:])[:MAX_HEADER]


def file_name(part: Message) -> str:
    """The name that a part has as a file, empty for one without."""
    try:
        return decoded(_extended_name(part) or _plain_name(part))[:_MAX_NAME]
    except (LookupError, UnicodeError, ValueError, TypeError):
        return ""


def _extended_name(part: Message) -> str:
    """A name with its charset (RFC 2231): often one that lacks some of its letters, EUC-KR for CP949, or that is none."""
    for key, place in _NAMES:
        value = part.get_param(key, header=place)
        if isinstance(value, tuple):
            return text_of(value[2].encode("latin-1", "replace"), value[0] or "")
    return ""


def _plain_name(part: Message) -> str:
    raw = part.get_filename() or ""
    if "\ufffd" in raw:  # raw bytes, which the standard library replaces
        written = (_raw_header(part, place) for _, place in _NAMES)
        raw = next((found.group(1) for text in written if (found := _NAME.search(text))), raw)
    return raw


def text_of(data: bytes, charset: str) -> str:
    """``data`` in the charset that it declares, unless its bytes say otherwise."""
    charset = charset.strip(" \"'").lower()
    if not data.isascii() and _SINGLE_BYTE.fullmatch(charset):
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    try:
        text = _guessed(data) if charset in _NO_CHARSETS else data.decode(CHARSETS.get(charset, charset))
    except (LookupError, UnicodeDecodeError, ValueError):
        return _guessed(data)
    # ISO-2022 and UTF-7 are ASCII bytes; whatever is read as Western may be Korean that says nothing of itself
    return text if data.isascii() or not _VAGUE.fullmatch(charset) else _guessed(data, text)


def _guessed(data: bytes, declared: str = "") -> str:
    try:
        return decode(data)[0]
    except DocumentRefused:
        return declared or data.decode("utf-8", "replace")


def _raw(text: str) -> str:
    """Text whose surrogates are the bytes of a header that nobody encoded."""
    if not re.search("[\udc80-\udcff]", text):
        return text
    return text_of(text.encode("utf-8", "surrogateescape"), "")


def _bytes(encoding: str, text: str) -> bytes:
    raw = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    try:
        # one letter too many is left of a byte that was cut
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return raw
