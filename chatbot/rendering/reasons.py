"""Why an answer is what it is, as plain text: why refused, why without a second look, by whom, with how many tokens."""

from __future__ import annotations

from chatbot.rendering.figures import percent
from chatbot.rendering.words import Say
from chatbot.trace import Gate, SecondLook


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


def written_by(llm: str, say: Say) -> str:
    """Who wrote the answer: a language model by its label, or the quoting writer."""
    return say("written_by", llm=say("backend_extractive") if llm == "extractive" else llm)


def token_line(sent: int, received: int, is_exact: bool, say: Say) -> str:
    """ "1,200 tokens in · 40 tokens out (estimated)"."""
    words = say("tokens", prompt=f"{sent:,}", answer=f"{received:,}")
    return f"{words} ({say('tokens_exact' if is_exact else 'tokens_estimated')})"
