"""The page for every hand and eye: what a finger meets, how it reflows, how it zooms, with less motion and forced colours."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from fakes.llm_server import FakeLLMServer
from visit import PATIENCE_MS, PHONE, Visit

pytestmark = pytest.mark.browser

HOME = "How many days a week may I work from home?"
COMPARE = "Compare the employee handbook with the reranking guide"
CHEAPEST = "What is the cheapest product in the price list?"
SMALLEST = (320, 640)  # what 1280 px become at 400 %: WCAG 1.4.10
LEAST_PX = 40
# every button, tab and link that is meant for a finger and can be seen, but links within a sentence: WCAG 2.5.8 leaves them their line height
SMALL = """least => [...document.querySelectorAll(
    'button, a[href], summary, [role=radio], [role=tab], label:has(> input)'
  )]
  .filter(each => !each.matches('a.sl-chip, a.sl-better, .sl-skip, [href="#stMain"]') && !each.disabled)
  .filter(each => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter(each => !each.closest('[style*="clip"], [aria-hidden=true], .stSidebar[aria-expanded=false]'))
  .map(each => [each.getBoundingClientRect(), each])
  .filter(([box]) => box.width && box.right > 0 && Math.min(box.width, box.height) < least - .5)
  .map(([box, each]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${each.outerHTML.slice(0, 160)}`)"""
# buttons of the sidebar whose middle another element covers, or the edge of its row cuts off
HIDDEN = """() => [...document.querySelectorAll('.st-key-foot :is(button, [role=radio])')].filter(each => {
    const box = each.getBoundingClientRect();
    return !each.contains(document.elementFromPoint(box.right - 4, box.y + box.height / 2));
  }).map(each => each.outerHTML.slice(0, 160))"""
# what is cut off at the right and cannot be scrolled to
CUT = """() => [...document.querySelectorAll('.stMain *, [role=dialog] *, .st-key-panel *')].filter(each => {
    if (!each.checkVisibility() || each.closest('svg, .sl-frame, pre, .katex, [data-testid=stDataFrame], .sl-spoken')) return false;
    const box = each.getBoundingClientRect();
    if (!box.width || box.right <= innerWidth + 1) return false;
    for (let up = each.parentElement; up; up = up.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX) && up.getBoundingClientRect().right <= innerWidth + 1) return false;
    return true;
  }).map(each => `${Math.round(each.getBoundingClientRect().right)}: ${each.outerHTML.slice(0, 160)}`)"""

Open = Callable[..., Visit]


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[Open]:
    contexts = []

    def opened(size: tuple[int, int] = PHONE, locale: str = "en-US", **more: object) -> Visit:
        context = browser.new_context(
            locale=locale, viewport={"width": size[0], "height": size[1]}, 
            **{"has_touch": True, "is_mobile": True, **more},
        )  # type: ignore[arg-type]  # fmt: skip
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page = context.new_page()
        page.goto(server)
        page.get_by_test_id("stChatInputTextArea").wait_for()
        found = Visit(page, context, server)
        found.settle()
        return found

    yield opened
    for context in contexts:
        context.close()


def go_through(visit: Visit, look: Callable[[str], None]) -> None:
    """All parts of the page on a phone, the dialogs and what unfolds; ``look`` is told where it is."""
    page = visit.page
    exchange = visit.ask(HOME)
    exchange.locator(".sl-card > summary").first.click()
    look("answer")
    exchange.locator("a.sl-chip").first.click()
    expect(visit.panel).to_be_visible()
    visit.settle()
    look("source")
    visit.close_panel()
    exchange.locator("[data-act=why]").click()
    expect(visit.panel.locator("svg.marks").first).to_be_visible()
    visit.settle()
    look("inspector")
    visit.close_panel()
    for chip in ("chip_model", "chip_documents", "share"):
        page.locator(f".st-key-{chip} button:visible").first.click()
        expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
        look(chip)
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator(".sl-conversation [data-more]").first.click()
    look("sidebar")
    page.locator(".sl-conversation [data-act=delete]").first.click()
    expect(page.get_by_role("dialog").get_by_role("button").nth(1)).to_be_visible()
    look("dialog")
    visit.close_dialog()
    page.get_by_test_id("stSidebarNavLink").nth(1).click()
    expect(page.locator(".st-key-rows")).to_be_visible()
    visit.settle()
    look("documents")
    page.get_by_role("button", name="employee-handbook.pdf").first.click()
    expect(page.locator(".sl-outline")).to_be_visible()
    visit.settle()
    look("guide")
    page.goto(f"{visit.origin}/models")
    page.locator(".st-key-use-anthropic button").click()
    expect(page.locator(".st-key-backend_settings input[type=password]")).to_be_visible()
    visit.settle()
    look("models")


def test_a_finger_meets_everything_on_a_phone(open_page: Open) -> None:
    visit = open_page()
    small: dict[str, list[str]] = {}

    def look(where: str) -> None:
        if found := visit.page.evaluate(SMALL, LEAST_PX):
            small[where] = found
        if where == "sidebar" and (hidden := visit.page.evaluate(HIDDEN)):
            small["hidden"] = hidden

    go_through(visit, look)
    assert small == {}


@pytest.mark.parametrize("locale", ["en-US", "ko-KR"])
def test_at_four_hundred_percent_nothing_is_cut_off_and_nothing_scrolls_sideways(
    open_page: Open, locale: str
) -> None:
    visit = open_page(SMALLEST, locale)
    wide: dict[str, object] = {}

    def look(where: str) -> None:
        cut, overflow = visit.page.evaluate(CUT), visit.overflow()
        if cut or overflow > 0:
            wide[where] = cut or overflow

    visit.ask(COMPARE)
    visit.ask(CHEAPEST)
    look("computed")
    visit.page.goto(visit.origin)
    visit.settle()
    go_through(visit, look)
    assert wide == {}


def test_two_fingers_make_the_page_larger(open_page: Open) -> None:
    visit = open_page()
    session = visit.context.new_cdp_session(visit.page)
    session.send("Input.synthesizePinchGesture", {"x": 195, "y": 300, "scaleFactor": 2.0})
    assert visit.page.evaluate("visualViewport.scale") > 1.5


MOVING = """() => document.getAnimations().filter(each => each.effect.getComputedTiming().activeDuration > 300)
  .map(each => `${each.animationName ?? each.transitionProperty} ${each.effect.target?.className}`)"""


def test_nothing_moves_for_long_for_whoever_wants_less_motion(
    open_page: Open, fake_llm: FakeLLMServer
) -> None:
    fake_llm.reply, fake_llm.fault = "one two three four", "hang between tokens"
    visit = open_page((1280, 860), reduced_motion="reduce", is_mobile=False)
    visit.use_fake_llm(fake_llm)
    field = visit.page.get_by_test_id("stChatInputTextArea")
    field.fill(HOME)
    field.press("Enter")
    expect(visit.page.locator(".st-key-exchange-0 .sl-answer")).to_contain_text("one")
    assert visit.page.evaluate(MOVING) == []


def test_with_forced_colours_marks_and_choices_are_still_told_apart(open_page: Open) -> None:
    visit = open_page((1280, 860), forced_colors="active", is_mobile=False)
    visit.use("extractive")  # a choice is kept, also that of the test before
    exchange = visit.ask(HOME)
    for mark in (".sl-local", ".sl-dot"):
        dot = visit.page.locator(mark).first
        if dot.count():
            assert dot.evaluate("e => getComputedStyle(e, '::before').forcedColorAdjust") == "none"
    exchange.locator("[data-act=rate]:visible").first.click()
    pressed = exchange.locator("[data-act=rate][aria-pressed=true]:visible")
    expect(pressed).to_have_css("outline-style", "solid")
    exchange.locator("a.sl-chip").first.click()
    expect(visit.panel.locator(".sl-box").first).to_have_css("forced-color-adjust", "none")
