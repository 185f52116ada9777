"""A list that is asked for by its name is quoted whole, and in the order in which it stands."""

from __future__ import annotations

import pytest

from chatbot.citations.named_lists import named_list
from chatbot.text.sentences import sentence_spans
from chatbot.trace import Candidate, Sentence, Source

CAKE = """\
Ingredients
- 4 medium apples
- 125 g soft butter
- a pinch of salt

Method
1. Peel the apples, quarter them and score the backs.
2. Beat the butter with the sugar.
   It should be pale.
3. Bake for 45 minutes.

Tips
The cake keeps for three days.
"""
STEW = """\
## 재료

- 된장 2큰술
- 두부 반 모

## 만드는 법

1. 육수를 10분 동안 끓인다.
2. 된장을 풀고 두부를 넣는다.
"""
MINUTES = "Action items\n\n- Samir: order the pump\n- Beth: write to the council\n"


def _source(text: str, document: str, number: int = 1, start: int = 0) -> Source:
    candidate = Candidate(number, document, text, (start, start + len(text)))
    sentences = tuple(Sentence(a, b) for a, b in sentence_spans(text))
    return Source(number, candidate, sentences)


def _listed(question: str, *sources: Source) -> list[str]:
    return [
        source.text[source.sentences[place].start : source.sentences[place].end].strip()
        for source, place in named_list(sources, question)
    ]


@pytest.mark.parametrize(
    ("question", "text", "first", "last", "count"),
    [
        ("What are the ingredients of the apple cake?", CAKE, "- 4 medium apples", "- a pinch of salt", 3),
        ("How do I make the apple cake?", CAKE, "1. Peel the apples, quarter them and score the backs.", "3. Bake for 45 minutes.", None),
        ("된장찌개 재료 알려줘", STEW, "- 된장 2큰술", "- 두부 반 모", 2),
        ("된장찌개 만드는 법 알려줘", STEW, "1. 육수를 10분 동안 끓인다.", "2. 된장을 풀고 두부를 넣는다.", 2),
        ("된장찌개는 어떻게 만들어?", STEW, "1. 육수를 10분 동안 끓인다.", "2. 된장을 풀고 두부를 넣는다.", 2),
        ("What are the action items?", MINUTES, "- Samir: order the pump", "- Beth: write to the council", 2),
    ],
)  # fmt: skip
def test_the_list_that_is_named(question: str, text: str, first: str, last: str, count: int | None) -> None:
    name = {CAKE: "apple-cake.txt", STEW: "된장찌개.md", MINUTES: "minutes.md"}[text]
    found = _listed(question, _source(text, name))
    assert (found[0], found[-1]) == (first, last)
    assert count is None or len(found) == count


@pytest.mark.parametrize(
    "question",
    [
        "What are the ingredients of pancakes?",  # the document is of another dish
        "How do I make pancakes?",
        "How many apples do I need?",
        "How long does the cake bake?",
        "What are the tips?",  # no list
        "How do I peel the apples?",
    ],
)
def test_no_list_where_something_else_is_asked(question: str) -> None:
    assert _listed(question, _source(CAKE, "apple-cake.txt")) == []


def test_a_list_that_goes_on_in_the_next_passage_is_one_list() -> None:
    """The passages are in the order of the second look, overlap, and the later one begins within the list."""
    at = CAKE.index("- 125 g")
    first = _source(CAKE[: CAKE.index("- a pinch")], "apple-cake.txt", 2)
    second = _source(CAKE[at:], "apple-cake.txt", 1, at)
    found = _listed("What are the ingredients of the apple cake?", second, first)
    assert found == ["- 4 medium apples", "- 125 g soft butter", "- a pinch of salt"]
