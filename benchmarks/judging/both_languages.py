"""Benchmark of searching a question in both languages, in one library of English and Korean documents.

    python -m benchmarks.judging.both_languages --data ../shared/data

The documents of claude_docs (MIT) and of faq_bank_ko (Apache-2.0), asked in the other language with the questions of our
own in ``across_languages.tsv``, and in their own with the public question that asks the same. Each is the translation of
the other: what a language model would reply at its best. "harm" is therefore the last two columns.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.judging.refusal.searches import ACROSS_FILE
from benchmarks.judging.refusal.sets import Collection, claude_docs, faq
from benchmarks.judging.retrieval_sets import data_folder, read_jsonl
from chatbot.config import Config
from chatbot.engine import Chatbot, load_chatbot
from chatbot.reranking import take_second_look
from chatbot.retrieval.across import merged
from chatbot.retrieval.retrieve import retrieve
from chatbot.trace import Candidate, Timings
from ingest.pipeline import run


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its translation, and the documents that answer it."""

    question: str
    translation: str
    gold: frozenset[str]


def questions(folder: Path, claude: Collection, bank: Collection) -> dict[str, list[Asked]]:
    """By the languages of question and documents."""
    english = {row["_id"]: row["text"] for row in read_jsonl(folder / "claude_docs/queries.jsonl")}
    korean = [row["question"] for row in read_jsonl(folder / "faq_bank_ko/faq.jsonl")]
    found: dict[str, list[Asked]] = {name: [] for name in ("ko > en", "en > ko", "en > en", "ko > ko")}
    for name, key, own in csv.reader(ACROSS_FILE.open(encoding="utf-8"), delimiter="\t"):
        if name == claude.name and claude.answers(key) & claude.documents.keys():
            gold = frozenset(f"{name}/{document}" for document in claude.answers(key))
            found["ko > en"].append(Asked(own, english[key], gold))
            found["en > en"].append(Asked(english[key], own, gold))
        elif name == bank.name:
            gold = frozenset({f"{name}/{key}"})
            found["en > ko"].append(Asked(own, korean[int(key)], gold))
            found["ko > ko"].append(Asked(korean[int(key)], own, gold))
    return found


def place(candidates: Sequence[Candidate], gold: frozenset[str]) -> int:
    """Of the first candidate that answers; 0 where none does."""
    named = ("/".join(Path(c.document).with_suffix("").parts[-2:]) for c in candidates)
    return next((rank for rank, name in enumerate(named, 1) if name in gold), 0)


def orders(chatbot: Chatbot, asked: Asked) -> dict[str, list[Candidate]]:
    """The candidates of the question alone and of both, after the second look with the question as it was asked."""
    k = chatbot.config.retrieval.k
    own, other = (
        retrieve(chatbot.store, chatbot.embedding, text, k, (), Timings())
        for text in (asked.question, asked.translation)
    )
    found = {"the question alone": own, "and its translation": merged(own, other, k)}
    return {name: _looked_at(chatbot, asked.question, candidates) for name, candidates in found.items()}


def _looked_at(chatbot: Chatbot, question: str, candidates: list[Candidate]) -> list[Candidate]:
    def kept(chunks: Sequence[int]) -> dict[int, bytes]:
        with chatbot.store.reading() as view:
            return view.token_vectors(chunks)

    settings = chatbot.config.reranker
    return take_second_look(question, candidates, lambda: chatbot.reranker, settings, Timings(), kept)[0]


def main() -> None:
    folder, config = data_folder(__doc__), Config()
    home = config.models_cache / "benchmarks" / "both_languages"
    claude, bank = claude_docs(folder), faq(folder)
    for collection in (claude, bank):
        documents = home / "documents" / collection.name
        documents.mkdir(parents=True, exist_ok=True)
        for name, text in collection.documents.items():
            (documents / f"{name}.md").write_text(text, encoding="utf-8")
    config = config.with_(store=home / "store")
    run(config, [home / "documents"])
    chatbot = load_chatbot(config)
    for name, asked in questions(folder, claude, bank).items():
        places: dict[str, list[int]] = {}
        for each in asked:
            for order, candidates in orders(chatbot, each).items():
                places.setdefault(order, []).append(place(candidates, each.gold))
        for order, found in places.items():
            shares = [sum(0 < p <= n for p in found) / len(found) for n in (20, 3, 1)]
            print(
                f"{name} ({len(found)}) {order:<20} recall@20 {shares[0]:.3f} hit@3 {shares[1]:.3f} hit@1 {shares[2]:.3f}"
            )
    chatbot.store.close()


if __name__ == "__main__":
    main()
