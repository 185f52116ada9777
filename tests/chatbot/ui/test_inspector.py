"""The inspector: what moved and why, the other order, another model, the prompt and the time."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from chatbot.answering.answer import Answer
from chatbot.answering.writer import Tokens
from chatbot.config import Config
from chatbot.engine import Chatbot
from chatbot.rendering.words import Say
from chatbot.trace import Gate, Message, Scores, Search, SecondLook, Sentence, Source, Timings
from chatbot.ui.inspector.inspector import about_prompt, why_line
from chatbot.ui.inspector.model_comparison import Replay, both_answers, citations_differ
from chatbot.ui.inspector.order_comparison import both_orders, difference
from chatbot.ui.inspector.slope import slope_chart, slope_rows
from fakes.candidates import LOOKED, moved_candidate
from paths import ROOT

KO, EN = Say("ko"), Say("en")


def answer(
    order: list[int],
    kept: int = 3,
    look: SecondLook = LOOKED,
    text: str = "Yes [2].",
    llm: str = "extractive",
) -> Answer:
    """The candidates with these retrieval ranks, in their final order."""
    more = {} if look.applied else {"reranked_rank": None}
    candidates = tuple(
        moved_candidate(rank, before, rank <= kept, **more) for rank, before in enumerate(order, 1)
    )
    gate = Gate(refused=not kept, probability=0.2, threshold=0.5)
    search = Search("q", "q", candidates, look, gate, Timings())
    sources = tuple(Source(c.rank, c, (Sentence(0, 10), Sentence(11, 25))) for c in search.kept)
    found = Answer(search, sources, llm, iter([text]))
    assert found.text
    return found


def test_the_chart_knows_sources_what_they_replaced_and_the_rest() -> None:
    found = answer([5, 1, 2, 3, 4])
    rows = slope_rows(found.candidates, EN)
    assert [(row["before"], row["after"], row["kind"], row["cited"]) for row in rows] == [
        (5, 1, "source", False), (1, 2, "source", True), (2, 3, "source", False), (3, 4, "lost", False), (4, 5, "other", False),
    ]  # fmt: skip
    assert (rows[0]["document"], rows[0]["heading"], rows[0]["rerank"]) == (
        "data/file5.pdf",
        "Top › Part 5",
        "-2.25",
    )
    out_of_time = moved_candidate(5, 4, False, reranked_rank=None, scores=Scores(dense=0.8, fused=1.5))
    assert slope_rows([out_of_time], EN)[0]["rerank"] == "not reranked"


def test_the_chart_loads_nothing_and_takes_no_name_for_markup() -> None:
    bad = moved_candidate(
        1, 1, True, document="http://h/<img src=x>\u202e.md", heading=("![a](http://h/a.png)",)
    )
    spec: dict[str, Any] = slope_chart([bad, moved_candidate(2, 2, False)], EN).to_dict()

    def keys(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from value
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from keys(item)

    assert not {"url", "href", "expr_url", "image"} & set(keys(spec))
    assert spec["usermeta"]["embedOptions"] == {"renderer": "svg"}
    named = [part for part in json.dumps(spec, ensure_ascii=False).split('"') if "img" in part]
    assert named
    assert all("⟨U+202E⟩" in part for part in named)


def test_the_prompt_part_says_what_was_sent_or_why_nothing_was() -> None:
    assert "quotes its sources" in about_prompt(answer([1, 2]), EN)
    assert "refused" in about_prompt(answer([1, 2], kept=0), EN)
    record: Any = SimpleNamespace(refused=False, llm="openai · m", prompt=(), tokens=None)
    assert "not kept" in about_prompt(record, EN)
    record.prompt, record.tokens = (Message("user", "…"),), Tokens(1234, 56, exact=False)
    assert about_prompt(record, EN) == "1,234 tokens in · 56 tokens out (estimated)"
    record.tokens = Tokens(1234, 56, exact=True)
    assert "as the model counted" in about_prompt(record, EN)


def test_both_orders_stand_side_by_side_with_what_only_one_has_marked() -> None:
    looked = answer([5, 1, 2, 3, 4])
    plain = answer([1, 2, 3, 4, 5], look=SecondLook("m", "off"))
    assert difference(looked, plain, EN) == "Without the second look, 1 of the 3 sources would be others."
    for asked, other in ((looked, plain), (plain, looked)):
        left, right = "".join(both_orders(asked, other, EN)).split("</section>")[:2]
        assert "With the second look" in left
        assert re.findall(r"file(\d)\.pdf</span>(?=(?:(?!</summary>).)*only here)", left) == ["5"]
        assert re.findall(r"file(\d)\.pdf</span>(?=(?:(?!</summary>).)*only here)", right) == ["3"]
        assert 'href="#sl-orders-right-1"' in right
    refused = answer([1, 2, 3], kept=0, look=SecondLook("m", "off"))
    assert "without it, it is refused" in difference(looked, refused, EN)
    assert "probability of 20%; refused below 50%" in "".join(both_orders(looked, refused, EN))


def test_which_citations_two_answers_share_is_one_sentence() -> None:
    assert citations_differ([1, 2], [2, 1], EN) == "Both answers cite the same sources."
    assert citations_differ([1, 2], [2, 3], EN) == "Both answers cite [2]; in the rest they differ."
    assert citations_differ([1], [2], EN) == "The two answers have no citation in common."
    assert citations_differ([], [], EN) == "Neither answer cites a source."


def test_another_model_gets_the_same_sources_and_its_failure_is_one_sentence(fake_llm: Any) -> None:
    no_store: Any = None
    chatbot = Chatbot(Config(), no_store)
    llm = Config().llm.model_copy(update={"backend": "openai-like", "options": {"api_base": fake_llm.url}})
    fake_llm.reply = "Told <b>otherwise</b> [2] [7]."
    replay = Replay(answer([5, 1, 2, 3]), llm, chatbot)
    assert replay.wait()
    html = both_answers(replay, EN)
    assert "Told &lt;b&gt;otherwise&lt;/b&gt;" in html
    assert "[7]" not in html
    assert html.count("cited by both") == 1
    assert "Both answers cite the same sources." in html
    sent = fake_llm.requests[0]["body"]["messages"][-1]["content"]
    assert [sent.index(f"Passage {number}.") for number in (5, 1, 2)] == sorted(
        sent.index(f"Passage {n}.") for n in (5, 1, 2)
    )
    assert "Passage 3." not in sent

    fake_llm.fault = 401
    failed = Replay(answer([5, 1, 2, 3]), llm, chatbot)
    assert failed.wait()
    assert "sl-notice" in both_answers(failed, EN)
    assert failed.error


def test_the_line_under_an_answer_says_how_many_of_how_many() -> None:
    assert "3 of 4 candidates" in why_line(answer([1, 2, 3, 4]), 7, EN)
    assert 'data-act="why" data-exchange="7"' in why_line(answer([1, 2, 3, 4]), 7, EN)
    assert "What was considered?" in why_line(answer([1, 2], kept=0), 0, EN)


# in a browser

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 30_000


@pytest.fixture
def opened(browser: Browser, fake_llm: Any) -> Iterator[tuple[Page, Any]]:
    """The inspector's own page, at phone width, and the model it may ask. At the end: nobody else was contacted."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        origin = f"http://127.0.0.1:{probe.getsockname()[1]}"
    script = Path(__file__).with_name("inspector_app.py")
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        origin.rpartition(":")[2],
    ]
    process = subprocess.Popen(
        [*command, "--", fake_llm.url], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    next(line for line in process.stdout if "URL:" in line)
    requests: list[str] = []
    try:
        page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme="dark")
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.on("request", lambda request: requests.append(request.url))
        page.goto(origin)
        yield page, fake_llm
        page.close()
    finally:
        process.terminate()
        process.wait(20)
        log = process.stdout.read()
        process.stdout.close()
    assert [url for url in requests if not url.startswith((origin, "data:", "blob:"))] == []
    assert "Traceback" not in log, log


@pytest.mark.slow
@pytest.mark.browser
def test_the_inspector_on_a_phone_compares_orders_and_models_and_contacts_nobody(
    opened: tuple[Page, Any],
) -> None:
    page, fake = opened
    dialog = page.get_by_role("dialog")
    chart = dialog.locator(".st-key-inspector-ranking svg.marks")
    expect(dialog.locator(".sl-said")).to_contain_text("moved a passage from 9th to 1st")
    label = chart.locator("text", has_text="Passage").or_(chart.locator("text", has_text="script")).first
    label.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("img[src*='127.0.0.1:9'], img[src=x]")).to_have_count(0)
    accent = chart.locator("path[stroke='var(--sl-accent)']").first
    assert accent.evaluate("mark => getComputedStyle(mark).stroke") == "rgb(45, 212, 191)", "the dark theme's"
    assert dialog.evaluate("box => box.scrollWidth - box.clientWidth") <= 0

    page.mouse.move(0, 0)
    dialog.get_by_text("Without the second look", exact=True).click()
    left, right = dialog.locator(".sl-side").first, dialog.locator(".sl-side").last
    expect(dialog.locator(".sl-only")).to_have_count(6)
    above, below = left.bounding_box(), right.bounding_box()
    assert above is not None
    assert below is not None
    assert below["y"] >= above["y"] + above["height"], "stacked where there is no room"

    dialog.get_by_text("Another model").click()
    expect(dialog.get_by_text("Nothing leaves this machine")).to_be_visible()
    fake.reply, fake.fault = (
        " ".join(f"word{number}" for number in range(600)) + " [1].",
        "slow",
    )  # half a minute
    assert fake.requests == [], "nothing is sent before it is asked for"
    dialog.get_by_role("button", name="Answer from the same sources").click()
    told = dialog.locator(".sl-side").last.locator(".sl-answer")
    expect(told).to_contain_text("word3")
    dialog.get_by_role("button", name="Stop").click()
    expect(dialog.get_by_text("Stopped.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Stop")).to_have_count(0)
    expect(told).to_contain_text("word3")
    dialog.locator(".sl-side").first.locator("a.sl-chip").click()
    expect(dialog.locator(".sl-shared .sl-passage").first).to_be_visible()

    fake.reply, fake.fault = "At once [2].", None
    dialog.get_by_role("button", name="Answer from the same sources").click()
    expect(told).to_contain_text("At once")
    expect(dialog.get_by_text("have no citation in common")).to_be_visible()
    expect(dialog.get_by_role("button", name="Answer from the same sources")).to_be_visible()
    assert len(fake.requests) == 2
