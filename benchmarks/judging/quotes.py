"""Is the first quote of an answer out of the passage that answers? Answers without a language model, in mixed libraries.

    python -m benchmarks.judging.quotes --data ../shared/data

Three libraries with Korean and English documents in one index: the samples, asked in the documents' language and in the
other one; 200 paragraphs at most of squad1 and korquad1, 100 questions each; claude_docs and faq_bank_ko, asked in both
languages (``both_languages``). Of the questions that are not refused: how often the first quote is out of a document that
answers; how often the first quote, and any quote, holds the answer, where the set says it in words; how many quotes there
are, and how many of them are out of another document. Indexes are kept in the models cache: three minutes the first time.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.judging import both_languages
from benchmarks.judging.refusal.searches import ACROSS_FILE
from benchmarks.judging.refusal.sets import SAMPLES, claude_docs, faq
from benchmarks.judging.retrieval_sets import SEED, data_folder, read_jsonl
from benchmarks.report import PROJECT, table
from chatbot.answering.answer import Answer
from chatbot.config import Config
from chatbot.engine import load_chatbot
from chatbot.trace import LOOK_UP
from ingest.pipeline import run

QUESTIONS = 100  # of squad1 and of korquad1
_CITED = re.compile(r"\[(\d+)\]$")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a group, the names of the documents that answer it, and the answer in words, where it is known."""

    group: str
    question: str
    gold: frozenset[str]
    answers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one group: all questions, those answered, and sums over these."""

    asked: int
    answered: int
    first_gold: int
    first_holds: int
    any_holds: int
    quotes: int
    elsewhere: int


def samples() -> list[Asked]:
    rows = read_jsonl(PROJECT / "tests/data/questions.jsonl")
    own = [
        Asked("samples", row["question"], frozenset({_stem(row["document"])}), [row["contains"]])
        for row in rows
        if row["document"]
    ]
    across = [
        Asked("samples, across", question, frozenset({_stem(document)}))
        for name, document, question in csv.reader(ACROSS_FILE.open(encoding="utf-8"), delimiter="\t")
        if name == SAMPLES
    ]
    return own + across


def paragraphs(folder: Path, documents: dict[str, str]) -> Iterator[Asked]:
    """Questions of squad1 and korquad1 whose answer is known; their paragraphs are put into ``documents``."""
    for name in ("squad1", "korquad1"):
        texts, questions = (
            {row["_id"]: row["text"] for row in read_jsonl(folder / name / f"{file}.jsonl")}
            for file in ("corpus", "queries")
        )
        answers = {row["_id"]: row["answers"] for row in read_jsonl(folder / name / "answers.jsonl")}
        with (folder / name / "qrels/dev.tsv").open(encoding="utf-8") as file:
            pairs = [(row[0], row[1]) for row in csv.reader(file, delimiter="\t")][1:]
        for question, document in random.Random(SEED).sample(pairs, QUESTIONS):
            documents[document] = texts[document]
            yield Asked(name, questions[question], frozenset({document}), answers[question])


def two_languages(folder: Path, documents: dict[str, str]) -> Iterator[Asked]:
    """The questions of ``both_languages``; their documents are put into ``documents``."""
    claude, bank = claude_docs(folder), faq(folder)
    for collection in (claude, bank):
        documents.update({f"{collection.name}-{name}": text for name, text in collection.documents.items()})
    for group, asked in both_languages.questions(folder, claude, bank).items():
        for each in asked:
            yield Asked(group, each.question, frozenset(name.replace("/", "-") for name in each.gold))


def answers_of(config: Config, home: Path, files: Path, asked: Sequence[Asked]) -> list[Answer]:
    """Each question looked up in one index of ``files``."""
    settings = config.with_(store=home / "store")
    run(settings, [files])
    chatbot = load_chatbot(settings)
    found = []
    for each in asked:
        answer = chatbot.ask(each.question, request=LOOK_UP)
        _ = answer.text
        found.append(answer)
    chatbot.store.close()
    return found


def figures(asked: Sequence[Asked], answers: Sequence[Answer]) -> Figures:
    answered = [(one, answer) for one, answer in zip(asked, answers, strict=True) if not answer.refused]
    counts = [_counts(one, answer) for one, answer in answered]
    return Figures(len(asked), len(answered), *(sum(of_all) for of_all in zip(*counts, strict=True)))


def _counts(asked: Asked, answer: Answer) -> tuple[int, int, int, int, int]:
    found = [(text, _CITED.search(text)) for text in answer.received.split("\n\n")]
    quotes = [(text, int(cited[1])) for text, cited in found if cited]  # the rest is said of them
    documents = {source.number: _stem(source.document) for source in answer.sources}
    right = [documents[number] in asked.gold for _, number in quotes]
    holds = [any(_plain(words) in _plain(text) for words in asked.answers) for text, _ in quotes]
    return right[0], holds[0], any(holds), len(quotes), right.count(False)


def _stem(document: str) -> str:
    return Path(document).stem


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _written(folder: Path, documents: Mapping[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return folder


def main() -> None:
    folder, config = data_folder(__doc__), Config()
    home = config.models_cache / "benchmarks" / "quotes"
    asked, answers = samples(), []
    answers += answers_of(config, home / SAMPLES, PROJECT / "data", asked)
    for name, collected in (("paragraphs", paragraphs), ("two languages", two_languages)):
        documents: dict[str, str] = {}
        more = list(collected(folder, documents))
        files = _written(home / name / "documents", documents)
        asked, answers = asked + more, answers + answers_of(config, home / name, files, more)
    rows = []
    for group in dict.fromkeys(each.group for each in asked):
        pairs = [(one, answer) for one, answer in zip(asked, answers, strict=True) if one.group == group]
        of_group = figures([one for one, _ in pairs], [answer for _, answer in pairs])
        rows.append(_row(group, of_group, any(one.answers for one, _ in pairs)))
    head = ("", "answered", "first quote right", "holds the answer: first", "any", "quotes", "elsewhere")
    title = "quotes (squad1 CC BY-SA 4.0, korquad1 CC BY-ND 2.0 KR, claude_docs MIT, faq_bank_ko Apache-2.0)"
    Console().print(table(title, head, rows))


def _row(group: str, found: Figures, knows_answers: bool) -> list[str]:
    shares = (found.first_gold, found.first_holds, found.any_holds, found.quotes, found.elsewhere)
    said = [f"{share / found.answered:.2f}" if found.answered else "" for share in shares]
    if not knows_answers:
        said[1:3] = ["", ""]
    return [group, f"{found.answered} of {found.asked}", *said]


if __name__ == "__main__":
    main()
