"""Why an answer is what it is, as plain text: why refused, how sure, without a second look, by whom, with how many tokens."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.rendering.figures import percent
from chatbot.rendering.words import Say
from chatbot.trace import CALCULATED, Gate, Request, SecondLook, Verdict

_TABLES = {"sql": "as_table_sql", "unclear": "as_table_unclear"}
_NOT_FOUND = "nothing was found in the documents about"  # begins the reason of a comparison or collection
_KINDS = {"talk": "as_talk", "library": "as_library", "table": "as_table", "whole_document": ""}
_WHOLE = {
    "summary": "as_summary",
    "outline": "as_outline",
    "key_points": "as_key_points",
    "about": "as_about",
    "compare": "as_compared_documents",
}
_PARTS = {"compare": "as_compared", "collect": "as_collected", "several": "as_several"}
_VERDICTS: dict[Verdict, str] = {
    "strong": "verdict_strong", "weak": "verdict_weak", "absent": "verdict_absent",
}  # fmt: skip


def why_refused(gate: Gate, filters: Sequence[str], say: Say) -> str:
    """That nothing was found, or nothing close enough, or what was named and not found; and what would help.

    Args:
        filters: the documents or folders that alone were searched, if any.
    """
    why = "refused_empty" if gate.probability is None else "refused_gate"
    named = say.error(gate.reason) if gate.reason.startswith(_NOT_FOUND) else ""
    return f"{named or say(why)} {say('helps_filter' if filters else 'helps')}"


def gate_figures(gate: Gate, say: Say) -> str:
    """The verdict with its probability and where the verdicts begin; empty where nothing was judged."""
    if gate.probability is None or gate.threshold is None:
        return ""
    verdict, threshold = say(_VERDICTS[gate.verdict or "absent"]), percent(gate.threshold)
    words = say("gate_figures", verdict=verdict, probability=percent(gate.probability), threshold=threshold)
    strong = gate.strong_from
    return words if strong is None else words + say("gate_strong_from", strong=percent(strong))


def why_no_second_look(second_look: SecondLook, say: Say) -> str:
    """Why it was not applied."""
    if second_look.outcome == "failed":
        return say("failed", reason=say.error(second_look.failure))
    if second_look.outcome == "unneeded":
        return say("not_needed")
    return say("turned_off" if second_look.outcome == "off" else "nothing_to_rank")


def answered_as(request: Request, second_look: SecondLook, say: Say) -> str:
    """As what a question was answered, where that is no look-up by search, or where a person decided it; else empty."""
    by_model = f" · {say('as_the_model_said')}" if request.decided_by == "model" else ""
    if second_look.outcome == "unneeded" and request.kind in _KINDS:
        topic = request.topic if request.topic in _WHOLE else "summary"
        name = " · ".join(uri.rsplit("/", 1)[-1] for uri in request.documents) or say("whole_library")
        key = _TABLES.get(request.topic) or _KINDS[request.kind] or _WHOLE[topic]
        return say(key, name=name) + by_model
    if request.parts and request.kind in _PARTS:
        words = say(_PARTS[request.kind], parts=" · ".join(request.parts), count=len(request.parts))
        return words + by_model
    return say("as_look_up") if request.decided_by == "person" else ""


def written_by(llm: str, say: Say) -> str:
    """Who wrote the answer: a language model by its label, the quoting writer, or the one who reads tables."""
    own = {"extractive": "backend_extractive", CALCULATED: "calculated"}
    return say("written_by", llm=say(own[llm]) if llm in own else llm)


def token_line(sent: int, received: int, is_exact: bool, say: Say) -> str:
    """ "1,200 tokens in · 40 tokens out (estimated)"."""
    words = say("tokens", prompt=f"{sent:,}", answer=f"{received:,}")
    return f"{words} ({say('tokens_exact' if is_exact else 'tokens_estimated')})"
