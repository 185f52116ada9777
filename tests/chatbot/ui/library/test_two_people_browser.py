"""Two people in two browsers on one server: what is one's is not there for the other, until it is shared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from chatbot.config import Config
from chatbot.notebooks import ALONE, FIRST, Action, Library, Person
from fakes.page_server import PageServer, running
from ingest.pipeline import run
from visit import new_context, opened

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECRET = "Zebrafisch"
QUESTION = "Who leads the project?"
ALICE = Person("https://id.example#alice")
BOB = Person("https://id.example#bob")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The first notebook has a document for everybody; one is Alice's alone."""
    folder = tmp_path_factory.mktemp("people")
    found = Library(Config(store=folder / "store"))
    for name, text in (("canteen", "Lunch is at noon."), ("plan", f"The project {SECRET} is led by Alice.")):
        (folder / f"{name}.md").write_text(f"# {name}\n\n{text}\n", "utf-8")
    found.meet(ALICE)
    found.meet(BOB)
    made = found.make("Plans of Alice", ALICE)
    run(found.enter(ALONE, FIRST, Action.ADD), [folder / "canteen.md"])
    run(made.enter(Action.ADD), [folder / "plan.md"])
    return found


@pytest.fixture(scope="module")
def server(library: Library) -> Iterator[PageServer]:
    with running(library.folder.parent, sign_in=True) as found:
        yield found


def arrive(browser: Browser, server: PageServer, who: str, address: str = "") -> tuple[BrowserContext, Page]:
    """The page as ``who`` has it, who has signed in."""
    context = new_context(browser)
    context.add_cookies([{"name": n, "value": v, "url": server.base} for n, v in server.cookies(who).items()])
    return context, opened(context, f"{server.base}/{address}").page


def switcher(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Notebook")


def test_nothing_of_one_person_is_there_for_another_until_it_is_shared(
    browser: Browser, server: PageServer, library: Library
) -> None:
    alices, alice = arrive(browser, server, "alice", "?nb=2")
    expect(switcher(alice)).to_have_value("Plans of Alice")
    alice.get_by_test_id("stChatInputTextArea").fill(QUESTION)
    alice.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(alice.get_by_test_id("stMain").get_by_text(SECRET).first).to_be_visible()
    expect(alice).to_have_url(f"{server.base}/?nb=2&c=1")

    bobs, bob = arrive(browser, server, "bob", "?nb=2&c=1")
    expect(bob.get_by_text("no notebook '#2'")).to_be_visible()
    expect(bob).to_have_url(f"{server.base}/")
    expect(switcher(bob)).to_have_value("Main notebook")
    shown = bob.content()
    assert SECRET not in shown
    assert "Plans of Alice" not in shown
    assert QUESTION not in shown

    library.share(2, BOB.id, "viewer", ALICE)
    bob.goto(f"{server.base}/?nb=2&c=1")
    expect(switcher(bob)).to_have_value("Plans of Alice")
    expect(bob.get_by_test_id("stSidebar").get_by_text(QUESTION)).to_have_count(0)
    bob.goto(f"{server.base}/documents?nb=2")
    expect(bob.get_by_text("You can ask here and see the sources")).to_be_visible()
    expect(bob.get_by_test_id("stFileUploaderDropzone")).to_have_count(0)

    library.share(2, BOB.id, None, ALICE)
    bob.reload()
    expect(bob.get_by_text("no notebook '#2'")).to_be_visible()
    assert SECRET not in bob.content()
    alices.close()
    bobs.close()


def test_a_receipt_is_downloaded_by_whoever_asked_and_refused_to_everybody_else(
    browser: Browser, server: PageServer, library: Library
) -> None:
    alices, alice = arrive(browser, server, "alice", "?nb=2")
    alice.get_by_test_id("stChatInputTextArea").fill(QUESTION)
    alice.get_by_test_id("stChatInputTextArea").press("Enter")
    expect(alice.locator(".st-key-exchange-0 [data-act=again]")).to_be_visible()
    for button, name, holds in (
        ("Receipt", "html", "<!doctype html>"),
        ("Markdown", "md", "# Who leads the project?"),
    ):
        alice.get_by_role("button", name="Share").click()
        with alice.expect_download() as coming:
            alice.get_by_test_id("stPopoverBody").get_by_role("button", name=button).click()
        alice.keyboard.press("Escape")
        receipt = coming.value
        assert receipt.suggested_filename == f"Who-leads-the-project.{name}"
        content = Path(receipt.path()).read_text("utf-8")
        assert QUESTION in content
        assert SECRET in content
        assert holds in content
        assert "<script" not in content

        assert alices.request.get(receipt.url).status == 200
        with new_context(browser) as strangers:
            assert strangers.request.get(receipt.url).status == 404
        bobs, _ = arrive(browser, server, "bob")
        refused = bobs.request.get(receipt.url)
        assert refused.status == 404
        assert SECRET not in refused.text()
        bobs.close()
    alices.close()
