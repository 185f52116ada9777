"""Page, receipt and Markdown say the same words for the same verdict, refusal and second look."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Literal

import pytest

from chatbot.citations.check import ClaimCheck, Verdict
from chatbot.config import LLMConfig
from chatbot.conversations import ExchangeRecord, to_html, to_markdown
from chatbot.rendering.ranking import second_look_by, what_changed
from chatbot.rendering.reasons import why_refused
from chatbot.rendering.words import Language, Say
from chatbot.trace import Gate, SecondLook
from chatbot.ui.chat import exchange_view
from chatbot.ui.chat.exchange import Exchange
from chatbot.ui.choices import Settings

LANGUAGES: tuple[Language, ...] = ("ko", "en")


def on_the_page(record: ExchangeRecord, language: Language) -> str:
    """The exchange as the page draws it when it comes back from the database."""
    asked_with = Settings(LLMConfig(), 5, 2, rerank=True, filters=record.settings.filters)
    exchange = Exchange(record.question, asked_with, trace=record, written=True, checks=record.checks)
    say = Say(language)
    drawn = [exchange_view.part_html(part, exchange, 0, say) for part in ("above", "text", "below")]
    # the place of a sentence is for the page alone, where a number points at it
    return re.sub(r' data-at="\d+"', "", unescape("".join(drawn)))


def exported(record: ExchangeRecord, language: Language) -> tuple[str, str]:
    """As a receipt and as Markdown, without what escapes it."""
    return unescape(to_html([record], language)), to_markdown([record], language).replace("\\", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["supported", "weak", "not supported", "unchecked"])
def test_a_verdict(record, language: Language, verdict: Verdict) -> None:
    made = record(checks=(ClaimCheck(0, 20, (1,), verdict, 0.9, None, better=4),))
    page, (receipt, markdown) = on_the_page(made, language), exported(made, language)
    mark = re.search(r'data-check="[^"]+"', page)
    line = re.search(r'<span class="sl-checked[^>]*>[^<]+', page)
    better = re.search(r'<span class="sl-better"[^>]*>[^<]+', page)
    assert mark
    assert line
    assert better
    for words in (mark[0], line[0], better[0]):
        assert words in receipt
    for words in (line[0], better[0]):
        assert words.rpartition(">")[2].strip() in markdown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("filters", [(), ("docs",)])
@pytest.mark.parametrize("gate", [Gate(True, 0.04, 0.25), Gate(True)])
def test_a_refusal(record, language: Language, gate: Gate, filters: tuple[str, ...]) -> None:
    made = record(gate=gate, sources=(), checks=None)
    made = replace(made, settings=replace(made.settings, filters=filters))
    words = why_refused(gate, filters, Say(language))
    for drawn in (on_the_page(made, language), *exported(made, language)):
        assert words in drawn
        assert Say(language)("refused") in drawn
        assert Say(language)("closest") in drawn
        assert made.candidates[2].text in drawn
        assert "%" not in words
    assert "4%" not in on_the_page(made, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", ["weak", "strong"])
def test_a_weak_answer_is_marked(record, language: Language, verdict: Literal["weak", "strong"]) -> None:
    made = record(gate=Gate(False, 0.5, 0.25, verdict=verdict, strong_from=0.6))
    words = Say(language)("weak_match")
    for drawn in (on_the_page(made, language), *exported(made, language)):
        assert (words in drawn) == (verdict == "weak")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "look",
    [SecondLook("m", "failed", "it is <damaged>"), SecondLook("m", "off"), SecondLook("m", "applied")],
)
def test_a_second_look(record, language: Language, look: SecondLook) -> None:
    made = record(second_look=look)
    words = what_changed(made.candidates, look, Say(language))  # the inspector's first sentence
    for drawn in exported(made, language):
        assert words in drawn
    page = on_the_page(made, language)
    assert (Say(language)("no_second_look") in page) == (not look.applied)
    assert look.failure in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_source_and_the_candidates(record, language: Language) -> None:
    made = record()
    page, (receipt, markdown) = on_the_page(made, language), exported(made, language)
    scores = re.findall(r'<div class="sl-fine">([^<]+)</div></details>', page)
    passages = re.findall(r'<div class="sl-passage"[^>]*>(.+?)</div>', page, re.DOTALL)
    counts = Say(language)("why_counts", kept=2, candidates=5)
    assert len(scores) == len(passages) == 2
    for words in (*scores, *passages, counts):
        assert words in receipt
    for words in (*scores, counts):
        assert words in markdown


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_searched_too(record, language: Language) -> None:
    made = record(also_searched="How many <b>days</b> of leave?")
    words = Say(language)("also_searched_as", query=made.also_searched)
    for drawn in (on_the_page(made, language), *exported(made, language)):
        assert words in drawn
    assert "<b>days" not in to_html([made], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_that_found_no_answer(record, language: Language) -> None:
    made = record(received="The passages do not mention it [1].", llm="openai · x", checks=None)
    for drawn in (on_the_page(made, language), *exported(made, language)):
        assert Say(language)("refused") in drawn
        assert Say(language)("closest") in drawn
        assert "do not mention it" in drawn
    plain = replace(made, llm="extractive")
    assert Say(language)("refused") not in on_the_page(plain, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_second_look_of_a_language_model(record, language: Language) -> None:
    look = SecondLook(
        "openai · x", "applied", scored=3, of=20, spent_ms=2412.0, listwise=True, tokens_sent=900, tokens_received=12
    )  # fmt: skip
    made = record(second_look=look)
    words = second_look_by(look, Say(language))
    assert "openai · x" in words
    assert "900" in words
    for drawn in exported(made, language):
        assert words in drawn
