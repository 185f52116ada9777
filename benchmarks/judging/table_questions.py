"""Questions with a calculation over a table: how many are computed, how many rightly, by rules and by a language model?

    python -m benchmarks.judging.table_questions --data ../shared/data [--model FILE.gguf] [--questions 60]

TAT-QA dev (CC BY 4.0): the questions whose answer is a figure computed from the table alone. Each table becomes the
Markdown that our parsers write, its first row of names as the header; the question is asked of its own table, so that
nothing but the calculation is judged. Right: the only row of the result ends with the gold figure, within its rounding
(a share of 0.25 is 25 percent). Without ``--model`` the rules are measured alone.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from rich.console import Console

from benchmarks.judging.retrieval_sets import SEED, data_parser, require_data
from benchmarks.report import table as report_table
from chatbot.answering.tables.rules.compute import compute
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.rules.plan import Plan, plan
from chatbot.answering.tables.sql_model import run_by_model
from chatbot.answering.tables.sql_tables import sql_tables
from chatbot.answering.tables.typed_table import Table, tables_of
from chatbot.answering.writer import LanguageModel
from chatbot.config import LLMConfig, LLMLimits
from chatbot.llms import build_writer
from chatbot.text.tables import row_of, rule_of

_ROUNDING = Decimal("0.006")  # gold figures have two decimals


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    table: Table
    gold: Decimal
    is_share: bool


def questions(folder: Path) -> Iterator[Asked]:
    with gzip.open(folder / "tatqa/dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            tables = tables_of(as_markdown(entry["table"]["table"]))
            for asked in entry["questions"] if len(tables) == 1 else ():
                if asked["answer_from"] == "table" and asked["answer_type"] in ("arithmetic", "count"):
                    gold = Decimal(str(asked["answer"]).replace(",", ""))
                    yield Asked(asked["question"], tables[0], gold, asked["scale"] == "percent")


def as_markdown(rows: list[list[str]]) -> str:
    """The first row that names at least half of the columns is the header; what stands above it is a title."""
    cleaned = [[" ".join(str(cell).split()) for cell in row] for row in rows]
    width = len(cleaned[0])
    at = next((i for i, row in enumerate(cleaned) if sum(map(bool, row[1:])) * 2 >= width - 1), 0)
    header = [cleaned[at][0] or "Item", *(name or f"Column {i}" for i, name in enumerate(cleaned[at][1:], 2))]
    return "\n".join(
        [row_of(header), rule_of(width), *(row_of(row) for row in cleaned[at + 1 :] if any(row[1:]))]
    )


def by_rules(asked: Asked) -> Decimal | None:
    wants = wanted(asked.question)
    found = plan(wants, asked.table, []) if wants else None
    result = compute(asked.table, found) if isinstance(found, Plan) else None
    if result is None:
        return None
    figure = result.figures[0] if result.figures else Decimal(result.among)
    return figure if isinstance(figure, Decimal) else Decimal(-1)


def by_model(asked: Asked, model: LanguageModel) -> tuple[Decimal | None, str]:
    """The figure, and the statement or why there is none."""
    run = run_by_model(asked.question, sql_tables([("table.md", asked.table)]), model)
    if run.rows is None:
        return None, run.reason
    figures = [cell for cell in run.rows.rows[0] if cell.kind in ("exact", "float")]
    is_one = len(run.rows.rows) == 1 and figures
    return Decimal(figures[-1].text) if is_one else Decimal("Infinity"), run.statement


def is_right(figure: Decimal, asked: Asked) -> bool:
    if not figure.is_finite():
        return False
    figures = [figure, figure * 100] if asked.is_share else [figure]
    return any(abs(each - asked.gold) <= _ROUNDING for each in figures)


def outcome(figure: Decimal | None, asked: Asked) -> str:
    return "none" if figure is None else "right" if is_right(figure, asked) else "false"


def main() -> None:
    parser = data_parser(__doc__)
    parser.add_argument("--model", type=Path, help="a GGUF file that writes the SQL")
    parser.add_argument("--questions", type=int, default=60, help="for the model; the rules answer all")
    parser.add_argument(
        "--seconds", type=float, default=420.0, help="after which the model is asked nothing more"
    )
    parser.add_argument(
        "--threads", type=int, default=2, help="of the model; 1 on a machine that does other work too"
    )
    parser.add_argument(
        "--show",
        action="store_true",
        help="each question that the rules compute, and each that the model is asked, with its statement",
    )
    given = parser.parse_args()
    console = Console()
    every = list(questions(require_data(given.data)))
    by_rule = [(asked, by_rules(asked)) for asked in every]
    rows = [_row("rules", by_rule, 0.0)]
    for asked, figure in by_rule if given.show else ():
        if figure is not None:
            print(
                f"{outcome(figure, asked)} | {asked.question} | {figure} | {asked.gold} | rules", flush=True
            )
    if given.model:
        random.Random(SEED).shuffle(every)
        patient = LLMLimits(first_token_s=300, idle_s=120, total_s=400)
        model = build_writer(
            LLMConfig(
                backend="gguf",
                model=str(given.model),
                temperature=0.0,
                limits=patient,
                options={"threads": given.threads},
            )
        )
        assert isinstance(model, LanguageModel)
        found: list[tuple[Asked, Decimal | None]] = []
        begins = time.perf_counter()
        for asked in every[: given.questions]:
            if time.perf_counter() - begins > given.seconds:
                break
            figure, words = by_model(asked, model)
            found.append((asked, figure))
            if given.show:
                print(
                    f"{outcome(figure, asked)} | {asked.question} | {figure} | {asked.gold} | {words}",
                    flush=True,
                )
        rows.append(_row(model.label, found, time.perf_counter() - begins))
    console.print(
        report_table("TAT-QA dev", ["by", "asked", "computed", "right", "false", "seconds each"], rows)
    )


def _row(name: str, found: list[tuple[Asked, Decimal | None]], seconds: float) -> list[str]:
    outcomes = Counter(outcome(figure, asked) for asked, figure in found)
    computed = outcomes["right"] + outcomes["false"]
    each = f"{seconds / len(found):.1f}" if found and seconds else ""
    return [name, str(len(found)), str(computed), str(outcomes["right"]), str(outcomes["false"]), each]


if __name__ == "__main__":
    main()
