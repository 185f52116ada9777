r"""What answers write beyond CommonMark: formulas ($x^2$, $$...$$, \(...\), \[...\]) and task lists.

Money is no formula: between single dollars something has to stand that prices do not have. Nor is a bracket that was
escaped to be shown as it is, as in the name "report [1].pdf": a formula has space inside its brackets, or a command.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

INLINE, BLOCK = "math_inline", "math_block"  # types of tokens; the content is the formula as it was written
LONGEST = 2000  # characters of a formula
_DISPLAYED = re.compile(r"\$\$(.+?)\$\$|\\\[(.+?)\\\]", re.DOTALL)
_IN_LINE = re.compile(r"\$(?!\s)([^$\n]+?)(?<![\s\\])\$(?!\d)|\\\((.+?)\\\)")
_IN_BRACKETS = re.compile(r"\s.*\s|.*(?<!\\)\\[A-Za-z].*", re.DOTALL)
_SIGN = re.compile(r"[\\^_=<>{}]|[A-Za-z]\s*[+*/]|[+*/]\s*[A-Za-z]")
_LETTER = re.compile(r"[A-Za-z]'?")
_TASK = re.compile(r"\[([ xX])\]\s+")
_STATES = {" ": "\u2610 ", "x": "\u2611 "}


def with_formulas_and_tasks(parser: MarkdownIt) -> MarkdownIt:
    """``parser``, which reads them from now on; formulas become tokens of the types ``INLINE`` and ``BLOCK``."""
    parser.block.ruler.before("fence", BLOCK, _block, {"alt": ["paragraph", "blockquote", "list"]})
    parser.inline.ruler.before("escape", INLINE, _inline)
    parser.core.ruler.after("inline", "tasks", _tasks)
    return parser


def _block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    start = state.bMarks[line] + state.tShift[line]
    if state.is_code_block(line) or state.src[start : start + 2] not in ("$$", "\\["):
        return False
    found = _displayed(state.src, start, state.eMarks[end - 1])
    if found is None or len(found[0]) > LONGEST:
        return False
    last = next(n for n in range(line, end) if found.end() <= state.eMarks[n])
    if state.src[found.end() : state.eMarks[last]].strip():
        return False  # within a sentence
    if not silent:
        token = state.push(BLOCK, "", 0)
        token.content = (found[1] or found[2]).strip()
        token.map = [line, last + 1]
        state.line = last + 1
    return True


def _displayed(text: str, start: int, end: int) -> re.Match[str] | None:
    found = _DISPLAYED.match(text, start, end)
    return found if found and (found[2] is None or _IN_BRACKETS.fullmatch(found[2])) else None


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] not in "$\\":
        return False
    displayed = _displayed(state.src, state.pos, state.posMax)
    found = displayed or _IN_LINE.match(state.src, state.pos, state.posMax)
    if found is None or len(found[0]) > LONGEST:
        return False
    formula = found[1] or found[2]
    is_price = (
        found[0][0] == "$" and not displayed and not (_SIGN.search(formula) or _LETTER.fullmatch(formula))
    )
    if is_price:
        return False
    if not silent:
        token = state.push(INLINE, "", 0)
        token.content, token.markup = formula.strip(), "$$" if displayed else "$"
    state.pos = found.end()
    return True


def _tasks(state: StateCore) -> None:
    for item, paragraph, text in zip(state.tokens, state.tokens[1:], state.tokens[2:], strict=False):
        if item.type != "list_item_open" or paragraph.type != "paragraph_open" or not text.children:
            continue
        first = text.children[0]
        if first.type == "text" and (box := _TASK.match(first.content)):
            first.content = _STATES[box[1].lower()] + first.content[box.end() :]
            item.attrSet("class", "sl-task")
