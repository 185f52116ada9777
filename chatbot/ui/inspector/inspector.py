"""'Why these sources?': how the candidates moved, what the second look and the model change, the prompt and the time.

why_line (under the answer) -> inspector (in the panel) -> slope, ranking | order_comparison | model_comparison | prompt
"""

from __future__ import annotations

import streamlit as st

from chatbot.conversations.record import Trace
from chatbot.engine import Chatbot
from chatbot.rendering.figures import milliseconds
from chatbot.rendering.ranking import kept_of, ranking, second_look_by, what_changed
from chatbot.rendering.reasons import gate_figures, token_line
from chatbot.rendering.safe import as_html
from chatbot.rendering.timing_bar import timing_bar
from chatbot.rendering.words import Say
from chatbot.trace import CALCULATED
from chatbot.ui.choices import Settings
from chatbot.ui.clicks import InspectAnswer, button_html
from chatbot.ui.inspector.model_comparison import model_comparison
from chatbot.ui.inspector.order_comparison import order_comparison
from chatbot.ui.inspector.slope import slope_chart
from chatbot.ui.library.fragments import fragment

_PARTS = {
    "ranking": "part_ranking",
    "orders": "part_orders",
    "models": "part_models",
    "prompt": "part_prompt",
}


def why_line(trace: Trace, index: int, say: Say) -> str:
    """HTML of the line under an answer that opens the inspector: see ``InspectAnswer``."""
    kept = any(candidate.kept for candidate in trace.candidates)
    counts = kept_of(trace.candidates, trace.second_look, say)
    total = f" · {milliseconds(trace.timings['total'])}" if "total" in trace.timings else ""
    label = say("why") if kept else say("why_none")
    return f'<div class="sl-why">{button_html(InspectAnswer(index), label)}<span class="sl-fine">{as_html(counts + total)}</span></div>'


def inspector(answer: Trace, chatbot: Chatbot, settings: Settings, say: Say) -> None:
    """Draw the inspector of ``answer``, live or stored; a click in it draws nothing else again."""
    fragment(_inspect)(answer, chatbot, settings, say)


def _inspect(answer: Trace, chatbot: Chatbot, settings: Settings, say: Say) -> None:
    part = st.segmented_control(
        say("part"), list(_PARTS), format_func=lambda part: say(_PARTS[part]), default="ranking", required=True,
        key="inspector-part", label_visibility="collapsed", width="stretch",
    )  # fmt: skip
    with st.container(key=f"inspector-{part}"):
        if part == "orders":
            order_comparison(answer, chatbot, settings, say)
        elif part == "models":
            model_comparison(answer, chatbot, settings, say)
        elif part == "prompt":
            prompt_and_time(answer, say)
        else:
            _ranking(answer, say)


def _ranking(answer: Trace, say: Say) -> None:
    candidates, look = answer.candidates, answer.second_look
    lines = filter(None, (second_look_by(look, say), gate_figures(answer.gate, say)))
    fine = "".join(f'<p class="sl-fine">{as_html(line)}</p>' for line in lines)
    st.html(f'<p class="sl-said">{as_html(what_changed(candidates, look, say))}</p>{fine}')
    if look.applied:
        alt = say("chart", candidates=len(candidates))
        st.altair_chart(slope_chart(candidates, say), width="stretch", alt=alt)
        st.html(_key(say))
    st.html(ranking(candidates, look, say))


def _key(say: Say) -> str:
    """HTML: what the colours of the chart mean."""
    marks = {
        "sl-cited": "key_cited", "sl-kept": "key_source", "sl-lost": "key_lost", "sl-dropped": "key_other",
        "sl-cut": "key_cut",
    }  # fmt: skip
    words = "".join(f'<span><i class="{kind}"></i>{say(key)}</span>' for kind, key in marks.items())
    return f'<div class="sl-key">{words}</div>'


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
    if trace.llm == CALCULATED:
        return say("prompt_calculated")
    if not trace.prompt:
        return say("prompt_unknown")
    tokens = trace.tokens
    if tokens is None:
        return say("prompt_sent", messages=len(trace.prompt))
    return token_line(tokens.prompt, tokens.answer, tokens.exact, say)
