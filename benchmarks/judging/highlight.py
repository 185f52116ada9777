"""Is the sentence that holds the answer among the two that are highlighted? At least 85 %.

    python -m benchmarks.judging.highlight --data ../shared/data [--questions 150]

The gold paragraph of each question of squad1 and korquad1 dev, cut into sentences as the page shows them; the
answer's sentence is every one that has the gold answer in it. Paragraphs of two sentences or fewer are left out:
there everything is highlighted. ``reranker`` is the shipped choice with the second look, ``words`` the one without;
``read alone`` is what a passage without kept token vectors gets.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks.judging.kept import scorers
from benchmarks.judging.retrieval_sets import SEED, data_parser, read_jsonl, require_data
from benchmarks.report import table
from chatbot.citations.sources import Scorer, number_sources
from chatbot.config import Config
from chatbot.trace import Candidate, Sentence, Source

SETS = ("squad1", "korquad1")
AT_LEAST = 0.85
Measure = Callable[[Sentence], float]


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    paragraph: str
    answers: Sequence[str]


def questions(folder: Path, name: str, count: int) -> Iterator[Asked]:
    paragraphs = {row["_id"]: row["text"] for row in read_jsonl(folder / name / "corpus.jsonl")}
    texts = {row["_id"]: row["text"] for row in read_jsonl(folder / name / "queries.jsonl")}
    answers = {row["_id"]: row["answers"] for row in read_jsonl(folder / name / "answers.jsonl")}
    lines = (folder / name / "qrels/dev.tsv").read_text("utf-8").splitlines()[1:]
    random.Random(SEED).shuffle(lines)
    for line in lines[:count]:
        question, document, _ = line.split("\t")
        yield Asked(texts[question], paragraphs[document], answers[question])


def holding(source: Source, answers: Sequence[str]) -> set[int]:
    """Where the sentences with a gold answer begin."""
    return {
        s.start
        for s in source.sentences
        if any(answer.lower() in source.text_of(s).lower() for answer in answers)
    }


def most_relevant(source: Source, by: Measure, count: int) -> set[int]:
    return {s.start for s in sorted(source.sentences, key=by, reverse=True)[:count]}


def measure(asked: Sequence[Asked], kept: Scorer, alone: Scorer) -> dict[str, list[float]]:
    """For each way to choose, the share of questions whose answer is in the first, and among the first two."""
    hits: dict[str, list[tuple[bool, bool]]] = {}
    for one in asked:
        candidate = Candidate(1, "", one.paragraph, (0, len(one.paragraph)), rank=1, kept=True)
        (words,) = number_sources([candidate], one.question, None)
        gold = holding(words, one.answers)
        if not gold or len(words.sentences) <= 2:
            continue
        (both,) = number_sources([candidate], one.question, kept)
        (read_alone,) = number_sources([candidate], one.question, alone)
        ways: dict[str, tuple[Source, Measure]] = {
            "reranker and words (shipped)": (both, lambda s: s.relevance),
            "words alone (without the second look)": (words, lambda s: s.relevance),
            "reranker alone": (both, lambda s: -1e9 if s.score is None else s.score),
            "reranker and words, sentences read alone": (read_alone, lambda s: s.relevance),
            "reranker alone, sentences read alone": (
                read_alone,
                lambda s: -1e9 if s.score is None else s.score,
            ),
        }
        for name, (source, by) in ways.items():
            found = tuple(bool(gold & most_relevant(source, by, count)) for count in (1, 2))
            hits.setdefault(name, []).append((found[0], found[1]))
    return {
        name: [sum(hit[place] for hit in found) / len(found) for place in (0, 1)] + [len(found)]
        for name, found in hits.items()
    }


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--questions", type=int, default=150, help="of each set")
    arguments = parser.parse_args()
    folder, console = require_data(arguments.data), Console(highlight=False, width=120)
    console.print("sets: squad1 CC BY-SA 4.0, korquad1 CC BY-ND 2.0 KR")
    kept, alone = scorers(Config())
    for name in SETS:
        shares = measure(list(questions(folder, name, arguments.questions)), kept, alone)
        rows = [[way, f"{first:.3f}", f"{two:.3f}", f"{int(n)}"] for way, (first, two, n) in shares.items()]
        console.print(table(name, ("", "is the first", "among the first two", "questions"), rows))
        two = next(iter(shares.values()))[1]
        word = "[green]PASS[/]" if two >= AT_LEAST else "[red]MISS[/]"
        console.print(f"{word}  {name}: {two:.1%} (at least {AT_LEAST:.0%})\n")


if __name__ == "__main__":
    main()
