"""The answer by search: condense -> search, in both languages where that finds more -> a table's figure, or cite -> answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chatbot.answering.answer import Answer, start_answer
from chatbot.answering.followups import is_refused, leans_on_refusal, own_words, queries
from chatbot.answering.gate import speak_of
from chatbot.answering.requests import without_opener
from chatbot.answering.small_tasks.both_languages import found_in_both
from chatbot.answering.tables.table_question import TableQuestions
from chatbot.citations.sources import cite
from chatbot.engine.question import Question
from chatbot.engine.searching import Searching
from chatbot.text.leaning import has_own_subject, without_connective
from chatbot.trace import IN_PARTS, LOOK_UP, Candidate, Search, Turn


def answer_by_search(
    question: Question, searching: Searching, tables: TableQuestions, unclear: str = ""
) -> Answer:
    """The answer by search; where that finds the rows of tables to compute with, by those. Raises ``ChatbotError``.

    Args:
        unclear: why a language model could not say what is asked for; told with the answer.
    """
    asked, writer = question.asked, question.writer
    search = _searched(question, searching, unclear)
    return tables.answer(
        asked,
        search,
        writer(),
        lambda by: start_answer(search, cite(search, searching.score_stretches), asked.history, by),
    )


def _searched(question: Question, searching: Searching, unclear: str) -> Search:
    """The first query that is clearly answered, or the last one; after a refusal an earlier one where only that is refused."""
    asked, settings = question.asked, question.settings
    translator = question.writer() if settings.retrieval.both_languages else None
    said, before = without_opener(asked.question), None
    for query in queries(question.writer(), said, asked.history, asked.timings):
        found = found_in_both(
            query,
            question.find,
            searching.store,
            question.filters,
            translator,
            settings.retrieval.k,
            asked.timings,
        )
        own = own_words(query, asked.history)
        after_refusal = leans_on_refusal(query, said, asked.history)
        search = _judged(question, searching, query, found.candidates, own, after_refusal)
        notes = tuple(filter(None, (unclear, found.note)))
        search = replace(search, also_searched=found.also, notes=notes)
        if search.gate.verdict == "strong" and _stands_alone(search, said, asked.history):
            break
        if before is not None and search.gate.refused and is_refused(asked.history[-1]):
            search = before
        before = search
    return _refused_alone(question, searching, search) or search


def _judged(
    question: Question,
    searching: Searching,
    query: str,
    found: list[Candidate],
    own: str = "",
    after_refusal: bool = False,
) -> Search:
    asked = question.asked
    unexplained = asked.request.kind in ("table", *IN_PARTS)  # by any table, and by the rules
    request = LOOK_UP if unexplained else asked.request
    return searching.judge(
        asked.question, query, found, question.settings, asked.timings, request, question.writer, own, after_refusal
    )  # fmt: skip


def _refused_alone(question: Question, searching: Searching, search: Search) -> Search | None:
    """The search of what a follow-up says alone, where it is of another topic of which the documents say nothing."""
    asked = question.asked
    own = own_words(search.query, asked.history)
    if not own or not has_own_subject(asked.question) or speak_of(own, search.candidates):
        return None
    alone = _judged(question, searching, asked.question, question.find(asked.question))
    return alone if alone.gate.refused else None


def _stands_alone(search: Search, said: str, history: Sequence[Turn]) -> bool:
    """Whether what was searched may be all that is meant: not where a follow-up was only cut of its "and".

    Its first passage must be clear by itself then, and of a document that the last answer cites: "and how long does the
    battery last?" may be answered in the manual of another product too.
    """
    if not search.query == without_connective(said) != said:
        return True
    first = search.candidates[0]
    cited = history[-1].documents if history else ()
    return first.scores.alone in ("strong", None) and (not cited or first.document in cited)
