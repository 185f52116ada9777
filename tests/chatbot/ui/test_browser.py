"""The page in a real browser: what a person does, and what the page never does."""

from __future__ import annotations

import base64
import io
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Locator, expect

import chatbot.llms
from fakes.llm_server import FakeLLMServer
from visit import Visit, Visitor

pytestmark = pytest.mark.browser

TUTORIAL = "Word2Vec 에 대해서 알려줄래?"


def handbook_pdf(fact: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    for at, words in enumerate(["Greenhouse rules", fact, "Please close the door behind you."]):
        canvas.drawString(72, 760 - 28 * at, words)
    canvas.save()
    return file.getvalue()


def test_the_tutorials_question_is_answered_in_korean_with_the_glossary_entry_and_its_ranks(
    visit: Visitor,
) -> None:
    page = visit()
    exchange = page.ask(TUTORIAL)
    answer = exchange.locator(".sl-answer")
    expect(answer).to_contain_text("낱말을 벡터로 바꾸는")
    expect(page.page.locator(".sl-spoken")).to_contain_text(
        "낱말을 벡터로 바꾸는"
    )  # read aloud once it is complete
    expect(page.page.locator("html")).to_have_attribute("lang", "ko")
    card = exchange.locator(".sl-card").first
    expect(card).to_contain_text("ai-glossary-ko.txt")
    expect(card.locator(".sl-moved")).to_contain_text(re.compile(r"검색 \d+위 → 재정렬 1위"))
    expect(answer.locator("a.sl-chip").first).to_have_text("1")
    expect(card.locator(".sl-passage")).to_be_hidden()
    answer.locator("a.sl-chip").first.click()
    expect(page.panel.locator("h2")).to_contain_text("ai-glossary-ko.txt")
    expect(page.panel.locator(".sl-here")).to_contain_text("Skip-gram이라는 두 가지 학습 방법")
    expect(page.panel.locator(".sl-here mark")).to_be_in_viewport()

    exchange.locator("[data-act=why]").click()
    expect(page.panel.locator(".sl-candidate")).to_have_count(20)
    expect(page.panel).to_contain_text("재정렬")


def test_an_uploaded_pdf_is_cited_opens_with_its_passage_marked_and_is_never_cited_once_removed(
    visit: Visitor,
) -> None:
    page = visit(locale="en-US")
    question = "How warm must the greenhouse be kept in winter?"
    fact = "In winter the greenhouse must be kept at eleven degrees for the lemon trees."
    page.documents()
    pdf = handbook_pdf(fact)
    page.page.locator(".st-key-add input[type=file]").first.set_input_files(
        [
            {"name": "greenhouse.pdf", "mimeType": "application/pdf", "buffer": pdf},
            {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 and no more"},
        ]
    )
    report = page.page.locator(".sl-report")
    expect(report.locator(".sl-no")).to_contain_text("broken.pdf")
    expect(report.locator(".sl-no span")).to_contain_text(re.compile(r"refused: .{10,}"))
    expect(page.page.locator(".st-key-rows")).to_contain_text("greenhouse.pdf")

    page.chat()
    exchange = page.ask(question)
    expect(exchange.locator(".sl-answer")).to_contain_text("eleven degrees")
    card = exchange.locator(".sl-card").first
    expect(card).to_contain_text("greenhouse.pdf")
    expect(card.locator(".sl-badge")).to_have_text("cited")
    card.locator("summary").click()
    card.locator("[data-act=open]").click()
    sheet = page.panel.locator(".sl-sheet")
    expect(sheet.locator(".sl-box").first).to_be_visible()
    assert_boxes_are_where_pdfium_sees_the_words(sheet, pdf, fact)
    page.close_panel()

    page.documents()
    row = page.page.locator("[class*=st-key-row-]").filter(has_text="greenhouse.pdf")
    row.locator("input[type=checkbox]").check(force=True)
    page.page.locator(".st-key-chosen").get_by_role("button", name="Remove").click()
    page.page.locator(".st-key-remove_now button").click()
    expect(page.page.locator(".st-key-rows")).not_to_contain_text("greenhouse.pdf")

    page.chat()
    again = page.ask(question)
    again.locator("[data-act=why]").click()
    expect(page.panel.locator(".sl-candidate").first).to_be_visible()
    expect(page.panel).not_to_contain_text("greenhouse.pdf")
    expect(again).not_to_contain_text("eleven degrees")


def assert_boxes_are_where_pdfium_sees_the_words(sheet: Locator, pdf: bytes, words: str) -> None:
    """The sentence's boxes on the screen against PDFium's own rectangles, within three pixels."""
    with pdfium.PdfDocument(pdf) as document:
        page = document[0]
        width, height = page.get_size()
        text = page.get_textpage()
        found = text.search(words).get_next()
        assert found is not None
        rects = [text.get_rect(i) for i in range(text.count_rects(*found))]
    frame = sheet.locator("img").bounding_box()
    boxes = [box.bounding_box() for box in sheet.locator(".sl-box-sentence").all()]
    assert len(boxes) >= len(rects) > 0
    for left, _bottom, right, top in rects:
        wanted = (
            frame["x"] + frame["width"] * left / width, frame["y"] + frame["height"] * (1 - top / height),
            frame["width"] * (right - left) / width,
        )  # fmt: skip
        nearest = min(boxes, key=lambda b: abs(b["y"] - wanted[1]))
        assert abs(nearest["x"] - wanted[0]) <= 3
        assert abs(nearest["width"] - wanted[2]) <= 6
        assert nearest["y"] - 6 <= wanted[1] <= nearest["y"] + nearest["height"]


@pytest.fixture(scope="module")
def local_server(smollm2: Path) -> Iterator[str]:
    """llama.cpp's OpenAI-compatible server with a real model, started as the project starts it."""
    child = subprocess.Popen(
        [sys.executable, str(Path(chatbot.llms.__file__).with_name("gguf_server.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert child.stdin is not None
    assert child.stdout is not None
    settings = {"path": str(smollm2), "context": 4096, "threads": 2, "key": "none"}
    child.stdin.write(json.dumps(settings).encode() + b"\n")
    child.stdin.flush()
    yield json.loads(child.stdout.readline())["url"]
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()


WATCH_THE_ANSWER_GROW = """() => {
  window.lengths = new Set()
  new MutationObserver(() => {
    const answer = document.querySelector('.sl-answer')
    if (answer) window.lengths.add(answer.textContent.length)
  }).observe(document.body, {subtree: true, childList: true, characterData: true})
}"""


@pytest.mark.slow
def test_the_backend_is_swapped_for_a_real_openai_compatible_server_and_back(
    visit: Visitor, local_server: str
) -> None:
    page = visit(locale="en-US")
    sidebar = page.page.get_by_test_id("stSidebar")
    expect(sidebar.locator(".sl-local")).to_have_text("Nothing leaves this machine")
    page.use("openai-like", f"{local_server}/v1")
    expect(sidebar).to_contain_text("Answers: Your own server · default")
    expect(sidebar.locator(".sl-local")).to_have_text("Nothing leaves this machine")

    page.page.evaluate(WATCH_THE_ANSWER_GROW)
    exchange = page.ask("How many days a week may I work from home?")
    warned = exchange.locator(".sl-notice.sl-warn").all_inner_texts()
    assert all("the longest answer" in text for text in warned), warned
    expect(exchange.locator(".sl-answer")).not_to_be_empty()
    assert page.page.evaluate("window.lengths.size") > 1, "the answer came in one piece"
    expect(exchange.locator(".sl-label")).to_contain_text("openai-like · default")

    page.use("extractive")
    quoted = page.ask("How many days a week may I work from home?")
    expect(quoted.locator(".sl-answer")).to_contain_text("up to three days a week")
    expect(quoted.locator(".sl-label")).to_contain_text("extractive")


def test_the_page_speaks_the_browsers_language_and_switches_to_the_other(visit: Visitor) -> None:
    page = visit(locale="ko-KR")
    sidebar = page.page.get_by_test_id("stSidebar")
    expect(sidebar).to_contain_text("이 컴퓨터 밖으로 나가는 것이 없습니다")
    exchange = page.ask("How many days a week may I work from home?")
    expect(exchange.locator("[data-act=why]")).to_have_text("왜 이 출처인가요?")
    sidebar.get_by_text("English", exact=True).click()
    expect(sidebar).to_contain_text("Nothing leaves this machine")
    expect(exchange.locator("[data-act=why]")).to_have_text("Why these sources?")
    expect(exchange.locator(".sl-moved").first).to_contain_text(
        re.compile(r"retrieved \d+(st|nd|rd|th) → reranked 1st")
    )
    expect(exchange.locator(".sl-answer")).to_contain_text("up to three days a week")


def ask_slowly(visit: Visitor, fake_llm: FakeLLMServer, words: int) -> Visit:
    """A page on which an answer of so many words has begun to be written."""
    fake_llm.reply = " ".join(f"word{number}" for number in range(words)) + " [1]."
    fake_llm.fault = "slow"
    page = visit(locale="en-US", llm=fake_llm)
    box = page.page.get_by_test_id("stChatInputTextArea")
    box.fill("What are the core hours?")
    box.press("Enter")
    return page


@pytest.mark.slow
def test_a_click_during_an_answer_does_not_lose_it_and_stop_keeps_what_arrived(
    visit: Visitor, fake_llm: FakeLLMServer
) -> None:
    page = ask_slowly(visit, fake_llm, words=80)
    answer = page.page.locator(".st-key-exchange-0 .sl-answer")
    expect(answer).to_contain_text("word3")
    page.page.get_by_test_id("stSidebar").get_by_text("한국어").click()
    expect(page.page.locator(".st-key-exchange-0 .sl-answer[data-state=written]")).to_contain_text("word79")
    assert len(fake_llm.requests) == 1, "it was read on, not asked again"
    page.settle()

    page.page.locator("[data-act=new]").click()
    expect(page.page.locator(".sl-question")).to_have_count(0)
    page.settle()
    fake_llm.reply = " ".join(f"word{number}" for number in range(1500))  # longer than any reload takes
    box = page.page.get_by_test_id("stChatInputTextArea")
    box.fill("What are the core hours?")
    box.press("Enter")
    expect(answer).to_contain_text("word3")
    page.page.reload()  # the page that comes back goes on watching
    expect(answer).to_contain_text("word9")
    page.page.get_by_role("button", name="멈추기").click()
    expect(page.page.locator(".st-key-exchange-0")).to_contain_text("멈췄습니다.")
    expect(page.page.locator(".st-key-exchange-0 .sl-answer[data-state=written]")).not_to_be_empty()
    expect(page.page.get_by_role("button", name="멈추기")).to_have_count(0)
    assert fake_llm.disconnected.wait(20)


@pytest.mark.slow
def test_documents_are_added_while_an_answer_is_written(visit: Visitor, fake_llm: FakeLLMServer) -> None:
    page = ask_slowly(visit, fake_llm, words=160)
    expect(page.page.locator(".sl-answer")).to_contain_text("word1")
    page.documents()
    page.page.locator(".st-key-add input[type=file]").first.set_input_files(
        [
            {
                "name": "bees.md",
                "mimeType": "text/markdown",
                "buffer": b"# Bees\n\nThe hive stands behind the barn.",
            }
        ]
    )
    expect(page.page.locator(".st-key-rows")).to_contain_text("bees.md")
    page.chat()
    expect(page.page.locator('.sl-answer[data-state="written"]')).to_contain_text("word159")
    assert len(fake_llm.requests) == 1
    page.settle()
    page.use("extractive")
    expect(page.ask("Where does the hive stand?").locator(".sl-answer")).to_contain_text("behind the barn")


@pytest.mark.slow
def test_an_answer_is_given_again_edited_rated_and_survives_a_reload(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask("How many days a week may I work from home?")
    card = exchange.locator(".sl-card").first
    card.locator("summary").click()
    card.locator("[data-act=rate]").first.click()
    expect(card.locator("[aria-pressed=true]")).to_have_count(1)
    expect(card).to_have_attribute("open", "")  # redrawn, and still open
    exchange.locator(".sl-question").hover()
    exchange.locator("[data-act=edit]").click()
    exchange.locator("[data-act=again]").click()  # what is edited meanwhile is not lost
    exchange.get_by_role("textbox").fill("When do I need a doctor's note?")
    exchange.get_by_role("button", name="Ask again").click()
    expect(exchange.locator(".sl-question")).to_have_text("When do I need a doctor's note?")
    exchange.locator("[data-act=again]").wait_for()
    shown = exchange.locator(".sl-answer").inner_text()
    page.page.reload()
    exchange.locator("[data-act=again]").wait_for()
    assert exchange.locator(".sl-answer").inner_text() == shown
    expect(page.page.locator(".sl-question")).to_have_count(1)


@pytest.mark.slow
def test_conversations_are_listed_opened_renamed_and_deleted(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask("What are the core hours?")
    page.page.locator("[data-act=new]").click()
    expect(page.page.locator(".sl-question")).to_have_count(0)
    page.settle()
    page.ask("What is a cross-encoder?")
    listed = page.page.locator(".sl-history")
    listed.get_by_role("button", name="What are the core hours?").first.click()
    expect(page.page.locator(".sl-question")).to_have_text("What are the core hours?")
    page.settle()

    here = page.page.locator(".sl-conversation[aria-current]")
    here.locator("[data-more]").click()
    here.locator("[data-rename]").click()
    name = here.get_by_role("textbox")
    name.fill("nothing of this")
    name.press("Escape")
    expect(here).to_contain_text("What are the core hours?")
    here.locator("[data-more]").click()  # it was folded by the click on what it holds
    here.locator("[data-rename]").click()
    name.fill("Working <b>hours</b>")
    name.press("Enter")
    head = page.page.locator(".sl-chat-head")
    expect(head).to_contain_text("Working <b>hours</b>")  # Python has heard of it
    expect(here).to_contain_text("Working <b>hours</b>")
    page.settle()
    head.locator("[data-act=pin]").click()
    expect(listed.locator("h3").first).to_have_text("Pinned")
    expect(listed.locator("ul").first).to_contain_text("Working")
    page.settle()
    page.page.get_by_role("button", name="Share").click()
    with page.page.expect_download() as receipt:
        page.page.get_by_role("button", name="Receipt").click()
    content = Path(receipt.value.path()).read_text("utf-8")
    assert "What are the core hours?" in content
    assert "<script" not in content
    page.page.keyboard.press("Escape")
    head.locator("[data-act=delete]").click()
    dialog = page.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep").click()
    expect(dialog).to_have_count(0)
    head.locator("[data-act=delete]").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(page.page.locator(".sl-question")).to_have_count(0)
    expect(listed).not_to_contain_text("Working")


@pytest.mark.slow
@pytest.mark.parametrize("turns", [4, 50])
def test_two_people_never_see_each_others_turns(visit: Visitor, turns: int) -> None:
    """In turn: each is answered from its own document."""
    questions = {
        "handbook": ("How many days a week may I work from home?", "employee-handbook.pdf"),
        "glossary": ("Word2Vec 에 대해서 알려줄래?", "ai-glossary-ko.txt"),
    }
    people = {name: visit(locale="en-US") for name in questions}
    for turn in range(turns):
        name = list(questions)[turn % 2]
        question, document = questions[name]
        exchange = people[name].ask(question)
        expect(exchange.locator(".sl-question")).to_have_text(question)
        expect(exchange.locator(".sl-card").first).to_contain_text(document)
    for name, (question, _) in questions.items():
        asked = people[name].page.locator(".sl-question")
        assert set(asked.all_inner_texts()) == {question}
        assert asked.count() == turns // 2


THUMBS_AND_THE_OTHER_LANGUAGE_AT_ONCE = """() => {
  for (const thumb of document.querySelectorAll('.st-key-exchange-0 [data-act=rate][data-value="1"]')) thumb.click()
  const other = [...document.querySelectorAll('[data-testid=stSidebar] button')].find((b) => b.textContent === '한국어')
  other.click()
}"""


@pytest.mark.slow
def test_of_many_clicks_at_once_each_is_obeyed_once(visit: Visitor) -> None:
    """Each asks for a run of its own, which ends the one before it."""
    page = visit(locale="en-US")
    exchange = page.ask("How many days a week may I work from home?")
    thumbs = exchange.locator('[data-act=rate][data-value="1"]').count()
    assert thumbs > 2
    page.page.evaluate(THUMBS_AND_THE_OTHER_LANGUAGE_AT_ONCE)
    expect(exchange.locator("[data-act=why]")).to_have_text("왜 이 출처인가요?")
    expect(exchange.locator("[aria-pressed=true]")).to_have_count(thumbs)
    page.settle()
    page.models()
    page.chat()  # other runs; a thumb that is obeyed twice would be taken back
    expect(exchange.locator("[aria-pressed=true]")).to_have_count(thumbs)


@pytest.mark.slow
def test_a_source_that_is_opened_while_an_answer_is_written_stays_open_until_it_is_closed(
    visit: Visitor, fake_llm: FakeLLMServer
) -> None:
    page = ask_slowly(visit, fake_llm, words=90)
    exchange = page.page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-answer")).to_contain_text("word3")
    exchange.locator(".sl-card summary").first.click()
    exchange.locator("[data-act=open]").first.click()
    expect(page.panel).to_be_visible()
    assert exchange.locator(".sl-answer[data-state=writing]").count() == 1, "it was opened during the answer"
    expect(exchange.locator("[data-act=again]")).to_be_attached()  # written and checked
    page.settle()
    expect(page.panel).to_be_visible()
    page.close_panel()
    page.settle()
    page.models()
    page.chat()
    expect(page.panel).to_have_count(0)


DRAW_AGAIN = "button => { button.parentElement.innerHTML = button.parentElement.innerHTML }"


@pytest.mark.slow
def test_a_button_that_is_redrawn_under_the_finger_is_clicked_all_the_same(visit: Visitor) -> None:
    page = visit(locale="en-US")
    exchange = page.ask("How many days a week may I work from home?")
    thumb = exchange.locator(".sl-actions > [data-act=rate]").first
    thumb.hover()
    page.page.mouse.down()
    thumb.evaluate(DRAW_AGAIN)
    page.page.mouse.up()
    expect(exchange.locator(".sl-actions > [aria-pressed=true]")).to_have_count(1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "status"), [("127.0.0.1", 101), ("localhost", 101), ("rebind.example", 403)]
)
def test_a_site_that_gives_its_name_this_address_cannot_read_the_page(
    server: str, host: str, status: int
) -> None:
    address = urlsplit(server)
    key = base64.b64encode(bytes(16)).decode()
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}:{address.port}\r\nOrigin: http://{host}:{address.port}\r\n"
        f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", address.port or 0), timeout=30) as connection:
        connection.sendall(request.encode())
        answer = connection.recv(4096).split(b"\r\n")[0]
    assert int(answer.split()[1]) == status
