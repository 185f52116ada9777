"""Why an answer is what it is, as plain text: why refused, why without a second look, by whom, with how many tokens."""

from __future__ import annotations

from chatbot.rendering.figures import percent
from chatbot.rendering.words import Say
from chatbot.trace import CALCULATED, Gate, Request, SecondLook

_KINDS = {"talk": "as_talk", "library": "as_library", "table": "as_table", "whole_document": ""}
_WHOLE = {
    "summary": "as_summary",
    "outline": "as_outline",
    "key_points": "as_key_points",
    "about": "as_about",
}


def why_refused(gate: Gate, say: Say) -> str:
    """The probability that was judged and the bar; without them, that nothing was found."""
    if gate.probability is None or gate.threshold is None:
        return say("refused_empty")
    return say("refused_gate", probability=percent(gate.probability), threshold=percent(gate.threshold))


def why_no_second_look(second_look: SecondLook, say: Say) -> str:
    """Why it was not applied."""
    if second_look.outcome == "failed":
        return say("failed", reason=say.error(second_look.failure))
    if second_look.outcome == "unneeded":
        return say("not_needed")
    return say("turned_off" if second_look.outcome == "off" else "nothing_to_rank")


def answered_as(request: Request, second_look: SecondLook, say: Say) -> str:
    """As what a question was answered, where that is no look-up by search, or where a person decided it; else empty."""
    if second_look.outcome == "unneeded" and request.kind in _KINDS:
        topic = request.topic if request.topic in _WHOLE else "summary"
        name = " · ".join(uri.rsplit("/", 1)[-1] for uri in request.documents) or say("whole_library")
        key = _KINDS[request.kind] or _WHOLE[topic]
        return say(key, name=name)
    return say("as_look_up") if request.decided_by == "person" else ""


def written_by(llm: str, say: Say) -> str:
    """Who wrote the answer: a language model by its label, the quoting writer, or the one who reads tables."""
    own = {"extractive": "backend_extractive", CALCULATED: "calculated"}
    return say("written_by", llm=say(own[llm]) if llm in own else llm)


def token_line(sent: int, received: int, is_exact: bool, say: Say) -> str:
    """ "1,200 tokens in · 40 tokens out (estimated)"."""
    words = say("tokens", prompt=f"{sent:,}", answer=f"{received:,}")
    return f"{words} ({say('tokens_exact' if is_exact else 'tokens_estimated')})"
