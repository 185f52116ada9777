"""What the search is made of: the models with licence, size and fingerprint, and the index."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from chatbot.config import LISTWISE, Config
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError
from chatbot.models import folders
from chatbot.models.folders import LATE_INTERACTION, ModelFolder
from chatbot.rendering.safe import as_attribute, as_html, name_as_html
from chatbot.rendering.words import Say
from chatbot.ui.documents.amounts import counted, name_html, size
from chatbot.ui.documents.document_rows import documents_of, summary
from chatbot.ui.jobs import Job

_POLL_S = 0.3
_SHOWN = 16  # characters of a fingerprint; the rest is in its tooltip


@dataclass(frozen=True, slots=True)
class _Folders:
    """The two models on disk, or why they are not there; ``None`` where a language model takes the second look."""

    embedding: ModelFolder | str
    reranker: ModelFolder | str | None


def draw_provenance(config: Config, chatbot: Chatbot | None, say: Say) -> None:
    """Draw it; a model that must be unpacked or read first is waited for without holding anything up."""
    job = _reading(config)
    st.fragment(_draw_provenance, run_every=None if job.done(0) else _POLL_S)(job, chatbot, say)


@st.cache_resource(show_spinner=False, hash_funcs={Config: lambda c: c.model_dump_json()})
def _reading(config: Config) -> Job[_Folders]:
    return Job(
        lambda: _Folders(_folder(config.embedding.model, config), _reranker_folder(config)),
        "describe the models",
    )


def _reranker_folder(config: Config) -> ModelFolder | str | None:
    return None if config.reranker.backend == LISTWISE else _folder(config.reranker.model, config)


def _folder(name: str, config: Config) -> ModelFolder | str:
    try:
        return folders.resolve(name, config.models_cache)
    except ChatbotError as error:
        return str(error)


def _draw_provenance(job: Job[_Folders], chatbot: Chatbot | None, say: Say) -> None:
    if not job.done(0):
        st.html(f'<p class="sl-busy">{say("reading_models")}</p>')
        st.session_state.models_awaited = True
        return
    if st.session_state.pop("models_awaited", False):
        st.rerun()  # or it would be drawn for ever
    folders = job.outcome().value
    if folders is None:
        return
    if isinstance(folders.embedding, str) or isinstance(folders.reranker, str):
        _reading.clear()  # next time they may be there
    entries = [
        _model(say("embedding_model"), say("embedding_more"), folders.embedding, say),
        _model(say("reranker_model"), say("reranker_more"), folders.reranker, say),
    ]
    if chatbot is not None:
        entries.append(_index(chatbot, say))
    st.html(f'<div class="sl-inside">{"".join(entries)}</div>')


def _model(title: str, about: str, folder: ModelFolder | str | None, say: Say) -> str:
    head = f'<h4>{as_html(title)}</h4><p class="sl-fine">{as_html(about)}</p>'
    if folder is None:
        return f"<section>{head}<p>{as_html(say('reranker_llm'))}</p></section>"
    if isinstance(folder, str):
        return f'<section>{head}<p class="sl-need">{as_html(say.error(folder))}</p></section>'
    facts = [
        (say("fact_model"), name_html(folder.name)),
        (say("fact_origin"), _origin(folder, say)),
        (say("fact_licence"), name_as_html(folder.licence)),
        ("sha256", _code(folder.sha256)),
    ]
    if folder.size:  # late interaction has no weights of its own
        facts.insert(3, (say("fact_size"), size(folder.size)))
    if folder.note == "untrained":
        facts.append((say("fact_note"), as_html(say("untrained"))))
    return f"<section>{head}{_list(facts)}</section>"


def _origin(folder: ModelFolder, say: Say) -> str:
    return (
        as_html(say("late_interaction")) if folder.name == LATE_INTERACTION else name_as_html(folder.origin)
    )


def _index(chatbot: Chatbot, say: Say) -> str:
    head = f'<h4>{as_html(say("index"))}</h4><p class="sl-fine">{as_html(say("index_more"))}</p>'
    store = chatbot.store
    facts = [
        (say("fact_holds"), as_html(summary(documents_of(chatbot), say))),
        (say("fact_place"), name_html(str(store.folder.absolute()), longest=60)),
        (say("fact_version"), as_html(counted(say, "one_commit", "more_commits", store.sequence()))),
        (say("fact_fingerprint"), _code(store.identity.embedding)),
    ]
    return f"<section>{head}{_list(facts)}</section>"


def _list(facts: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{as_html(name)}</dt><dd>{html}</dd>" for name, html in facts) + "</dl>"


def _code(fingerprint: str) -> str:
    shown = f"{fingerprint[:_SHOWN]}…" if len(fingerprint) > _SHOWN else fingerprint
    return f'<code title="{as_attribute(fingerprint)}">{as_html(shown)}</code>'
