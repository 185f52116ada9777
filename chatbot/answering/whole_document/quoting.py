"""A whole document told without a language model: its sections, each by its most central sentences, word for word.

    documents -> sections -> statements -> the most central ones -> paragraphs with [n]

A paragraph that begins with ``## `` is a heading and one that begins with ``- `` is a list; nothing else of it is
Markdown (``chatbot.rendering.answer.render_outline``), so that a document's own signs stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from chatbot.answering.whole_document.central import best_statements, most_central, passage_worths
from chatbot.answering.whole_document.numbering import MOST_SOURCES, Numbers
from chatbot.answering.whole_document.outline import outline
from chatbot.answering.whole_document.reading import WholeDocument
from chatbot.answering.whole_document.sections import Section, sections_of
from chatbot.answering.whole_document.statements import Statement, sourced, statements_in, table_in
from chatbot.answering.whole_document.words import Words
from chatbot.citations.markers import in_parentheses
from chatbot.citations.quotes import quote
from chatbot.trace import Candidate

_LOOKED_AT = (
    12  # passages of a section whose sentences are compared: its first ones and its most central ones
)
_POINTS, _POINTS_OF_A_SECTION = 7, 2
_ABOUT = 3  # sentences
_OPENING = 4  # passages in which a document says what it is about
_REFERENCES = re.compile(r"[\W\d]*(?:references|bibliography|참고 ?문헌|색인|index)\W*", re.IGNORECASE)
_NAMED = 12  # sections without a quote that are named


def quoted(
    document: WholeDocument, topic: str, words: Words, numbers: Numbers, sentences: int = 0
) -> list[str]:
    """The paragraphs of an answer about one document.

    Args:
        topic: "outline", "key_points", "about"; a summary for any other.
        sentences: of a summary, where so many are asked for; 0: some of every section.
    """
    if topic == "outline":
        return [title(document, "outline", words), *outline(document.passages, words, numbers)]
    if topic == "key_points":
        points = [_cited(document.passages, s, numbers) for s in key_statements(document, words)]
        body = (
            ["\n".join(f"- {point}" for point in points if point)] if points else [words.say("no_sentence")]
        )
    elif topic == "about":
        body = _about(document, words, numbers, _ABOUT)
    elif sentences:
        topic, body = "summary", _about(document, words, numbers, min(sentences, _POINTS))
    else:
        topic, body = "summary", _by_section(document, words, numbers)
    return [title(document, topic, words), *body]


def quoted_together(documents: Sequence[WholeDocument], words: Words, numbers: Numbers) -> list[str]:
    """The paragraphs of an answer about several documents: each under its name by its one or two best sentences."""
    each = 2 if len(documents) * 2 <= MOST_SOURCES // 2 else 1
    paragraphs = [words.say("all", count=len(documents))]
    for document in documents:
        paragraphs += [heading(document.name), *_about(document, words, numbers, each)]
    return paragraphs


def quoted_side_by_side(documents: Sequence[WholeDocument], words: Words, numbers: Numbers) -> list[str]:
    """The paragraphs of a comparison of documents: of each how long it is, what it says it is about, and its sections."""
    paragraphs = [words.say("compare", count=len(documents))]
    for document in documents:
        size = words.size(document.pages, document.count)
        paragraphs += [heading(document.name), in_parentheses(size[:1].upper() + size[1:])]
        paragraphs += _about(document, words, numbers, _ABOUT)
        titles = [in_parentheses(section.title) for section in sections_of(document.passages, words)]
        if len(titles) > 1:
            more = [words.say("more", count=len(titles) - _NAMED)] if len(titles) > _NAMED else []
            paragraphs.append(words.say("holds", titles="; ".join([*titles[:_NAMED], *more])))
    return paragraphs


def title(document: WholeDocument, topic: str, words: Words) -> str:
    """What is told, of which document, and how much of it there is."""
    size = words.size(document.pages, document.count)
    return in_parentheses(words.say(topic, name=document.name, size=size))


def heading(text: str) -> str:
    """``text`` as a heading; bracketed numbers of its own would read as citations."""
    return f"## {in_parentheses(text)}"


def _by_section(document: WholeDocument, words: Words, numbers: Numbers) -> list[str]:
    paragraphs: list[str] = []
    silent: list[str] = []
    for section in sections_of(document.passages, words):
        quotes = _of_section(document, section, words, numbers)
        if quotes:
            paragraphs += [heading(section.title), *quotes]
        else:
            silent.append(in_parentheses(section.title))
    if not paragraphs:
        return [words.say("no_sentence")]
    if silent:
        more = [words.say("more", count=len(silent) - _NAMED)] if len(silent) > _NAMED else []
        paragraphs.append(words.say("nothing", titles="; ".join([*silent[:_NAMED], *more])))
    return paragraphs


def _of_section(document: WholeDocument, section: Section, words: Words, numbers: Numbers) -> list[str]:
    """Its quotes; of a section that is a table, what the table holds and its first row."""
    found = [] if _REFERENCES.fullmatch(section.title) else _best(document, section, _quotes(section))
    if found:
        return list(filter(None, (_cited(document.passages, s, numbers) for s in found)))
    return _table(document.passages, section, words, numbers)


def _quotes(section: Section) -> int:
    """How many sentences tell a section of its length."""
    passages = section.end - section.start
    return 1 if passages < 4 else 2 if passages < 16 else 3


def _best(document: WholeDocument, section: Section, count: int) -> list[Statement]:
    worths = passage_worths(document.vectors, section.start, section.end)
    places = [section.start + place for place in most_central(worths, _LOOKED_AT)]
    return best_statements(statements_in(document.passages, places), worths, section.start, count)


def key_statements(document: WholeDocument, words: Words, count: int = _POINTS) -> list[Statement]:
    """The ``count`` most central sentences of the document among the best of its sections."""
    sections = sections_of(document.passages, words)
    pool = [s for section in sections for s in _best(document, section, _POINTS_OF_A_SECTION)]
    return best_statements(pool, passage_worths(document.vectors, 0, len(document.passages)), 0, count)


def _about(document: WholeDocument, words: Words, numbers: Numbers, count: int) -> list[str]:
    """The first sentence that stands by itself, then the most central ones; of a mere table, what it holds."""
    everything = Section("", 0, len(document.passages))
    opening = [
        s for s in statements_in(document.passages, range(len(document.passages))[:_OPENING]) if not s.leans
    ]
    chosen = opening[:1]
    chosen += [s for s in key_statements(document, words) if s not in chosen][: count - len(chosen)]
    chosen.sort(key=lambda statement: (statement.place, statement.start))
    cited = list(filter(None, (_cited(document.passages, s, numbers) for s in chosen)))
    return cited or _table(document.passages, everything, words, numbers) or [words.say("no_sentence")]


def _cited(passages: Sequence[Candidate], statement: Statement, numbers: Numbers) -> str:
    """The quote with its number; empty where there is no number left."""
    passage = passages[statement.place]
    number = numbers.number(passage)
    if number is None:
        return ""
    numbers.mark(passage, statement.start)
    return f"{statement.text} [{number}]"


def _table(passages: Sequence[Candidate], section: Section, words: Words, numbers: Numbers) -> list[str]:
    table = table_in(passages, range(section.start, section.end))
    if table is None or (number := numbers.number(passages[table.place])) is None:
        return []
    passage = passages[table.place]
    numbers.mark(passage, table.first.start)
    columns = in_parentheses(", ".join(name for name in table.columns if name)) or "–"
    row = quote(sourced(passage), table.first)
    return [words.say("table", columns=columns, rows=table.rows), f"{row} [{number}]"]


def closing(documents: Iterable[WholeDocument], words: Words) -> Iterator[str]:
    """What was left out of documents that are too long."""
    for document in documents:
        if document.read < document.count:
            yield words.say(
                "part_read",
                name=in_parentheses(document.name),
                read=f"{document.read:,}",
                count=f"{document.count:,}",
            )
