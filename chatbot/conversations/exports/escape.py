"""Untrusted text on its way into a Markdown file: shown as it is by whatever draws the file, and never a link or picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from chatbot.rendering.answer import HAS_OUTLINE
from chatbot.rendering.markup import BLOCK, INLINE, with_formulas_and_tasks
from chatbot.text import tables
from chatbot.text.invisible import on_one_line, visible, with_line_feeds
from chatbot.trace import CALCULATED

# as on the page: what is not read as markup stays the text it is
_parser = with_formulas_and_tasks(
    MarkdownIt("commonmark", {"html": False})
    .enable("table")
    .disable(["link", "image", "autolink", "html_inline", "html_block", "reference", "entity"])
)
# what a formula is allowed to say in a file that some other program draws: nothing that leads or loads
_LEADS_AWAY = re.compile(r"\\(?:href|url|includegraphics|html|def|let|new|require|unicode)|[`$]|://")
_MARKUP = re.compile(r"([\\`*_\[\]<>&|~#$])")
_AT_START = re.compile(r"^(?:([-+=:])|(\d{1,9})([.)]))", re.MULTILINE)
_ADDRESS = re.compile(r"(://|(?<=www)\.|@)", re.IGNORECASE)  # what viewers make links of without being asked
_CITATION = re.compile(r"\\\[(\d{1,4})\\\]")
_NO_CITATION = re.compile(r"(?<=\d\])([:(])")  # "[1]: x" would be a definition and "[1](x)" a link
_BARE_PIPE = re.compile(r"(?<!\\)\|")
_OUTLINE_MARK = re.compile(r"## |(?:  )*- ")
_WORD_JOINER = "\u2060"


def escape_name(text: str) -> str:
    """A name or heading, on one line, as Markdown that shows it literally."""
    return _started(_escaped(on_one_line(text)))


def escape_quote(text: str) -> str:
    """``text`` as a block quote that shows it literally, line by line."""
    lines = [_started(_escaped(line.strip())) for line in with_line_feeds(text).split("\n")]
    return "\n".join(f"> {line}  " if line else ">" for line in lines)


def escape_answer(answer: str, sources: int) -> str:
    """An answer with its emphasis, lists, tables and code, written anew; [1]..[``sources``] stay as they are.

    Written anew and not escaped in place: two readers of Markdown never quite agree, but all agree on this.
    """
    return "\n".join(_blocks(_parser.parse(answer), sources)).strip("\n")


def escape_outline(answer: str, sources: int) -> str:
    """An answer of quotes under headings: only its headings, its tables and the marks of its lists are Markdown."""
    return "\n".join(_outline_line(line, sources) for line in answer.split("\n"))


def escape_quotes(answer: str, sources: int) -> str:
    """An answer of quotes, a paragraph each: nothing of it is Markdown, "3. Analyses" begins no list."""
    return "\n".join(_quoted(line, sources) for line in answer.split("\n"))


def escape_for(llm: str, kind: str) -> Callable[[str, int], str]:
    """How the answer to a request of this ``kind`` is written that ``llm`` has written: as ``renderer_of`` draws it."""
    if llm not in ("extractive", CALCULATED):
        return escape_answer
    return escape_outline if llm == "extractive" and kind in HAS_OUTLINE else escape_quotes


def _outline_line(line: str, sources: int) -> str:
    if tables.is_rule(line):
        return line
    if tables.is_row(line):
        return tables.row_of([_outline_line(cell, sources) for cell in tables.cells_of(line)])
    found = _OUTLINE_MARK.match(line)
    mark = found[0].replace("## ", "#### ") if found else ""  # below the headings of the file itself
    return mark + _quoted(line[len(found[0]) if found else 0 :], sources)


def _quoted(line: str, sources: int) -> str:
    """A line shown literally, with its citations."""
    shown = _CITATION.sub(lambda c: f"[{c[1]}]" if 1 <= int(c[1]) <= sources else c[0], escape_name(line))
    return _NO_CITATION.sub(r"\\\1", shown)


def _blocks(tokens: Sequence[Token], sources: int) -> Iterator[str]:
    position = 0
    while position < len(tokens):
        token = tokens[position]
        end = _end(tokens, position)
        yield from _block(token, tokens[position + 1 : end], sources)
        position = end + 1


def _block(token: Token, inner: Sequence[Token], sources: int) -> Iterator[str]:
    kind = token.type
    if kind in ("fence", "code_block"):
        yield from (_fenced(token.content), "")
    elif kind == BLOCK:
        yield from (_formula(token.content, "$$"), "")
    elif kind == "hr":
        yield from ("---", "")
    elif kind == "paragraph_open":
        yield _inline(inner[0], sources)
        if not token.hidden:  # in a list whose items stand close
            yield ""
    elif kind == "heading_open":
        level = min(int(token.tag[1]) + 2, 6)  # below the headings of the file itself
        yield from (f"{'#' * level} {_inline(inner[0], sources, ' ')}", "")
    elif kind == "blockquote_open":
        yield from (*_indented(_blocks(inner, sources), "> ", "> "), "")
    elif kind in ("bullet_list_open", "ordered_list_open"):
        yield from _list(token, inner, sources)
    elif kind == "table_open":
        yield from _table(inner, sources)


def _list(token: Token, inner: Sequence[Token], sources: int) -> Iterator[str]:
    position, number = 0, int(token.attrGet("start") or 1)
    while position < len(inner):
        end = _end(inner, position)
        mark = "- " if token.type == "bullet_list_open" else f"{number}. "
        lines = "\n".join(_blocks(inner[position + 1 : end], sources)).strip("\n").split("\n")
        yield from _indented(iter(lines), mark, " " * len(mark))
        position, number = end + 1, number + 1
    yield ""


def _table(inner: Sequence[Token], sources: int) -> Iterator[str]:
    rows: list[list[str]] = []
    for position, token in enumerate(inner):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("th_open", "td_open"):
            cell = _inline(inner[position + 1], sources, " ")
            rows[-1].append(_BARE_PIPE.sub(r"\\|", cell))
    for number, row in enumerate(rows):
        yield f"| {' | '.join(row)} |"
        if number == 0:
            yield f"|{' --- |' * len(row)}"
    yield ""


def _inline(token: Token, sources: int, line_end: str = "  \n") -> str:
    pieces = []
    for child in token.children or []:
        if child.type in ("strong_open", "strong_close"):
            pieces.append("**")
        elif child.type in ("em_open", "em_close"):
            pieces.append("*")
        elif child.type == "code_inline":
            pieces.append(_code(child.content))
        elif child.type == INLINE:
            pieces.append(_formula(child.content, child.markup))
        elif child.type in ("softbreak", "hardbreak"):
            pieces.append("\n")
        else:
            pieces.append(_escaped(child.content))
    text = _CITATION.sub(
        lambda c: f"[{c[1]}]" if 1 <= int(c[1]) <= sources else c[0], _started("".join(pieces))
    )
    text = _NO_CITATION.sub(r"\\\1", text)
    return line_end.join(line.strip() for line in text.split("\n"))


def _code(content: str) -> str:
    shown = visible(content)
    ticks = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def _formula(content: str, mark: str) -> str:
    """A formula between its marks, on one line; as text where it might lead or load."""
    shown = on_one_line(content)
    if visible(shown) != shown or _LEADS_AWAY.search(shown):
        return _escaped(f"{mark}{shown}{mark}")
    return f"{mark}{shown}{mark}"


def _fenced(content: str) -> str:
    ticks = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    return f"{ticks}\n{visible(content).rstrip(chr(10))}\n{ticks}"


def _indented(lines: Iterator[str], first: str, rest: str) -> Iterator[str]:
    prefix = first
    for block in lines:
        for line in block.split("\n"):
            yield f"{prefix}{line}".rstrip() if not line else f"{prefix}{line}"
            prefix = rest


def _end(tokens: Sequence[Token], start: int) -> int:
    """Where what opens at ``start`` closes."""
    depth = 0
    for position in range(start, len(tokens)):
        depth += tokens[position].nesting
        if depth == 0:
            return position
    return len(tokens) - 1


def _escaped(text: str) -> str:
    """``text`` with its markup escaped, what nobody sees written out, and addresses that no viewer takes for a link."""
    return _MARKUP.sub(r"\\\1", _ADDRESS.sub(rf"\1{_WORD_JOINER}", visible(text)))


def _started(text: str) -> str:
    """``text`` with no line that begins a list, an underline of a heading, or a definition."""
    return _AT_START.sub(lambda at: f"{at[2] or ''}\\{at[1] or at[3]}", text)
