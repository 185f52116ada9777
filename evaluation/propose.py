"""Proposed questions from the user's own documents: mine or write -> look each up -> keep what is found, once.

A question is kept if its own passage is among the k that retrieval finds for it: one that is not is either badly
put or wrong. What is kept is a draft: a person reads it, corrects it, and adds what is hard.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from chatbot.config import LLMConfig
from chatbot.engine import Chatbot
from chatbot.errors import ChatbotError, ConfigError
from chatbot.llms import build_writer
from chatbot.store import ChunkRow
from chatbot.text.invisible import clean_line
from chatbot.text.keywords import question_terms
from chatbot.text.language import language_of
from evaluation.evaluate import ignore_progress
from evaluation.indexes import OnStep
from evaluation.mining import Proposal, mine_questions
from evaluation.questions import Gold, Question, read_questions
from evaluation.relevance import Judge, target_ranks

_SAME = 0.8  # share of common terms from which two questions are one
_SHORTEST = 120  # characters of a passage that a language model is asked about
_PROMPT = {
    "en": "Write one question that a person would ask and that the passage below answers. Use your own words, name what it is about, do not mention the passage. Write the question only, on one line.",
    "ko": "아래 발췌문이 답이 되는 질문 하나를 한국어로 쓰세요. 무엇에 대한 질문인지 이름을 밝히고, 발췌문이라는 말은 쓰지 마세요. 질문만 한 줄로 쓰세요.",
}

T = TypeVar("T")
WriteQuestion = Callable[[str], str]  # passage -> question


@dataclass(slots=True)
class Proposals:
    """What was kept, and how many were dropped: ``not found`` or ``double``."""

    kept: list[Proposal] = field(default_factory=list)
    dropped: Counter[str] = field(default_factory=Counter)


def propose_questions(
    chatbot: Chatbot,
    count: int,
    k: int,
    known: Sequence[Question] = (),
    write: WriteQuestion | None = None,
    on_progress: OnStep = ignore_progress,
) -> Proposals:
    """Up to ``count`` questions, from all documents in turn.

    Args:
        known: questions that need no second asking.
        write: a language model's; it is asked for half of them.
    """
    found = Proposals()
    terms = [set(question_terms(question.text)) for question in known]
    with chatbot.store.reading() as view:
        rows = [row for row in view.documents() if row.chunks]
        mined = [list(mine_questions(view, row)) for row in rows]
        passages = [[c for c in view.chunks_of(row.uri) if len(c.text) >= _SHORTEST] for row in rows]
        judge = Judge(view)
    waiting = _in_turn(mined)
    if write is not None:
        wanted = list(_in_turn([_spread(chunks, count) for chunks in passages]))[:count]
        waiting = _alternating(waiting, _written(wanted, write))
    for proposal in waiting:
        if len(found.kept) == count:
            break
        on_progress("looking up questions", len(found.kept), count)
        asked = set(question_terms(proposal.question))
        if any(len(asked & other) >= _SAME * len(asked | other) for other in terms):
            found.dropped["double"] += 1
        elif not _is_found(chatbot, judge, proposal, k):
            found.dropped["not found"] += 1
        else:
            terms.append(asked)
            found.kept.append(proposal)
    return found


def append_proposals(file: Path, proposals: Sequence[Proposal]) -> None:
    """Append to a file of questions; what a person has written there stays as it is. Raises ``ConfigError``."""
    rows = [
        {
            "question": p.question, "document": p.document, **({"page": p.page} if p.page else {}),
            "passage": p.passage, "origin": p.origin,
        }
        for p in proposals
    ]  # fmt: skip
    try:
        before = file.read_text("utf-8") if file.exists() else ""
        gap = "\n" if before and not before.endswith("\n") else ""
        with file.open("a", encoding="utf-8") as opened:
            opened.write(gap + "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{file} cannot be written: {error}; choose another with --out") from error


def known_questions(file: Path) -> list[Question]:
    """Those of a file that may not be there yet."""
    return read_questions(file) if file.exists() and file.stat().st_size else []


def question_writer(config: LLMConfig) -> tuple[WriteQuestion, str, bool]:
    """(writes a question for a passage, its label, whether passages leave this machine).

    Raises:
        ConfigError: the backend cannot be used, or is no language model.
    """
    from llama_index.core.base.llms.types import ChatMessage, MessageRole

    from chatbot.llms.streaming import stream_with_limits

    writer = build_writer(config)
    if not hasattr(writer, "llm"):
        raise ConfigError(f"llm backend {config.backend!r} writes no questions; choose a language model")

    def write(passage: str) -> str:
        text = f"{_PROMPT[language_of(passage)]}\n\n{clean_line(passage)}"
        messages = [ChatMessage(role=MessageRole.USER, content=text)]

        def start() -> Iterator[str]:
            return (response.delta or "" for response in writer.llm.stream_chat(messages))

        answer = "".join(stream_with_limits(start, config.limits, writer.label))
        said = answer.rpartition("</think>")[2]
        lines = [found.strip(" \"'“”*#-") for found in said.splitlines()]
        return next((found for found in lines if found.endswith(("?", "？", "요", "."))), "")

    return write, writer.label, writer.remote


def _is_found(chatbot: Chatbot, judge: Judge, proposal: Proposal, k: int) -> bool:
    question = Question("", proposal.question, (Gold(proposal.document, passage=proposal.passage),))
    targets, missing = judge.targets(question)
    if missing:
        return False
    try:
        candidates = chatbot.search(proposal.question, k=k, top_n=1, rerank=False).candidates
    except ChatbotError:  # a text that is no question
        return False
    return target_ranks(candidates, targets) != [None]


def _written(chunks: Sequence[ChunkRow], write: WriteQuestion) -> Iterator[Proposal]:
    for chunk in chunks:
        question = write("\n".join(filter(None, (" > ".join(chunk.heading), chunk.text))))
        if 8 <= len(question) <= 300:
            yield Proposal(question, chunk.document, chunk.page, chunk.text, "llm")


def _spread(chunks: list[ChunkRow], count: int) -> list[ChunkRow]:
    """At most ``count``, evenly from the whole document."""
    step = max(1, len(chunks) // count)
    return chunks[::step]


def _in_turn(lists: Sequence[Sequence[T]]) -> Iterator[T]:
    """The first of each, then the second of each, ...; no document crowds out another."""
    return (item for group in zip_longest(*lists) for item in group if item is not None)


def _alternating(first: Iterator[Proposal], second: Iterator[Proposal]) -> Iterator[Proposal]:
    return (item for pair in zip_longest(first, second) for item in pair if item is not None)
