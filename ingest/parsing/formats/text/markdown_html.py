"""Markdown as its reader sees it: comments, tooltips and hidden HTML are taken out, other HTML is written as Markdown.

A text without any of that comes back as it is, character by character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from lxml import etree
from markdown_it import MarkdownIt

from chatbot.errors import DocumentRefused
from chatbot.text.hidden import HiddenText, How
from ingest.parsing.builder import DocumentBuilder
from ingest.parsing.clean import one_line
from ingest.parsing.document import ParsedDocument
from ingest.parsing.formats.scripts import Script, joined
from ingest.parsing.formats.web.controls import CHECKED, UNCHECKED, input_text, picture_text
from ingest.parsing.formats.web.html_page import add_html
from ingest.parsing.formats.web.styles import Sheet
from ingest.parsing.formats.web.visibility import PAGE, look_of
from ingest.parsing.limits import MAX_HIDDEN, MAX_HIDDEN_PIECES
from ingest.parsing.xml_tree import Element, name

# beyond it the text is not looked at closely: see ``markdown_blocks``
_MAX_READ = 4_000_000
_ANYTHING = re.compile(
    r"<[a-zA-Z!/]|base64,|^[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[[ xX]\]|^ {0,3}\[[^\]\n]{1,200}\]:|\]\(", re.M
)
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|\Z)")
_TITLE = r"(?:\"[^\"\n]{0,2000}\"|'[^'\n]{0,2000}'|\([^()\n]{0,2000}\))"
_TOKEN = re.compile(
    r"(?P<code>(?<![`\\])(?P<ticks>`{1,9})(?!`)[^`](?:.{0,2000}?[^`])??(?P=ticks)(?!`))"
    r"|(?P<comment><!--)"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9-]{0,20})(?P<attributes>(?:\s[^<>]{0,4000})?)/?>"
    r"|!\[(?P<alt>[^\[\]\n]{0,500})\]\(\s{0,9}<?data:[^\s)>]*+>?[^()\n]{0,500}\)"
    rf"|(?<=\]\()(?P<address>[ \t]{{0,9}}(?:<[^<>\n]{{0,2000}}>|[^\s()<>]{{1,2000}}))[ \t]{{1,9}}(?P<title>{_TITLE})(?=[ \t]{{0,9}}\))"
    rf"|^ {{0,3}}\[(?P<label>[^\^\[\]\n][^\[\]\n]{{0,200}})\]:[ \t]{{0,9}}(?P<target>\S++)(?P<about>[ \t]{{1,9}}{_TITLE})?[ \t]*$"
    r"|^(?P<bullet>[ \t>]{0,40}(?:[-*+]|\d{1,9}[.)])[ \t]{1,9})\[(?P<tick>[ xX])\](?=[ \t])",
    re.M | re.S,
)
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_NEVER_SHOWN = frozenset(["script", "style", "template", "title"])
# HTML that is more than a frame around Markdown
_WRITTEN_ANEW = re.compile(
    r"</?(?:table|img|ul|ol|dl|svg|math|iframe|input|select|textarea|template|sup|sub|dialog|form|h[1-6]|pre|details|script|style"
    r"|noscript|p|br|a|ruby|del)\b|<!--|\s(?:style|hidden|class)\b",
    re.I,
)
_STYLED = re.compile(r"\s(?:style|hidden|class|color|id|popover)\b", re.I)
_TAG = re.compile(r"<[^<>]{0,4000}>")
# what a mark holds besides its number: tags, and the link's brackets and address
_LINK = re.compile(r"<[^<>]{0,4000}>|[\[\]]|\([^()]{0,2000}\)")
_STYLE = re.compile(r"<style[^<>]{0,200}>([^<]{0,100000})</style>", re.I)


@dataclass(slots=True)
class HiddenPieces:
    """Hidden text of a document that is not put together by a builder, within the same limits."""

    pieces: list[HiddenText] = field(default_factory=list)
    words: int = 0
    _chars: int = 0

    def add(self, place: int, text: str, how: How) -> None:
        text = one_line(text)
        self.words += len(text.split())
        text = text[: max(MAX_HIDDEN - self._chars, 0)]
        if text and len(self.pieces) < MAX_HIDDEN_PIECES:
            self.pieces.append(HiddenText(place, text, how))
            self._chars += len(text)

    def refuse_if_any(self) -> None:
        """Raises ``DocumentRefused`` for a file of nothing but hidden words."""
        builder = DocumentBuilder()
        for piece in self.pieces:
            builder.hidden(piece.text, piece.how)
        if self.pieces:
            builder.finish("markdown")


class _Collecting(DocumentBuilder):
    """Keeps the hidden words of a part by themselves: their places are those of the whole text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, How]] = []

    def hidden(self, text: str, how: How) -> None:
        self.found.append((text, how))


class _Edit(NamedTuple):
    """``text[start:end]`` gives way to ``new``; ``hidden`` are words that nobody sees, and why."""

    start: int
    end: int
    new: str = ""
    hidden: tuple[tuple[str, How], ...] = ()
    is_element: bool = False  # a hidden element, which may reach over several blocks


def shown_markdown(text: str, hidden: HiddenPieces) -> str:
    """``text`` without what its reader does not see, which goes to ``hidden``."""
    if not _ANYTHING.search(text):
        return text
    front = _FRONT_MATTER.match(text)
    offset = front.end() if front else 0
    cut = text.find("\n\n", offset + _MAX_READ)
    end = len(text) if cut < 0 else cut
    parts: list[str] = []
    length = position = 0
    for edit in _edits(text, offset, end):
        if edit.start < position:
            if not edit.is_element or edit.end <= position:
                continue  # within what is already out
            edit = _gone(text, position, edit.end, edit.hidden[0][1] if edit.hidden else None)
        kept = text[position : edit.start]
        parts += [kept, edit.new]
        length += len(kept)
        for words, how in edit.hidden:
            hidden.add(length, words, how)
        length += len(edit.new)
        position = edit.end
    parts.append(text[position:])
    return "".join(parts)


def _edits(text: str, start: int, end: int) -> list[_Edit]:
    """Edits in order; of two that overlap, the one that begins first, and the longer one, is first."""
    code, html = _blocks(text[start:end], start)
    sheet = "".join(_STYLE.findall(text[start:end]))[:100_000]
    found = list(_inline_edits(text, start, end, code, html, sheet))
    for first, last in html:
        source = text[first:last]
        if _WRITTEN_ANEW.search(source):
            found.append(_Edit(first, last, *_written_anew(source, sheet)))
    return sorted(found, key=lambda edit: (edit.start, -edit.end))


def _blocks(body: str, offset: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Spans of code, and of HTML that stands on lines of its own (a table in several pieces is one)."""
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    starts = [offset]
    for line in body.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    starts[-1] = offset + len(body)
    code: list[tuple[int, int]] = []
    html: list[tuple[int, int]] = []
    open_tables = 0
    for token in parser.parse(body):
        if not token.map:
            continue
        first, last = starts[token.map[0]], starts[min(token.map[1], len(starts) - 1)]
        if token.type in ("fence", "code_block"):
            code.append((first, last))
            open_tables = 0
        elif token.type == "html_block" and token.level == 0:
            if open_tables > 0:
                html[-1] = (html[-1][0], last)
            else:
                html.append((first, last))
            lowered = body[first - offset : last - offset].lower()
            open_tables += lowered.count("<table") - lowered.count("</table")
        else:
            open_tables = 0
    return code, html


def _inline_edits(
    text: str, start: int, end: int, code: list[tuple[int, int]], html: list[tuple[int, int]], sheet: str
) -> Iterator[_Edit]:
    position = start
    hidden = _HiddenElements(text, end, html, sheet)
    raised: tuple[int, int] | None = None
    blocks = iter([*code, (len(text) + 1, len(text) + 1)])
    block = next(blocks)
    has_comments = True
    while (token := _TOKEN.search(text, position, end)) is not None:
        while block[1] <= token.start():
            block = next(blocks)
        position = token.end()
        if block[0] <= token.start():
            position = block[1]
        elif token["tag"] and (hidden.is_within or hidden.begins(token)):
            if (edit := hidden.edit(token)) is not None:
                yield edit
                position = max(position, edit.end)
        elif hidden.is_within or token["code"]:
            continue
        elif token["tag"] and token["tag"].lower() in ("sup", "sub"):
            if not token["close"]:
                raised = token.span()
            elif raised is not None:
                yield _script(text, raised, token, "up" if token["tag"].lower() == "sup" else "down")
                raised = None
        elif token["comment"]:
            close = text.find("-->", token.end(), end) if has_comments else -1
            has_comments = close >= 0
            if has_comments:
                position = close + 3
                yield _Edit(token.start(), position, "", ((text[token.end() : close], "marked"),))
        elif (edit := _one(token)) is not None:
            yield edit
    if (edit := hidden.rest()) is not None:
        yield edit


def _one(token: re.Match[str]) -> _Edit | None:
    """The edit for something that is whole in itself: a picture, a field, a tooltip, a definition, a task."""
    start, end = token.span()
    if token["tag"]:
        tag = token["tag"].lower()
        element = _element(token.group()) if tag in ("img", "input") else None
        if element is None:
            return None
        return _Edit(start, end, picture_text(element) if tag == "img" else input_text(element))
    if token["alt"] is not None:
        alt = token["alt"].strip()
        return _Edit(start, end, f"[Picture: {alt}]" if alt else "")
    if token["title"]:
        return _Edit(start, end, token["address"], ((token["title"][1:-1], "marked"),))
    if token["label"]:
        return _definition(token)
    return _Edit(start, end, f"{token['bullet']}{UNCHECKED if token['tick'] == ' ' else CHECKED}")


class _HiddenElements:
    """Elements of a Markdown text whose content nobody sees, from their tag to the one that closes them."""

    def __init__(self, text: str, end: int, html: list[tuple[int, int]], sheet: str) -> None:
        self._text = text
        self._end = end
        self._block_ends = [last for _, last in html]
        self._sheet = sheet
        self._tag = ""
        self._start = 0
        self._how: How | None = None
        self._depth = 0
        self._never_closed: set[str] = set()

    @property
    def is_within(self) -> bool:
        return self._depth > 0

    def begins(self, token: re.Match[str]) -> bool:
        tag = token["tag"].lower()
        if token["close"] or tag in _VOID:
            return False
        self._how = None  # scripts are no text
        if tag not in _NEVER_SHOWN:
            if tag != "dialog" and not _STYLED.search(token.group()):
                return False
            self._how = _hidden_by(token.group(), self._sheet)
            if self._how is None:
                return False
        self._tag, self._start = tag, token.start()
        return True

    def edit(self, token: re.Match[str]) -> _Edit | None:
        """The whole element when ``token`` closes it, or opens one that nothing closes: that ends with its block."""
        if token["tag"].lower() != self._tag:
            return None
        if not self._depth and not self._is_closed(token.end()):
            block = bisect_right(self._block_ends, token.start())
            blank = self._text.find("\n\n", token.end(), self._end)
            blank = self._end if blank < 0 else blank
            end = min(self._block_ends[block], blank) if block < len(self._block_ends) else blank
            return _gone(self._text, self._start, max(end, token.end()), self._how)
        self._depth += -1 if token["close"] else 1
        return None if self._depth else _gone(self._text, self._start, token.end(), self._how)

    def rest(self) -> _Edit | None:
        return _gone(self._text, self._start, self._end, self._how) if self._depth else None

    def _is_closed(self, at: int) -> bool:
        if self._tag in self._never_closed:
            return False
        if re.compile(rf"</{re.escape(self._tag)}\s*>", re.I).search(self._text, at, self._end):
            return True
        self._never_closed.add(self._tag)
        return False


@lru_cache(maxsize=1024)
def _hidden_by(tag_text: str, sheet: str) -> How | None:
    element = _element(tag_text, sheet)
    if element is None:
        return None
    return look_of(element, PAGE, Sheet(element.getroottree().getroot())).hidden


def _element(tag_text: str, sheet: str = "") -> Element | None:
    page = f"<html><head><style>{sheet}</style></head><body>{tag_text}</body></html>"
    root = etree.fromstring(
        page.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8", no_network=True)
    )
    body = next((inner for inner in root.iter("body")), None) if root is not None else None
    if body is None:
        return None
    return next((inner for inner in body.iter() if inner is not body and name(inner)), None)


def _gone(text: str, start: int, end: int, how: How | None) -> _Edit:
    """What ``text[start:end]`` holds is hidden; ``how`` is ``None`` for scripts and the like, which are no words."""
    words = _TAG.sub(" ", text[start:end])
    return _Edit(start, end, "", ((words, how),) if how is not None else (), is_element=True)


def _script(text: str, raised: tuple[int, int], close: re.Match[str], script: Script) -> _Edit:
    """``10<sup>6</sup>`` as ``10^6``."""
    start, inner_start = raised
    inner = _LINK.sub("", text[inner_start : close.start()])
    before = text[max(start - 12, 0) : start].rpartition("\n")[2]
    after = text[close.end() : close.end() + 1]
    whole = joined([(before, ""), (inner, script), (after, "")])
    new = whole[len(before) : len(whole) - len(after)]
    return _Edit(start, close.end(), new)


def _definition(token: re.Match[str]) -> _Edit:
    """A link's definition shows nothing: its words are a tooltip, or a comment where the link goes nowhere."""
    about = (token["about"] or "").strip()
    hidden: tuple[tuple[str, How], ...] = ((about[1:-1], "marked"),) if about else ()
    target = token["target"].strip("<>")
    if target in ("#", "") or token["label"] in ("//", "comment", "_") or target.startswith("data:"):
        return _Edit(token.start(), token.end(), "", hidden)
    end = token.start("about") if about else token.end()
    return _Edit(end, token.end(), "", hidden)


def _written_anew(source: str, sheet: str) -> tuple[str, tuple[tuple[str, How], ...]]:
    """A stretch of HTML as Markdown, and the words in it that nobody sees."""
    builder = _Collecting()
    try:
        add_html(builder, f"<style>{sheet}</style>{source}" if sheet else source, site=False)
        written = _as_markdown(builder.finish("html"))
    except DocumentRefused:
        written = ""  # nothing that is seen
    comments: list[tuple[str, How]] = [(words, "marked") for words in _comments(source)]
    return written + source[len(source.rstrip("\n")) :], (*builder.found, *comments)


def _comments(source: str) -> Iterator[str]:
    start = source.find("<!--")
    while start >= 0 and (end := source.find("-->", start + 4)) >= 0:
        yield source[start + 4 : end]
        start = source.find("<!--", end)


def _as_markdown(document: ParsedDocument) -> str:
    parts = []
    for block in document.blocks:
        text = document.text[block.start : block.end]
        if block.kind == "heading":
            text = f"{'#' * block.level} {text}"
        elif block.kind == "code":
            text = f"```\n{text}\n```"
        parts.append(text)
    return "\n\n".join(parts)
