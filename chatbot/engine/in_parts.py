"""A comparison, a collection, several questions in one: each part is searched and judged by itself, answered together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chatbot.answering.answer import Answer
from chatbot.answering.followups import condense
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

    def first(part: str) -> str:
        return condense(question.writer(), part, asked.history, asked.timings) if asked.history else part

    alone = queries_of(without_opener(asked.question), asked.request, first)
    parts = [(title, query, question.find(query, k)) for title, query in alone]
    return answer_from_parts(asked, parts, settings, searching, compute, question.writer)


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
