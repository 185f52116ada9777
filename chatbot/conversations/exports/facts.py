"""What an export says about an exchange besides what the page draws, as plain text: the same for every format."""

from __future__ import annotations

from datetime import tzinfo

from chatbot.conversations.record import ExchangeRecord, GivenFile
from chatbot.rendering.reasons import answered_as, gate_figures, token_line, why_refused, written_by
from chatbot.rendering.words import Say

_FINGERPRINT = 16  # characters of a sha256: enough to tell two files apart, short enough to be read out


def notes(record: ExchangeRecord, say: Say) -> list[str]:
    """What is to be said below an answer: that it was refused, stopped or cut short, and who wrote it."""
    found = []
    if record.refused:
        found.append(f"{say('refused')}. {why_refused(record.gate, record.settings.filters, say)}")
    if record.declined:
        found.append(say("refused"))
    if record.state == "stopped":
        found.append(say("stopped"))
    if record.state == "interrupted":
        found.append(f"{say('interrupted')}: {say.error(record.reason)}")
    found += map(say.error, record.notes)
    if record.llm:
        found.append(written_by(record.llm, say))
    return found


def facts(record: ExchangeRecord, say: Say, timezone: tzinfo) -> list[tuple[str, str]]:
    """(what, value): settings, verdict, models, index; only what is known."""
    s, f, tokens = record.settings, record.fingerprints, record.tokens
    rows = [
        (say("asked_at"), record.asked_at.astimezone(timezone).strftime("%Y-%m-%d %H:%M %Z")),
        (say("answered_as"), answered_as(record.request, record.second_look, say)),
        (say("language_model"), " · ".join(filter(None, (s.backend, s.model)))),
        (say("k"), str(s.k)),
        (say("top_n"), str(s.top_n)),
        (say("second_look"), say("turned_on" if s.rerank else "turned_off")),
        (say("searched_in"), ", ".join(s.filters)),
        (say("sent_with"), ", ".join(_given(file, say) for file in record.files)),
        (say("searched_first"), _searched_first(record, say)),
        (say("verdict"), gate_figures(record.gate, say)),
        (say("embedding_model"), _printed(f.embedding, f.embedding_sha256)),
        (say("reranker_model"), _printed(f.reranker or record.second_look.model, f.reranker_sha256)),
        (say("index"), say("index_line", index=f.index, sequence=f.sequence) if f.index else ""),
        (say("request_number"), record.request_id),
        (say("token_label"), token_line(tokens.prompt, tokens.answer, tokens.exact, say) if tokens else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _given(file: GivenFile, say: Say) -> str:
    return f"{file.name} ({say.error(file.reason)})" if file.reason else file.name


def _searched_first(record: ExchangeRecord, say: Say) -> str:
    if not any(file.document for file in record.files):
        return ""
    return say("given_widened" if record.widened else "given_first")


def _printed(model: str, sha256: str) -> str:
    return f"{model} · sha256 {sha256[:_FINGERPRINT]}" if sha256 else model
