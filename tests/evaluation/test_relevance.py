from __future__ import annotations

import pytest

from chatbot.store import Store
from evaluation.questions import Gold, Question
from evaluation.relevance import Judge, target_ranks
from fakes.stores import MakeStore, Parts

DOCUMENTS: dict[str, Parts] = {
    "docs/leave.txt": [
        ("Annual leave is 25 days.", 1),
        ("It is asked for\nin the portal.", 1),
        ("Sick leave.", 2),
    ],
    "docs/old/leave.txt": [("Annual leave is 20 days.", None)],
    "docs/휴가.md": [("연차는 15일이고 사용 기한은", None), ("다음 해 3월 말입니다.", None)],
}


def met(store: Store, *golds: Gold) -> tuple[list[str], str]:
    """The texts of all chunks that are right, and what is missing."""
    with store.reading() as view:
        targets, missing = Judge(view).targets(Question("1", "?", golds))
        chunks = [chunk for uri in DOCUMENTS for chunk in view.chunks_of(uri)]
    return [c.text for c in chunks if any(target.is_met_by(c) for target in targets)], missing


@pytest.mark.parametrize(
    ("gold", "right"),
    [
        (Gold("docs/old/leave.txt"), ["Annual leave is 20 days."]),
        (Gold("old/leave.txt"), ["Annual leave is 20 days."]),
        (Gold("leave.txt", page=2), ["Sick leave."]),
        (
            Gold("leave.txt", passage="annual LEAVE is"),
            ["Annual leave is 25 days.", "Annual leave is 20 days."],
        ),
        (Gold("leave.txt", passage="asked for in the portal"), ["It is asked for\nin the portal."]),
        (Gold(answer="25 days"), ["Annual leave is 25 days."]),
        (Gold("docs/leave.txt", page=1, answer="leave"), ["Annual leave is 25 days."]),
    ],
)
def test_the_narrowest_that_is_given_decides(make_store: MakeStore, gold: Gold, right: list[str]) -> None:
    assert met(make_store(DOCUMENTS), gold) == (right, "")


def test_a_passage_that_the_splitter_cut_is_met_by_the_part_that_has_half_of_it(
    make_store: MakeStore,
) -> None:
    gold = Gold("휴가.md", passage="사용 기한은 다음 해 3월 말입니다.")
    assert met(make_store(DOCUMENTS), gold) == (["다음 해 3월 말입니다."], "")


def test_of_a_long_passage_every_chunk_that_lies_in_it_is_right(make_store: MakeStore) -> None:
    whole = "Annual leave is 25 days. It is asked for in the portal. Sick leave."
    assert len(met(make_store(DOCUMENTS), Gold("docs/leave.txt", passage=whole))[0]) == 3


@pytest.mark.parametrize(
    ("gold", "reason"),
    [
        (Gold("none.pdf"), "no document 'none.pdf' in the index"),
        (Gold("docs/leave.txt", passage="30 days"), "docs/leave.txt lacks '30 days'"),
        (Gold(answer="30 days"), "no document has '30 days'"),
        (Gold("docs/leave.txt", page=9), "no passage of docs/leave.txt is on page 9"),
    ],
)
def test_what_the_index_does_not_have_is_said(make_store: MakeStore, gold: Gold, reason: str) -> None:
    assert met(make_store(DOCUMENTS), gold) == ([], reason)


def test_the_rank_is_that_of_the_first_chunk_that_meets_it(make_store: MakeStore) -> None:
    with make_store(DOCUMENTS).reading() as view:
        targets, _ = Judge(view).targets(
            Question("1", "?", (Gold("휴가.md"), Gold(answer="25 days"), Gold("docs/leave.txt", page=2)))
        )
        chunks = [*view.chunks_of("docs/휴가.md"), *view.chunks_of("docs/leave.txt")]
    assert target_ranks(chunks, targets) == [1, 3, 5]
    assert target_ranks(chunks[:4], targets) == [1, 3, None]
