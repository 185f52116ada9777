"""What an export says about an exchange, as plain text: the same for every format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import tzinfo

from chatbot.conversations.exports.words import Words
from chatbot.conversations.record import ExchangeRecord
from chatbot.rendering.figures import milliseconds, percent
from chatbot.trace import Candidate

_FINGERPRINT = 16  # characters of a sha256: enough to tell two files apart, short enough to be read out
_STAGES = {
    "condense": "stage_condense", "embed": "stage_embed", "dense": "stage_retrieve",
    "lexical": "stage_retrieve", "fuse": "stage_retrieve", "rerank": "stage_rerank",
    "gate": "stage_gate", "highlight": "stage_highlight",
}  # fmt: skip
_MARKS = ("first_token", "total")  # counted from the question, not stages


def notes(record: ExchangeRecord, say: Words) -> list[str]:
    """What is to be said below an answer: why it is short, who wrote it, what the check of its citations found."""
    found = []
    if record.refused:
        found.append(_why_refused(record, say))
    if record.state == "stopped":
        found.append(say("stopped"))
    if record.state == "interrupted":
        found.append(say("interrupted", reason=record.reason))
    if record.llm:
        found.append(say("quoted") if record.llm == "extractive" else say("written_by", llm=record.llm))
    counts = Counter(check.verdict for check in record.checks or ())
    if counts:
        found.append(say("checked", supported=counts["supported"], total=counts.total()))
    return found


def source_line(c: Candidate, say: Words) -> str:
    """Where it was before and after, how likely it is to answer, where in the document it stands."""
    before = say.rank(c.fused_rank)
    moved = (
        say("moved", before=before, after=say.rank(c.reranked_rank))
        if c.reranked_rank is not None
        else say("retrieved", before=before)
    )
    likely = say("likely", value=percent(c.scores.probability)) if c.scores.probability is not None else ""
    span = say("span", start=c.span[0], end=c.span[1])
    return " · ".join(filter(None, (moved, likely, span)))


def arrow(c: Candidate) -> str:
    """ "▲8", "▼2", "=" or nothing."""
    if c.reranked_rank is None:
        return ""
    return "=" if c.moved == 0 else f"▲{c.moved}" if c.moved > 0 else f"▼{-c.moved}"


def candidates_note(record: ExchangeRecord, say: Words) -> str:
    """How many became sources and were cited, and how the second look ordered them, or why it did not."""
    candidates, look = record.candidates, record.second_look
    kept, cited = sum(c.kept for c in candidates), sum(c.cited for c in candidates)
    found = [say("candidates_line", kept=kept, cited=cited)]
    if not look.applied:
        known = {"off": say("turned_off"), "empty": say("nothing_to_rank")}
        found.append(say("no_second_look", reason=known.get(look.outcome, f"failed: {look.failure}")))
    if look.is_partial:
        found.append(say("partial", scored=look.scored, of=look.of))
    if look.applied and look.fused_weight:
        found.append(say("ordered_by", weight=f"{look.fused_weight:g}"))
    return " · ".join(found)


def stages(timings: Mapping[str, float], say: Words) -> list[tuple[str, float]]:
    """(name, milliseconds) in the order of the flow; shorter than half a millisecond is left out."""
    found: dict[str, float] = {}
    for name, spent in timings.items():
        if name not in _MARKS:
            label = say(_STAGES[name]) if name in _STAGES else name
            found[label] = found.get(label, 0.0) + spent
    writing = timings.get("total", 0.0) - sum(found.values())
    if writing >= 1:
        found[say("stage_write")] = writing
    return [(label, spent) for label, spent in found.items() if spent >= 0.5]


def total_time(timings: Mapping[str, float], say: Words) -> str:
    """ "first word after 0.4 s · 2.1 s in all"."""
    total = timings.get("total", sum(spent for name, spent in timings.items() if name not in _MARKS))
    first = timings.get("first_token", total)
    return say("total_time", first=milliseconds(first), total=milliseconds(total))


def facts(record: ExchangeRecord, say: Words, timezone: tzinfo) -> list[tuple[str, str]]:
    """(what, value): settings, models, index; only what is known."""
    s, f, tokens = record.settings, record.fingerprints, record.tokens
    rows = [
        (say("asked_at"), record.asked_at.astimezone(timezone).strftime("%Y-%m-%d %H:%M %Z")),
        (say("model"), " · ".join(filter(None, (s.backend, s.model)))),
        (say("settings"), say("settings_line", k=s.k, top_n=s.top_n, look=say("on" if s.rerank else "off"))),
        (say("documents"), ", ".join(s.filters)),
        (say("embedding"), _printed(f.embedding, f.embedding_sha256)),
        (say("reranker"), _printed(f.reranker or record.second_look.model, f.reranker_sha256)),
        (say("index"), say("index_line", index=f.index, sequence=f.sequence) if f.index else ""),
    ]
    if tokens:
        key = "tokens_line" if tokens.exact else "tokens_estimated"
        rows.append((say("tokens"), say(key, sent=f"{tokens.prompt:,}", received=f"{tokens.answer:,}")))
    return [(label, value) for label, value in rows if value]


def _printed(model: str, sha256: str) -> str:
    return f"{model} · sha256 {sha256[:_FINGERPRINT]}" if sha256 else model


def _why_refused(record: ExchangeRecord, say: Words) -> str:
    gate = record.gate
    if gate.probability is None or gate.threshold is None:
        return say("refused_empty")
    return say("refused_gate", probability=percent(gate.probability), threshold=percent(gate.threshold))
