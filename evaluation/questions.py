"""Questions with what is right for each, and the JSON Lines file that a person keeps them in.

    {"question": "How many days of leave?", "document": "handbook.pdf", "page": 3}
    {"question": "연차는 며칠인가요?", "document": "규정.docx", "passage": "연차는 1년에 15일입니다."}
    {"question": "Who founded it?", "relevant": [{"answer": "Mary Kay"}, {"document": "about.md"}]}
    {"question": "What is the weather on Mars?", "document": null}

``docs/evaluation.md`` describes every key.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from chatbot.errors import ChatbotError
from chatbot.text.language import hangul_share

QuestionLanguage = Literal["ko", "en", "mixed"]


class QuestionsError(ChatbotError):
    """Questions or judgements cannot be read; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class Gold:
    """One thing that is right for a question. Empty fields say nothing; see ``evaluation.relevance``.

    Attributes:
        document: its name, or label and path as in ``secondlook doctor``.
        page: the page on which the passage starts.
        passage: the right passage, or a telling part of it, in the document's own words.
        answer: words that any right passage holds.
        grade: how right, 1 and up; the gain in nDCG.
    """

    document: str = ""
    page: int | None = None
    passage: str = ""
    answer: str = ""
    grade: int = 1


@dataclass(frozen=True, slots=True)
class Question:
    """One question; the documents do not answer it if nothing is right and nothing is known to be wrong.

    Attributes:
        golds: what is right for it.
        wrongs: passages that were found for it and are not right.
    """

    id: str
    text: str
    golds: tuple[Gold, ...] = ()
    wrongs: tuple[Gold, ...] = ()

    @property
    def is_unanswerable(self) -> bool:
        return not self.golds and not self.wrongs

    @property
    def key(self) -> str:
        """Stands for the question and what is right for it; another one when either is edited."""
        content: list[object] = [self.id, self.text, [asdict(gold) for gold in self.golds]]
        if self.wrongs:
            content.append([asdict(gold) for gold in self.wrongs])
        text = json.dumps(content, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def language(self) -> QuestionLanguage:
        return group_of(self.text)


def group_of(text: str) -> QuestionLanguage:
    """``ko`` if at least 70 % of the letters are Hangul, ``en`` if less than 10 % are, else ``mixed``."""
    share = hangul_share(unicodedata.normalize("NFC", text)) or 0.0
    return "en" if share < 0.1 else "ko" if share >= 0.7 else "mixed"


class _Relevant(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    document: str | None = None
    page: int | None = Field(None, ge=1)
    passage: str = ""
    contains: str = ""  # an earlier name of passage
    answer: str = ""
    grade: int = Field(1, ge=1, le=100)

    @property
    def gold(self) -> Gold | None:
        document = unicodedata.normalize("NFC", self.document or "").strip("/")
        gold = Gold(document, self.page, self.passage or self.contains, self.answer, self.grade)
        return gold if gold.document or gold.passage.strip() or gold.answer.strip() else None

    @model_validator(mode="after")
    def _page_has_a_document(self) -> _Relevant:
        if self.page is not None and not (self.document or "").strip("/"):
            raise ValueError("a page needs its document")
        return self


class _Row(_Relevant):
    question: str = Field(min_length=1)
    id: str = ""
    origin: str = ""
    relevant: tuple[_Relevant, ...] = ()
    wrong: tuple[_Relevant, ...] = ()

    @model_validator(mode="after")
    def _says_it_once(self) -> _Row:
        if self.relevant and self.gold:
            raise ValueError("give what is right either beside the question or under relevant, not both")
        if not self.question.strip():
            raise ValueError("the question is empty")
        return self


def read_questions(file: Path) -> list[Question]:
    """The questions of a JSON Lines file, in order; a question without ``id`` gets its line number.

    Raises:
        QuestionsError: the file is missing or empty, or a line is not as ``docs/evaluation.md`` says.
    """
    found = parse_questions(str(file), read_rows(file))
    if not found:
        raise QuestionsError(f"{file} holds no question; write some, or run: secondlook evaluate propose")
    return found


def parse_questions(origin: str, rows: Iterable[tuple[int, dict[str, Any]]]) -> list[Question]:
    """The questions of (line number, object) pairs; ``origin`` is named in the ``QuestionsError`` that it raises."""
    found: list[Question] = []
    for number, row in rows:
        try:
            parsed = _Row.model_validate(row)
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, e['loc'])) or 'line'}: {e['msg'].removeprefix('Value error, ')}"
                for e in error.errors()
            )
            raise QuestionsError(f"{origin}, line {number}: {problems}; see docs/evaluation.md") from None
        golds = [relevant.gold for relevant in parsed.relevant] or [parsed.gold]
        wrongs = [relevant.gold for relevant in parsed.wrong]
        found.append(
            Question(
                parsed.id or str(number),
                parsed.question,
                tuple(g for g in golds if g),
                tuple(g for g in wrongs if g),
            )
        )
    _check_ids(origin, found)
    return found


def read_rows(file: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """(line number, object) of a JSON Lines file; empty lines are passed over. Raises ``QuestionsError``."""
    try:
        lines = file.read_text("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise QuestionsError(f"{file} cannot be read: {reason}; give a file of JSON Lines") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise QuestionsError(f"{file}, line {number} is not JSON: {error}; correct it") from error
        if not isinstance(row, dict):
            raise QuestionsError(f"{file}, line {number} is not a JSON object; correct it")
        yield number, row


def _check_ids(origin: str, questions: list[Question]) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise QuestionsError(f"{origin} has two questions with the id {question.id!r}; rename one")
        seen.add(question.id)
