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
from chatbot.trace import IN_PARTS, LOOK_UP, Search, Turn


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
    """The first query that is clearly answered, or the last one; after a refusal an earlier one where only that is refused.

    What a follow-up says alone where it is of another topic.
    """
    asked, settings, writer = question.asked, question.settings, question.writer
    history, timings = asked.history, asked.timings
    unexplained = asked.request.kind in ("table", *IN_PARTS)  # by any table, and by the rules
    request = LOOK_UP if unexplained else asked.request
    translator = writer() if settings.retrieval.both_languages else None
    said, before = without_opener(asked.question), None
    for query in queries(writer(), said, history, timings):
        found = found_in_both(
            query, question.find, searching.store, question.filters, translator, settings.retrieval.k, timings
        )
        own = own_words(query, history)
        search = searching.judge(
            asked.question, query, found.candidates, settings, timings, request, writer, own,
            leans_on_refusal(query, said, history),
        )  # fmt: skip
        notes = tuple(filter(None, (unclear, found.note)))
        search = replace(search, also_searched=found.also, notes=notes)
        if search.gate.verdict == "strong" and _stands_alone(search, said, history):
            break
        if before is not None and search.gate.refused and is_refused(history[-1]):
            search = before
        before = search
    own = own_words(search.query, history)
    if own and has_own_subject(asked.question) and not speak_of(own, search.candidates):
        found_alone = question.find(asked.question)
        alone = searching.judge(
            asked.question, asked.question, found_alone, settings, timings, request, writer
        )
        if alone.gate.refused:  # another topic, of which the documents say nothing
            return alone
    return search


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
