"""``ask``: a question answered and checked by the configured program, with all that is behind the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.answering.answer import Answer
from chatbot.api.answers.checking import checked
from chatbot.api.answers.together import chatbot_over
from chatbot.api.limits import count_question, under_way
from chatbot.citations.check import ClaimCheck
from chatbot.errors import LLMError
from chatbot.llms.local.chosen import with_file
from chatbot.mcp_server.arguments import AskArguments
from chatbot.mcp_server.material import Fence
from chatbot.mcp_server.results import CheckOut, Written
from chatbot.mcp_server.tools import Reply
from chatbot.mcp_server.tools.candidates import (
    candidates_out,
    dropped_line,
    kept_lines,
    reranker_out,
    verdict_line,
    verdict_out,
)
from chatbot.mcp_server.working import Call
from chatbot.notebooks import Action
from chatbot.trace import Turn

_LONGEST = 40_000  # characters; a server that ignores max_tokens would fill memory
_TOLD_EACH = 400  # characters of answer between two notifications


def ask(call: Call, given: AskArguments) -> Reply:
    """Raises ``ChatbotError``; ``Problem`` where there were too many."""
    visit = call.visit
    numbers, config = visit.enter_all(given.notebook, given.notebooks, Action.ASK, given.question)
    count_question(visit.caller, visit.service)
    with under_way(visit.caller, visit.service):
        call.tell("searching the documents")
        chatbot = chatbot_over(visit.service, visit.caller, config, numbers)
        llm = with_file(config.llm, config.models_cache)
        answer = chatbot.ask(
            given.question,
            [Turn(turn.question, turn.answer) for turn in given.history],
            given.filters,
            top_n=given.top_n,
            writer=lambda: visit.service.writer_for(llm),
        )
        _read(call, answer)
        checks, not_checked = checked(chatbot, answer, given.check and not call.stop.is_set)
    answered = _Answered(numbers, answer, checks, not_checked)
    return Reply(_content(answered, given.dropped), _text(answered))


@dataclass(frozen=True, slots=True)
class _Answered:
    """``not_checked``: why not, where its citations were to be checked."""

    notebooks: tuple[int, ...]
    answer: Answer
    checks: tuple[ClaimCheck, ...] | None
    not_checked: str

    @property
    def text(self) -> str:
        return self.answer.received


def _read(call: Call, answer: Answer) -> None:
    """To its end, or until nobody waits for it; says meanwhile how far it is."""
    if answer.refused:
        call.tell("the documents do not hold the answer")
    else:
        looked, kept = len(answer.candidates), len(answer.sources)
        call.tell(f"looked at {looked} passages and kept {kept}; the answer is being written")
    said = 0
    try:
        for _ in answer:
            if call.stop.is_set:
                return
            written = len(answer.received)
            if written > _LONGEST:
                raise LLMError(
                    "the answer passed {count} characters and was cut there; lower llm.max_tokens or choose another model",
                    count=f"{_LONGEST:,}",
                )
            if written >= said + _TOLD_EACH or written < said:
                said = written
                call.tell(f"{written} characters are written")
    finally:
        answer.close()


def _content(answered: _Answered, dropped: bool) -> Written:
    answer = answered.answer
    checks, text = answered.checks, answered.text
    return Written(
        notebook=answered.notebooks[0],
        notebooks=list(answered.notebooks),
        question=answer.question,
        query=answer.query,
        verdict=verdict_out(answer.gate),
        reranker=reranker_out(answer.second_look),
        candidates=candidates_out(answer.candidates, answered.notebooks, dropped=dropped),
        looked_at=len(answer.candidates),
        timings_ms={stage: round(ms, 2) for stage, ms in answer.timings.items()},
        answer=text,
        written_by=answer.llm,
        refused=answer.refused,
        declined=answer.declined,
        cut=answer.cut,
        citations=answer.citations,
        checks=None if checks is None else [_check_out(check, text) for check in checks],
        not_checked=answered.not_checked,
        notes=list(answer.notes),
    )


def _check_out(check: ClaimCheck, text: str) -> CheckOut:
    return CheckOut(
        sentence=text[check.start : check.end],
        numbers=list(check.numbers),
        verdict=check.verdict,
        probability=check.probability,
        better=check.better,
    )


def _text(answered: _Answered) -> str:
    answer, fence = answered.answer, Fence()
    lines = [answered.text.strip(), verdict_line(answer.gate)]
    if answer.cut:
        lines.append(f"The answer is not whole: {answer.cut}")
    lines += _doubts(answered.checks or (), answered.text)
    cited = [c for c in answer.candidates if c.cited]
    if cited:
        lines += ["Cited passages:", fence.note, *kept_lines(cited, fence)]
    lines.append(dropped_line(answer.candidates))
    return "\n\n".join(filter(None, lines))


def _doubts(checks: Sequence[ClaimCheck], text: str) -> list[str]:
    """Sentences that their sources do not bear out."""
    return [
        f"Check: “{text[check.start : check.end].strip()}” is {check.verdict} by its sources."
        for check in checks
        if check.verdict in ("weak", "not supported")
    ]
