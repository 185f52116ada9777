"""A comparison, a collection, several questions in one: each part is searched and judged by itself, answered together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from chatbot.answering.answer import Answer
from chatbot.answering.followups import leans_on_history, queries
from chatbot.answering.gathering import gather, queries_of
from chatbot.answering.gathering.answers import Compute
from chatbot.answering.requests import without_opener
from chatbot.answering.writer import Writer
from chatbot.config import Config
from chatbot.engine.question import Question
from chatbot.engine.searching import Searching
from chatbot.trace import Asked, Candidate


def answer_in_parts(question: Question, searching: Searching, compute: Compute) -> Answer:
    """Each part of the request searched and judged by itself, answered together. Raises ``ChatbotError``.

    Args:
        compute: (question, documents) -> what a table says.
    """
    asked, settings = question.asked, question.settings
    k = searching.depth(settings, len(asked.request.parts))

    @cache  # the first part may have been searched for what it is searched as
    def find(query: str) -> list[Candidate]:
        return question.find(query, k)

    def first(part: str) -> str:
        return _searched_as(part, question, searching, find)

    alone = queries_of(without_opener(asked.question), asked.request, first)
    parts = [(title, query, find(query)) for title, query in alone]
    return answer_from_parts(asked, parts, settings, searching, compute, question.writer)


def _searched_as(
    part: str, question: Question, searching: Searching, find: Callable[[str], list[Candidate]]
) -> str:
    """What the first part is searched as: alone where that is clearly answered, "아메리카노는 얼마인가요?", or with the history."""
    asked, query = question.asked, part
    if not asked.history:
        return part
    for query in queries(question.writer(), part, asked.history, asked.timings):
        if query != part or not leans_on_history(part):
            break
        search = searching.judge(
            part, query, find(query), question.settings, asked.timings, writer=question.writer
        )
        if search.gate.verdict == "strong":
            break
    return query


def answer_from_parts(
    asked: Asked,
    parts: Sequence[tuple[str, str, list[Candidate]]],
    settings: Config,
    searching: Searching,
    compute: Compute,
    writer: Callable[[], Writer],
) -> Answer:
    """The answer from the (title, query, candidates in fused order) of each part, each judged by itself."""
    searches = [
        (title, searching.judge(title, query, found, settings, asked.timings, writer=writer))
        for title, query, found in parts
    ]
    top_n = settings.retrieval.top_n
    return gather(asked, searches, top_n, searching.score_stretches, compute, writer)
