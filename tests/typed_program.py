"""What somebody writes over the public names, and mypy --strict accepts without a word of ours beside the package."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chatbot import (
    Answer,
    Candidate,
    Chatbot,
    ChatbotError,
    ClaimCheck,
    Config,
    Library,
    Message,
    Search,
    Source,
    Tokens,
    Turn,
    load_chatbot,
    load_config,
)


def ranks(search: Search) -> list[tuple[int, int | None, bool]]:
    candidates: tuple[Candidate, ...] = search.candidates
    return [(candidate.rank, candidate.fused_rank, candidate.kept) for candidate in candidates]


def ask(chatbot: Chatbot, question: str, history: Sequence[Turn] = ()) -> Turn:
    answer: Answer = chatbot.ask(question, history)
    for piece in answer:
        print(piece, end="")
    sources: tuple[Source, ...] = answer.sources
    checks: tuple[ClaimCheck, ...] = chatbot.check(answer)
    tokens: Tokens | None = answer.tokens
    prompt: tuple[Message, ...] = answer.prompt
    print([source.page for source in sources], [check.verdict for check in checks], tokens, prompt)
    return Turn(question, answer.text)


def main() -> int:
    try:
        config: Config = load_config(Path("secondlook.toml")).with_(retrieval={"k": 10})
        chatbot = load_chatbot(config, "main")
        print(Library(config).folder, ranks(chatbot.search("What is a cross-encoder?")))
        ask(chatbot, "And a bi-encoder?", [ask(chatbot, "What is a cross-encoder?")])
    except ChatbotError as error:
        print(error)
        return 1
    return 0
