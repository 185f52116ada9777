"""A BEIR folder: ``corpus.jsonl`` (_id, title, text), ``queries.jsonl`` (_id, text), ``qrels/SPLIT.tsv``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evaluation.questions import Gold, Question, QuestionsError, read_rows

PREFERRED_SPLITS = ("test", "dev")


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the corpus."""

    id: str
    title: str
    text: str


def splits(folder: Path) -> list[str]:
    """The names of the judgement files."""
    return sorted(file.stem for file in (folder / "qrels").glob("*.tsv"))


def choose_split(folder: Path, wanted: str | None = None) -> str:
    """``wanted``, else test, dev, or the only one. Raises ``QuestionsError`` naming those that there are."""
    known = splits(folder)
    if not known:
        raise QuestionsError(f"{folder} has no qrels/*.tsv; give a BEIR folder, or a file with --questions")
    if wanted is not None and wanted not in known:
        raise QuestionsError(f"no split {wanted!r} in {folder}; known: {', '.join(known)}")
    return wanted or next((split for split in PREFERRED_SPLITS if split in known), known[0])


def read_corpus(folder: Path) -> Iterator[Entry]:
    """The documents, in order. Raises ``QuestionsError``."""
    file = folder / "corpus.jsonl"
    for number, row in read_rows(file):
        try:
            yield Entry(str(row["_id"]), row.get("title") or "", row["text"] or "")
        except KeyError as error:
            raise QuestionsError(f"{file}, line {number} has no {error}; see docs/evaluation.md") from None


def read_judged(folder: Path, split: str) -> list[Question]:
    """The queries that the split judges, in its order, with every document of a grade above 0.

    Raises:
        QuestionsError: a file is missing or malformed, or no query has a right document.
    """
    queries = folder / "queries.jsonl"
    try:
        texts = {str(row["_id"]): str(row["text"]) for _, row in read_rows(queries)}
    except KeyError as error:
        raise QuestionsError(f"{queries}: a line has no {error}; see docs/evaluation.md") from None
    golds: dict[str, list[Gold]] = {}
    for query, document, grade in _judgements(folder / "qrels" / f"{split}.tsv"):
        if query not in texts:
            raise QuestionsError(f"qrels/{split}.tsv judges {query!r}, which {queries} does not have")
        if grade > 0:
            golds.setdefault(query, []).append(Gold(document, grade=grade))
    if not golds:
        raise QuestionsError(f"qrels/{split}.tsv in {folder} has no right document; choose another --split")
    return [Question(query, texts[query], tuple(found)) for query, found in golds.items()]


def _judgements(file: Path) -> Iterator[tuple[str, str, int]]:
    """(query, document, grade) of BEIR's three columns or TREC's four; a heading is passed over."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionsError(f"{file} cannot be read ({error}); see docs/evaluation.md") from error
    for number, line in enumerate(lines, 1):
        columns = line.split("\t") if "\t" in line else line.split()
        if not line.strip() or (number == 1 and not _is_number(columns[-1])):
            continue
        if len(columns) not in (3, 4) or not _is_number(columns[-1]):
            raise QuestionsError(f"{file}, line {number}: not query, document and grade; correct it")
        yield columns[0], columns[-2], int(float(columns[-1]))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
