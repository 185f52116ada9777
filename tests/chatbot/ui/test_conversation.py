"""The conversation in a real browser: the newest question and its answer are in view, and a turn costs what it costs."""

from __future__ import annotations

import re
import time
from itertools import cycle

import pytest
from playwright.sync_api import Locator, Page, expect

from chatbot.config import Config
from chatbot.conversations import Conversations
from fakes.llm_server import FakeLLMServer
from visit import PHONE, Visit, Visitor

pytestmark = pytest.mark.browser

ANSWERED = [
    "How many days a week may I work from home?", "What is a cross-encoder?", "When do I need a doctor's note?",
    "What limits how good a reranker can get?", "Word2Vec 에 대해서 알려줄래?", "필터는 얼마나 자주 교체해야 하나요?",
    "How do I choose k and top_n?", "What are the core hours?",
]  # fmt: skip
REFUSED = [
    "What is the capital of Australia?",
    "Who won the world cup in 1998?",
    "오늘 서울 날씨 어때?",
    "How tall is Mont Blanc?",
]
TURNS = [question for pair in zip(ANSWERED[::2], ANSWERED[1::2], REFUSED, strict=True) for question in pair]


# pixels of what was written before the newest question, below the bar with the conversation's name
SHOWS_BEFORE = """() => {
  const bar = document.querySelector('.st-key-chat_head').getBoundingClientRect().bottom;
  const before = [...document.querySelectorAll('.sl-exchange:not(:last-child) > *')].map(each => each.getBoundingClientRect().bottom);
  return Math.max(0, ...before) - bar;
}"""


def top_of(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"]


def assert_seen(part: Locator, page: Page) -> None:
    """All of it stands below the bar of the page and above the field to ask in."""
    box, field = part.bounding_box(), page.locator(".st-key-ask").bounding_box()
    assert box is not None
    assert field is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= field["y"] + 1


SIZES = ((1280, 860), (820, 1180), PHONE)
IN_TURN = (*SIZES, PHONE)  # four, as every third turn is refused: each size has each kind of turn


@pytest.mark.parametrize(
    ("sizes", "turns"),
    [(IN_TURN, 6), *(pytest.param(sizes, 12, marks=pytest.mark.slow) for sizes in (IN_TURN, *zip(SIZES)))],
    ids=str,
)
def test_after_each_turn_the_question_the_answer_and_the_first_source_are_in_view(
    visit: Visitor, sizes: tuple[tuple[int, int], ...], turns: int
) -> None:
    """Three sizes in turn, or all turns at one."""
    page = visit(locale="en-US", size=sizes[0])
    fields: dict[tuple[int, int], float] = {}
    for question, size in zip(TURNS[:turns], cycle(sizes), strict=False):
        page.page.set_viewport_size({"width": size[0], "height": size[1]})
        field = fields.setdefault(size, top_of(page.page.locator(".st-key-ask")))
        exchange = page.ask(question)
        assert 0 <= top_of(exchange.locator(".sl-question")) < 120, question
        assert page.page.evaluate(SHOWS_BEFORE) <= 0, "half a line of the exchange before it"
        assert top_of(page.page.locator(".st-key-ask")) == pytest.approx(field, abs=2), "the field stays"
        if question in REFUSED:
            assert_seen(exchange.locator(".sl-notice"), page.page)
        else:
            line = exchange.locator(".sl-answer > :first-child")
            assert top_of(line) < field - 24, question
            assert_seen(exchange.locator(".sl-number").first, page.page)


def long_conversation(page: Visit, config: Config, turns: int) -> str:
    """The address of a conversation of so many turns, copies of one that is asked here."""
    page.ask(ANSWERED[0])
    kept_in = Conversations.open(config.store)
    assert page.conversation is not None
    record = kept_in.exchanges(page.conversation)[0].record
    conversation = kept_in.create()
    for _ in range(turns):
        kept_in.add(conversation, record)
    return f"{page.origin}?c={conversation}"


@pytest.mark.slow
def test_a_turn_does_not_send_the_forty_before_it_again(visit: Visitor, page_config: Config) -> None:
    page = visit(locale="en-US")
    address = long_conversation(page, page_config, 40)
    page.page.goto(address)
    expect(page.page.locator(".sl-exchange .sl-question")).to_have_count(40)
    page.settle()
    page.page.wait_for_timeout(400)  # the browser says what it holds
    page.settled = 0
    page.ask(ANSWERED[1])
    page.page.wait_for_timeout(400)
    assert 0 < page.settled < 5, "its own; once more where the browser has not yet said that it holds it"
    exchange = page.page.locator(".st-key-exchange-3")
    expect(exchange.locator(".sl-answer")).to_contain_text("up to three days a week")
    exchange.locator("[data-act=rate]").first.click()
    expect(exchange.locator("[aria-pressed=true]")).to_have_count(1)


@pytest.mark.slow
def test_a_conversation_that_is_opened_shows_its_own_turns_and_its_newest_question(
    visit: Visitor, page_config: Config
) -> None:
    page = visit(locale="en-US")
    address = long_conversation(page, page_config, 6)
    page.page.goto(address)
    questions = page.page.locator(".sl-exchange .sl-question")
    expect(questions).to_have_count(6)
    expect(questions.last).to_be_in_viewport(ratio=1)
    page.page.locator("[data-act=new]").click()
    expect(questions).to_have_count(0)
    page.settle()
    page.ask(ANSWERED[2])
    assert questions.all_inner_texts() == [ANSWERED[2]]
    number = address.partition("?c=")[2]
    page.page.locator(f'.sl-conversation[data-conversation="{number}"] [data-act=conversation]').click()
    expect(questions).to_have_count(6)
    assert set(questions.all_inner_texts()) == {ANSWERED[0]}
    page.documents()
    page.chat()
    expect(questions).to_have_count(6)
    expect(questions.last).to_be_in_viewport(ratio=1)


@pytest.mark.slow
def test_while_nothing_changes_next_to_nothing_is_sent(visit: Visitor, fake_llm: FakeLLMServer) -> None:
    fake_llm.reply = "one two three four five six"
    fake_llm.fault = "hang between tokens"
    page = visit(locale="en-US", llm=fake_llm)
    box = page.page.get_by_test_id("stChatInputTextArea")
    box.fill("What are the core hours?")
    box.press("Enter")
    exchange = page.page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-answer")).to_contain_text("one")
    page.page.wait_for_timeout(500)
    before, begun = page.received, time.monotonic()
    page.page.wait_for_timeout(3000)  # more than one look of the fragment
    assert page.received - before < 8000 * (time.monotonic() - begun)
    page.page.locator("[data-act=stop]").click()
    expect(exchange).to_contain_text("Stopped.")


@pytest.mark.slow
def test_a_question_is_edited_where_it_stands_and_the_field_is_in_view(visit: Visitor) -> None:
    page = visit(locale="en-US", size=(1024, 768))
    exchange = page.ask("When do I need a doctor's note?\nAnd who gets it?")
    page.ask(ANSWERED[1])
    exchange.scroll_into_view_if_needed()
    exchange.locator(".sl-asked").hover()
    exchange.locator("[data-act=edit]").click()
    field = exchange.get_by_role("textbox")
    expect(field).to_have_value("When do I need a doctor's note?\nAnd who gets it?")
    expect(field).to_be_focused()
    assert_seen(field, page.page)
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(exchange.locator(".sl-question")).to_be_visible()
    exchange.locator("[data-act=edit]").click()
    field.fill("What are the <b>core</b> hours?")
    field.press("Enter")
    expect(page.page.locator(".sl-exchange .sl-question")).to_have_count(1)
    expect(exchange.locator(".sl-question")).to_have_text("What are the <b>core</b> hours?")
    exchange.locator("[data-act=again]").wait_for()
    expect(exchange.locator(".sl-question")).to_be_in_viewport(ratio=1)


@pytest.mark.slow
def test_a_card_that_is_opened_is_in_view_and_a_button_leads_back_to_the_latest(visit: Visitor) -> None:
    page = visit(locale="en-US", size=(1024, 768))
    first = page.ask(ANSWERED[0])
    page.ask(ANSWERED[3])  # with one between them the latest is out of sight from the first
    second = page.ask(ANSWERED[1])
    way = page.page.locator(".sl-latest button")
    expect(way).to_be_hidden()
    last_card = second.locator(".sl-card").last
    last_card.locator("summary").click()
    expect(last_card.locator(".sl-passage")).to_be_visible()
    page.page.wait_for_timeout(300)
    assert_seen(last_card.locator("summary"), page.page)
    first.locator(".sl-question").scroll_into_view_if_needed()
    expect(way).to_be_visible()
    way.click()
    expect(second.locator(".sl-question")).to_be_in_viewport(ratio=1)
    expect(way).to_be_hidden()


@pytest.mark.slow
def test_pointing_at_a_citation_marks_the_sentence_that_it_rests_on(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask("What limits how good a reranker can get?")
    told = exchange.locator(".sl-answer p")
    assert told.count() > 1
    for quote in told.all():
        words = re.sub(r"\W*\d+$", "", quote.inner_text())
        quote.locator("a.sl-chip").hover()
        on = page.page.locator(".sl-peek mark.sl-on")
        expect(on.first).to_be_visible()
        shown = "".join(" ".join(on.all_inner_texts()).split())
        assert "".join(words.split())[:30] in shown
        page.page.mouse.move(2, 2)
        expect(page.page.locator(".sl-peek")).to_have_count(0)
