"""The cards of the sources: where a passage is, how it moved, what is marked in it."""

from __future__ import annotations

import re
from dataclasses import replace

from chatbot.rendering.passage import highlighted
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, Scores, Sentence, Source
from chatbot.ui.sources.cards import source_cards

KO, EN = Say("ko"), Say("en")


def candidate(rank: int, **more: object) -> Candidate:
    base = Candidate(
        rank, f"data/file{rank}.pdf", f"Passage {rank}. It says more.", (0, 26), page=rank, heading=("Top", f"Part {rank}"), rank=rank,
        dense_rank=rank, lexical_rank=None, fused_rank=10 - rank, reranked_rank=rank,
        scores=Scores(dense=0.8, fused=1.5, rerank=-2.25, probability=0.973, match="strong"), kept=rank <= 3,
    )  # fmt: skip
    return replace(base, **more)  # type: ignore[arg-type]


def test_a_card_says_where_the_passage_is_and_how_it_moved() -> None:
    source = Source(1, candidate(1))
    english, korean = source_cards([source], [1], "s", {}, 0, EN), source_cards([source], [], "s", {}, 0, KO)
    for words in (
        "file1.pdf",
        "p. 1",
        "Top › Part 1",
        "retrieved 9th → reranked 1st",
        "▲8",
        "strong match",
        "cited",
    ):
        assert words in english
    for words in ("1쪽", "검색 9위 → 재정렬 1위", "잘 맞음"):
        assert words in korean
    assert "인용됨" not in korean


def test_a_card_states_every_score_as_it_was_computed() -> None:
    html = source_cards([Source(1, candidate(1))], [], "s", {}, 0, EN)
    for words in (
        "dense (cosine) 0.80 (1st)",
        "fused 1.50 (9th)",
        "rerank (logit) -2.25 (1st)",
        "characters 0–26",
    ):
        assert words in html
    assert "BM25" not in html


def test_a_card_without_a_second_look_claims_none() -> None:
    html = source_cards(
        [Source(1, candidate(1, reranked_rank=None, scores=Scores(dense=0.8)))], [], "s", {}, 0, EN
    )
    assert "retrieved 9th" in html
    assert "reranked" not in html
    assert "likely" not in html


def test_what_nobody_sees_is_shown_and_the_highlight_stays_on_its_sentence() -> None:
    tags = "".join(chr(0xE0000 + ord(c)) for c in "x" * 200)
    text = f"One\u202e. Two {tags}th\u200bree.\u200b Four."
    found = highlighted(text, [Sentence(6, text.index(" Four"))])
    chip = r'<span class="sl-invisible" title="[^"<>]+">([^<]+)</span>'
    assert re.findall(chip, found) == ["U+202E", "U+E0078 ×200", "U+200B", "U+200B"]
    assert re.sub(chip, "", found) == "One. <mark>Two three.</mark> Four."
    bad = candidate(1, document="in\u202evoice/fdp\u202e.exe", heading=("Top\u2066",), text=text)
    html = source_cards([Source(1, bad)], [], "s", {}, 0, EN)
    assert 'title="in⟨U+202E⟩voice/fdp⟨U+202E⟩.exe">fdp<span class="sl-invisible"' in html
    assert not set(html) & set("\u202e\u2066\u200b" + tags)


def test_the_end_of_a_long_name_stands_apart_so_that_a_cut_leaves_it() -> None:
    name = "a/quarterly-report-of-the-whole-house-and-its-garden-2026.md"
    html = source_cards([Source(1, candidate(1, document=name))], [], "s", {}, 0, EN)
    assert '<span class="sl-start">quarterly-report-of-the-whole-house-and-its-gard</span>' in html
    assert '<span class="sl-end">en-2026.md</span>' in html
    for whole in ("a/short name.pdf", f"a/{'عقد الإيجار ' * 4}.pdf", f"a/{'- ' * 20}.pdf"):
        assert "sl-end" not in source_cards([Source(1, candidate(1, document=whole))], [], "s", {}, 0, EN)


def test_hostile_names_and_headings_are_text() -> None:
    bad = candidate(1, document="<img src=x>/<script>", heading=("<b>",), text="<i>")
    html = source_cards([Source(1, bad)], [], "s", {}, 0, EN)
    for tag in ("<img", "<script", "<b>", "<i>"):
        assert tag not in html.replace('<b class="', "")


def test_weak_matches_that_nothing_cites_are_folded_away_unless_there_are_no_others() -> None:
    weak = Scores(dense=0.8, fused=1.5, rerank=-9.0, probability=0.01, match="weak")
    sources = [
        Source(1, candidate(1)),
        Source(2, candidate(2, scores=weak)),
        Source(3, candidate(3, scores=weak)),
    ]
    folded = source_cards(sources, [2], "s", {}, 0, EN)
    assert "1 more that matches weakly" in folded
    assert folded.index('data-number="2"') < folded.index("sl-further") < folded.index('data-number="3"')
    assert "약하게 맞는 출처 1개 더" in source_cards(sources, [2], "s", {}, 0, KO)
    assert "sl-further" not in source_cards(sources[1:], [], "s", {}, 0, EN)
    assert "sl-further" not in source_cards(sources, [], "s", {}, 0, EN, rated=False)
