"""One exchange as HTML, in parts: the question, what stands above the answer, the answer, and what stands below it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Literal

from chatbot.answering.answer.uncited import uncited_sentences
from chatbot.conversations import Trace, answer_to_markdown
from chatbot.rendering.answer import Uncited, renderer_of
from chatbot.rendering.candidates import closest
from chatbot.rendering.checks import check_line, citation_marks, evidence_of
from chatbot.rendering.reasons import answered_as, why_no_second_look, why_refused, written_by
from chatbot.rendering.safe import as_html
from chatbot.rendering.words import Say
from chatbot.ui.chat.asking.given_view import given_html, searched_first_html
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.chat.versions import versions_html, why_html
from chatbot.ui.clicks import AskAgain, AskAs, CopyAnswer, EditQuestion, Rate, button_html
from chatbot.ui.inspector.inspector import why_line
from chatbot.ui.notices import notice_html
from chatbot.ui.sources.cards import source_cards

Part = Literal["asked", "above", "text", "below"]
PARTS: tuple[Part, ...] = ("asked", "above", "text", "below")


def part_html(part: Part, exchange: Exchange, index: int, say: Say) -> str:
    """HTML of one part of exchange ``index`` as it is now; empty where there is nothing to say yet."""
    match part:
        case "asked":
            return _question(exchange, index, say)
        case "above":
            return "".join(_above(exchange, index, say))
        case "text":
            return "".join(_text(exchange, index, say))
        case "below":
            return "".join(_below(exchange, index, say))


def _question(exchange: Exchange, index: int, say: Say) -> str:
    edit_it = button_html(EditQuestion(index), say("edit_question"), "edit") if exchange.settled else ""
    as_typed = escape(exchange.question, quote=True)  # with its line breaks: what is edited
    return (
        f'<div class="sl-asked" data-question="{as_typed}">'
        f'<div class="sl-question" role="article" aria-label="{say("you_asked")}" tabindex="0">'
        f"{as_html(exchange.question)}</div>{edit_it}</div>{given_html(exchange, index, say)}"
    )


def _above(exchange: Exchange, index: int, say: Say) -> Iterator[str]:
    """How the question was understood, how sure the answer is, what the model was told to do without, and its thoughts, folded."""
    trace = exchange.trace
    if trace is None:
        return
    yield _kind(exchange, trace, index, say)
    yield searched_first_html(exchange, say)
    if trace.also_searched:
        yield f'<p class="sl-fine">{as_html(say("also_searched_as", query=trace.also_searched))}</p>'
    if trace.query != trace.question:
        yield f'<p class="sl-fine">{as_html(say("searched_as", query=trace.query))}</p>'
    if trace.refused:
        return
    if trace.gate.verdict == "weak":
        yield f'<p class="sl-weak" role="note">{say("weak_match")}</p>'
    if trace.received:
        for note in trace.notes:
            yield f'<p class="sl-fine">{as_html(say.error(note))}</p>'
    if trace.thoughts.strip():
        yield (
            f'<details class="sl-thoughts" data-key="{_anchor(index)}-thoughts">'
            f'<summary class="sl-fine">{say("thoughts")}</summary>'
            f'<p class="sl-fine">{as_html(trace.thoughts.strip())}</p></details>'
        )


def _kind(exchange: Exchange, trace: Trace, index: int, say: Say) -> str:
    """As what the question was answered, and the click that takes it for something else; empty for a plain look-up."""
    words = answered_as(trace.request, trace.second_look, say)
    if not words:
        return ""
    looked_up = trace.request.kind == "look_up"
    label = say("as_recognised") if looked_up else say("look_it_up")
    change = button_html(AskAs(index, 0 if looked_up else 1), label) if exchange.settled else ""
    return f'<div class="sl-kind"><span class="sl-fine">{as_html(words)}</span>{change}</div>'


def _text(exchange: Exchange, index: int, say: Say) -> Iterator[str]:
    """The answer as far as it has come, with what is to be said about it."""
    trace = exchange.trace
    if trace is None:
        is_waiting = exchange.given is not None and exchange.given.is_waiting  # which its bubble says
        if not exchange.written and not exchange.stopped and not is_waiting:
            waits_for = "loading_models" if exchange.waits_for_models else "searching"
            yield f'<p class="sl-busy">{say(waits_for)}</p>'
    elif trace.refused:
        yield notice_html(say("refused"), why_refused(trace.gate, exchange.settings.filters, say), "calm")
    elif trace.declined and exchange.written:
        yield notice_html(say("refused"), say("declined", llm=trace.llm, words=trace.received), "calm")
    else:
        state = "written" if exchange.written else "writing"
        render = renderer_of(trace.llm, trace.request.kind)
        marks = citation_marks(trace.received, exchange.grounds, trace.llm, say)
        # while it is written, a citation may still come
        uncited = Uncited(uncited_sentences(trace), say("uncited")) if exchange.written else None
        body = render(trace.received, len(trace.sources), _anchor(index), marks, uncited)
        is_waiting = not body and not exchange.written
        waiting = f'<p class="sl-busy">{_at_work(trace, say)}</p>' if is_waiting else ""
        yield f'<div class="sl-answer" data-state="{state}" role="article">{body}{waiting}</div>'
    if exchange.failed:
        cut = trace is not None and trace.received
        yield notice_html(say("interrupted") if cut else say("problem"), say.error(exchange.failed))
    if exchange.stopped and exchange.written:
        yield f'<p class="sl-fine">{say("stopped")}</p>'


def _at_work(trace: Trace, say: Say) -> str:
    """What is waited for while not a word of the answer has come."""
    if trace.thoughts:
        return say("thinking")
    return as_html(say.error(trace.notes[-1])) if trace.notes else say("writing")


def _below(exchange: Exchange, index: int, say: Say) -> Iterator[str]:
    """What can be done with the answer, the warning where the second look failed, the cards, the way to the inspector."""
    trace = exchange.trace
    if not exchange.settled:
        yield f'<div class="sl-actions">{_stop(exchange, say)}</div>'  # as high as what takes its place
    elif trace is not None:
        yield _actions(exchange, trace, index, say)
    if trace is None:
        return
    look = trace.second_look
    if look.outcome == "failed":
        yield notice_html(say("no_second_look"), why_no_second_look(look, say))
    if trace.sources:
        off = (
            f" · {as_html(say('no_second_look'))}" if not look.applied and look.outcome != "unneeded" else ""
        )
        wrote = trace.llm and trace.received
        by = f" · {as_html(written_by(trace.llm, say))}" if wrote else ""
        title = say("closest" if trace.declined and exchange.written else "sources")
        yield f'<div class="sl-label">{title}<span class="sl-fine">{by}{off}</span></div>'
        yield source_cards(
            trace.sources,
            trace.citations,
            _anchor(index),
            exchange.ratings,
            index,
            say,
            evidence_of(exchange.grounds),
        )
    if trace.refused and trace.candidates:
        yield f'<div class="sl-label">{say("closest")}</div>'
        yield source_cards(closest(trace.candidates), [], _anchor(index), {}, index, say, rated=False)
    if trace.candidates:
        yield why_line(trace, index, say)


def _stop(exchange: Exchange, say: Say) -> str:
    """Once an answer is to stop (its button is on the field to ask in): that the next word is waited for."""
    return f'<p class="sl-busy">{say("stopping")}</p>' if exchange.stopped and not exchange.written else ""


def _actions(exchange: Exchange, trace: Trace, index: int, say: Say) -> str:
    rated = exchange.ratings.get(0, 0)
    buttons = [button_html(AskAgain(index), say("regenerate"), "refresh")]
    if trace.received and not trace.refused:
        buttons = [
            button_html(CopyAnswer(index), say("copy"), "content_copy"), *buttons,
            button_html(Rate(index, 0, 1), say("good_answer"), "thumb_up", rated == 1),
            button_html(Rate(index, 0, -1), say("bad_answer"), "thumb_down", rated == -1),
        ]  # fmt: skip
    checked = check_line(
        exchange.checks, trace.llm, trace.candidates, _anchor(index), say, exchange.not_checked,
        len(uncited_sentences(trace)),
    )  # fmt: skip
    versions = versions_html(exchange, index, say)
    text = escape(answer_to_markdown(trace, say.language), quote=True) if trace.received else ""
    return (
        f'<div class="sl-actions" data-markdown="{text}">{versions}{"".join(buttons)}{checked}</div>'
        f"{why_html(exchange, index, say)}"
    )


def _anchor(index: int) -> str:
    return f"sl-passage-{index}"
