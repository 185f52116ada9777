"""The one way an answer becomes HTML, while it streams and afterwards.

Answers come from language models and documents. Emphasis, lists, tables and code are drawn; links, images
and raw HTML stay the text they are, so that nothing is fetched and nothing can be clicked but a citation.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from chatbot.ui.safe import as_html

_CITATION = re.compile(r"\s?\[(\d{1,4})\]")
_OFF = ["link", "image", "autolink", "html_inline", "html_block", "reference", "entity"]


def render_answer(text: str, sources: int, anchor: str) -> str:
    """HTML of a whole or half answer.

    Args:
        sources: how many there are; only [1]..[sources] become chips.
        anchor: prefix of the ids of the source cards, see ``passage_id``.
    """
    return str(_markdown.render(text, {"sources": sources, "anchor": anchor}))


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
    def chip(found: re.Match[str]) -> str:
        number = int(found[1])
        if not 1 <= number <= env["sources"]:
            return found[0]
        return f'\u2060<a class="sl-chip" href="#{passage_id(env["anchor"], number)}">{number}</a>'

    return _CITATION.sub(chip, as_html(tokens[index].content))


def _code(
    _renderer: RendererProtocol,
    tokens: Sequence[Token],
    index: int,
    _options: OptionsDict,
    _env: MutableMapping[str, Any],
) -> str:
    code = f"<code>{as_html(tokens[index].content)}</code>"
    return code if tokens[index].type == "code_inline" else f"<pre>{code}</pre>\n"


_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable(_OFF)
_markdown.add_render_rule("text", _text)
for _kind in ("code_inline", "code_block", "fence"):
    _markdown.add_render_rule(_kind, _code)
