"""A collection as quotes: found passages by document, in reading order, one sentence or row an entry."""

from __future__ import annotations

from collections.abc import Sequence

from chatbot.answering.gathering.finding import MOST_ENTRIES
from chatbot.answering.gathering.naming import as_title, is_named
from chatbot.answering.gathering.words import Words
from chatbot.citations.quotes import is_table_row, quotable_sentences, quote, shortened
from chatbot.store.records import name_of
from chatbot.trace import Source

_LONGEST = 300  # characters of an entry


def listed(title: str, sources: Sequence[Source], more: int, looked: int, words: Words) -> list[str]:
    """The paragraphs: how many were found, then each document's entries; those beyond ``MOST_ENTRIES`` are counted.

    Args:
        more: passages that were found and are no sources.
        looked: candidates that were looked at.
    """
    by_document: dict[str, list[Source]] = {}
    for source in sources:
        by_document.setdefault(source.document, []).append(source)
    found = len(sources) + more
    key = "found" if len(by_document) > 1 else "found_one" if found > 1 else "found_single"
    paragraphs = [words.say(key, passages=found, documents=len(by_document), looked=looked)]
    left, hidden = MOST_ENTRIES, more
    said: set[str] = set()
    for document, of_document in by_document.items():
        lines = []
        for source in sorted(of_document, key=lambda s: s.candidate.span):
            for entry in _entries(title, source):
                if entry in said:
                    continue
                said.add(entry)
                if left:
                    lines.append(f"- {entry} [{source.number}]")
                    left -= 1
                else:
                    hidden += 1
        if lines:
            paragraphs += [f"## {as_title(name_of(document))}", "\n".join(lines)]
    return [*paragraphs, *([words.say("more", count=hidden)] if hidden else [])]


def _entries(title: str, source: Source) -> list[str]:
    """The rows that name what is collected; else the sentence that bears most on it."""
    places = quotable_sentences(source)
    quotes = {place: _short(quote(source, source.sentences[place])) for place in places}
    naming = [place for place in places if is_named(title, quotes[place])]
    rows = [place for place in naming if is_table_row(source, source.sentences[place])]
    if rows:
        return [quotes[place] for place in rows]
    best = max(naming or places, key=lambda place: source.sentences[place].relevance, default=None)
    return [quotes[best]] if best is not None else []


def _short(said: str) -> str:
    return shortened(said.removeprefix("- ").removeprefix("* ").removeprefix("• "), _LONGEST)
