"""Records made by hand, and conversations in a folder or in PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chatbot.answering.writer import Tokens
from chatbot.citations.check import ClaimCheck, ClaimEvidence
from chatbot.config import Config
from chatbot.conversations import AskedWith, Conversations, ExchangeRecord, Fingerprints
from chatbot.trace import Candidate, Gate, Message, Scores, SecondLook, Sentence, Source, Turn

Record = Callable[..., ExchangeRecord]


@pytest.fixture
def place(of_either_engine: Config) -> Config:
    """Settings under which conversations are kept by either engine."""
    return of_either_engine


@pytest.fixture
def conversations(place: Config) -> Conversations:
    return Conversations.open(place)


@pytest.fixture
def record() -> Record:
    """``record(question, answer, text=..., document=..., heading=..., **fields)``: five candidates, two kept."""

    def make(
        question: str = "연차는 며칠인가요?",
        answer: str = "연차는 15일입니다. [1]",
        text: str = "연차는 1년에 15일입니다. 병가는 5일입니다.",
        document: str = "docs/규정.pdf",
        heading: tuple[str, ...] = ("규정", "휴가"),
        **fields: Any,
    ) -> ExchangeRecord:
        candidates = tuple(
            Candidate(
                100 + n, document, text if n == 1 else f"{text} {n}", (10 * n, 10 * n + len(text)), n, heading,
                "| 구분 | 일수 |" if n == 2 else "", n, n, None if n == 3 else n, 6 - n, n,
                Scores(0.9 - n / 100, None if n == 3 else 3.25, 1.5 / n, -n / 3, probability=1 / (n + 1)),
                kept=n <= 2, cited=n == 1,
            )
            for n in range(1, 6)
        )  # fmt: skip
        sentences = (Sentence(0, 15, 2.5), Sentence(15, len(text), None))
        given: dict[str, Any] = {
            "question": question,
            "query": question,
            "received": answer,
            "llm": "openai-like · tiny",
            "settings": AskedWith("openai-like", "tiny", 5, 2, True, ("docs",), 0.1),
            "sources": tuple(Source(c.rank, c, sentences, sentences[:1]) for c in candidates if c.kept),
            "candidates": candidates,
            "second_look": SecondLook("package:secondlook-reranker", "applied", scored=5, of=5),
            "gate": Gate(False, 0.5, 0.25),
            "timings": {"embed": 12.5, "dense": 1.25, "rerank": 310.0, "first_token": 400.0, "total": 900.0},
            "language": "ko",
            "fingerprints": Fingerprints("e5", "a" * 64, "reranker", "b" * 64, "c" * 16, 7),
            "tokens": Tokens(1200, 40, exact=False),
            "prompt": (Message("system", "Rules"), Message("user", question)),
            "history": (Turn("before?", "before."),),
            "checks": (ClaimCheck(0, 20, (1,), "supported", 0.9, ClaimEvidence(1, 0, 8)),),
        }
        return ExchangeRecord(**{**given, **fields})

    return make
