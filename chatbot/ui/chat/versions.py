"""Which version of an exchange is shown, and the way to the others; why the thumb on it is down."""

from __future__ import annotations

from chatbot.conversations import Why
from chatbot.rendering.safe import as_attribute, as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.clicks import LONGEST_WORDS, SayWhy, ShowVersion, button_html

_CHOICES: dict[Why, str] = {
    "wrong": "why_wrong", "incomplete": "why_incomplete", "sources": "why_sources", "unclear": "why_unclear"
}  # fmt: skip


def versions_html(exchange: Exchange, index: int, say: Say) -> str:
    """ "2/3" between the ways to the version before and after; empty where there is one version only."""
    number, count = exchange.version
    if count < 2:
        return ""
    before = button_html(ShowVersion(index, number - 1), say("version_before"), "chevron_left")
    after = button_html(ShowVersion(index, number + 1), say("version_after"), "chevron_right")
    here = as_attribute(say("version_here", number=number, count=count))
    return (
        f'<span class="sl-versions" role="group" aria-label="{here}">{before if number > 1 else _off(before)}'
        f'<span class="sl-fine">{number}/{count}</span>{after if number < count else _off(after)}</span>'
    )


def why_html(exchange: Exchange, index: int, say: Say) -> str:
    """Four choices and a line below a thumb that is down; nothing has to be said."""
    if exchange.ratings.get(0) != -1:
        return ""
    choices = "".join(
        button_html(SayWhy(index, why), say(words), pressed=exchange.why == why)
        for why, words in _CHOICES.items()
    )
    line = (
        f'<input class="sl-words" type="text" data-exchange="{index}" maxlength="{LONGEST_WORDS}" autocomplete="off" '
        f'value="{as_attribute(exchange.words)}" placeholder="{as_attribute(say("why_words"))}" '
        f'aria-label="{as_attribute(say("why_words"))}">'
    )
    asks = f'<span class="sl-fine">{as_html(say("why_down"))}</span>'
    return f'<div class="sl-why-down" role="group" aria-label="{as_attribute(say("why_down"))}">{asks}{choices}{line}</div>'


def _off(button: str) -> str:
    """It keeps its room, so that the next one stays under the pointer."""
    return button.replace("<button ", "<button disabled ", 1)
