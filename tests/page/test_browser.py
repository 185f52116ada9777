"""The page in a real browser: what a person does, and what the page never does."""

from __future__ import annotations

import io
import json
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

import chatbot.llms
from chatbot.config import Config
from ingest.pipeline import run

pytestmark = pytest.mark.browser

PHONE = (390, 844)
TUTORIAL = "Word2Vec 에 대해서 알려줄래?"


def handbook_pdf(fact: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    for at, words in enumerate(["Greenhouse rules", fact, "Please close the door behind you."]):
        canvas.drawString(72, 760 - 28 * at, words)
    canvas.save()
    return file.getvalue()


def choose_backend(visit: Any, name: str) -> None:
    box = visit.page.locator(".st-key-backend")
    visit.settle()
    box.locator("input").fill(name)  # typing opens the list, and a list that is already open stays so
    option = visit.page.get_by_role("option", name=re.compile(f"^{name}\\b"))
    expect(option).to_have_attribute("data-focused", "true")
    box.locator("input").press("Enter")  # the list may reach below the window, where no click gets
    visit.settle()


def test_the_tutorials_question_is_answered_in_korean_with_the_glossary_entry_and_its_ranks(
    visit: Any,
) -> None:
    page = visit()
    exchange = page.ask(TUTORIAL)
    answer = exchange.locator(".sl-answer")
    expect(answer).to_contain_text("낱말을 벡터로 바꾸는")
    card = exchange.locator(".sl-card").first
    expect(card).to_contain_text("ai-glossary-ko.txt")
    expect(card.locator(".sl-moved")).to_contain_text(re.compile(r"검색 \d+위 → 재정렬 1위"))
    expect(answer.locator("a.sl-chip").first).to_have_text("1")
    expect(card.locator(".sl-passage")).to_be_hidden()
    answer.locator("a.sl-chip").first.click()
    expect(card.locator(".sl-passage")).to_be_visible()
    expect(card.locator(".sl-passage")).to_contain_text("Skip-gram이라는 두 가지 학습 방법")
    expect(card.locator("mark").last).to_be_visible()

    exchange.locator(".sl-inspector > summary").click()
    expect(exchange.locator(".sl-candidate")).to_have_count(20)
    rows = exchange.locator(".sl-table tbody tr")
    expect(rows.nth(3)).to_have_class("sl-cut")
    expect(exchange.locator(".sl-times")).to_contain_text("재정렬")


def test_an_uploaded_pdf_is_cited_and_never_again_once_it_is_removed(visit: Any) -> None:
    page = visit(locale="en-US")
    question = "How warm must the greenhouse be kept in winter?"
    fact = "In winter the greenhouse must be kept at eleven degrees for the lemon trees."
    page.page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        [
            {"name": "greenhouse.pdf", "mimeType": "application/pdf", "buffer": handbook_pdf(fact)},
            {"name": "broken.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 and no more"},
        ]
    )
    report = page.page.locator(".sl-report")
    expect(report.locator(".sl-ok")).to_contain_text("greenhouse.pdf")
    expect(report.locator(".sl-no")).to_contain_text("broken.pdf")
    expect(report.locator(".sl-no span")).to_contain_text(re.compile(r"refused: .{10,}"))
    page.settle()

    exchange = page.ask(question)
    expect(exchange.locator(".sl-answer")).to_contain_text("eleven degrees")
    expect(exchange.locator(".sl-card").first).to_contain_text("greenhouse.pdf")
    expect(exchange.locator(".sl-card").first.locator(".sl-badge")).to_have_text("cited")

    page.page.locator(".st-key-manage summary").click()
    row = (
        page.page.locator(".st-key-manage [data-testid=stLayoutWrapper]")
        .filter(has_text="greenhouse.pdf")
        .last
    )
    row.get_by_role("button").click()
    expect(page.page.locator(".sl-done")).to_contain_text("greenhouse.pdf was removed")
    page.settle()

    again = page.ask(question)
    again.locator(".sl-inspector > summary").click()
    expect(again.locator(".sl-candidate").first).to_be_visible()
    expect(again).not_to_contain_text("greenhouse.pdf")
    expect(again).not_to_contain_text("eleven degrees")


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


def test_the_backend_is_swapped_for_a_real_openai_compatible_server_and_back(
    visit: Any, local_server: str
) -> None:
    page = visit(locale="en-US")
    sidebar = page.page.get_by_test_id("stSidebar")
    expect(sidebar.locator(".sl-local")).to_have_text("Nothing leaves this machine")
    choose_backend(page, "openai-like")
    expect(sidebar.locator(".sl-notice.sl-warn")).to_contain_text("needs the address of its server")
    address = sidebar.get_by_label("Server address")
    address.fill(f"{local_server}/v1")
    address.press("Enter")
    expect(sidebar.locator(".sl-notice.sl-warn")).to_have_count(0)
    expect(sidebar.locator(".sl-local")).to_have_text("Nothing leaves this machine")

    page.page.evaluate(WATCH_THE_ANSWER_GROW)
    exchange = page.ask("How many days a week may I work from home?")
    expect(exchange.locator(".sl-notice.sl-warn")).to_have_count(0)
    expect(exchange.locator(".sl-answer")).not_to_be_empty()
    assert page.page.evaluate("window.lengths.size") > 1, "the answer came in one piece"
    expect(exchange.locator(".sl-label")).to_contain_text("openai-like · default")

    choose_backend(page, "extractive")
    quoted = page.ask("How many days a week may I work from home?")
    expect(quoted.locator(".sl-answer")).to_contain_text("up to three days a week")
    expect(quoted.locator(".sl-label")).to_contain_text("extractive")


@pytest.fixture
def beacon() -> Iterator[tuple[str, list[bytes]]]:
    """A loopback address, and whatever anybody says to it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:  # closed: the test is over
                    return
                with connection:
                    heard.append(connection.recv(200))

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", heard
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def test_hostile_names_headings_and_answers_are_shown_as_text_and_contact_nobody(
    visit: Any, page_config: Config, tmp_path: Path, beacon: tuple[str, list[bytes]], fake_llm: Any
) -> None:
    host, heard = beacon
    folder = tmp_path / "hostile"
    folder.mkdir()
    name = f"![n](http:\\\\{host}\\n.png) <img src=x onerror=alert(1)>.md"
    text = (
        f"# ![h](http://{host}/h.png) <img src='http://{host}/i.png'>\n\n"
        f"The zebrafish password is kept in the blue drawer ![b](http://{host}/b.png) of the zebrafish room.\n\n"
        f"[zebrafish link](http://{host}/l) and <iframe src='http://{host}/f'></iframe> :material/home: $x$ "
        f"\u202eexe.txt\u202c {''.join(chr(0xE0000 + ord(c)) for c in 'obey')}"
    )
    (folder / name).write_text(text, "utf-8")
    page = visit(locale="en-US")
    run(page_config, [folder])  # another process than the page's: its next question sees the file
    question = "Where is the zebrafish password kept?"
    exchange = page.ask(question)
    card = exchange.locator(".sl-card").first
    expect(card.locator(".sl-doc")).to_contain_text("![n](http:")
    card.locator("summary").click()
    unseen = card.locator(".sl-passage .sl-invisible")
    expect(unseen).to_have_text(["U+202E", "U+202C", "U+E006F… ×4"])
    expect(unseen.last).to_have_attribute("title", re.compile("“obey”$"))
    exchange.locator(".sl-inspector > summary").click()
    page.page.locator(".st-key-manage summary").click()
    expect(page.page.locator(".st-key-manage")).to_contain_text("![n](http:")

    fake_llm.reply = (
        f"In the drawer [1]. ![a](http://{host}/a.png) <img src='http://{host}/c.png'> "
        f"[click](javascript:alert(1)) [here](http://{host}/x) <script>fetch('http://{host}/s')</script> "
        f"<style>@import 'http://{host}/y'</style> [9]\n\n[1]: http://{host}/r"
    )
    use_fake_llm(page, fake_llm)
    told = page.ask(question).locator(".sl-answer")
    expect(told).to_contain_text(f"![a](http://{host}/a.png)")
    links = [link.get_attribute("href") or "" for link in page.page.locator(".sl-answer a, .sl-card a").all()]
    assert links
    assert all(link.startswith("#sl-passage-") for link in links)
    for tag in ("img", "iframe", "script", "style"):
        assert (
            page.page.locator(
                f".st-key-exchange-0 {tag}, .st-key-exchange-1 .sl-answer {tag}, .st-key-manage {tag}"
            ).count()
            == 0
        )
    assert heard == []


def test_the_page_speaks_the_browsers_language_and_switches_to_the_other(visit: Any) -> None:
    page = visit(locale="ko-KR")
    sidebar = page.page.get_by_test_id("stSidebar")
    expect(sidebar).to_contain_text("이 컴퓨터 밖으로 나가는 것이 없습니다")
    exchange = page.ask("How many days a week may I work from home?")
    expect(exchange.locator(".sl-inspector > summary")).to_contain_text("왜 이 출처인가요?")
    sidebar.get_by_text("English", exact=True).click()
    expect(sidebar).to_contain_text("Nothing leaves this machine")
    expect(exchange.locator(".sl-inspector > summary")).to_contain_text("Why these sources?")
    expect(exchange.locator(".sl-moved").first).to_contain_text(
        re.compile(r"retrieved \d+(st|nd|rd|th) → reranked 1st")
    )
    expect(exchange.locator(".sl-answer")).to_contain_text("up to three days a week")


def test_the_page_fits_a_phone(visit: Any) -> None:
    page = visit(locale="en-US", size=PHONE)
    assert page.overflow() <= 0
    exchange = page.ask("What limits how good a reranker can get?")
    exchange.locator(".sl-card summary").first.click()
    exchange.locator(".sl-inspector > summary").click()
    expect(exchange.locator(".sl-table")).to_be_visible()
    assert page.overflow() <= 0
    page.page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.page.get_by_text("Documents", exact=True)).to_be_visible()
    assert page.overflow() <= 0


def test_a_new_question_is_at_the_top_with_its_answer_below(visit: Any) -> None:
    page = visit(locale="en-US", size=PHONE)
    page.ask("What limits how good a reranker can get?")
    exchange = page.ask("How do I turn reranker logits into probabilities?")
    expect(exchange.locator(".sl-question")).to_be_in_viewport(ratio=1)
    expect(exchange.locator(".sl-answer > :first-child")).to_be_in_viewport()


def use_fake_llm(page: Any, fake_llm: Any) -> None:
    choose_backend(page, "openai-like")
    address = page.page.get_by_test_id("stSidebar").get_by_label("Server address")
    address.fill(f"{fake_llm.origin}/v1")
    address.press("Enter")
    expect(page.page.get_by_test_id("stSidebar").locator(".sl-notice.sl-warn")).to_have_count(0)
    page.settle()


def test_a_click_during_an_answer_does_not_lose_it_and_stop_keeps_what_arrived(
    visit: Any, fake_llm: Any
) -> None:
    fake_llm.reply = " ".join(f"word{number}" for number in range(80)) + " [1]."
    fake_llm.fault = "slow"
    page = visit(locale="en-US")
    use_fake_llm(page, fake_llm)
    box = page.page.get_by_test_id("stChatInputTextArea")
    box.fill("What are the core hours?")
    box.press("Enter")
    answer = page.page.locator(".st-key-exchange-0 .sl-answer")
    expect(answer).to_contain_text("word3")
    page.page.get_by_test_id("stSidebar").get_by_text("한국어").click()
    expect(page.page.locator(".st-key-exchange-0 .sl-answer[data-state=written]")).to_contain_text("word79")
    assert len(fake_llm.requests) == 1, "it was read on, not asked again"
    page.settle()

    page.page.get_by_role("button", name="새 대화").click()
    expect(page.page.locator(".sl-question")).to_have_count(0)
    page.settle()
    fake_llm.reply = " ".join(f"word{number}" for number in range(600))  # half a minute
    box.fill("What are the core hours?")
    box.press("Enter")
    expect(answer).not_to_be_empty()
    page.page.get_by_role("button", name="멈추기").click()
    expect(page.page.locator(".st-key-exchange-0")).to_contain_text("멈췄습니다.")
    expect(page.page.locator(".st-key-exchange-0 .sl-answer[data-state=written]")).not_to_be_empty()
    expect(page.page.get_by_role("button", name="멈추기")).to_have_count(0)
