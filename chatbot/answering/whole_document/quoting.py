"""A whole document told without a language model: its sections, each by its most central sentences, word for word.

    documents -> sections -> statements -> the most central ones -> paragraphs with [n]

A paragraph that begins with ``## `` is a heading and one that begins with ``- `` is a list; nothing else of it is
Markdown (``chatbot.rendering.answer.render_outline``), so that a document's own signs stay what they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from chatbot.answering.requests.forms import Form
from chatbot.answering.whole_document.central import best_statements, passage_worths
from chatbot.answering.whole_document.headings import headings_of
from chatbot.answering.whole_document.length import (
    best_of_section,
    language_note,
    length_notes,
    shares_of,
    spread_statements,
    statements_for,
)
from chatbot.answering.whole_document.numbering import MOST_SOURCES, Numbers
from chatbot.answering.whole_document.outline import outline, section_titles
from chatbot.answering.whole_document.reading import WholeDocument
from chatbot.answering.whole_document.sections import Section, sections_of
from chatbot.answering.whole_document.statements import Statement, sourced, table_in
from chatbot.answering.whole_document.words import Words
from chatbot.citations.markers import in_parentheses
from chatbot.citations.quotes import quote
from chatbot.trace import Candidate

_POINTS, _POINTS_OF_A_SECTION = 7, 2
_ABOUT = 3  # sentences
_MOST_USUAL = 3  # sentences of a section
_MOST_OF_A_SECTION = 8  # sentences, where a longer text is asked for
_REFERENCES = re.compile(r"[\W\d]*(?:references|bibliography|참고 ?문헌|색인|index)\W*", re.IGNORECASE)
_NAMED = 12  # sections without a quote that are named
_AS_IT_IS = Form()


def quoted(
    document: WholeDocument, topic: str, words: Words, numbers: Numbers, form: Form = _AS_IT_IS
) -> list[str]:
    """The paragraphs of an answer about one document.

    Args:
        topic: "outline", "key_points", "about"; a summary for any other.
        form: how long a text is asked for, and in which language; what quotes cannot do of it is said.
    """
    if topic == "outline":
        most = form.count if form.unit == "sentences" else 0
        notes = language_note([document], form, words, "headings_as_written")
        return [
            title(document, "outline", words), *notes, *outline(document.passages, words, numbers, most),
        ]  # fmt: skip
    notes = language_note([document], form, words)
    if form.count and form.change != "longer":
        found = statements_for(document, form, words)
        body = _in_form(document, found, numbers, form, topic) or _whole_table(document, words, numbers)
        notes = [*notes, *length_notes(form, found, words)]
        notes += [words.say("no_sentence")] * (not found and bool(body))
    elif topic == "key_points":
        body = _as_list(_all_cited(document, key_statements(document, words), numbers))
    elif topic == "about":
        body = _about(document, words, numbers, _ABOUT)
    else:
        body = _by_section(document, words, numbers, form)
    shown = topic if topic in ("key_points", "about") else "summary"
    return [title(document, shown, words), *notes, *(body or [words.say("no_sentence")])]


def quoted_together(
    documents: Sequence[WholeDocument], words: Words, numbers: Numbers, form: Form = _AS_IT_IS
) -> list[str]:
    """The paragraphs of an answer about several documents: each under its name by its one or two best sentences."""
    each = 2 if len(documents) * 2 <= MOST_SOURCES // 2 else 1
    shares = shares_of(documents, form) if form.count else [each] * len(documents)
    paragraphs = [words.say("all", count=len(documents)), *language_note(documents, form, words)]
    if form.unit == "sentences" and not form.is_each and 0 < form.count < len(documents):
        key = "one_each" if form.count > 1 else "one_each_one"
        paragraphs.append(words.say(key, asked=form.count, count=len(documents)))
    for document, share in zip(documents, shares, strict=True):
        paragraphs += [heading(document.name), *_about(document, words, numbers, share)]
    return paragraphs


def quoted_side_by_side(
    documents: Sequence[WholeDocument], words: Words, numbers: Numbers, form: Form = _AS_IT_IS
) -> list[str]:
    """The paragraphs of a comparison of documents: of each how long it is, what it says it is about, and its sections."""
    shares = shares_of(documents, form) if form.count else [_ABOUT] * len(documents)
    paragraphs = [words.say("compare", count=len(documents)), *language_note(documents, form, words)]
    for document, share in zip(documents, shares, strict=True):
        size = words.size(document.pages, document.count)
        paragraphs += [heading(document.name), in_parentheses(size[:1].upper() + size[1:])]
        paragraphs += _about(document, words, numbers, share)
        titles = [in_parentheses(name) for name in section_titles(document.passages, words)]
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


def _by_section(document: WholeDocument, words: Words, numbers: Numbers, form: Form) -> list[str]:
    sections = sections_of(document.passages, words)
    usual = _quotes(document, sections)
    more = 0
    while form.change == "longer" and more < _MOST_OF_A_SECTION:
        found = sum(len(_best(document, s, count + more)) for s, count in zip(sections, usual, strict=True))
        if found >= form.count:
            break
        more += 1
    paragraphs: list[str] = []
    silent: list[str] = []
    for section, count in zip(sections, usual, strict=True):
        found_there = _best(document, section, count + more)
        quotes = _all_cited(document, found_there, numbers) or _table(
            document.passages, section, words, numbers
        )
        if quotes:
            paragraphs += [heading(section.title), *(_as_list(quotes) if form.is_list else quotes)]
        else:
            silent.append(in_parentheses(section.title))
    if not paragraphs:
        return []
    if more == _MOST_OF_A_SECTION:
        paragraphs.append(words.say("no_more"))
    if silent:
        others = [words.say("more", count=len(silent) - _NAMED)] if len(silent) > _NAMED else []
        paragraphs.append(words.say("nothing", titles="; ".join([*silent[:_NAMED], *others])))
    return paragraphs


def _best(document: WholeDocument, section: Section, count: int) -> list[Statement]:
    return [] if _REFERENCES.fullmatch(section.title) else best_of_section(document, section, count)


def _quotes(document: WholeDocument, sections: Sequence[Section]) -> list[int]:
    """How many sentences tell each section: by its length, and by the headings that share its passages."""
    within = Counter(heading.place for heading in headings_of(document.passages) if heading.is_within)
    most = _POINTS if len(sections) == 1 else _MOST_USUAL
    counts = []
    for section in sections:
        passages = section.end - section.start
        headings = sum(within[place] for place in range(section.start, section.end))
        counts.append(max(1 if passages < 4 else 2 if passages < 16 else 3, min(headings, most)))
    return counts


def key_statements(document: WholeDocument, words: Words, count: int = _POINTS) -> list[Statement]:
    """The ``count`` most central sentences of the document among the best of its sections."""
    sections = sections_of(document.passages, words)
    pool = [s for section in sections for s in best_of_section(document, section, _POINTS_OF_A_SECTION)]
    return best_statements(pool, passage_worths(document.vectors, 0, len(document.passages)), 0, count)


def _about(document: WholeDocument, words: Words, numbers: Numbers, count: int) -> list[str]:
    """The first sentence that stands by itself, then the most central ones; of a mere table, what it holds."""
    cited = _all_cited(document, spread_statements(document, words, count), numbers)
    return cited or _whole_table(document, words, numbers) or [words.say("no_sentence")]


def _in_form(
    document: WholeDocument, found: Sequence[Statement], numbers: Numbers, form: Form, topic: str
) -> list[str]:
    """The quotes as a list, as paragraphs, or each by itself."""
    cited = _all_cited(document, found, numbers)
    if topic == "key_points" or form.is_list:
        return _as_list(cited)
    if form.unit == "sentences" or not cited:
        return cited
    count = form.count if form.unit == "paragraphs" else 1
    each = -(-len(cited) // min(count, len(cited)))
    return [" ".join(cited[start : start + each]) for start in range(0, len(cited), each)]


def _as_list(quotes: Sequence[str]) -> list[str]:
    return ["\n".join(f"- {quote}" for quote in quotes)] if quotes else []


def _all_cited(document: WholeDocument, found: Iterable[Statement], numbers: Numbers) -> list[str]:
    return list(filter(None, (_cited(document.passages, statement, numbers) for statement in found)))


def _cited(passages: Sequence[Candidate], statement: Statement, numbers: Numbers) -> str:
    """The quote with its number; empty where there is no number left."""
    passage = passages[statement.place]
    number = numbers.number(passage)
    if number is None:
        return ""
    numbers.mark(passage, statement.start)
    return f"{statement.text} [{number}]"


def _whole_table(document: WholeDocument, words: Words, numbers: Numbers) -> list[str]:
    return _table(document.passages, Section("", 0, len(document.passages)), words, numbers)


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
