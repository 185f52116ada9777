"""What stands above an item of a list and says what the item means: "The tenant may not:", "4.2 What is not covered".

An item that is quoted alone may say the opposite: "keep dogs" is what is forbidden.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.citations.markers import in_parentheses
from chatbot.citations.quotes import is_table_row, quote
from chatbot.text.fields import is_field
from chatbot.text.invisible import without_invisible
from chatbot.text.tables import is_row
from chatbot.trace import Sentence, Source

_BULLET, _CIRCLED, _LETTER, _NUMBER = "bullet", "circled", "letter", "number"
_KINDS = {
    _BULLET: re.compile(r"(?:[-*+·‧ㅇ–—]\s|[•▪◦○●■□◆◇▶►※☞✓✔ㆍ])\s*"),
    _CIRCLED: re.compile(r"[①-⑳❶-❿㉠-㉻]\s*"),
    _LETTER: re.compile(r"\(?(?:[가나다라마바사아자차카타파하][.)]\s|[a-zA-Z]\)\s)\s*"),
    _NUMBER: re.compile(r"\(?\d{1,3}[.)]\s+"),
}
# below which kinds of items a list of each kind may begin, where nothing is indented
_PARENTS = {
    _BULLET: (_NUMBER, _LETTER, _CIRCLED),
    _CIRCLED: (_NUMBER, _LETTER),
    _LETTER: (_NUMBER, _CIRCLED),
    _NUMBER: (_CIRCLED, _LETTER),
}
_FIRST = re.compile(r"\(?(?:1|가|[aA])[.)]|[①❶㉠㉮]")  # of a list
_SECTION = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){1,4}\.?|제\s?\d{1,4}\s?[조장절항])(?=\s|\(|$)")
_ANNOUNCES = re.compile(
    r"다음(?:과|의?\s?각|\s?사항|\s?중)|아래와|\b(?:as follows|the following)\b", re.IGNORECASE
)
_ENDS_A_SENTENCE = re.compile(r"[.!?。！？…;,][\"'”’)\]]*$|(?:니다|[다요음함])$")
_LONGEST = 120  # characters of what leads in; a longer line is a paragraph of its own
_LONGEST_HEADING = 60
_MOST_LINES = 60  # that are read upwards


def quoted(source: Source, sentence: Sentence) -> str:
    """``quote``, an item of a list behind what leads into it: "The tenant may not: keep dogs"."""
    return behind(lead_in(source, sentence), quote(source, sentence))


def behind(above: str, said: str) -> str:
    """``said`` behind what leads into it, unless it says that itself."""
    if not above or above.casefold() in said.casefold():
        return said
    bare = re.sub(rf"^{_KINDS[_BULLET].pattern}", "", said)
    return f"{above}: {bare}"


def is_title(source: Source, sentence: Sentence) -> bool:
    """Whether a sentence is one of the headings of its passage, and no field with its value."""
    line = source.text_of(sentence)
    return _is_heading(line, source.candidate.heading) and not is_field(line)


def is_item(line: str) -> bool:
    """Whether ``line`` is an item of a list, by what it begins with."""
    return _kind_of(line) is not None


def lead_in(source: Source, sentence: Sentence) -> str:
    """What leads into the list in which ``sentence`` is an item, on one line and without its colon.

    The item above it too, where the list stands below one. Empty where there is none, and for what is no item.
    """
    start = source.text.rfind("\n", 0, sentence.start) + 1
    if is_table_row(source, sentence) or source.text[start : sentence.start].strip():
        return ""  # also a sentence within an item
    line = without_invisible(source.text[start : sentence.end])
    kind = _kind_of(line)
    if kind is None or _is_heading(line, source.candidate.heading):
        return ""
    lines = [without_invisible(each) for each in source.text[:start].splitlines()[-_MOST_LINES:]]
    above = ": ".join(_above([*lines, line], source.candidate.heading))
    return in_parentheses(above) if len(above) <= _LONGEST else ""


@dataclass(frozen=True, slots=True)
class _Item:
    kind: str
    indent: int
    said: str


def _above(lines: Sequence[str], heading: Sequence[str]) -> list[str]:
    """What leads into the item that is the last of ``lines``, the outermost first."""
    said = [_plain(heading[-1])] if heading else []  # before the outermost list
    is_there = False  # in the lines, and not only in the heading
    path: list[_Item] = []  # the last item, and those in which it is
    goes_on = False
    for place, line in enumerate(lines):
        kind = _kind_of(line)
        if not line.strip():
            goes_on = False
        elif kind is None or _is_heading(line, heading):
            found = _leading(line, heading, is_first=not any(map(str.strip, lines[:place])))
            if goes_on and not found:  # a page is too narrow for the item
                continue
            said, is_there, path, goes_on = found, True, [], False
        else:
            if not _put(path, _Item(kind, _indent(line), line)):
                said = []
            goes_on = True
    outer = [re.sub(rf"^{_KINDS[_BULLET].pattern}", "", _plain(item.said)) for item in path[:-1]]
    return [*said, *outer] if is_there or not outer else outer


def _put(path: list[_Item], item: _Item) -> bool:
    """Put ``item`` into its place: beside the last one of its kind, or as the first of a list below the one before it.

    ``False`` where it is neither: then nothing is known of what leads into it.
    """
    beside = [i for i, each in enumerate(path) if (each.kind, each.indent) == (item.kind, item.indent)]
    if beside:
        path[beside[-1] :] = [item]
        return True
    is_first = item.kind == _BULLET or _FIRST.match(item.said.strip()) is not None
    if path and is_first and (item.indent > path[-1].indent or path[-1].kind in _PARENTS[item.kind]):
        path.append(item)
        return True
    is_known = not path
    path[:] = [item]
    return is_known


def _leading(line: str, heading: Sequence[str], *, is_first: bool) -> list[str]:
    """What a line that is no item says of the list below it: it ends with a colon, announces a list, or is a heading."""
    said = _plain(line)
    if line.strip(" *_").endswith((":", "：")) or _ANNOUNCES.search(said) or _is_heading(line, heading):
        return [said]
    is_title = (
        len(said) <= _LONGEST_HEADING and not _ENDS_A_SENTENCE.search(line.rstrip()) and not is_row(line)
    )
    return [said] if is_title and (is_first or _SECTION.match(said)) else []


def _is_heading(line: str, heading: Sequence[str]) -> bool:
    return line.lstrip().startswith("#") or _plain(line) in map(_plain, heading)


def _kind_of(line: str) -> str | None:
    """Which kind of item ``line`` is, by what it begins with."""
    return next((kind for kind, marker in _KINDS.items() if marker.match(line.strip())), None)


def _indent(line: str) -> int:
    return len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())


def _plain(line: str) -> str:
    """Without marks of a heading and emphasis around it, and without the colon at its end."""
    return " ".join(line.strip().lstrip("#").split()).strip("*_ ").rstrip(":：. ").strip("*_ ")
