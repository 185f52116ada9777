"""What was sent to the language model, word for word, and what it cost."""

from __future__ import annotations

import streamlit as st

from chatbot.conversations.record import Trace
from chatbot.rendering.timing_bar import timing_bar
from chatbot.ui.words import Say

_TALL = 420  # pixels; a longer message scrolls in its own box
_LONG = 900  # characters


def prompt_and_time(trace: Trace, say: Say) -> None:
    """Draw the timing bar, the tokens, the messages."""
    st.html(f'<div class="sl-label">{say("time")}</div>{timing_bar(trace.timings, say)}')
    st.html(f'<div class="sl-label">{say("prompt")}</div><p class="sl-fine">{about_prompt(trace, say)}</p>')
    roles = {"system": say("role_system"), "user": say("role_user"), "assistant": say("role_assistant")}
    for message in trace.prompt:
        st.html(f'<p class="sl-role">{roles[message.role]}</p>')
        is_long = len(message.text) > _LONG
        st.code(message.text, language=None, wrap_lines=True, height=_TALL if is_long else "content")


def about_prompt(trace: Trace, say: Say) -> str:
    """One line, as plain text: tokens in and out, or why there is no prompt."""
    if trace.refused:
        return say("prompt_refused")
    if trace.llm == "extractive":
        return say("prompt_extractive")
    if not trace.prompt:
        return say("prompt_unknown")
    tokens = trace.tokens
    if tokens is None:
        return say("prompt_sent", messages=len(trace.prompt))
    words = say("tokens", prompt=f"{tokens.prompt:,}", answer=f"{tokens.answer:,}")
    return f"{words} ({say('tokens_exact' if tokens.exact else 'tokens_estimated')})"
