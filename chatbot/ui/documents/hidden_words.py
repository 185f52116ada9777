"""What a document hides from its readers: how much of it was left out, and the words themselves on request."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.text.hidden import HiddenText, How
from chatbot.ui.documents.amounts import counted

_WAYS: dict[How, str] = {
    "marked": "hidden_marked", "colour": "hidden_colour", "size": "hidden_size", "covered": "hidden_covered",
    "transparent": "hidden_transparent", "clipped": "hidden_clipped", "outside": "hidden_outside",
    "unpainted": "hidden_unpainted",
}  # fmt: skip
_SHOWN = 20  # pieces ...
_LONGEST = 500  # ... and characters of each


def hidden_words_html(words: int, pieces: Sequence[HiddenText], say: Say) -> str:
    """A line that unfolds; empty for a document that hides nothing."""
    if not words:
        return ""
    rows = "".join(
        f"<li><b>{as_html(say(_WAYS[piece.how]))}</b> {as_html(_cut(piece.text))}</li>"
        for piece in pieces[:_SHOWN]
    )
    summary = as_html(counted(say, "one_hidden", "more_hidden", words))
    return f'<details class="sl-reason"><summary>{summary}</summary><ul>{rows}</ul></details>'


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
