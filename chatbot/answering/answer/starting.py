"""A search, or what was read without one -> an ``Answer`` that is written once it is iterated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chatbot.answering.answer.answer import Answer
from chatbot.answering.writer import Evidence, Writer
from chatbot.text.language import language_of
from chatbot.trace import Gate, Request, Search, SecondLook, Source, Timings, Turn

_REFUSAL = {
    "ko": "문서에서 이 질문의 답을 찾지 못했습니다.",
    "en": "The documents do not answer this question.",
}


def refusal(question: str) -> str:
    """What is answered, in the question's language, when the documents do not hold the answer."""
    return _REFUSAL[language_of(question)]


def start_answer(
    search: Search, sources: tuple[Source, ...], history: Sequence[Turn], writer: Writer
) -> Answer:
    """The answer that ``writer`` will write from ``sources`` once it is iterated, or the refusal."""
    if search.gate.refused:
        deltas = iter([refusal(search.question)])
    else:
        deltas = writer.write(Evidence(search.query, sources, tuple(history)))
    return Answer(search, sources, writer.label, deltas, history)


def unranked(
    question: str,
    request: Request,
    sources: tuple[Source, ...],
    llm: str,
    deltas: Iterator[str],
    history: Sequence[Turn],
    timings: Timings,
    *,
    read: int = 0,
) -> Answer:
    """The answer to a request that ranks no passages: its candidates are its sources, and it is never refused.

    Args:
        llm: who writes ``deltas``; empty where it is the program itself.
        read: how many passages were read for it.
    """
    candidates = tuple(source.candidate for source in sources)
    look, gate = SecondLook("", "unneeded", of=read), Gate(refused=False)
    search = Search(question, question, candidates, look, gate, timings, request)
    return Answer(search, sources, llm, deltas, history)
