"""An answer: iterate it to stream, ``.text`` to wait, everything else to see why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from chatbot.answering.writer import RESTART, Tokens, Writing
from chatbot.citations.markers import check_stream, cited_numbers
from chatbot.errors import LLMError
from chatbot.text.no_answer import says_no_answer
from chatbot.trace import (
    CALCULATED,
    Candidate,
    Ending,
    Gate,
    Gathered,
    Message,
    Request,
    Search,
    SecondLook,
    Source,
    Timings,
    Turn,
    Watcher,
)

_LONGEST = 40_000  # characters; a server that ignores max_tokens would drown the browser


class Answer:
    """The result of ``Chatbot.ask``. Sources and candidates are there at once, the text comes as it is written.

    Text that has been received is kept: iterating again starts from the first piece, and an error in
    mid-stream leaves ``received`` as it is.

    Attributes:
        search: the whole trace.
        sources: the kept candidates under their citation numbers; empty when refused.
        llm: label of the backend that writes, as "openai · gpt-5-mini"; empty when refused, which nobody wrote.
        history: the earlier turns that it was asked with.
        restarts: how often all that had come turned out to be the model thinking aloud; ``received`` then begins anew.
    """

    def __init__(
        self,
        search: Search,
        sources: tuple[Source, ...],
        llm: str,
        deltas: Iterator[str],
        history: Sequence[Turn] = (),
    ) -> None:
        self.search = search
        self.sources = sources
        self.llm = "" if search.gate.refused else llm
        self.history = tuple(history)
        self._deltas = deltas
        self._pieces: list[str] = []
        self.restarts = 0
        self._restarting = False
        self._rest = check_stream(self._until_restart(), len(sources))
        if self.timings.watcher is not None:
            self.timings.watcher.found(search)

    def __iter__(self) -> Iterator[str]:
        position, restarts = 0, self.restarts
        while True:
            if position >= len(self._pieces) and not self._advance():
                return
            if restarts != self.restarts:
                position, restarts = 0, self.restarts
                continue
            yield self._pieces[position]
            position += 1

    def _until_restart(self) -> Iterator[str]:
        for delta in self._deltas:
            if delta is RESTART:
                self._restarting = True
                return
            yield delta

    def _advance(self) -> bool:
        """Whether anything changed: a piece came, or all that had come turned out to be thoughts."""
        piece = self.timings.pull(self._rest)
        if piece is None and self._restarting:
            self._restarting = False
            self.restarts += 1
            self._pieces.clear()
            self._rest = check_stream(self._until_restart(), len(self.sources))
            return True
        if piece is None:
            if "total" not in self.timings:
                self.timings.mark("total")
                self._tell_end("complete")
            return False
        if not self._pieces:
            self.timings.mark("first_token")
        self._pieces.append(piece)
        return True

    def close(self) -> None:
        """Stop the writer: what was received stays, nothing more comes. From the thread that reads, not another."""
        self._rest.close()
        close = getattr(self._deltas, "close", None)
        if close is not None:
            close()
        self._tell_end("stopped")

    def watched_by(self, watcher: Watcher | None) -> Answer:
        """The same answer, which ``watcher`` sees written, unless another one has seen its question."""
        if watcher is not None and self.timings.watcher is None:
            self.timings.watcher = watcher
            watcher.found(self.search)
        return self

    def _tell_end(self, how: Ending) -> None:
        """Tell who watches what came of it, in counts."""
        if (watcher := self.timings.watcher) is None:
            return
        tokens = self.tokens
        facts: dict[str, int | str] = {
            "backend": self.llm.partition(" · ")[0],
            "characters": len(self.received),
            "citations": len(self.citations),
            "restarts": self.restarts,
            "declined": int(self.declined),
            "cut": int(bool(self.cut)),
        }
        if tokens is not None:
            facts |= {"tokens_prompt": tokens.prompt, "tokens_answer": tokens.answer}
        watcher.ended(how, facts)

    @property
    def text(self) -> str:
        """The whole answer; waits for the rest of it. Raises ``LLMError``."""
        for _ in self:
            pass
        return self.received

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
    def prompt(self) -> tuple[Message, ...]:
        """Word for word what the language model was sent, once it was; empty when none is asked."""
        return self.writing.prompt if self.writing is not None else ()

    @property
    def tokens(self) -> Tokens | None:
        """The cost of what was sent and has arrived; ``None`` when no language model is asked."""
        return self.writing.tokens if self.writing is not None else None

    @property
    def writing(self) -> Writing | None:
        """What is known of the model at work; ``None`` when none is asked."""
        return self._deltas if isinstance(self._deltas, Writing) else None

    @property
    def thoughts(self) -> str:
        """What the model thought, apart from the answer."""
        return self.writing.thoughts if self.writing is not None else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person should know of how it was searched and how the model was asked."""
        return self.search.notes + (self.writing.notes if self.writing is not None else ())

    @property
    def cut(self) -> str:
        """Why the answer is not whole although it ended; empty where it is."""
        return self.writing.cut if self.writing is not None else ""

    @property
    def sql(self) -> str:
        """The statement that the model wrote, where a database computed the answer from tables; else empty."""
        return self.writing.sql if self.writing is not None else ""

    @property
    def question(self) -> str:
        return self.search.question

    @property
    def query(self) -> str:
        return self.search.query

    @property
    def also_searched(self) -> str:
        """The query in the other language, where that was searched too."""
        return self.search.also_searched

    @property
    def request(self) -> Request:
        """What was asked for."""
        return self.search.request

    @property
    def gathered(self) -> Gathered | None:
        """What came of each part, where it was answered in parts."""
        return self.search.gathered

    @property
    def refused(self) -> bool:
        return self.search.gate.refused

    @property
    def declined(self) -> bool:
        """Whether what has arrived says only that the sources do not answer: ``is_declined``."""
        return is_declined(self.llm, self.received)

    @property
    def gate(self) -> Gate:
        return self.search.gate

    @property
    def second_look(self) -> SecondLook:
        return self.search.second_look

    @property
    def request_id(self) -> str:
        """The number of this question in the logs; empty where nobody watches."""
        return self.timings.watcher.request_id if self.timings.watcher is not None else ""

    @property
    def timings(self) -> Timings:
        """Milliseconds by stage; ``first_token`` and ``total`` count from the question."""
        return self.search.timings


def is_declined(llm: str, text: str) -> bool:
    """Whether the language model ``llm``, which saw the sources, says in ``text`` only that they do not answer."""
    return llm not in ("", "extractive", CALCULATED) and says_no_answer(text)


def read_answer(answer: Answer, is_stopped: Callable[[], bool]) -> None:
    """Read until the end or until ``is_stopped``; what has come stays in ``answer.received``. Raises ``LLMError``."""
    length = 0
    for piece in answer:
        length += len(piece)
        if is_stopped():
            answer.close()
            return
        if length > _LONGEST:
            raise LLMError(
                "the answer passed {count} characters and was cut there; lower llm.max_tokens or choose another model",
                count=f"{_LONGEST:,}",
            )
