"""A language model is asked for a statement, twice at most, and the database runs it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answering import prompts
from chatbot.answering.tables.database import Rows, StatementFailed, run_statement
from chatbot.answering.tables.named_rows import unchosen
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.sql_prompt import LONGEST_REPLY, schemas, statement_in
from chatbot.answering.tables.sql_tables import SQLTable
from chatbot.answering.writer import LanguageModel, Reply, estimate_tokens
from chatbot.errors import Phrase
from chatbot.text.control_tokens import without_control_tokens
from chatbot.trace import Message

_TRIES = 2
_COMPUTES = {  # operation -> what a statement that computes it holds
    "average": re.compile(r"\b(?:avg|mean|sum)\s*\(|/|average|mean|평균", re.IGNORECASE),
    "median": re.compile(r"median|quantile|percentile|중앙값|중위", re.IGNORECASE),
}


@dataclass(frozen=True, slots=True)
class ModelRun:
    """What came of it.

    Attributes:
        rows: what the last statement gave; ``None``: nothing that says anything.
        reason: why there are no rows, in a sentence for the person.
        prompt: all that the model was sent; ``replies``: what it said to it.
    """

    statement: str
    rows: Rows | None
    reason: str
    prompt: tuple[Message, ...]
    replies: tuple[Reply, ...]


def run_by_model(question: str, tables: Sequence[SQLTable], model: LanguageModel) -> ModelRun:
    """What ``model`` has the database compute for ``question``. Raises ``LLMError``."""
    rules = prompts.sql_rules(question)
    statement = reason = ""
    prompt: list[Message] = []
    replies: list[Reply] = []

    def ended(why: str, rows: Rows | None = None) -> ModelRun:
        return ModelRun(statement, rows, why, tuple(prompt), tuple(replies))

    for _ in range(_TRIES):
        text = _fitting(question, tables, statement, reason, model.room - estimate_tokens(rules))
        if text is None:
            return ended(
                Phrase("the tables do not fit into the model's window, so nothing was computed from them")
            )
        prompt += [Message("system", rules), Message("user", text)]
        replies.append(model.reply(rules, text, longest=LONGEST_REPLY))
        statement = statement_in(replies[-1].text)
        if not statement:
            return ended(Phrase("the model wrote no SQL for this, so the question was looked up"))
        if asked := _not_computed(question, statement):
            reason = f"the question asks for the {asked}, and the statement computes none"
            continue
        if row := unchosen(statement, question, tables):
            reason = f"the question is about the row {row!r}, and the statement takes all rows"
            continue
        try:
            rows = run_statement(statement, tables, question)
        except StatementFailed as failure:
            reason = str(failure)
            continue
        if _averages_one_row(rows):
            reason = "the average of one row is that row: is it to be taken over columns, or over other rows?"
            continue
        if rows.say_something:
            return ended("", rows)
        reason = "no row fits: compare with the values that are listed"
    return ended(
        Phrase("the model's SQL did not work ({reason}), so the question was looked up", reason=reason)
    )


def _not_computed(question: str, statement: str) -> str:
    """The mean or median that the question asks for, where the statement has neither that nor a column of that name."""
    found = wanted(question)
    rule = _COMPUTES.get(found.operation) if found is not None else None
    return found.operation if found is not None and rule and not rule.search(statement) else ""


def _averages_one_row(rows: Rows) -> bool:
    """Whether a column is averaged and only one row was read: who asks for the mean of 2018 and 2019 means columns."""
    is_averaged = any(column.by == "avg" for column in rows.columns)
    return is_averaged and not rows.whole and sum(map(len, rows.behind.values())) == 1


def _fitting(question: str, tables: Sequence[SQLTable], statement: str, reason: str, room: int) -> str | None:
    """The most telling prompt that fits into ``room`` tokens; ``None`` if none does."""
    texts = (
        without_control_tokens(prompts.sql(question, schema, statement, reason)) for schema in schemas(tables)
    )
    return next((text for text in texts if estimate_tokens(text) <= room), None)
