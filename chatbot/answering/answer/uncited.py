"""The sentences of a language model's answer that name no source: what the page and the receipt mark."""

from __future__ import annotations

from typing import Protocol

from chatbot.answering.answer.answered import Written
from chatbot.citations.claims import every_claim
from chatbot.text.no_answer import says_no_answer
from chatbot.trace import CALCULATED


class _ByWriter(Written, Protocol):
    @property
    def llm(self) -> str: ...


def uncited_sentences(answered: _ByWriter) -> list[tuple[int, int]]:
    """Where they are in ``answered.received``.

    What says that the documents do not answer needs no source, nor does what the program itself says. An answer without
    sources, such as a greeting, has none to name.
    """
    # only here: kept conversations are read without the libraries that search
    from chatbot.answering.gathering.words import SAID_BELOW as GATHERING
    from chatbot.answering.whole_document.words import SAID_BELOW as WHOLE_DOCUMENT

    by_model = answered.llm not in ("", "extractive", CALCULATED) and answered.request.kind != "table"
    if not by_model or not answered.sources or answered.gate.refused or answered.declined:
        return []
    text = answered.received
    own = [said.span() for pattern in (GATHERING, WHOLE_DOCUMENT) for said in pattern.finditer(text)]
    return [
        (claim.start, claim.end)
        for claim in every_claim(text)
        if not (
            claim.numbers
            or says_no_answer(claim.text)
            or any(start <= claim.start < end for start, end in own)
        )
    ]
