"""Requests that are answered without looking a passage up: talk, the library, whole documents, rows of tables."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import Literal

from chatbot.answering.answer import Answer, unranked
from chatbot.answering.library import READ, Library, about_library, spread
from chatbot.answering.requests import without_opener
from chatbot.answering.suggesting.suggestions import answered_questions, possible_questions
from chatbot.answering.tables.rules.operation import wanted
from chatbot.answering.tables.table_reader import MOST_DOCUMENTS, TableReader
from chatbot.answering.talk import talk
from chatbot.answering.whole_document import KeptTexts, answer_whole
from chatbot.answering.writer import LanguageModel, Writer
from chatbot.retrieval.retrieve import Find
from chatbot.store import DocumentRow, Store
from chatbot.text.language import language_of
from chatbot.text.leaning import without_connective
from chatbot.trace import CALCULATED, Asked, Candidate, Request, Search

_NAME = 2  # words of a follow-up that may be nothing but a name: "주방용품은?"
_FILE = re.compile(r"\w\.[A-Za-z]{2,5}(?![A-Za-z])")  # in a question; Korean particles stand behind it


class DirectAnswers:
    """Answers from the index itself. Safe to share between threads.

    Args:
        search: finds and judges the candidates of a question; asked for suggestions.
    """

    def __init__(self, store: Store, search: Callable[[str], Search]) -> None:
        self._store = store
        self._search = search
        self.tables = TableReader(store)
        self._told = KeptTexts()
        self._suggesting = threading.Lock()
        self._suggested: dict[tuple[str, int], tuple[str, ...]] = {}  # by language and commit

    def answer(
        self, asked: Asked, filters: Sequence[str], writer: Callable[[], Writer], find: Find
    ) -> Answer | None:
        """The answer to ``asked``; ``None`` for what has to be looked up. Raises ``ChatbotError``.

        Args:
            writer: gives who writes; asked for whole documents, and for tables of which something is not clear.
            find: gives the candidates for a question, the best first; asked for tables only.
        """
        match asked.request.kind:
            case "talk" | "library":
                text = self._said(asked.question, asked.request, filters)
                return unranked(
                    asked.question, asked.request, (), "", iter([text]), asked.history, asked.timings
                )
            case "whole_document":
                with self._store.reading() as view:
                    rows = view.documents(asked.request.documents or filters)
                    if asked.request.topic == "compare":  # side by side as they were named
                        rows.sort(key=lambda row: asked.request.documents.index(row.uri))
                    return answer_whole(view, rows, asked, writer(), self._told)
            case "table":
                return self._computed(asked, filters, writer, find)
            case "look_up" | "collect" if asked.request.decided_by == "rules":
                return self._computed(asked, filters, writer, find)
        return None

    def suggestions(self, language: Literal["ko", "en"]) -> tuple[str, ...]:
        """Up to three questions in ``language`` that were found to be answered, of different documents where it can be.

        They are asked silently, once for each commit of the index: some seconds the first time, nothing afterwards.

        Raises:
            ChatbotError: a model cannot be used.
        """
        with self._suggesting:
            key = (language, self._store.sequence())
            if key not in self._suggested:
                with self._store.reading() as view:
                    possible = list(possible_questions(view, view.documents(), language))
                found = answered_questions(iter(possible), self._search, language=language)
                older = {k: v for k, v in self._suggested.items() if k[1] == key[1]}
                self._suggested = {**older, key: found}
            return self._suggested[key]

    def _said(self, question: str, request: Request, filters: Sequence[str]) -> str:
        """What the program itself answers."""
        language = language_of(question)
        if request.kind == "talk":
            return talk(request.topic, language, lambda: self.suggestions(language))
        with self._store.reading() as view:
            documents = view.documents(filters)
        library = Library(
            documents,
            bool(filters),
            lambda: self._beginnings(documents),
            lambda: () if filters else self.suggestions(language),
        )
        return about_library(request.topic, request.documents, library, language)

    def _beginnings(self, documents: Sequence[DocumentRow]) -> list[str]:
        with self._store.reading() as view:
            return [view.text_between(row.uri, 0, READ) for row in spread([r for r in documents if r.chunks])]

    def _computed(
        self, asked: Asked, filters: Sequence[str], writer: Callable[[], Writer], find: Find
    ) -> Answer | None:
        """What is wanted of tables, if that is what is asked for and one explains it.

        Where a table does, and something of it is not clear, its rows with the reason; a language model may know more.
        """
        question, timings = without_opener(asked.question), asked.timings
        documents: Sequence[str] = asked.request.documents
        if wanted(question) is None and not asked.history:
            return None
        # "and for notebooks?" wants something of the table before it, "and in shop.csv?" of another one
        own = without_connective(question)
        names_another = own != question.strip() or _FILE.search(question) or len(own.split()) <= _NAME
        if not documents and (wanted(question) or names_another):
            documents = self._likely(find(question), filters)
        with timings.measure("compute"):
            found = self.tables.read(question, documents, asked.history)
            if found is not None and found.operation == "unclear" and isinstance(writer(), LanguageModel):
                found = None
        if found is None:
            return None
        request = Request("table", found.operation, found.documents)
        return unranked(
            asked.question, request, found.sources, CALCULATED, iter([found.text]), asked.history, timings
        )

    def _likely(self, found: Sequence[Candidate], filters: Sequence[str]) -> list[str]:
        """The documents of ``found``; of a small library all others behind them: "the priciest thing" is in no passage."""
        documents = dict.fromkeys(candidate.document for candidate in found)
        with self._store.reading() as view:
            every = view.documents(filters, most=MOST_DOCUMENTS + 1)
        if len(every) <= MOST_DOCUMENTS:
            documents |= dict.fromkeys(row.uri for row in every)
        return list(documents)
