"""A collection as quotes: found passages by document, in reading order, one sentence or row an entry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chatbot.answering.gathering.finding import MOST_ENTRIES
from chatbot.answering.gathering.naming import as_title, is_named, named_share
from chatbot.answering.gathering.words import Words
from chatbot.citations.quotes import is_table_row, quotable_sentences, quote, shortened
from chatbot.store.records import name_of
from chatbot.trace import Source

_LONGEST = 300  # characters of an entry
_HALF = 0.5  # share of the words of a name
_ITEM = re.compile(r"\s*(?:[-*•·]|\d{1,3}[.)]|[가-하][.)]|[①-⑳])\s*")


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
        entries = {source.number: _entries(title, source) for source in of_document}
        every = {entry for of_source in entries.values() for entry in of_source}
        for source in sorted(of_document, key=lambda s: s.candidate.span):
            for entry in entries[source.number]:
                if entry in said or any(other != entry and other.startswith(entry) for other in every):
                    continue  # the rest of an item that is cut stands in the next passage
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
    """The rows that name what is collected; all items of a list under a heading that names it; else the rows that say
    most of its name, or the sentence that bears most on it."""
    places = quotable_sentences(source)
    quotes = {place: _short(quote(source, source.sentences[place])) for place in places}
    naming = [place for place in places if is_named(title, quotes[place])]
    is_row = {place for place in places if is_table_row(source, source.sentences[place])}
    rows = [place for place in naming if place in is_row]
    if rows:
        return [quotes[place] for place in rows]
    is_headed = bool(source.candidate.heading) and named_share(title, source.candidate.heading[-1]) > _HALF
    first = 0 if is_headed else _behind(source, naming)
    if first is not None and (items := _items(source, first)):
        return items
    if is_row and not naming:
        shares = {place: named_share(title, quotes[place]) for place in is_row}
        most = max(shares.values())
        if most >= _HALF and most > max(
            (named_share(title, quotes[p]) for p in places if p not in is_row), default=0
        ):
            return [quotes[place] for place in sorted(is_row) if shares[place] == most]
    best = max(naming or places, key=lambda place: source.sentences[place].relevance, default=None)
    return [quotes[best]] if best is not None else []


def _behind(source: Source, naming: Sequence[int]) -> int | None:
    """Where the list begins that a sentence which names it leads to: "In these cases you pay:" and what follows."""
    last = len(source.sentences) - 1
    return next(
        (p + 1 for p in naming if p < last and not _is_item(source, p) and _is_item(source, p + 1)), None
    )


def _items(source: Source, first: int) -> list[str]:
    """The items of the lists of the passage from its sentence ``first`` on, each with all of its sentences; rows of tables
    are items too."""
    items: list[list[str]] = []
    end = -1
    for place, sentence in enumerate(source.sentences[first:], first):
        text = quote(source, sentence)
        is_apart = end >= 0 and "\n\n" in source.text[end : sentence.start]
        end = sentence.end
        if _is_item(source, place) or (is_table_row(source, sentence) and text):
            items.append([text])
        elif items and not is_apart and not is_table_row(source, sentence):
            items[-1].append(text)
        elif items and is_apart:
            break
    return [_short(" ".join(item)) for item in items]


def _is_item(source: Source, place: int) -> bool:
    """Whether a list's item begins there; "1. Safety" may be the heading of the passage."""
    sentence = source.sentences[place]
    text = source.text_of(sentence).strip()
    return _ITEM.match(text) is not None and text not in source.candidate.heading


def _short(said: str) -> str:
    return shortened(said.removeprefix("- ").removeprefix("* ").removeprefix("• "), _LONGEST)
