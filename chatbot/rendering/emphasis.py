"""Emphasis as Korean, Japanese and Chinese writers mean it: "**굵게(漢字)**는" is bold.

CommonMark takes ``**`` between a punctuation mark and a letter for an opening one only, which suits languages that put
a space behind a word. Korean puts its particles there. So a mark behind anything but a space and before Hangul, Kana or
Han also closes, and one behind such a letter and before anything but a space also opens.
"""

from __future__ import annotations

import re
import unicodedata

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

_LETTER = re.compile(
    "[\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]"
)
_MARKS = "*_"


def with_emphasis_before_particles(parser: MarkdownIt) -> MarkdownIt:
    """``parser``, which reads emphasis so from now on; code, links and formulas are read before it, as ever."""
    parser.inline.ruler.at("emphasis", _emphasis)
    return parser


def _emphasis(state: StateInline, silent: bool) -> bool:
    start, mark = state.pos, state.src[state.pos]
    if silent or mark not in _MARKS:
        return False
    scanned = state.scanDelims(start, mark == "*")
    before = state.src[start - 1 : start] if start else ""
    after = state.src[start + scanned.length : start + scanned.length + 1]
    can_open = scanned.can_open or (mark == "*" and _is_letter(before) and _is_seen(after))
    can_close = scanned.can_close or (
        _is_seen(before) and _is_letter(after) and _closes(state, mark, before, scanned.length)
    )
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = mark
        place = len(state.tokens) - 1
        state.delimiters.append(Delimiter(ord(mark), scanned.length, place, -1, can_open, can_close))
    state.pos += scanned.length
    return True


def _closes(state: StateInline, mark: str, before: str, length: int) -> bool:
    """Whether a mark that only a particle behind it lets close does so.

    "__init__은" and "snake_case는" stay names: an underscore closes behind a letter of these scripts, or a sign. One star
    may be that of a footnote, "가격(원)*은 배송비(도서)*는": it closes no star that stands behind a bracket too.
    """
    if mark == "_" and not (_is_letter(before) or _is_sign(before)):
        return False
    if length > 1:
        return True
    openers = (d for d in reversed(state.delimiters) if d.marker == ord(mark) and d.open)
    opener = next(openers, None)
    return opener is not None and not _is_sign(_before(state, opener))


def _before(state: StateInline, delimiter: Delimiter) -> str:
    """The character before a mark, where its token tells."""
    return state.tokens[delimiter.token - 1].content[-1:] if delimiter.token else ""


def _is_letter(character: str) -> bool:
    return _LETTER.match(character) is not None


def _is_seen(character: str) -> bool:
    return bool(character) and not character.isspace()


def _is_sign(character: str) -> bool:
    """Whether it closes something: a bracket, a quotation mark, "%", "." and the like."""
    return bool(character) and unicodedata.category(character) in ("Pe", "Pf", "Po", "Sc", "Sm", "So")
