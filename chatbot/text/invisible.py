"""Invisible characters: which ones they are, and how they are left out or shown.

Stored text keeps them, search and models get text without them, people see them by their code points.

They are the Default_Ignorable_Code_Point of Unicode 16 (zero-width, bidirectional and tag characters, variation
selectors, Hangul fillers, soft hyphens), the control characters but tab and line feed, surrogates,
noncharacters, and the marks of interlinear annotation and of hieroglyphs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

_PLANE_ENDS = "".join(f"\\U{plane:04x}fffe\\U{plane:04x}ffff" for plane in range(17))
_BUT_SOFT_HYPHEN = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff" + _PLANE_ENDS
)
_ALL = r"\u00ad" + _BUT_SOFT_HYPHEN
_EMOJI = (
    r"\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    r"\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_HAN = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
# Arabic, Syriac, N'Ko, the scripts of India, Myanmar, Khmer, Mongolian: letters that join their neighbours
_JOINING = r"\u0620-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\u1807-\u18af\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
_FLAGS = "|".join("".join(chr(0xE0000 + ord(c)) for c in region) for region in ("gbeng", "gbsct", "gbwls"))

# what writing needs: one at a time, at its place; a second one in a row changes nothing that a reader sees
_IN_USE = (
    rf"(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"  # families, professions
    rf"|(?<=[{_EMOJI}0-9#*])[\ufe0e\ufe0f]"  # an emoji in colour or not, a keycap
    rf"|(?<=[^\x00-\x7f{_ALL}])[\ufe00-\ufe0d]|(?<=[{_HAN}])[\U000e0100-\U000e01ef]"  # shapes of a character
    rf"|(?<=[{_JOINING}])[\u200c\u200d\u180b-\u180f](?![{_ALL}])"
    rf"|(?<=\U0001f3f4)(?:{_FLAGS})\U000e007f"  # England, Scotland, Wales
)
_SHOWN = re.compile(rf"(?P<in_use>{_IN_USE})|(?P<run>[{_BUT_SOFT_HYPHEN}]+)")
# ZWJ and ZWNJ are dropped too: models read an emoji family as its members, and Persian without joiners, while any
# two invisible characters can encode a hidden message. Only the selector U+FE0F after an emoji is kept: it makes a
# heart sign the emoji of a heart.
# It begins with one class of characters, which ``re`` looks for in half the time of two patterns side by side.
_DROPPED = re.compile(rf"[{_ALL}](?<![{_EMOJI}0-9#*]\ufe0f)")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_LONE_LINE_END = re.compile(r"\r(?!\n)|[\x0b\x0c\x85\u2028\u2029]")
# FS, GS, RS and US are white space to Python; here they are control characters
_SPACES = re.compile(r"[^\S\x1c-\x1f]+")
_TAGS = re.compile("[\U000e0020-\U000e007e]+")
_LONGEST_MESSAGE = 200  # characters of a message in tags
_NAMED = 3  # characters of a run


def without_invisible(text: str) -> str:
    """``text`` for search and models: without these characters, its line ends as ``\\n``."""
    return _DROPPED.sub("", with_line_feeds(text))


def visible_places(text: str) -> tuple[str, Sequence[int]]:
    """``text`` as ``without_invisible`` gives it, and for each of its characters the place in ``text``."""
    same = _LONE_LINE_END.sub("\n", text)
    if not _DROPPED.search(same):
        return same, range(len(same))
    seen = [True] * len(text)
    for found in _DROPPED.finditer(same):
        seen[found.start()] = False
    places = [place for place, is_seen in enumerate(seen) if is_seen]
    return "".join(same[place] for place in places), places


def visible(text: str) -> str:
    """``text`` for a terminal or a label: each run of these characters as ``⟨U+202E⟩`` or ``⟨U+200B… ×12⟩``.

    Soft hyphens, and joiners and selectors where writing needs them, are no matter for a mark.
    """
    return "".join(
        f"⟨{code_points(piece)}⟩" if is_run else piece.replace("\u00ad", "") for piece, is_run in pieces(text)
    )


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """``text``, its line ends as ``\\n``, in pieces; with each, whether it is a run that has to be shown."""
    text = with_line_feeds(text)
    position = 0
    for found in _SHOWN.finditer(text):
        if found["run"]:
            if position < found.start():
                yield text[position : found.start()], False
            yield found["run"], True
            position = found.end()
    if position < len(text):
        yield text[position:], False


def code_points(run: str) -> str:
    """``U+202E``, ``U+200B ×3``, and for different characters ``U+E0049… ×200``."""
    first = f"U+{ord(run[0]):04X}"
    return first if len(run) == 1 else f"{first}{'' if len(set(run)) == 1 else '…'} ×{len(run)}"


def description(run: str) -> str:
    """The names of the first different characters, and what tag characters spell."""
    different = list(dict.fromkeys(run))
    names = ", ".join(f"U+{ord(c):04X} {_name(c)}" for c in different[:_NAMED])
    count = f"{', …' if len(different) > _NAMED else ''} ×{len(run)}" if len(run) > 1 else ""
    spelt = "".join(chr(ord(c) - 0xE0000) for tags in _TAGS.findall(run) for c in tags)
    message = f": “{spelt[:_LONGEST_MESSAGE]}{'…' if len(spelt) > _LONGEST_MESSAGE else ''}”" if spelt else ""
    return names + count + message


def with_line_feeds(text: str) -> str:
    """Every kind of line end as ``\\n``."""
    return _LINE_ENDS.sub("\n", text)


def on_one_line(text: str) -> str:
    """Every run of white space as one space, none at the ends."""
    return _SPACES.sub(" ", with_line_feeds(text)).strip(" ")


def clean_line(text: str) -> str:
    """``text`` on one line without what no reader sees, for terminals, names, headings and earlier turns."""
    return on_one_line(without_invisible(text))


def _name(character: str) -> str:
    kind = {"Cc": "CONTROL CHARACTER", "Cs": "SURROGATE"}.get(unicodedata.category(character), "UNASSIGNED")
    return unicodedata.name(character, kind)
