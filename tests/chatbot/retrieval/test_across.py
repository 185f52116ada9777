"""Whether a library holds passages of the language that a question is not in."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatbot.retrieval.across import holds_other_language
from chatbot.trace import Candidate
from fakes.stores import small_store

ENGLISH = "The filter is cleaned once a week, and the brush is changed in spring."
KOREAN = "필터는 매주 청소하고 브러시는 봄에 바꿉니다. 자세한 것은 설명서에서 볼 수 있습니다."
WITH_A_TITLE = "비틀스의 노래 「The End of the Road」는 1970년에 나온 앨범에서 들을 수 있습니다. 영국에서 만들었고, 한국에서도 오랫동안 많은 사람들이 좋아했습니다."
ASKED = {"ko": "필터는 언제 청소하나요?", "en": "When is the filter cleaned?"}


@pytest.mark.parametrize(
    ("texts", "from_korean", "from_english"),
    [
        ([ENGLISH, KOREAN], True, True),
        ([KOREAN], False, True),
        ([ENGLISH], True, False),
        ([WITH_A_TITLE] * 3, False, True),  # an English title is no English passage
        (["| 1 | 2 |", "12:30"], False, False),
    ],
)
def test_prose_of_the_other_language_is_found_by_its_commonest_words(
    texts: list[str], from_korean: bool, from_english: bool, tmp_path: Path
) -> None:
    store = small_store(tmp_path / "store", {f"{n}.txt": [(text, None)] for n, text in enumerate(texts)})
    with store.reading() as view:
        assert holds_other_language(view, ASKED["ko"], [], None) == from_korean
        assert holds_other_language(view, ASKED["en"], [], None) == from_english
    store.close()


def test_only_what_may_be_searched_counts_and_candidates_come_first(tmp_path: Path) -> None:
    store = small_store(tmp_path / "store", {"en.txt": [(ENGLISH, None)], "ko.txt": [(KOREAN, None)]})
    found = [Candidate(1, "en.txt", ENGLISH, (0, 10))]
    with store.reading() as view:
        assert not holds_other_language(view, ASKED["ko"], [], view.scope(["ko.txt"]))
        assert holds_other_language(view, ASKED["ko"], [], view.scope(["en.txt"]))
        assert holds_other_language(view, ASKED["ko"], found, view.scope(["ko.txt"]))
    store.close()


def test_texts_that_fit_are_bounded(tmp_path: Path) -> None:
    store = small_store(tmp_path / "store", {"en.txt": [(ENGLISH, None)] * 9})
    with store.reading() as view:
        assert view.texts_with(["filter"], 4) == [ENGLISH] * 4
        assert view.texts_with(["absent"], 4) == []
    store.close()
