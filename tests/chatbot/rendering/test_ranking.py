"""What the second look changed: the sentence, and the table of all candidates."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from chatbot.rendering.ranking import kept_of, legend, probability_note, ranking, second_look_by, what_changed
from chatbot.rendering.words import Say
from chatbot.trace import Candidate, Scores, SecondLook
from fakes.candidates import LOOKED, moved_candidate

KO, EN = Say("ko"), Say("en")


def order(places: list[int], kept: int = 3, cited: int = 0, is_reranked: bool = True) -> list[Candidate]:
    """The candidates with these retrieval ranks, in their final order."""
    return [
        moved_candidate(
            rank, before, rank <= kept, cited=rank == cited, reranked_rank=rank if is_reranked else None
        )
        for rank, before in enumerate(places, 1)
    ]


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([5, 1, 2, 3, 4], "moved a passage from 5th to 1st. 1 of the 3 sources would have been dropped"),
        ([4, 5, 6, 1, 2, 3], "moved a passage from 4th to 1st. All 3 sources would have been dropped"),
        ([2, 1, 3, 4], "moved a passage from 2nd to 1st. The sources are the same as in the retrieval order"),
        ([1, 2, 3, 4], "chose the same sources in the same order"),
    ],
)
def test_a_sentence_says_what_the_second_look_changed(places: list[int], words: str) -> None:
    assert words in what_changed(order(places), LOOKED, EN)


def test_what_changed_reads_in_korean_and_without_a_second_look() -> None:
    assert what_changed(order([9, 1, 2, 3, 4, 5, 6, 7, 8]), LOOKED, KO) == (
        "두 번째 검토가 9위였던 발췌문을 1위로 올렸습니다. 출처 3개 가운데 1개는 검색 순서대로라면 제외되었을 것입니다."
    )
    assert "No second look" in what_changed(order([1, 2], is_reranked=False), SecondLook("m", "off"), EN)
    assert "Refused" in what_changed(order([1, 2], kept=0), LOOKED, EN)


def test_what_was_computed_or_read_whole_is_not_said_to_be_chosen_of_nothing() -> None:
    computed, read = SecondLook("", "unneeded", of=0), SecondLook("", "unneeded", of=24)
    sources = order([1, 2], kept=2, is_reranked=False)
    assert kept_of(sources, computed, EN) == "computed from rows · sources: 2"
    assert "from the rows of a table" in what_changed(sources, computed, EN)
    assert kept_of(sources, read, EN) == "2 sources of 24 passages that were read"
    assert "24 passages were read" in what_changed(sources, read, EN)


def test_the_table_has_all_candidates_and_the_cut_after_the_last_source() -> None:
    html = ranking(order([9, 1, 2, 3, 4, 5, 6, 7, 8], cited=2), LOOKED, EN)
    kinds = ["sl-kept", "sl-cited", "sl-kept", *["sl-dropped"] * 6]
    rows = [f"sl-candidate {kind}" for kind in kinds]
    assert re.findall(r'<tr class="([^"]+)"', html) == [*rows[:3], "sl-cut", *rows[3:]]
    for words in ("The top 3 became sources", "up 8", "down 1", "cited source"):
        assert words in html
    assert "same place" in ranking(order([1, 2], cited=2), LOOKED, EN)
    hostile = ranking(
        [moved_candidate(1, 1, True, document="<img src=x>", heading=("<b>",), text="<i>")], LOOKED, EN
    )
    assert not {"<img", "<b>", "<i>"} & set(re.findall(r"<\w+>?", hostile))


def test_the_order_by_a_sum_says_so_and_one_out_of_time_too() -> None:
    look = SecondLook("m", "applied", "", 0.5, 14, 20, 150.4)
    summed = moved_candidate(1, 1, True, scores=Scores(fused=2.0, rerank=1.0, combined=2.0, probability=0.4))
    assert "sum 2.00" in ranking([summed], look, EN)
    assert "0.50 × the fused score" in legend(look, EN)
    assert "×" not in legend(LOOKED, EN)
    assert "14 of 20 candidates in the 150 ms allowed" in second_look_by(look, EN)
    assert "20 of 20" not in second_look_by(replace(look, scored=20), EN)


def test_order_and_probability_are_explained_only_where_they_part() -> None:
    above, below = order([1, 2])
    assert probability_note([above, below], LOOKED, EN) == ""
    likelier = replace(below, scores=replace(below.scores, probability=0.99))
    assert "can have the higher probability" in probability_note([above, likelier], LOOKED, EN)
    assert "확률이 더 높을 수" in probability_note([above, likelier], LOOKED, KO)
    assert "can have the higher probability" in ranking([above, likelier], LOOKED, EN)


def test_a_failed_second_look_is_shown_with_its_reason() -> None:
    failed = SecondLook("m", "failed", "the weights are damaged")
    assert "the weights are damaged" in what_changed(order([1, 2], is_reranked=False), failed, EN)


def test_a_long_candidate_opens_to_all_of_its_text() -> None:
    long = moved_candidate(1, 1, True, text=f"{'word ' * 60}the end")
    assert "the end</span></details>" in ranking([long], LOOKED, EN)
    assert (
        "<details><summary>"
        not in ranking([moved_candidate(1, 1, True)], LOOKED, EN).partition("sl-legend")[0]
    )
