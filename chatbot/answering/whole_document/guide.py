"""A document in short, for somebody who has just opened it: its outline, and three sentences that say what it is about.

No language model is asked: what is shown stands in the document, and leads to where it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

from chatbot.answering.whole_document.outline import outline_lines
from chatbot.answering.whole_document.quoting import key_statements
from chatbot.answering.whole_document.reading import read_document
from chatbot.answering.whole_document.words import Words
from chatbot.store import DocumentRow, View
from chatbot.text.language import hangul_share

MOST_PASSAGES = 2_000  # that are read of one document
MOST_LINES = 40  # of the outline
_SENTENCES = 3
_BEGINNING = 9  # passages that tell its language
_KOREAN_FROM = 0.3  # share of Hangul


@dataclass(frozen=True, slots=True)
class GuideLine:
    """A heading, by its ``level`` from 0, or a sentence; where it stands: its page, if there are any, and its passage."""

    text: str
    chunk: int
    page: int | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Guide:
    """Both may be empty: a table has no sentences, a picture no headings."""

    outline: tuple[GuideLine, ...] = ()
    sentences: tuple[GuideLine, ...] = ()


def guide_of(view: View, row: DocumentRow) -> Guide:
    """The guide of a document; its words, such as "pages 1 to 3", are in the document's language."""
    document = read_document(view, row, MOST_PASSAGES)
    passages = document.passages
    if not passages:
        return Guide()
    text = "\n".join(passage.text for passage in passages[:_BEGINNING])
    words = Words("ko" if (hangul_share(text) or 0.0) >= _KOREAN_FROM else "en")
    outline = tuple(
        GuideLine(line.title, passages[line.place].chunk_id, line.page, line.level)
        for line in outline_lines(passages, words, MOST_LINES)
    )
    sentences = tuple(
        GuideLine(s.text, passages[s.place].chunk_id, passages[s.place].page)
        for s in key_statements(document, words, _SENTENCES)
    )
    return Guide(outline, sentences)
