"""Cards and inspector: what was found, how it moved, where the cut fell."""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.answer import Answer
from chatbot.candidate import Candidate, Scores, Sentence, Source
from chatbot.search import Gate, Search, SecondLook
from chatbot.timings import Timings
from chatbot.ui.cards import highlighted, source_cards
from chatbot.ui.inspector import inspector
from chatbot.ui.scores import percent
from chatbot.ui.text import Say

KO, EN = Say("ko"), Say("en")


def candidate(rank: int, **more: object) -> Candidate:
    base = Candidate(
        rank, f"data/file{rank}.pdf", f"Passage {rank}. It says more.", (0, 26), page=rank, heading=("Top", f"Part {rank}"), rank=rank,
        dense_rank=rank, lexical_rank=None, fused_rank=10 - rank, reranked_rank=rank,
        scores=Scores(dense=0.8, fused=1.5, rerank=-2.25, probability=0.973), kept=rank <= 3,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def answer(look: SecondLook | None = None, count: int = 9) -> Answer:
    candidates = tuple(candidate(rank) for rank in range(1, count + 1))
    timings = Timings()
    timings.update(
        {"embed": 12.0, "dense": 3.0, "lexical": 2.0, "rerank": 140.0, "total": 400.0, "first_token": 180.0}
    )
    search = Search("q", "q", candidates, look or SecondLook("package:x", applied=True), Gate(False), timings)
    sources = tuple(Source(c.rank, c) for c in search.kept)
    found = Answer(search, sources, "extractive", iter(["Yes [2]."]))
    assert found.text == "Yes [2]."
    return found


def test_a_card_says_where_the_passage_is_and_how_it_moved() -> None:
    source = Source(1, candidate(1))
    english, korean = source_cards([source], [1], "s", EN), source_cards([source], [], "s", KO)
    for words in (
        "file1.pdf",
        "p. 1",
        "Top › Part 1",
        "retrieved 9th → reranked 1st",
        "▲8",
        "97% likely to answer",
        "cited",
    ):
        assert words in english
    for words in ("1쪽", "검색 9위 → 재정렬 1위", "답일 확률 97%"):
        assert words in korean
    assert "인용됨" not in korean


def test_a_card_states_every_score_as_it_was_computed() -> None:
    html = source_cards([Source(1, candidate(1))], [], "s", EN)
    for words in (
        "dense (cosine) 0.80 (1st)",
        "fused 1.50 (9th)",
        "rerank (logit) -2.25 (1st)",
        "characters 0–26",
    ):
        assert words in html
    assert "BM25" not in html


def test_a_card_without_a_second_look_claims_none() -> None:
    html = source_cards([Source(1, candidate(1, reranked_rank=None, scores=Scores(dense=0.8)))], [], "s", EN)
    assert "retrieved 9th" in html
    assert "reranked" not in html
    assert "likely" not in html


def test_highlights_mark_their_sentences_and_nothing_is_markup() -> None:
    text = "One <b>. Two & three. Four."
    assert highlighted(text, [Sentence(9, 21)]) == "One &lt;b&gt;. <mark>Two &amp; three.</mark> Four."
    assert highlighted(text, [Sentence(9, 21)], until=12) == "One &lt;b&gt;. <mark>Two</mark>"
    assert highlighted(text, [Sentence(0, 12), Sentence(9, 21)]).count("<mark>") == 2


def test_what_nobody_sees_is_shown_and_the_highlight_stays_on_its_sentence() -> None:
    tags = "".join(chr(0xE0000 + ord(c)) for c in "x" * 200)
    text = f"One\u202e. Two {tags}th\u200bree.\u200b Four."
    found = highlighted(text, [Sentence(6, text.index(" Four"))])
    chip = r'<span class="sl-invisible" title="[^"<>]+">([^<]+)</span>'
    assert re.findall(chip, found) == ["U+202E", "U+E0078 ×200", "U+200B", "U+200B"]
    assert re.sub(chip, "", found) == "One. <mark>Two three.</mark> Four."
    bad = candidate(1, document="in\u202evoice/fdp\u202e.exe", heading=("Top\u2066",), text=text)
    html = source_cards([Source(1, bad)], [], "s", EN) + inspector(answer(), starter=False, say=EN)
    assert 'title="in⟨U+202E⟩voice/fdp⟨U+202E⟩.exe">fdp<span class="sl-invisible"' in html
    assert not set(html) & set("\u202e\u2066\u200b" + tags)


def test_hostile_names_and_headings_are_text() -> None:
    bad = candidate(1, document="<img src=x>/<script>", heading=("<b>",), text="<i>")
    html = source_cards([Source(1, bad)], [], "s", EN)
    for tag in ("<img", "<script", "<b>", "<i>"):
        assert tag not in html.replace('<b class="', "")


def test_the_inspector_shows_all_candidates_and_the_cut_after_the_last_source() -> None:
    html = inspector(answer(), starter=False, say=EN)
    rows = re.findall(r'<tr class="([^"]+)"', html)
    kinds = ["sl-cited" if i == 1 else "sl-kept" if i < 3 else "sl-dropped" for i in range(9)]
    assert rows == [
        *(f"sl-candidate {kind}" for kind in kinds[:3]),
        "sl-cut",
        *(f"sl-candidate {kind}" for kind in kinds[3:]),
    ]
    assert "The top 3 became sources" in html


def test_the_inspector_adds_up_the_stages_and_names_them() -> None:
    html = inspector(answer(), starter=False, say=EN)
    for words in (
        "embed 12 ms",
        "retrieve 5 ms",
        "rerank 140 ms",
        "write 243 ms",
        "first word after &lt;1 ms · 400 ms in all",
    ):
        assert words in html


def test_a_starter_reranker_says_so_where_it_is_named() -> None:
    assert "starter model" in inspector(answer(), starter=True, say=EN)
    assert "starter model" not in inspector(answer(), starter=False, say=EN)


def test_a_failed_second_look_is_shown_with_its_reason() -> None:
    html = inspector(
        answer(SecondLook("m", applied=False, reason="failed: <weights> are damaged")), starter=False, say=EN
    )
    assert "No second look" in html
    assert "failed: &lt;weights&gt; are damaged" in html


def test_a_probability_never_claims_certainty() -> None:
    assert [percent(p) for p in (0.0, 0.004, 0.5, 0.973, 0.996, None)] == [
        "<1%",
        "<1%",
        "50%",
        "97%",
        ">99%",
        "–",
    ]
