"""Cleaning of parsed text before it is stored; invisible characters are kept.

Plain text, Markdown and code are exact but for two things. Line ends become ``\\n``. NUL and lone surrogates,
which SQLite and UTF-8 cannot keep, are replaced one for one by U+FFFD.

Text that a parser puts together (PDF, office formats, HTML, mail; the cells of CSV and the fields of JSON) also
follows a layout: white space is collapsed, lines of nothing but zero-width spaces (empty paragraphs of web
editors) are blank, decomposed Hangul (as macOS writes it) is composed, and U+0002 and U+FFFE go: PDFium writes
them for the hyphen at a line's end. All other control, bidirectional, zero-width and tag characters stay:
``chatbot.text.invisible`` keeps them from search and models, and shows them to people. (A control character in a PDF is
the number of a glyph without a character: in "\\x030.9393" it was a minus sign.)
"""

from __future__ import annotations

import re
import unicodedata

_LINE_ENDS = re.compile(r"\r\n?|\x0b|\x0c|\x85|\u2028|\u2029")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_DECOMPOSED = re.compile(r"[\uac00-\ud7a3]?[\u1100-\u11ff]+")
_CONJOINING_JAMO = re.compile(r"[\u1100-\u11ff]")
# FS, GS, RS and US are white space to Python; here they are control characters
_SPACES = re.compile(r"[^\S\n\x1c-\x1f]+")
_NOTHING = re.compile(r"[ \u200b\u2060\ufeff\u00ad]*")
_LINE_END_HYPHEN = re.compile(r"[\x02\ufffe]")
# a file written into a text, as in src="data:image/png;base64,..."; 60 characters hold nothing that is worth it
_DATA = re.compile(r"data:[\w/+.;=,-]{0,100}?base64,[A-Za-z0-9+/=%_-]{60,}")
# or without its name: 400 characters of a line without a space or full stop
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{400,}={0,2}(?![A-Za-z0-9+/=])")
_BLANK_LINES = re.compile(r"\n{3,}")


def storable(text: str) -> str:
    """``text`` as it is, with ``\\n`` line ends and U+FFFD for what cannot be stored."""
    return _UNSTORABLE.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def squeezed(text: str) -> str:
    """Laid-out ``text`` on as many lines, each with single spaces and none at its ends."""
    return _BLANK_LINES.sub("\n\n", "\n".join(map(_spaced, _composed(text).split("\n")))).strip("\n")


def one_line(text: str) -> str:
    """Laid-out ``text`` with every run of white space as one space."""
    return _spaced(_composed(text).replace("\n", " "))


def without_data(text: str) -> str:
    """``text`` without files that are written into it in Base64."""
    if "base64," in text:
        text = _DATA.sub("", text)
    # a long word of one letter, or digits alone, is no file
    return (
        _BASE64.sub(lambda found: "" if _is_data(found.group()) else found.group(), text)
        if len(text) >= 400
        else text
    )


def _is_data(run: str) -> bool:
    return len(set(run)) > 20 and any(map(str.isdigit, run)) and any(map(str.isupper, run))


def _composed(text: str) -> str:
    text = _LINE_END_HYPHEN.sub("", storable(text))
    if _CONJOINING_JAMO.search(text):
        # only Hangul: composing all would change other characters for good
        text = _DECOMPOSED.sub(lambda run: unicodedata.normalize("NFC", run.group()), text)
    return text


def _spaced(line: str) -> str:
    line = _SPACES.sub(" ", line).strip(" ")
    return "" if _NOTHING.fullmatch(line) else line
