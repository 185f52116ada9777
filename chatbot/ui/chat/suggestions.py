"""Three first questions: known ones for the sample documents, else from the headings in the index."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from chatbot.rendering.safe import as_text
from chatbot.rendering.words import Language, Say
from chatbot.store import Store
from chatbot.store.records import DocumentRow

_COUNT = 3
_LONGEST = 60  # characters of a heading that still makes a question
_SAMPLES: dict[Language, tuple[tuple[str, str], ...]] = {
    "ko": (
        ("ai-glossary-ko.txt", "Word2Vec 에 대해서 알려줄래?"),
        ("robot-vacuum-manual-ko.docx", "필터는 얼마나 자주 교체해야 하나요?"),
        ("ai-glossary-ko.txt", "크로스 인코더와 바이 인코더의 차이는?"),
    ),
    "en": (
        ("employee-handbook.pdf", "How many days a week may I work from home?"),
        ("reranking-guide.md", "What is a cross-encoder?"),
        ("reranking-guide.md", "How do I choose k and top_n?"),
    ),
}


def first_questions(store: Store, documents: Sequence[DocumentRow], say: Say) -> list[str]:
    """Up to three questions that the documents should be able to answer."""
    names = {row.name for row in documents if row.uri.startswith("data/")}
    known = [question for name, question in _SAMPLES[say.language] if name in names]
    if len(known) == _COUNT:
        return known
    return [say("suggest_heading", heading=heading) for heading in _headings(store, documents)]


def draw_suggestions(questions: Sequence[str], say: Say) -> str | None:
    """The questions as buttons; the one that was clicked."""
    if not questions:
        return None
    st.html(f'<p class="sl-label">{say("suggestions")}</p>')
    clicked = None
    with st.container(key="suggestions", gap="small"):
        for index, question in enumerate(questions):
            if st.button(as_text(question), key=f"suggestion-{index}", width="stretch"):
                clicked = question
    return clicked


def _headings(store: Store, documents: Sequence[DocumentRow]) -> list[str]:
    """The most specific heading of a chunk in the middle of each of the first documents; titles where there are none."""
    found: list[str] = []
    with store.reading() as view:
        for row in documents[: _COUNT * 3]:
            headings = [chunk.heading[-1] for chunk in view.chunks_of(row.uri) if chunk.heading]
            usable = [h for h in (*headings[len(headings) // 2 :], row.title) if 0 < len(h) <= _LONGEST]
            if usable and usable[0] not in found:
                found.append(usable[0])
    return found[:_COUNT]
