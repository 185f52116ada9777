"""Korean and English files to ingest, half and half by characters, and questions about them."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import PROJECT

SHARED = PROJECT.parent / "shared" / "data"
TEXT_SOURCES = "korquad1 (CC BY-ND 2.0 KR) and squad1 (CC BY-SA 4.0), as .txt and .md files"
OWN_TEXTS = "the project's own data/, sentences permuted"
_SETS = ("korquad1", "squad1")
_CHARACTERS = 400  # of a chunk on average, with the default splitter on these texts


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """A question whose answer is in the file ``document``."""

    text: str
    document: str


def write_texts(folder: Path, chunks: int, shared: Path = SHARED) -> str:
    """Fill ``folder`` with about ``chunks`` chunks of text; what it is made of, for people."""
    folder.mkdir(parents=True, exist_ok=True)
    budget = chunks * _CHARACTERS // 2
    if not shared.is_dir():
        _write_own(folder, budget)
        return OWN_TEXTS
    for name in _SETS:
        used = 0
        for title, paragraphs in _articles(shared / name).items():
            if used >= budget:
                break
            markdown = used // 3 % 2 == 0
            text = (f"# {title}\n\n" if markdown else f"{title}\n\n") + "\n\n".join(paragraphs) + "\n"
            (folder / _file_name(name, title, markdown)).write_text(text, encoding="utf-8")
            used += len(text)
    return TEXT_SOURCES


def sample_questions() -> list[str]:
    """The questions of the sample documents, Korean and English."""
    rows = (PROJECT / "tests/data/questions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(row)["question"] for row in rows]


def questions(folder: Path, count: int, shared: Path = SHARED) -> list[FileQuestion]:
    """``count`` questions, half Korean, half English, whose answers are in the files of ``folder``."""
    if not shared.is_dir():
        rows = [json.loads(line) for line in (PROJECT / "tests/data/questions.jsonl").open(encoding="utf-8")]
        asked = [FileQuestion(row["question"], row.get("document") or "") for row in rows]
        return [asked[i % len(asked)] for i in range(count)]
    found: list[FileQuestion] = []
    for name in _SETS:
        titles = {row["_id"]: row["title"] for row in _rows(shared / name / "corpus.jsonl")}
        texts = {row["_id"]: row["text"] for row in _rows(shared / name / "queries.jsonl")}
        pairs = (line.split("\t") for line in (shared / name / "qrels/dev.tsv").open(encoding="utf-8"))
        here = []
        for query, passage, *_ in pairs:
            files = [
                folder / _file_name(name, titles.get(passage, ""), markdown) for markdown in (True, False)
            ]
            document = next((file.name for file in files if file.exists()), None)
            if query in texts and document:
                here.append(FileQuestion(texts[query], document))
        found += random.Random(7).sample(here, min(count // 2, len(here)))
    return found


def _articles(folder: Path) -> dict[str, list[str]]:
    articles: dict[str, list[str]] = {}
    for row in _rows(folder / "corpus.jsonl"):
        articles.setdefault(row["title"], []).append(row["text"])
    return articles


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _file_name(name: str, title: str, markdown: bool) -> str:
    plain = "".join(c if c.isalnum() else "_" for c in title)[:60] or "untitled"
    return f"{name}-{plain}.{'md' if markdown else 'txt'}"


def _write_own(folder: Path, budget: int) -> None:
    """Files of 20,000 characters each: paragraphs of our samples in a new order, so that no two chunks are alike."""
    generator = random.Random(7)
    for source in (PROJECT / "data/ai-glossary-ko.txt", PROJECT / "data/reranking-guide.md"):
        sentences = [s for s in source.read_text("utf-8").replace("\n", ". ").split(". ") if len(s) > 15]
        for number in range(max(1, budget // 20_000)):
            picked: list[str] = []
            while sum(map(len, picked)) < min(budget, 20_000):
                picked.append(". ".join(generator.sample(sentences, 6)) + ".")
            (folder / f"{source.stem}-{number}{source.suffix}").write_text(
                "\n\n".join(picked), encoding="utf-8"
            )
