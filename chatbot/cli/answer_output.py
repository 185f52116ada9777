"""Terminal output of ``search``, ``ask`` and ``doctor``: candidates, answers, documents.

Text from documents is never read as markup. Characters that nobody sees, or that a terminal would obey, are written as ``⟨U+202E⟩``.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from chatbot.answering.answer import Answer
from chatbot.errors import ChatbotError
from chatbot.rendering.candidates import closest
from chatbot.rendering.reasons import answered_as
from chatbot.rendering.words import Say
from chatbot.store import DocumentRow
from chatbot.store.records import other_places, same_content
from chatbot.text.invisible import on_one_line, visible
from chatbot.trace import Candidate, Search, SecondLook, Source

_BEGINS = 120  # characters of a passage
_COLUMNS = [
    Column("kept", justify="center", no_wrap=True),
    *(
        Column(name, justify="right", no_wrap=True)
        for name in ("rank", "was", "dense", "lexical", "rerank", "p")
    ),
    Column("document", no_wrap=True, overflow="ellipsis", ratio=1),
    Column("passage", no_wrap=True, overflow="ellipsis", ratio=2),
]


def print_candidates(console: Console, search: Search) -> None:
    """All k candidates in final order; ``●`` marks those that are kept as sources, and the others are dim."""
    # copies: a column keeps the cells of its table
    table = Table(*(column.copy() for column in _COLUMNS), box=None, expand=console.is_terminal)
    for candidate in search.candidates:
        table.add_row(*_cells(candidate), style=None if candidate.kept else "dim")
    console.print(table)
    _print_verdict(console, search)


def print_answer(console: Console, answer: Answer) -> ChatbotError | None:
    """The answer as it is written, then its sources; returns why it did not come to its end.

    Where nobody watches it being written it is printed whole, because what came first may turn out to be thoughts.

    Raises:
        LLMError: not a word came.
    """
    failure: ChatbotError | None = None
    if answer.gate.verdict == "weak":
        console.print("weak match: judge for yourself by the sources\n", style="yellow")
    try:
        _print_text(console, answer)
    except ChatbotError as error:
        if not answer.received.strip():
            raise
        failure = error
    finally:  # interrupted too: what came is not lost
        if not console.is_terminal:
            console.print(visible(answer.received), end="", markup=False, soft_wrap=True)
    console.print()
    if answer.cut:
        console.print(f"the answer was cut: {answer.cut}", style="yellow", markup=False, soft_wrap=True)
    _print_sources(console, answer)
    return failure


def _print_text(console: Console, answer: Answer) -> None:
    restarts = answer.restarts
    for piece in answer:
        if not console.is_terminal:
            continue
        if answer.restarts != restarts:
            restarts = answer.restarts
            console.print("\n(so far the model was thinking aloud)\n", style="dim", markup=False)
        console.print(visible(piece), end="", markup=False, soft_wrap=True)


def _print_sources(console: Console, answer: Answer) -> None:
    if answer.declined:
        console.print("\nthe language model found no answer in these passages:", style="bold")
    for source in answer.sources:
        console.print()
        console.print(
            Text(
                f"[{source.number}] {' · '.join(filter(None, (_place(source), _movement(source.candidate))))}",
                style="bold",
            ),
            soft_wrap=True,
        )
        console.print(_highlighted(source))
    if answer.refused and answer.candidates:
        _print_closest(console, answer)
    console.print()
    _print_verdict(console, answer.search)
    if words := answered_as(answer.request, answer.second_look, Say("en")):
        console.print(words, style="dim", markup=False, soft_wrap=True)
    if answer.llm:
        console.print(f"answered by {answer.llm}", style="dim", markup=False, soft_wrap=True)


def _print_closest(console: Console, answer: Answer) -> None:
    """The nearest passages: a person may see in them what to ask instead."""
    console.print("\nclosest, but not an answer:", style="bold")
    for source in closest(answer.candidates):
        console.print(f"  {_place(source)}: {_line(source.text)[:_BEGINS]}", markup=False, soft_wrap=True)
    console.print("\nother words may help, a wider --filter, or another document", markup=False)


def print_documents(console: Console, documents: Sequence[DocumentRow]) -> None:
    table = Table("document", "status", "format", "pages", "chunks", "reason", box=None)
    places = same_content(documents)
    for row in documents:
        others = ", ".join(other_places(places, row.uri))
        same = f"same content as {others}" if others else ""
        table.add_row(
            Text(_line(row.uri)), row.status, row.format, str(row.pages or ""), str(row.chunks),
            Text(_line("; ".join(filter(None, (row.reason, same))))),
        )  # fmt: skip
    console.print(table)


def _place(source: Source) -> str:
    """Document, page and heading of a source."""
    page = f", page {source.page}" if source.page else ""
    heading = f" › {' › '.join(source.candidate.heading)}" if source.candidate.heading else ""
    copies = source.candidate.copies
    also = f" (also in {copies} other place{'s' if copies > 1 else ''})" if copies else ""
    return _line(f"{source.document}{page}{heading}{also}")


def _movement(candidate: Candidate) -> str:
    """Where retrieval had it and where the second look put it."""
    if candidate.reranked_rank is None and candidate.fused_rank is None:
        return ""
    if candidate.reranked_rank is None:
        return f"retrieved {_ordinal(candidate.rank)}, not reranked"
    return f"retrieved {_ordinal(candidate.fused_rank or 0)} → reranked {_ordinal(candidate.reranked_rank)}"


def _print_verdict(console: Console, search: Search) -> None:
    look, gate, timings = search.second_look, search.gate, search.timings
    lines = [f"{' · '.join(f'{stage} {ms:.0f}' for stage, ms in timings.items())} ms"]
    lines.insert(0, f"second look: {_look(look)}")
    if search.also_searched:
        lines.insert(0, f"also searched as: {visible(on_one_line(search.also_searched))}")
    lines[:0] = [visible(on_one_line(note)) for note in search.notes]
    if gate.probability is not None:
        lines.insert(
            0,
            f"{gate.verdict}: the documents hold the answer with p = {gate.probability:.2f} (threshold {gate.threshold:.2f})",
        )
    elif gate.reason:
        lines.insert(0, f"refusal: {gate.reason}")
    for verdict in lines:
        console.print(verdict, style="dim", markup=False, soft_wrap=True)


def _look(look: SecondLook) -> str:
    """How the order came about."""
    if look.outcome == "unneeded":
        return f"not needed, {look.of} passages were read" if look.of else "not needed"
    if not look.applied:
        return {"off": "turned off", "empty": "nothing to rank"}.get(look.outcome, f"failed: {look.failure}")
    if look.listwise:
        tokens = f", {look.tokens_sent} tokens in, {look.tokens_received} out" if look.tokens_sent else ""
        return f"{look.model} put {look.scored} of {look.of} in order in {look.spent_ms:.0f} ms{tokens}"
    order = f"logit + {look.fused_weight:g} × fused" if look.fused_weight else "logit"
    return f"reranked {look.scored} of {look.of} in {look.spent_ms:.0f} ms, ordered by {order}"


def _cells(candidate: Candidate) -> list[Text]:
    scores = candidate.scores
    values = [
        "●" if candidate.kept else "", str(candidate.rank), _rank(candidate.fused_rank), _number(scores.dense), _number(scores.lexical, 1),
        _number(scores.rerank, 1), _number(scores.probability), _line(candidate.document.rsplit("/", 1)[-1]),
        _line(candidate.text)[:200],
    ]  # fmt: skip
    return [Text(value) for value in values]


def _highlighted(source: Source) -> Text:
    text, position = Text(), 0
    for sentence in source.highlights:
        text.append(visible(source.text[position : sentence.start]))
        text.append(visible(source.text_of(sentence)), style="bold")
        position = sentence.end
    text.append(visible(source.text[position:]))
    text.pad_left(4)
    return text


def _line(text: str) -> str:
    return visible(on_one_line(text))


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _rank(rank: int | None) -> str:
    return "-" if rank is None else str(rank)


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"
