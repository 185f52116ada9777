"""A language model that writes the SQL that a test tells it to."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from chatbot.answering.writer import Evidence, Reply, Tokens, Writing
from chatbot.trace import Message, Turn


class SQLModel:
    """Gives ``replies`` one after the other, the last one again and again; an answer from passages is "Written [1]."."""

    label = "fake · sql"
    remote = False

    def __init__(self, *replies: str, room: int = 7000) -> None:
        self.room = room
        self.asked: list[tuple[str, str]] = []
        self._replies = list(replies)

    def reply(
        self, rules: str, text: str, *, longest: int, limit_s: float | None = None, one_line: bool = False
    ) -> Reply:
        self.asked.append((rules, text))
        said = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        return Reply(said[:longest], Tokens(100, 20, exact=True))

    def write(self, evidence: Evidence) -> Writing:
        def begin(writing: Writing) -> Generator[str, None, None]:
            writing.prompt = (Message("user", evidence.question),)
            yield "Written [1]."

        return Writing(begin)

    def condense(self, question: str, history: Sequence[Turn]) -> str:
        return question
