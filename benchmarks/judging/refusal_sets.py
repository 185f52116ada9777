"""The collections that refusals are fitted and judged on, one for each public set, and what is asked of them.

Every collection is bounded: ``QUESTIONS`` questions, the documents that answer them, and others of the same set up to
a number of documents. A question is asked in several kinds of words (``KINDS``), because people add and leave out words.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.judging.retrieval_sets import SEED, load, read_jsonl
from chatbot.text.language import language_of

QUESTIONS = 120  # of each set
_SECTION = 2000  # characters of a long text that become one document


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by name, and questions with the names of the documents that answer them.

    Attributes:
        near: questions about the subject that the documents do not answer, where the set has its own.
    """

    name: str
    language: str
    documents: dict[str, str]
    asked: list[tuple[str, frozenset[str]]]
    near: list[str]


def collections(folder: Path) -> list[Collection]:
    """All of them; a minute."""
    return [
        *(_sampled(folder, *each) for each in (("squad1", 400), ("korquad1", 400), ("tydiqa", 400))),
        _sampled(folder, "claude_docs", 45, 60),
        _faq(folder),
        _clapnq(folder),
        _tatqa(folder, 20),
        _long_texts(folder),
    ]


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


def _faq(folder: Path) -> Collection:
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


def _tatqa(folder: Path, count: int) -> Collection:
    """Pages of annual reports, each a table with its paragraphs."""
    lines = gzip.decompress((folder / "tatqa/dev.jsonl.gz").read_bytes()).splitlines()
    rows: list[dict[str, Any]] = random.Random(SEED).sample([json.loads(line) for line in lines], count)
    documents, asked = {}, []
    for number, row in enumerate(rows):
        table = ["| " + " | ".join(cells) + " |" for cells in row["table"]["table"]]
        table.insert(1, "|" + " --- |" * len(row["table"]["table"][0]))
        paragraphs = [paragraph["text"] for paragraph in row["paragraphs"]]
        documents[str(number)] = "\n\n".join([*paragraphs, "\n".join(table)])
        asked += [(entry["question"], frozenset({str(number)})) for entry in row["questions"]]
    return Collection("tatqa", "en", documents, random.Random(SEED).sample(asked, QUESTIONS // 2), [])


def _long_texts(folder: Path) -> Collection:
    """Two long texts, cut into sections at paragraphs: one document each."""
    names = ("state_of_the_union", "chatlogs")
    documents: dict[str, str] = {}
    for name in names:
        text = (folder / f"chunking_eval/corpora/{name}.md").read_text("utf-8")
        for number, section in enumerate(_sections(text)):
            documents[f"{name}-{number}"] = section
    rows = [row for row in read_jsonl(folder / "chunking_eval/questions.jsonl") if row["corpus"] in names]
    asked = []
    for row in random.Random(SEED).sample(rows, len(rows)):
        evidence = [reference["content"][:60] for reference in row["references"]]
        gold = frozenset(
            key
            for key, text in documents.items()
            if key.startswith(row["corpus"]) and any(piece in text for piece in evidence)
        )
        if gold:
            asked.append((row["question"], gold))
    return Collection("chunking_eval", "en", documents, asked[:QUESTIONS], [])


def _sections(text: str) -> Iterable[str]:
    section = ""
    for paragraph in text.split("\n"):
        if section and len(section) + len(paragraph) > _SECTION:
            yield section
            section = ""
        section += paragraph + "\n"
    if section.strip():
        yield section
