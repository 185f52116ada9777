"""The collections that refusals are fitted and judged on, one for each public set, and what is asked of them.

Every collection is bounded: ``QUESTIONS`` questions, the documents that answer them, and others of the same set up to
a number of documents. How they are worded is in
``kinds``.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.judging.retrieval_sets import SEED, load, read_jsonl
from benchmarks.report import PROJECT
from chatbot.text.language import language_of

QUESTIONS = 120  # of each set


SAMPLES = "samples"  # the project's own documents: judged, never fitted


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by name, and questions with the names of the documents that answer them.

    Attributes:
        near: questions about the subject that the documents do not answer, where the set has its own.
        folder: where the documents are, if they are files.
        numbers: by what ``across_languages.tsv`` calls a question, its documents.
    """

    name: str
    language: str
    documents: dict[str, str]
    asked: list[tuple[str, frozenset[str]]]
    near: list[str]
    folder: Path | None = None
    numbers: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def answers(self, key: str) -> frozenset[str]:
        """The documents that answer the question, or are the document, of this name."""
        return self.numbers.get(key, frozenset({key}))


def collections(folder: Path) -> list[Collection]:
    """All of them; half a minute."""
    return [
        *(_sampled(folder, *each) for each in (("squad1", 400), ("korquad1", 400), ("tydiqa", 400))),
        claude_docs(folder),
        faq(folder),
        _clapnq(folder),
        _samples(),
    ]


def _samples() -> Collection:
    rows = list(read_jsonl(PROJECT / "tests/data/questions.jsonl"))
    asked = [(row["question"], frozenset({row["document"]})) for row in rows if row["document"]]
    near = [row["question"] for row in rows if not row["document"]]
    return Collection(SAMPLES, "en", {}, asked, near, PROJECT / "data")


def claude_docs(folder: Path) -> Collection:
    """60 questions; those of our own in Korean are known by the number of an English one that asks the same."""
    found = _sampled(folder, "claude_docs", 45, 60)
    whole = load(folder, "claude_docs")
    ids = {row["text"]: row["_id"] for row in read_jsonl(folder / "claude_docs/queries.jsonl")}
    pairs = zip(whole.questions, whole.gold, strict=True)
    return replace(found, numbers={ids[question]: frozenset(map(str, gold)) for question, gold in pairs})


def _sampled(folder: Path, name: str, count: int, questions: int = QUESTIONS) -> Collection:
    """``questions`` of a retrieval set, and ``count`` of its documents or as many as answer them."""
    data, chance = load(folder, name), random.Random(SEED)
    numbers = chance.sample(range(len(data.questions)), questions)
    needed = sorted({place for number in numbers for place in data.gold[number]})
    others = chance.sample(range(len(data.texts)), len(data.texts))
    places = list(dict.fromkeys([*needed, *others]))[: max(count, len(needed))]
    return Collection(
        name,
        language_of(data.questions[0]),
        {str(place): f"# {data.texts[place]}" for place in places},
        [(data.questions[number], frozenset(map(str, data.gold[number]))) for number in numbers],
        [],
    )


def faq(folder: Path) -> Collection:
    rows = list(read_jsonl(folder / "faq_bank_ko/faq.jsonl"))
    return Collection(
        "faq_bank_ko",
        "ko",
        {str(number): row["answer"] for number, row in enumerate(rows)},
        [(row["question"], frozenset({str(number)})) for number, row in enumerate(rows)],
        [],
    )


def _clapnq(folder: Path) -> Collection:
    """Half answerable, half questions about a passage that does not answer them."""
    rows = list(read_jsonl(folder / "clapnq_dev/clapnq_dev.jsonl"))
    random.Random(SEED).shuffle(rows)
    rows.sort(key=lambda row: not row["answerable"])  # stable
    total = sum(row["answerable"] for row in rows)
    half = QUESTIONS // 2
    chosen = [*rows[:half], *rows[total : total + half]]
    documents = {
        f"{row['id']}-{number}": f"# {passage['title']}\n\n{passage['text']}"
        for row in chosen
        for number, passage in enumerate(row["passages"])
    }
    gold = [
        frozenset(f"{row['id']}-{number}" for number in range(len(row["passages"]))) for row in chosen[:half]
    ]
    asked = [(row["input"], answers) for row, answers in zip(chosen, gold, strict=False)]
    return Collection("clapnq", "en", documents, asked, [row["input"] for row in chosen[half:]])
