"""An answer: iterate it to stream, ``.text`` to wait, everything else to see why."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from chatbot import prompts
from chatbot.candidate import Candidate, Source
from chatbot.citations import check_stream, cited_numbers
from chatbot.search import Gate, Search, SecondLook
from chatbot.timings import Timings

_REFUSAL = {
    "ko": "문서에서 이 질문의 답을 찾지 못했습니다.",
    "en": "The documents do not answer this question.",
}


class Answer:
    """The result of ``Chatbot.ask``. Sources and candidates are there at once, the text comes as it is written.

    Text that has been received is kept: iterating again starts from the first piece, and an error in
    mid-stream leaves ``received`` as it is.

    Attributes:
        search: the whole trace.
        sources: the kept candidates under their citation numbers; empty when refused.
        llm: label of the backend that writes, as "openai · gpt-5-mini".
    """

    def __init__(
        self, search: Search, sources: tuple[Source, ...], llm: str, deltas: Generator[str, None, None]
    ) -> None:
        self.search = search
        self.sources = sources
        self.llm = llm
        self._deltas = deltas
        self._pieces: list[str] = []
        self._rest = check_stream(deltas, len(sources))

    def __iter__(self) -> Iterator[str]:
        position = 0
        while True:
            if position == len(self._pieces) and not self._advance():
                return
            yield self._pieces[position]
            position += 1

    def _advance(self) -> bool:
        piece = next(self._rest, None)
        if piece is None:
            if "total" not in self.timings:
                self.timings.mark("total")
            return False
        if not self._pieces:
            self.timings.mark("first_token")
        self._pieces.append(piece)
        return True

    def close(self) -> None:
        """Stop the writer: what was received stays, nothing more comes. From the thread that reads, not another."""
        self._rest.close()
        self._deltas.close()

    @property
    def text(self) -> str:
        """The whole answer; waits for the rest of it. Raises ``LLMError``."""
        return "".join(self)

    @property
    def received(self) -> str:
        """What has arrived so far; never waits."""
        return "".join(self._pieces)

    @property
    def citations(self) -> list[int]:
        """Source numbers cited in what has arrived, in order of appearance."""
        return cited_numbers(self.received)

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """All k candidates in final order, with ``cited`` as of what has arrived."""
        return self.search.citing(self.citations)

    @property
    def question(self) -> str:
        return self.search.question

    @property
    def query(self) -> str:
        return self.search.query

    @property
    def refused(self) -> bool:
        return self.search.gate.refused

    @property
    def gate(self) -> Gate:
        return self.search.gate

    @property
    def second_look(self) -> SecondLook:
        return self.search.second_look

    @property
    def timings(self) -> Timings:
        """Milliseconds by stage; ``first_token`` and ``total`` count from the question."""
        return self.search.timings


def refusal(question: str) -> str:
    """What is answered, in the question's language, when the documents do not hold the answer."""
    return _REFUSAL[prompts.language(question)]
