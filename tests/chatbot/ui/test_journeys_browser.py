"""Whole ways through the page by keyboard alone, and dialogs that keep the focus and give it back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FileChooser, Page, TimeoutError, expect

from chatbot.config import Config
from chatbot.notebooks import ALONE, Library
from fakes.llm_server import FakeLLMServer
from visit import PATIENCE_MS, Visit, Visitor

pytestmark = pytest.mark.browser

HOME = "How many days a week may I work from home?"
HOURS = "What are the core hours?"
FIELD = "[data-testid=stChatInputTextArea]"
MOST = 400  # stops of Tab: forty conversations of earlier tests have a hundred


def walk_to(page: Page, selector: str, key: str = "Tab") -> None:
    """Press ``key`` until what ``selector`` names has the focus."""
    for _ in range(MOST):
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            return
        page.keyboard.press(key)
    pytest.fail(f"{key} does not lead to {selector}")


def test_ask_stop_edit_and_send(visit: Visitor, fake_llm: FakeLLMServer) -> None:
    fake_llm.reply, fake_llm.fault = "one two three four", "hang between tokens"
    page = visit(locale="en-US", llm=fake_llm)
    keys = page.page.keyboard
    page.begin_at_the_top()
    keys.press("Tab")
    keys.press("Enter")  # past the sidebar
    keys.type(HOME)
    keys.press("Enter")
    exchange = page.page.locator(".st-key-exchange-0")
    expect(exchange.locator(".sl-answer")).to_contain_text("one")
    keys.press("Escape")
    expect(exchange.locator("[data-act=again]")).to_be_visible()
    fake_llm.fault = None
    page.settle()
    walk_to(page.page, "[data-act=edit]", "Shift+Tab")
    keys.press("Enter")
    editor = exchange.get_by_role("textbox")
    expect(editor).to_be_focused()
    keys.press("Escape")
    expect(editor).to_have_count(0)
    assert page.page.evaluate("document.activeElement.matches('[data-act=edit]')"), "the focus is lost"
    keys.press("Enter")
    keys.press("Control+A")
    keys.type(HOURS)
    keys.press("Enter")
    expect(exchange.locator(".sl-question")).to_have_text(HOURS)
    expect(exchange.locator(".sl-answer")).to_contain_text("four")
    expect(exchange.locator(".sl-versions")).to_contain_text("2/2")


@pytest.mark.slow
def test_a_conversation_is_renamed_and_then_deleted_after_a_question(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask(HOME)
    keys = page.page.keyboard
    page.begin_at_the_top()
    walk_to(page.page, ".stSidebar [data-more]")
    keys.press("Enter")
    walk_to(page.page, ".stSidebar [data-rename]")
    keys.press("Enter")
    keys.press("Control+A")
    keys.type("Working at home")
    keys.press("Enter")
    row = page.page.locator(".sl-conversation[aria-current]")
    expect(row.locator("[data-act=conversation]")).to_be_focused()
    expect(row.locator(".sl-name")).to_have_text("Working at home")
    expect(page.page.locator(".sl-chat-head .sl-name")).to_have_text("Working at home")
    page.settle()
    expect(row.locator("[data-act=conversation]")).to_be_focused()  # also after it was drawn anew
    walk_to(page.page, ".stSidebar [data-more]")
    keys.press("Enter")
    walk_to(page.page, ".stSidebar [data-act=delete]")
    keys.press("Enter")
    dialog = page.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Working at home")
    page.settle()
    stays_within(page)
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row).to_be_visible()
    expect(row.locator("[data-more]")).to_be_focused()  # the row was drawn anew, and folded
    keys.press("Enter")
    walk_to(page.page, ".stSidebar [data-act=delete]")
    keys.press("Enter")
    expect(dialog).to_be_visible()
    page.settle()
    walk_to(page.page, ".st-key-delete_now button")
    keys.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.page.get_by_text("Working at home")).to_have_count(0)


def stays_within(page: Visit) -> None:
    """Tab goes round within the dialog, in both directions."""
    for key in ("Tab", "Shift+Tab"):
        for _ in range(8):
            page.page.keyboard.press(key)
            assert page.page.evaluate("Boolean(document.activeElement.closest('[role=dialog]'))"), key


@pytest.fixture
def second_notebook(page_config: Config) -> Iterator[str]:
    library = Library(page_config)
    made = library.make("Goats", ALONE)
    yield "Goats"
    library.delete(made.id, ALONE)


@pytest.mark.slow
def test_another_notebook_is_chosen_and_managed(visit: Visitor, second_notebook: str) -> None:
    page = visit(locale="en-US")
    keys = page.page.keyboard
    page.begin_at_the_top()
    walk_to(page.page, ".st-key-notebook_switcher [role=combobox]")
    keys.press("ArrowDown")
    option = page.page.get_by_role("option", name=second_notebook)
    expect(option).to_be_visible()
    for _ in range(4):
        if option.get_attribute("aria-selected") == "true" or option.evaluate(
            "e => e.id === document.activeElement.getAttribute('aria-activedescendant')"
        ):
            break
        keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.page.get_by_text("No documents yet")).to_be_visible()
    page.settle()
    page.begin_at_the_top()
    walk_to(page.page, ".st-key-manage_notebook button")
    keys.press("Enter")
    expect(page.page.get_by_role("dialog").get_by_role("tab").first).to_be_visible()
    page.settle()
    stays_within(page)
    keys.press("Escape")
    expect(page.page.get_by_role("dialog")).to_have_count(0)
    expect(page.page.locator(".st-key-manage_notebook button:visible")).to_be_focused()


@pytest.mark.slow
def test_a_question_its_source_and_back_to_its_citation(visit: Visitor) -> None:
    page = visit(locale="ko-KR")
    keys, field = page.page.keyboard, page.page.locator(FIELD)
    expect(field).to_be_focused()
    keys.type(HOME)
    keys.press("Enter")
    exchange = page.page.locator(".st-key-exchange-0")
    exchange.locator("[data-act=again]").wait_for()
    page.settle()
    walk_to(page.page, "a.sl-chip", "Shift+Tab")
    expect(page.page.locator(".sl-peek")).to_be_visible()
    keys.press("Enter")
    expect(page.panel.locator("h2")).to_be_focused()
    keys.press("Escape")
    expect(page.panel).to_have_count(0)
    assert page.page.evaluate("document.activeElement.matches('a.sl-chip')")
    page.begin_at_the_top()
    keys.press("Tab")  # the first of them: far fewer than twelve stops
    expect(page.page.locator(".sl-skip")).to_be_focused()
    expect(page.page.locator(".sl-skip")).to_have_text("질문 쓰는 곳으로 건너뛰기")
    keys.press("Enter")
    expect(field).to_be_focused()


@pytest.mark.slow
def test_files_are_given_with_a_question_and_among_the_documents(visit: Visitor) -> None:
    page = visit(locale="en-US")
    keys = page.page.keyboard
    give(page, ".st-key-ask [data-testid=stChatInputFileUploadButton] button", "Enter", "otters.md")
    expect(page.page.locator(".st-key-ask").get_by_text("otters.md")).to_be_visible()
    expect(page.page.get_by_test_id("stChatInputSubmitButton")).to_be_enabled()
    walk_to(page.page, FIELD)
    keys.type("Where do the otters sleep?")
    keys.press("Enter")
    expect(page.page.locator(".st-key-exchange-0 .sl-answer")).to_contain_text("under the old bridge")
    page.page.locator(".st-key-exchange-0 [data-act=again]").wait_for()
    page.settle()
    page.begin_at_the_top()
    walk_to(page.page, "[data-testid=stSidebarNavLink][href$=documents]")
    keys.press("Enter")
    page.page.locator(".st-key-add").wait_for()
    page.settle()
    give(page, ".st-key-add [data-testid=stFileUploaderDropzone] button", "Space", "badgers.md")
    expect(page.page.locator(".st-key-rows")).to_contain_text("badgers.md")


def give(page: Visit, button: str, key: str, name: str) -> None:
    """Choose a file on ``button``, which ``key`` presses."""
    text = f"# {name}\n\nThe {name.removesuffix('.md')} sleep under the old bridge."
    chooser = next(filter(None, (chooser_of(page, button, key, ms) for ms in (5_000, 5_000, PATIENCE_MS))))
    file = {"name": name, "mimeType": "text/markdown", "buffer": text.encode()}
    chooser.set_files(file)  # type: ignore[arg-type]


def chooser_of(page: Visit, button: str, key: str, patience_ms: int) -> FileChooser | None:
    """What ``key`` opens on ``button``; ``None`` where the button was drawn anew meanwhile and had the focus no more."""
    page.page.locator(button).first.wait_for()
    page.settle()
    page.begin_at_the_top()
    walk_to(page.page, button)
    try:
        with page.page.expect_file_chooser(timeout=patience_ms) as chooser:
            page.page.keyboard.press(key)
    except TimeoutError:
        return None
    return chooser.value


@pytest.mark.slow
def test_the_focus_is_seen_wherever_it_goes(visit: Visitor) -> None:
    page = visit(locale="en-US")
    page.ask(HOME)
    page.begin_at_the_top()
    unseen = set()
    for _ in range(60):
        page.page.keyboard.press("Tab")
        if found := page.page.evaluate(UNSEEN):
            unseen.add(found)
    assert unseen == set()


# what has the focus, unless something of it or around it shows that: an outline, a shadow or a line in the accent
UNSEEN = """() => {
  const it = document.activeElement;
  if (it === document.body) return "";
  const probe = document.querySelector(".stApp").appendChild(document.createElement("i"));
  probe.style.color = "var(--sl-accent)";
  const accent = getComputedStyle(probe).color;
  probe.remove();
  const shows = each => {
    const style = getComputedStyle(each);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none"
      || (parseFloat(style.borderTopWidth) > 0 && style.borderTopColor === accent);
  };
  for (let up = it, step = 0; up && step < 5; up = up.parentElement, step += 1) if (shows(up)) return "";
  return it.outerHTML.slice(0, 120);
}"""
