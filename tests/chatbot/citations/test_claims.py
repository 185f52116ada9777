"""The sentences of an answer that need citations."""

from __future__ import annotations

import pytest

from chatbot.citations.claims import claims, every_claim

TABLE = """\
| | Sick leave | 육아휴직 |
| --- | --- | --- |
| Days | 10 [1] | 20 weeks |
| Pay [2] | – | full [2][3] |
"""


@pytest.mark.parametrize(
    ("text", "every", "cited"),
    [
        ("It opens at nine [1]. It closes at six.", ["It opens at nine.", "It closes at six."], [0]),
        ("문은 아홉 시에 엽니다. [1] 여섯 시에 닫습니다.", ["문은 아홉 시에 엽니다.", "여섯 시에 닫습니다."], [0]),
        ("## Opening hours\n\nIt opens at nine.\n\n- It closes at six [2].", ["It opens at nine.", "It closes at six."], [1]),
        ("[1] …", [], []),
    ],
)  # fmt: skip
def test_sentences_with_citations_and_without_but_no_headings(
    text: str, every: list[str], cited: list[int]
) -> None:
    found = every_claim(text)
    assert [claim.text for claim in found] == every
    assert [claim for claim in found if claim.numbers] == claims(text) == [found[place] for place in cited]


def test_the_cells_of_a_table_without_the_names_of_rows_and_columns() -> None:
    assert [claim.text.strip() for claim in every_claim("| a | b |\n|---|---|\n| It is long. |\n| One | Two |\n| 짧습니다. | 깁니다. |")] == [
        "It is long.", "Two", "짧습니다.", "깁니다.",
    ]  # fmt: skip
    found = every_claim(f"Both are paid [1].\n\n{TABLE}\nThe rest is not said.")
    assert [(claim.text.strip(), claim.numbers) for claim in found] == [
        ("Both are paid.", (1,)),
        ("10", (1,)),
        ("20 weeks", ()),
        ("Pay", (2,)),
        ("full", (2, 3)),
        ("The rest is not said.", ()),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("## 육아휴직\n\n[1] 20주입니다.", [("20주입니다.", (1,))]),
        ("## Leave\n [1] It is long.\n\n## Pay\n [2] It is full.", [("It is long.", (1,)), ("It is full.", (2,))]),
        ("It is long [1].\n\n[2] It is paid.", [("It is long.", (1,)), ("It is paid.", (2,))]),
        ("It is long.\n\n[1]\n\nIt is paid. [2]", [("It is long.", (1,)), ("It is paid.", (2,))]),
        ("It is long. [1] It is paid.", [("It is long.", (1,)), ("It is paid.", ())]),
    ],
)  # fmt: skip
def test_a_citation_that_begins_a_paragraph_is_of_the_sentence_behind_it(
    text: str, found: list[tuple[str, tuple[int, ...]]]
) -> None:
    assert [(claim.text, claim.numbers) for claim in every_claim(text)] == found
