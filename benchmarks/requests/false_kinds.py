"""Questions of public sets, asked of the sample documents: how many do the rules take for something other than a look-up?

    python -m benchmarks.requests.false_kinds --data ../shared/data [--show]

None of them asks for a summary, the list of documents or a figure of our tables, so each of these is a false one. Two
questions in one and comparisons are among them in truth; read those with ``--show``. No model is asked.
"""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from benchmarks.judging.retrieval_sets import data_parser, read_jsonl, require_data
from benchmarks.report import PROJECT
from benchmarks.report import table as report_table
from chatbot.answering.requests import recognise
from chatbot.answering.tables.rules.compute import compute
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.typed_table import Table, tables_of
from chatbot.store import DocumentName
from ingest.parsing import parse

_SETS = ("korquad1", "squad1", "scifact", "claude_docs")


def questions(folder: Path) -> Iterator[tuple[str, str]]:
    """(set, question)."""
    for name in _SETS:
        yield from ((name, row["text"]) for row in read_jsonl(folder / name / "queries.jsonl"))
    yield from (("clapnq", row["input"]) for row in read_jsonl(folder / "clapnq_dev/clapnq_dev.jsonl"))
    yield from (("faq_bank_ko", row["question"]) for row in read_jsonl(folder / "faq_bank_ko/faq.jsonl"))
    with gzip.open(folder / "tatqa/dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (("tatqa", asked["question"]) for line in lines for asked in json.loads(line)["questions"])
    with gzip.open(folder / "train_mix/train.jsonl.gz", "rt", encoding="utf-8") as lines:
        yield from (("train_mix", json.loads(line)["query"]) for line in lines)


def sample_tables() -> tuple[list[DocumentName], list[tuple[list[str], Table]]]:
    """The sample documents, and each of their tables with what a question may call its document."""
    documents, tables = [], []
    for file in sorted((PROJECT / "data").iterdir()):
        parsed = parse(file)
        documents.append(DocumentName(f"data/{file.name}", parsed.title))
        called = [name for name in (file.name, file.stem, parsed.title) if name]
        tables += [(called, table) for table in tables_of(parsed.text)]
    return documents, tables


def taken_for(
    question: str, documents: list[DocumentName], tables: list[tuple[list[str], Table]]
) -> list[str]:
    """What it would be answered as, besides a look-up."""
    request = recognise(question, lambda: documents)
    found = [] if request.kind in ("look_up", "table") else [request.kind]
    asked = wanted(question)
    for called, table in tables if asked is not None else ():
        planned = plan(asked, table, called) if asked is not None else None
        if isinstance(planned, Plan) and compute(table, planned) is not None:
            return [*found, "computed"]
    return found


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--show", action="store_true", help="each question that is taken for something else")
    given = parser.parse_args()
    documents, tables = sample_tables()
    asked, taken = Counter[str](), Counter[tuple[str, str]]()
    for name, question in dict.fromkeys(questions(require_data(given.data))):
        asked[name] += 1
        for kind in taken_for(question, documents, tables):
            taken[name, kind] += 1
            if given.show:
                print(f"{kind} | {name} | {question}", flush=True)
    kinds = ["computed", "whole_document", "library", "talk", "collect", "compare", "several"]
    rows = [[name, str(asked[name]), *(str(taken[name, kind]) for kind in kinds)] for name in asked]
    total = ["all", str(asked.total())] + [str(sum(taken[n, kind] for n in asked)) for kind in kinds]
    Console().print(
        report_table("Taken for something else than a look-up", ["set", "asked", *kinds], [*rows, total])
    )


if __name__ == "__main__":
    main()
