"""The page for everybody, part by part and dialog by dialog: axe in both themes, what a finger meets, what a narrow window shows.

One walk for each language and size; what is seen on it belongs to a test of its own in the quick suite.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chatbot.config import Config
from chatbot.conversations import Conversations
from chatbot.notebooks import ALONE, Library
from visit import DESKTOP, PHONE, SMALLEST, Visit, new_context, opened
from walk import walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LEAST_PX = 40
BAD = ("serious", "critical")
# what is the framework's own, inside of its widgets, and cannot be reached from here: rule -> where
NOT_OURS: dict[str, str] = {}
# the rules that the other theme could break
OF_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}

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
# what is chosen in a dialog and does not fit into its field
SQUEEZED = """() => [...document.querySelectorAll('[role=dialog] .stSelectbox input')]
  .filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1).map(each => `${each.value}: ${each.clientWidth}`)"""
# an animation that is paused never ends: two seconds are more than any of ours takes
QUIET = """() => Promise.race([new Promise((done) => setTimeout(done, 2000)), Promise.all(document.getAnimations()
  .filter(each => each.effect.getComputedTiming().endTime < Infinity).map(each => each.finished.catch(() => 0)))])"""


@dataclass(frozen=True)
class Walk:
    """One way through the page, and whether axe comes along: its looks take as long as the way itself."""

    locale: str
    size: tuple[int, int]
    with_axe: bool = True

    @property
    def is_for_fingers(self) -> bool:
        return self.size != DESKTOP

    def __str__(self) -> str:
        return f"{self.locale}-{self.size[0]}{'-axe' * self.with_axe}"


EN, KO = "en-US", "ko-KR"
AT_A_DESK, ON_A_PHONE = Walk(EN, DESKTOP), Walk(KO, SMALLEST, with_axe=False)
LONG = [Walk(KO, DESKTOP), Walk(EN, PHONE), Walk(KO, PHONE), Walk(EN, SMALLEST, with_axe=False)]


@dataclass
class Looks:
    """What was found on the way, by where that was."""

    visit: Visit
    way: Walk
    axe: dict[str, list[str]] = field(default_factory=dict)
    small: dict[str, list[str]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    wide: dict[str, object] = field(default_factory=dict)

    def __call__(self, name: str) -> None:
        page = self.visit.page
        page.mouse.move(2, 2)
        if self.way.with_axe:
            self._look_with_axe(name, "light", {})
            self._look_with_axe(name, "dark", OF_COLOURS)
        if not self.way.is_for_fingers:
            return
        page.evaluate(QUIET)
        if small := page.evaluate(SMALL, LEAST_PX):
            self.small[name] = small
        if wide := page.evaluate(CUT) or page.evaluate(SQUEEZED) or max(0, self.visit.overflow()):
            self.wide[name] = wide
        if name == "sidebar":
            self.hidden = page.evaluate(HIDDEN)

    def _look_with_axe(
        self, name: str, theme: Literal["light", "dark"], options: Mapping[str, object]
    ) -> None:
        page = self.visit.page
        page.emulate_media(color_scheme=theme)
        expect(page.locator(".stApp")).to_have_css("color-scheme", theme)
        page.evaluate(QUIET)
        if seen := serious(page, options):
            self.axe[f"{name}, {theme}"] = seen


def serious(page: Page, options: Mapping[str, object]) -> list[str]:
    """What axe finds serious or critical, a line each: rule, place, what is wrong."""
    asked: dict[str, Any] = {"resultTypes": ["violations"], **options}
    return [
        f"{found['id']} {node['target']} {node['html'][:120]}"
        for found in Axe().run(page, options=asked).response["violations"]
        if found["impact"] in BAD
        for node in found["nodes"]
        if not (found["id"] in NOT_OURS and NOT_OURS[found["id"]] in str(node["target"]))
    ]


@pytest.fixture(scope="module")
def looks(
    request: pytest.FixtureRequest, browser: Browser, server: str, page_config: Config
) -> Iterator[Looks]:
    """The whole way, gone once for all that is to be seen on it."""
    way: Walk = request.param
    Conversations.open(page_config.store).keep_setting("settings", "")  # what another walk has chosen
    library = Library(page_config)
    notebook = library.make("Goats", ALONE)
    touch = {"has_touch": True, "is_mobile": True} if way.is_for_fingers else {}
    context = new_context(browser, way.locale, way.size, reduced_motion="reduce", **touch)
    try:
        found = Looks(opened(context, server), way)
        walk(found.visit, found)
        yield found
    finally:
        context.close()
        library.delete(notebook.id, ALONE)


at_a_desk = pytest.mark.parametrize("looks", [AT_A_DESK], indirect=True, ids=str)
on_a_phone = pytest.mark.parametrize("looks", [ON_A_PHONE], indirect=True, ids=str)


@at_a_desk
def test_axe_finds_nothing_serious_on_any_part_of_the_page_or_dialog_in_either_theme(looks: Looks) -> None:
    assert looks.axe == {}


@on_a_phone
def test_a_finger_meets_everything_on_a_phone(looks: Looks) -> None:
    assert looks.small == {}
    assert looks.hidden == []


@on_a_phone
def test_at_four_hundred_percent_nothing_is_cut_off_and_nothing_scrolls_sideways(looks: Looks) -> None:
    assert looks.wide == {}


@pytest.mark.parametrize("looks", LONG, indirect=True, ids=str)
def test_the_page_is_for_everybody_in_the_other_language_and_at_the_other_sizes(looks: Looks) -> None:
    assert (looks.axe, looks.small, looks.hidden, looks.wide) == ({}, {}, [], {})
