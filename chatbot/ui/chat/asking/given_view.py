"""The files that came with a question, as chips in its bubble, with what has become of each."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.conversations import GivenFile
from chatbot.rendering.safe import as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.clicks import AskNow, button_html

_STATES = {"in": "given_in", "part": "given_part", "no": "given_no", "busy": "given_busy"}


def given_html(exchange: Exchange, index: int, say: Say) -> str:
    """Empty where none came with it; while they are read, the way to an answer without them."""
    files = exchange.files
    if not files:
        return ""
    waits = ""
    if not exchange.written and exchange.given is not None and exchange.given.is_waiting:
        waits = f'<p class="sl-busy">{as_html(say("given_waits"))}</p>{button_html(AskNow(index), say("ask_now"))}'
    return files_html(files, say, waits)


def files_html(files: Sequence[GivenFile], say: Say, after: str = "") -> str:
    """A chip for each; what is refused, or was read only in part, says why and what helps, right here."""
    chips, reasons = [], []
    for file in files:
        state = _state(file)
        chips.append(
            f'<span class="sl-given-file sl-given-{state}">{name_as_html(file.name)}'
            f'<span class="sl-fine">{as_html(say(_STATES[state]))}</span></span>'
        )
        if file.reason:
            reasons.append(f"<li><b>{name_as_html(file.name)}</b> {as_html(say.error(file.reason))}</li>")
    why = f'<ul class="sl-given-why">{"".join(reasons)}</ul>' if reasons else ""
    return f'<div class="sl-given" role="status">{"".join(chips)}{why}{after}</div>'


def _state(file: GivenFile) -> str:
    if file.document:
        return "part" if file.reason else "in"
    return "no" if file.reason else "busy"


def searched_first_html(exchange: Exchange, say: Say) -> str:
    """Where the answer was looked for, where files came with the question and could be read."""
    if not any(file.document for file in exchange.files) or exchange.trace is None:
        return ""
    return f'<p class="sl-fine">{as_html(say("given_widened" if exchange.widened else "given_first"))}</p>'
