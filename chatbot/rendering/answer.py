"""The one way an answer becomes HTML, while it streams and afterwards.

Answers come from language models and documents. Emphasis, lists, tables, code and formulas are drawn; links, images
and raw HTML stay the text they are, so that nothing is fetched and nothing can be clicked but a citation. A formula is
sent as it was written: the browser draws it (answers.js), and it can be read where that is not done.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from chatbot.citations.markers import SHOWN
from chatbot.rendering.emphasis import with_emphasis_before_particles
from chatbot.rendering.markup import BLOCK, INLINE, with_formulas_and_tasks
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.text import tables
from chatbot.trace import CALCULATED, IN_PARTS

_PLACE = (
    "\ue000"  # private use: stands between a citation and its place among all of them, while markdown is read
)
_CITATION = re.compile(rf"\s?{SHOWN}(?:{_PLACE}(\d+){_PLACE})?")
_PLACES = re.compile(rf"{_PLACE}\d+{_PLACE}|\ue001")
# "PN-118", "2026-11-29": browsers break a line behind a hyphen, also before a digit
_NO_SOURCE = "\ue001"  # private use: stands behind a sentence that names no source
_BEHIND = " \t\n*_~"  # what ends emphasis stays behind the sign
_FIGURE = re.compile(r"(?<![\w-])[0-9A-Za-z]{1,12}(?:-[0-9]{1,8}){1,3}(?![0-9A-Za-z_-])")
HAS_OUTLINE = ("whole_document", *IN_PARTS)  # kinds whose quotes stand under headings
_DEEPEST = 6  # levels of a list
_OFF = ["link", "image", "autolink", "html_inline", "html_block", "reference", "entity"]


class Renderer(Protocol):
    """Text of an answer -> HTML; see ``render_answer``."""

    def __call__(
        self, text: str, sources: int, anchor: str, marks: Sequence[Mark] = (), uncited: Uncited | None = None
    ) -> str: ...


@dataclass(frozen=True, slots=True)
class Mark:
    """How a citation is marked: the end of its CSS class, and what is said beside it; empty for none.

    ``basis``: where in the passage of the source the sentence begins that speaks for it, if one is known.
    """

    kind: str = ""
    words: str = ""
    basis: int | None = None


@dataclass(frozen=True, slots=True)
class Uncited:
    """The sentences ``text[start:end]`` that name no source, and what is said beside each."""

    spans: Sequence[tuple[int, int]]
    words: str


def render_answer(
    text: str, sources: int, anchor: str, marks: Sequence[Mark] = (), uncited: Uncited | None = None
) -> str:
    """HTML of a whole or half answer.

    Args:
        sources: how many there are; only [1]..[sources] become chips.
        anchor: prefix of the ids of the source cards, see ``passage_id``.
        marks: of the citations in ``text``, in order; may be fewer.
        uncited: sentences to be marked.
    """
    return str(_markdown.render(*_numbered(text, sources, anchor, marks, uncited)))


def render_quotes(
    text: str, sources: int, anchor: str, marks: Sequence[Mark] = (), uncited: Uncited | None = None
) -> str:
    """HTML of an answer that is made of quotes, a paragraph each: text and citations, nothing of it is Markdown.

    "3. Analyses" stays what the document says, and does not become the first item of a list. Arguments as for
    ``render_answer``.
    """
    numbered, env = _numbered(text, sources, anchor, marks, uncited)
    paragraphs = filter(None, (paragraph.strip() for paragraph in numbered.split("\n\n")))
    return "".join(f"<p>{_with_chips(paragraph, env)}</p>" for paragraph in paragraphs)


def render_outline(
    text: str, sources: int, anchor: str, marks: Sequence[Mark] = (), uncited: Uncited | None = None
) -> str:
    """HTML of an answer of quotes under headings: ``## `` begins a heading, ``- `` an item of a list, rows over a rule
    are a table, and that is all.

    What is quoted stays literal, as in ``render_quotes``. Arguments as for ``render_answer``.
    """
    numbered, env = _numbered(text, sources, anchor, marks, uncited)
    paragraphs = filter(None, (paragraph.strip("\n") for paragraph in numbered.split("\n\n")))
    return "".join(_paragraph(paragraph, env) for paragraph in paragraphs)


def _paragraph(text: str, env: Mapping[str, Any]) -> str:
    if text.startswith("## "):
        return f"<h2>{_with_chips(text[3:], env)}</h2>"
    lines = text.split("\n")
    if len(lines) > 1 and tables.is_row(lines[0]) and tables.is_rule(lines[1]):
        return _table(lines, env)
    return "".join(_items(text, env)) if text.startswith("- ") else f"<p>{_with_chips(text.strip(), env)}</p>"


def _table(lines: Sequence[str], env: Mapping[str, Any]) -> str:
    head, *rows = (
        [_with_chips(cell, env) for cell in tables.cells_of(line)] for line in (lines[0], *lines[2:])
    )
    names = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _items(text: str, env: Mapping[str, Any]) -> Iterator[str]:
    """A list; two spaces before an item are one level more."""
    depth = 0
    for line in text.split("\n"):
        bare = line.lstrip(" ")
        wanted = min((len(line) - len(bare)) // 2, _DEEPEST) + 1
        yield "<ul>" * (wanted - depth) + "</ul>" * (depth - wanted)
        yield f"<li>{_with_chips(bare.removeprefix('- '), env)}</li>"
        depth = wanted
    yield "</ul>" * depth


def renderer_of(llm: str, kind: str) -> Renderer:
    """How the answer to a request of this ``kind`` is drawn that ``llm`` has written."""
    if llm == CALCULATED:
        return render_quotes
    if llm != "extractive":
        return render_answer
    return render_outline if kind in HAS_OUTLINE else render_quotes


def _numbered(
    text: str, sources: int, anchor: str, marks: Sequence[Mark], uncited: Uncited | None
) -> tuple[str, dict[str, Any]]:
    """``text`` with the place of each citation, among all of them, behind it, and a sign behind what is uncited; what
    is needed to draw these."""
    text = text.replace(_NO_SOURCE, " ")
    for start, end in sorted(uncited.spans if uncited else (), reverse=True):
        end = start + len(text[start:end].rstrip(_BEHIND))
        text = text[:end] + _NO_SOURCE + text[end:]
    places = iter(range(text.count("[")))
    numbered = re.sub(SHOWN, lambda c: f"{c[0]}{_PLACE}{next(places)}{_PLACE}", text.replace(_PLACE, ""))
    words = uncited.words if uncited else ""
    return numbered, {"sources": sources, "anchor": anchor, "marks": marks, "uncited": words}


def passage_id(anchor: str, number: int) -> str:
    """The id of the passage in the card of source ``number``: a link to it opens the card."""
    return f"{anchor}-{number}"


def _text(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return _with_chips(tokens[index].content, env)


def _with_chips(text: str, env: Mapping[str, Any]) -> str:
    """``text`` as HTML, a chip in the place of each citation."""
    ends = [-1]  # of the chips so far

    def chip(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 1 <= number <= env["sources"]:
            return found[0].partition(_PLACE)[0]
        marks, place = env["marks"], int(found[2] or 0)
        mark = marks[place] if place < len(marks) else Mark()
        look = f" sl-{mark.kind}" if mark.kind else ""
        check = f' data-check="{as_attribute(mark.words)}"' if mark.words else ""
        basis = f' data-basis="{mark.basis}"' if mark.basis is not None else ""
        passage = passage_id(env["anchor"], number)
        # the first stays with its sentence; of many, a line may end behind each
        joint = "<wbr>" if found.start() == ends[-1] else "\u2060"
        ends.append(found.end())
        return f'{joint}<a class="sl-chip{look}" href="#{passage}"{check}{basis}>{number}</a>'

    whole = _FIGURE.sub(r'<span class="sl-figure">\g<0></span>', as_html(text))
    words = as_attribute(env["uncited"])
    whole = whole.replace(_NO_SOURCE, f'\u2060<span class="sl-uncited" title="{words}">–</span>')
    return _CITATION.sub(chip, whole)


def _code(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    code = f"<code>{as_html(_PLACES.sub('', tokens[index].content))}</code>"
    return code if tokens[index].type == "code_inline" else f"<pre>{code}</pre>\n"


def _formula(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    token = tokens[index]
    shown = as_html(_PLACES.sub("", token.content))
    if token.type == INLINE and token.markup == "$":
        return f'<span class="sl-math">{shown}</span>'
    tag = "span" if token.type == INLINE else "div"
    return f'<{tag} class="sl-math sl-display">{shown}</{tag}>'


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(_OFF)
_markdown.add_render_rule("text", _text)
for _kind in ("code_inline", "code_block", "fence"):
    _markdown.add_render_rule(_kind, _code)
with_emphasis_before_particles(with_formulas_and_tasks(_markdown))
for _kind in (INLINE, BLOCK):
    _markdown.add_render_rule(_kind, _formula)
